package local_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// takesBack has somebody roll an instance back with the command.
func (w *system) takesBack(user slacksim.User, id string) {
	w.t.Helper()
	shown := w.read(w.types(user, "roll-back "+id))
	views := w.Slack.Views(user.ID)
	require.Len(w.t, views, 1, shown)
	_, err := w.Slack.SubmitView(w.t.Context(), user.ID, views[0].ID, wayBack)
	require.NoError(w.t, err)
	require.Empty(w.t, w.Slack.Views(user.ID))
}

func TestOneOfADigestIsRolledBack(t *testing.T) {
	everyWay(t, local.Config{Pace: slackchat.Pace(), RateLimits: true}, func(t *testing.T, w *system) {
		w.Bot.TurnLimit = allAtOnce(t)
		ids := w.askMany(1, 4, nil)
		time.Sleep(time.Minute) // simulated: they share a message
		w.clicks(w.ada, slackchat.ButtonApproveAll)
		time.Sleep(3 * time.Hour) // simulated
		require.Contains(t, w.message(w.payments.ID), "3 instances of payments are up to date")
		lines := len(w.thread(w.payments.ID))

		w.takesBack(w.ada, ids[1])
		time.Sleep(3 * time.Hour) // simulated
		require.Equal(t, bot.StatusRolledBack, w.of(ids[1]).Status, w.screen())
		require.Contains(t, w.message(w.payments.ID), "2 up to date · 1 rolled back")
		told := w.thread(w.payments.ID)[lines:]
		require.Len(t, told, 4, "%v", told)
		for _, line := range told {
			require.True(t, strings.HasPrefix(line, "db-2"), line)
		}
	})
}

// TestARollBackHoldsTheRestOfItsGroup: the others would get the same patches.
func TestARollBackHoldsTheRestOfItsGroup(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(3, atOnce(t, "1", 1))
		for w.of(ids[0]).Status != bot.StatusCompliant {
			time.Sleep(10 * time.Second) // simulated
		}
		w.takesBack(w.ada, ids[0])
		time.Sleep(time.Hour) // simulated
		require.Equal(t, bot.StatusRolledBack, w.of(ids[0]).Status)
		require.Equal(t, bot.StatusCompliant, w.of(ids[1]).Status, "it had begun")
		third := w.of(ids[2])
		require.Equal(t, bot.StatusQueued, third.Status)
		require.NotNil(t, third.Turn.Held)
	})
}
