package slackchat_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
)

// TestSomebodyInASharedChannelIsStillAnOutsider: Slack says is_stranger only of people who are
// in no channel that the app sees.
func TestSomebodyInASharedChannelIsStillAnOutsider(t *testing.T) {
	for install, enterprise := range map[string]string{"in one workspace": "", "in an organisation": "E0ACME"} {
		t.Run(install, func(t *testing.T) {
			w := slacksim.New(slacksim.Config{SigningSecret: "x", Enterprise: enterprise})
			server := httptest.NewServer(w)
			t.Cleanup(server.Close)
			chat := slackchat.NewChat(slackchat.With(slack.New("xoxb-slacksim", slack.OptionAPIURL(server.URL+"/api/"))), time.Now)
			w.AddChannel(slacksim.Channel{Name: "shared", BotIsMember: true, Shared: true})
			for user, outsider := range map[slacksim.User]bool{
				{Name: "ada"}: false,
				{Name: "sis", TeamID: "T0SISTER", Enterprise: "E0ACME"}:  enterprise == "",
				{Name: "out", TeamID: "T0OTHER"}:                         true,
				{Name: "corp", TeamID: "T0OTHER", Enterprise: "E0OTHER"}: true,
				{Name: "guest", Guest: slacksim.SingleChannelGuest}:      true,
				{Name: "gone", Deleted: true}:                            true,
			} {
				got, err := chat.IsOutsider(t.Context(), w.AddUser(user).ID)
				require.NoError(t, err)
				require.Equal(t, outsider, got, user.Name)
			}
			_, err := chat.IsOutsider(t.Context(), "U0NOBODY")
			require.Error(t, err, "who is not known cannot be checked")
		})
	}
}
