package slackchat

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestAnotherAppIsNoticedWithoutANewProcess(t *testing.T) {
	first := slacksim.New(slacksim.Config{SigningSecret: "x", AppID: "A0FIRST"})
	second := slacksim.New(slacksim.Config{SigningSecret: "x", AppID: "A0SECOND", Domain: "other"})
	current, now, asked := first, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), 0
	var broken error
	api := func(ctx context.Context, f func(*slack.Client) error) error {
		if asked++; broken != nil {
			return broken
		}
		server := httptest.NewServer(current)
		defer server.Close()
		return f(slack.New("xoxb-slacksim", slack.OptionAPIURL(server.URL+"/api/")))
	}
	var known knownInstallation
	get := func() installation {
		id, err := known.get(t.Context(), api, now)
		require.NoError(t, err)
		return id
	}
	require.Equal(t, "A0FIRST", get().AppID)
	current = second
	require.Equal(t, "A0FIRST", get().AppID)
	require.Equal(t, 1, asked, "it is asked once in five minutes")

	now = now.Add(installationTime)
	broken = errors.New("connection reset")
	require.Equal(t, "A0FIRST", get().AppID, "while Slack does not answer, what it said before counts")
	broken = nil
	require.Equal(t, "A0FIRST", get().AppID, "and not every click asks again")
	now = now.Add(time.Minute)
	require.Equal(t, "A0SECOND", get().AppID)
}
