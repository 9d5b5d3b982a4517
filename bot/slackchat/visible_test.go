package slackchat

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// publicChannel is a Web API to which every channel is public.
type publicChannel struct{}

func (publicChannel) Do(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"ok":true,"channel":{"id":"C1"}}`)), Request: req}, nil
}

// slowSlack answers after a time, which is simulated.
func slowSlack(after time.Duration) API {
	client := slack.New("xoxb-slow", slack.OptionHTTPClient(publicChannel{}))
	return func(ctx context.Context, f func(*slack.Client) error) error {
		select {
		case <-time.After(after):
			return f(client)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestTheChannelsOfFortyOwnersAreLookedUpBeforeSlackStopsWaiting(t *testing.T) {
	for name, c := range map[string]struct {
		each   time.Duration
		known  int
		atMost time.Duration
	}{
		"Slack is as fast as it is":         {100 * time.Millisecond, 40, 600 * time.Millisecond},
		"Slack is slow, and some are known": {500 * time.Millisecond, 16, visibleTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app := &App{Bot: &bot.Bot{Chat: member{}, Now: time.Now}, Chat: NewChat(slowSlack(c.each), time.Now), Log: slog.New(slog.DiscardHandler)}
				var found []bot.Summary
				for n := range 80 {
					found = append(found, bot.Summary{Channel: fmt.Sprint("C", n%40)})
				}
				begin := time.Now()
				visible := app.visibleChannels(t.Context(), invocation{User: "U1", Channel: "C-elsewhere"}, found)
				require.LessOrEqual(t, time.Since(begin), c.atMost)
				require.Len(t, visible, 40)
				known := 0
				for _, sees := range visible {
					if sees {
						known++
					}
				}
				require.Equal(t, c.known, known)
				require.True(t, visible["C0"], "the first ones are looked up first")
			})
		})
	}
}
