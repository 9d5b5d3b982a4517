package local_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestAQuestionIsMailedWhenSlackIsOutForAnHour(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		w.Slack.Fail(slacksim.EveryMethod, slacksim.Fault{Status: 503})
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(59 * time.Minute) // simulated
		require.Empty(t, mails.sent(), "it may pass by itself")
		time.Sleep(5 * time.Minute) // simulated
		require.Len(t, mails.sent(), 1)
		require.Contains(t, mails.sent()[0], "6 patches to install on web-1")

		w.Slack.Heal(slacksim.EveryMethod)
		time.Sleep(5 * time.Minute) // simulated
		require.Contains(t, w.message(w.payments.ID), "[Approve]", "Slack is caught up")
		require.Len(t, mails.sent(), 1)
	})
}

func TestAnEditThatSlackDoesNotTakeForAnHourIsNoQuestion(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		w.asked()
		w.Slack.Fail("chat.update", slacksim.Fault{Error: "update_failed"})
		w.rejects(w.ada, nil)
		time.Sleep(2 * time.Hour) // simulated
		require.Empty(t, mails.sent())
		w.Slack.Heal("chat.update")
		time.Sleep(5 * time.Minute) // simulated
		require.Contains(t, w.message(w.payments.ID), "was rejected")
	})
}

func TestAQuestionThatHadToMoveSaysWhyAndHowToMendIt(t *testing.T) {
	for _, code := range []string{"restricted_action_read_only_channel", "app_access_restricted", "a_code_that_nobody_listed"} {
		t.Run(code, func(t *testing.T) {
			byMail(t, func(t *testing.T, w *system, _ *outbound) {
				general := w.Slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
				w.Bot.DefaultChannel = general.ID
				w.Slack.Fail("chat.postMessage", slacksim.Fault{Times: 1, Error: code})
				require.NoError(t, w.Fleet.Scan(web1))
				time.Sleep(5 * time.Minute) // simulated
				require.Empty(t, w.Slack.Messages(w.payments.ID))
				said := w.message(general.ID)
				require.Contains(t, said, "This was to be asked in #payments, which does not take my messages (`"+code+"`). Invite me there")
				require.Contains(t, said, "[Approve]")
				require.Equal(t, w.payments.ID, w.request().Summary().MovedFrom)
			})
		})
	}
}
