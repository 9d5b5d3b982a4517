package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// TestWhatIsOfferedGoesByThePersonAndTheOwner reads the times in a window that somebody opens.
func TestWhatIsOfferedGoesByThePersonAndTheOwner(t *testing.T) {
	weekend, err := bot.ParseWindow("Sat,Sun 02:00 Europe/Berlin")
	require.NoError(t, err)
	nightly, err := bot.ParseWindow("daily 03:30 UTC")
	require.NoError(t, err)
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		offered := func() string {
			w.click(w.ada, slackchat.ButtonSchedule)
			views := w.Slack.Views(w.ada.ID)
			require.Len(t, views, 1)
			_, err := w.Slack.CloseView(t.Context(), w.ada.ID, views[0].ID)
			require.NoError(t, err)
			time.Sleep(2 * time.Minute) // simulated: what is known of people is forgotten
			return string(views[0].Blocks)
		}
		w.Slack.EditUser(w.ada.ID, func(u *slacksim.User) { u.TZ = "Europe/Berlin" })
		shown := offered()
		require.Contains(t, shown, "Tonight: Sat 1 Jan, 22:00 CET")
		require.NotContains(t, shown, "Next window")
		require.NotContains(t, shown, "does not tell me your time zone")

		w.Bot.Window = nightly
		require.Contains(t, offered(), "Next window: Sat 1 Jan, 04:30 CET", "the default window")
		owners := w.Bot.Owners.(bot.Directory)
		payments := owners["payments"]
		payments.Window = weekend
		owners["payments"] = payments
		require.Contains(t, offered(), "Next window: Sat 1 Jan, 02:00 CET", "the owner's own")

		w.Slack.EditUser(w.ada.ID, func(u *slacksim.User) { u.TZ = "" })
		shown = offered()
		require.Contains(t, shown, "Tonight: Sat 1 Jan, 22:00 UTC")
		require.Contains(t, shown, "Slack does not tell me your time zone, so the times to choose are in UTC.")
	})
}

// TestTheMachineWaitsForNothingUnsound answers past patchbot, which never sends any of these.
func TestTheMachineWaitsForNothingUnsound(t *testing.T) {
	for name, output := range map[string]string{
		"no seconds":            `{"decision": "scheduled", "until": "2000-01-02T00:00:00Z"}`,
		"none at all":           `{"decision": "scheduled", "until": "2000-01-02T00:00:00Z", "wait_seconds": 0}`,
		"less than none":        `{"decision": "scheduled", "until": "2000-01-02T00:00:00Z", "wait_seconds": -5}`,
		"seconds in words":      `{"decision": "scheduled", "until": "2000-01-02T00:00:00Z", "wait_seconds": "60"}`,
		"more than are allowed": `{"decision": "scheduled", "until": "2000-01-02T00:00:00Z", "wait_seconds": 604801}`,
		"no time":               `{"decision": "scheduled", "wait_seconds": 60}`,
		"a time in words":       `{"decision": "scheduled", "until": "tonight", "wait_seconds": 60}`,
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				require.NoError(t, w.Machine.SendTaskSuccess(w.request().ApprovalToken.Reveal(), []byte(output)))
				require.Equal(t, "rejected", outcome(t, w.end()))
				time.Sleep(2 * time.Minute) // simulated
				require.Equal(t, bot.StatusRejected, w.request().Status)
				require.Zero(t, w.installs())
			})
		})
	}
}

func TestAScheduleThatSomebodyAnswersPastUsIsTold(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		require.NoError(t, w.Machine.SendTaskSuccess(w.request().ApprovalToken.Reveal(), []byte(
			`{"decision": "scheduled", "by": {"via": "cli", "name": "operator"}, "at": "2000-01-01T00:00:01Z", "until": "2000-01-01T02:00:00Z", "wait_seconds": 7200}`)))
		synctest.Wait()
		require.Equal(t, bot.StatusScheduled, w.request().Status)
		require.Regexp(t, `^Scheduled for .* by operator, not here in Slack\.$`, w.thread(w.payments.ID)[0])
		w.click(w.lin, slackchat.ButtonCancel)
		require.Equal(t, "rejected", outcome(t, w.end()))
	})
}
