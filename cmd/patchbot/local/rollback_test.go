package local_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// wayBack is what somebody enters who knows what is lost.
var wayBack = slacksim.Inputs{"reason": {"the shop does not start"}, "lost": {"lost"}}

// patched has web-1 approved by Ada and patched, after a fault or none.
func (w *system) patched(faults ...awssim.Fault) {
	w.t.Helper()
	w.asked()
	for _, f := range faults {
		w.Fleet.Break(f)
	}
	w.click(w.ada, slackchat.ButtonApprove)
	w.closed()
	time.Sleep(time.Hour) // simulated: all has been told
}

// rollsBack has somebody fill in the window, and waits until that has ended.
func (w *system) rollsBack(user slacksim.User) {
	w.t.Helper()
	require.Empty(w.t, w.chooses(user, slackchat.ButtonRollBack, wayBack))
	require.Empty(w.t, w.Slack.Views(user.ID), "the window has closed")
	w.closed()
	time.Sleep(time.Hour) // simulated
}

// missing is how many patches web-1 misses, as its newest scan counts.
func (w *system) missing() int {
	w.t.Helper()
	r := w.request()
	require.NotNil(w.t, r.RollBack.After)
	return r.RollBack.After.ToInstall()
}

// volumes are the ids of web-1's volumes, its root first.
func (w *system) volumes() (ids []string) {
	w.t.Helper()
	answer, err := w.Fleet.Call(w.t.Context(), "ec2", "describeInstances", json.RawMessage(`{"InstanceIds": ["`+web1+`"]}`))
	require.NoError(w.t, err)
	var out struct {
		Reservations []struct {
			Instances []struct {
				BlockDeviceMappings []struct{ Ebs struct{ VolumeId string } }
			}
		}
	}
	require.NoError(w.t, json.Unmarshal(answer, &out))
	for _, m := range out.Reservations[0].Instances[0].BlockDeviceMappings {
		ids = append(ids, m.Ebs.VolumeId)
	}
	return ids
}

func TestAnInstanceIsRolledBack(t *testing.T) {
	for name, c := range map[string]struct {
		fault  []awssim.Fault
		before bot.Status
	}{
		"whose install failed":   {[]awssim.Fault{{Kind: awssim.InstallIsPartial, Times: 1, Patches: 2, ExitCode: 1}}, bot.StatusNonCompliant},
		"that was up to date":    {nil, bot.StatusCompliant},
		"that was never scanned": {[]awssim.Fault{{Kind: awssim.CommandFails, Operation: "Scan", Times: 1}}, bot.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.patched(c.fault...)
				require.Equal(t, c.before, w.request().Status, w.screen())
				lines, was := len(w.thread(w.payments.ID)), w.request().Instance.RootVolumeID
				before := w.volumes()
				w.rollsBack(w.ada)

				r := w.request()
				require.Equal(t, bot.StatusRolledBack, r.Status, w.screen())
				after := w.volumes()
				require.NotEqual(t, before[0], after[0])
				require.Equal(t, before[1:], after[1:], "data volumes stay")
				require.Equal(t, len(awssim.Catalogue(awssim.AmazonLinux2023)), w.missing(), "everything is missing again")
				require.Equal(t, was, r.RollBack.ReplacedVolumeID)
				told := strings.Split(strings.ReplaceAll(strings.Join(w.thread(w.payments.ID)[lines:], "\n"), "`", ""), "\n")
				require.Len(t, told, 4, "each step once: %v", told)
				require.Contains(t, told[0], "@ada has it rolled back to snapshot "+r.RootSnapshot())
				require.Contains(t, told[0], "Reason: the shop does not start")
				require.Contains(t, told[2], was+", is kept")
				require.Contains(t, told[3], "6 patches are missing again")
				require.Contains(t, told[3], r.DataSnapshots()[0].ID)
				require.Contains(t, w.message(w.payments.ID), "web-1 was rolled back")
				require.NotContains(t, w.message(w.payments.ID), "[Roll back…]")

				// The same set is left in peace, and when it is asked about again, the question says so.
				_, err := w.FindMissing()
				require.NoError(t, err)
				synctest.Wait()
				require.Len(t, w.Slack.Messages(w.payments.ID), 1)
				time.Sleep(8 * 24 * time.Hour) // simulated
				_, err = w.FindMissing()
				require.NoError(t, err)
				w.until("the question", func() bool { return len(w.Slack.Messages(w.payments.ID)) == 2 })
				require.Contains(t, w.message(w.payments.ID), "rolled back at")
				require.Contains(t, w.message(w.payments.ID), "by @ada")
			})
		})
	}
}

func TestARollBackThatFailsSaysHowFarItCame(t *testing.T) {
	for name, c := range map[string]struct {
		fault    awssim.Fault
		says     string
		replaced bot.Replaced
		again    bool // whether it can be tried again
	}{
		"the task fails":                {awssim.Fault{Kind: awssim.ReplaceFails, Times: 1}, "The root volume was not replaced.", bot.ReplacedNot, true},
		"the task loses the volume":     {awssim.Fault{Kind: awssim.ReplaceFails, TaskState: "failed-detached"}, "has no root volume now", bot.ReplacedLost, false},
		"the task hangs":                {awssim.Fault{Kind: awssim.ReplaceSlow}, "Whether the root volume was replaced is not known", bot.ReplacedUnknown, true},
		"the scan fails":                {awssim.Fault{Kind: awssim.CommandFails, Operation: "Scan"}, "The root volume was replaced.", bot.ReplacedYes, false},
		"EC2 refuses to begin the task": {awssim.Fault{Kind: awssim.ServerError, Action: "ec2:createReplaceRootVolumeTask"}, "The root volume was not replaced.", bot.ReplacedNot, true},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.patched()
				w.Fleet.Break(c.fault)
				w.rollsBack(w.ada)
				require.Equal(t, bot.StatusRollBackFailed, w.request().Status, w.screen())
				require.Equal(t, c.replaced, w.request().RollBack.Replaced(), w.screen())
				require.Contains(t, w.screen(), c.says)
				require.NotContains(t, w.screen(), "Nothing was")
				require.Equal(t, c.again, strings.Contains(w.message(w.payments.ID), "[Roll back…]"))
				require.Equal(t, 1, strings.Count(strings.Join(w.thread(w.payments.ID), "\n"), "❌"), w.screen())
			})
		})
	}
}

func TestAFailedRollBackIsTriedAgain(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		require.NoError(t, w.Fleet.SetState(web1, "stopped"))
		w.rollsBack(w.ada)
		require.Contains(t, w.screen(), "Start the instance, then roll it back again.")
		require.Equal(t, bot.ReplacedNot, w.request().RollBack.Replaced())
		require.NoError(t, w.Fleet.SetState(web1, "running"))
		w.rollsBack(w.lin)
		require.Equal(t, bot.StatusRolledBack, w.request().Status, w.screen())
		require.Equal(t, 2, w.request().RollBack.Number)
	})
}

func TestARollBackThatIsAbortedIsNotSaidToHaveChangedNothing(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonRollBack, wayBack))
		time.Sleep(30 * time.Second) // simulated: EC2 is at it
		require.NoError(t, w.Back.Stop(w.request().RollBack.ExecutionARN, "Operator", "by mistake"))
		w.closed()
		synctest.Wait()
		require.Equal(t, bot.StatusRollBackFailed, w.request().Status)
		require.Equal(t, bot.ReplacedUnknown, w.request().RollBack.Replaced())
		require.Contains(t, w.screen(), "Whether the root volume was replaced is not known")

		// Whoever has it go on again hears the end of it.
		require.NoError(t, w.Back.Redrive(w.request().RollBack.ExecutionARN))
		time.Sleep(time.Hour) // simulated
		require.Equal(t, bot.StatusRolledBack, w.request().Status, w.screen())
	})
}

func TestTheFirstWhoRollsBackWins(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		w.click(w.ada, slackchat.ButtonRollBack)
		w.click(w.lin, slackchat.ButtonRollBack)
		for _, user := range []slacksim.User{w.ada, w.lin} {
			_, err := w.Slack.SubmitView(t.Context(), user.ID, w.Slack.Views(user.ID)[0].ID, wayBack)
			require.NoError(t, err)
		}
		require.Empty(t, w.Slack.Views(w.ada.ID))
		require.Contains(t, string(w.Slack.Views(w.lin.ID)[0].Blocks), "Too late: <@"+w.ada.ID+"> asked for this")
		w.closed()
		require.Equal(t, w.ada.ID, w.request().RollBack.By.User)
		require.Equal(t, 1, w.request().RollBack.Number)
	})
}

func TestWhoMayNotRollBackIsTold(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		w.click(w.eve, slackchat.ButtonRollBack)
		require.Empty(t, w.Slack.Views(w.eve.ID))
		require.Contains(t, strings.Join(w.toldAlone(w.eve), ""), "Only approvers of payments can decide this")
		require.Contains(t, w.read(w.types(w.eve, "roll-back "+web1)), "Only approvers of payments")
		require.Equal(t, bot.StatusCompliant, w.request().Status)
		entries, err := w.Store.Audit(t.Context(), w.request().ID)
		require.NoError(t, err)
		last := entries[len(entries)-1]
		require.Equal(t, []any{"slack:" + w.eve.ID, bot.ActionRollBack, bot.RefusedNotApprover}, []any{last.Actor, last.Action, last.Refused})
	})
}

func TestACommandOpensTheWindow(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		require.Contains(t, w.read(w.types(w.ada, "roll-back "+web1)), "go on in the window")
		views := w.Slack.Views(w.ada.ID)
		require.Len(t, views, 1)
		require.Contains(t, string(views[0].Blocks), "Data volumes are not touched")
		_, err := w.Slack.SubmitView(t.Context(), w.ada.ID, views[0].ID, slacksim.Inputs{"reason": {"why not"}})
		require.ErrorIs(t, err, slacksim.ErrIncomplete, "the box is to be ticked")
		got, err := w.Slack.SubmitView(t.Context(), w.ada.ID, views[0].ID, slacksim.Inputs{"reason": {"  "}, "lost": {"lost"}})
		require.NoError(t, err)
		require.Contains(t, got.FieldErrors, "reason", "a reason has words")
		_, err = w.Slack.SubmitView(t.Context(), w.ada.ID, views[0].ID, wayBack)
		require.NoError(t, err)
		w.closed()
		require.Equal(t, bot.StatusRolledBack, w.request().Status)
		require.Contains(t, w.read(w.types(w.ada, "roll-back "+web1)), "Too late: @ada asked for this")
	})
}

// TestAnotherRequestIsInTheWay: an open one has to be decided first, and a later install is undone
// first.
func TestAnotherRequestIsInTheWay(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.patched()
		first, message := w.request(), w.question()
		w.click(w.ada, slackchat.ButtonRollBack) // in time
		require.NoError(t, w.Fleet.Publish(web1, awssim.Patch{Title: "zlib-1", KBId: "zlib", Classification: "Security", Severity: "Critical"}))
		require.NoError(t, w.Fleet.Scan(web1))
		w.until("the next question", func() bool { return len(w.Slack.Messages(w.payments.ID)) == 2 })
		_, err := w.Slack.SubmitView(t.Context(), w.ada.ID, w.Slack.Views(w.ada.ID)[0].ID, wayBack)
		require.NoError(t, err)
		require.Contains(t, string(w.Slack.Views(w.ada.ID)[0].Blocks), "has to be decided or to end first")

		w.click(w.ada, slackchat.ButtonApprove)
		w.closed()
		_, err = w.Slack.ClickOn(t.Context(), w.lin.ID, message, slackchat.ButtonRollBack)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.lin), ""), "Roll that one back first")
		r, err := w.Store.Get(t.Context(), first.ID)
		require.NoError(t, err)
		require.Nil(t, r.RollBack)
	})
}
