package local_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestAnExecutionThatDiesGivesItsTurnBack(t *testing.T) {
	for name, config := range map[string]local.Config{"and AWS tells": {}, "and nobody tells": {Events: loseExecutionEvents}} {
		t.Run(name, func(t *testing.T) {
			simulated(t, config, func(t *testing.T, w *system) {
				ids := w.approved(4, atOnce(t, "1", 1))
				for _, id := range []string{ids[1], ids[0]} {
					require.NoError(t, w.Machine.Stop(w.of(id).ExecutionARN, "Operator", "maintenance"))
				}
				w.watch(ids, 1, w.allEnded(ids))
				require.Equal(t, []bot.Status{bot.StatusStopped, bot.StatusStopped, bot.StatusCompliant, bot.StatusCompliant}, w.statuses(ids))
				require.Contains(t, w.shown(ids[1]), "Nothing was installed.")
				time.Sleep(time.Minute) // simulated
				w.nobodyIsLeft("payments")
			})
		})
	}
}

func TestAnExecutionThatIsRedrivenAfterItsTurnCountsAsRunning(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(3, atOnce(t, "1", 1))
		w.watch(ids, 1, func() bool { return w.of(ids[0]).Status == bot.StatusPatching })
		arn := w.of(ids[0]).ExecutionARN
		require.NoError(t, w.Machine.Stop(arn, "Operator", "maintenance"))
		synctest.Wait()
		require.Equal(t, ids[1:2], w.busy(ids))
		time.Sleep(10 * time.Second) // simulated
		require.NoError(t, w.Machine.Redrive(arn))
		time.Sleep(10 * time.Second) // simulated
		require.Equal(t, ids[:2], w.busy(ids), "over the limit, for it runs already")
		w.watch(ids, 2, w.allEnded(ids))
		w.watch(ids, 1, w.allEnded(ids[2:]))
		time.Sleep(time.Minute) // simulated
		w.nobodyIsLeft("payments")
	})
}

func TestATurnThatNeverComesSaysWhatToDo(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(2, atOnce(t, "1", 1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: ids[0], Operation: "Install", ExitCode: 1})
		w.watch(ids, 1, w.heldRest(ids[1]))
		time.Sleep(8 * 24 * time.Hour) // simulated
		require.Equal(t, bot.StatusFailed, w.of(ids[1]).Status)
		require.Contains(t, w.shown(ids[1]), "TurnNeverCame")
		require.Contains(t, w.shown(ids[1]), "Nothing was installed.")
		require.NotContains(t, w.shown(ids[1]), "[Go on]")
		require.Equal(t, 1, w.installs())
		w.nobodyIsLeft("payments")
	})
}

// TestARetriedTurnIsAnsweredWithItsNewToken has Step Functions publish twice.
func TestARetriedTurnIsAnsweredWithItsNewToken(t *testing.T) {
	var mu sync.Mutex
	var tokens []workflow.Token
	config := local.Config{Notifications: func(data []byte, deliver func([]byte)) {
		if n, err := workflow.ParseNotification(data); err == nil && n.Kind() == "turn_requested" {
			mu.Lock()
			tokens = append(tokens, n.Token)
			mu.Unlock()
		}
		deliver(data)
	}}
	seen := func() []workflow.Token {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(tokens)
	}
	simulated(t, config, func(t *testing.T, w *system) {
		ids := w.approved(2, atOnce(t, "1", 1))
		require.Len(t, seen(), 2)
		require.NoError(t, w.Machine.SendTaskFailure(w.of(ids[1]).Turn.Token.Reveal(), "Sns.InternalErrorException", "try again"))
		time.Sleep(10 * time.Second) // simulated
		require.Len(t, seen(), 3)
		require.Equal(t, seen()[2], w.of(ids[1]).Turn.Token)
		w.watch(ids, 1, w.allEnded(ids))
		require.Equal(t, []bot.Status{bot.StatusCompliant, bot.StatusCompliant}, w.statuses(ids))
	})
}
