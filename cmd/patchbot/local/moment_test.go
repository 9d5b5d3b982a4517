package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// TestNothingBeginsOnWhatChangedSinceTheQuestion lets something happen to web-1 while its owner is asked.
func TestNothingBeginsOnWhatChangedSinceTheQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(t *testing.T, w *system)
		reason  workflow.NotStarted
		says    string
		found   bool // whether it is asked again when it is found again
	}{
		"it lost its connection": {func(_ *testing.T, w *system) { w.Fleet.Break(awssim.Fault{Kind: awssim.Offline}) },
			workflow.NotStartedOffline, "It runs, but Systems Manager does not reach it.", true},
		"it was stopped": {func(t *testing.T, w *system) { require.NoError(t, w.Fleet.SetState(web1, "stopped")) },
			workflow.NotStartedStopped, "The instance does not run (`stopped`). Start it.", true},
		"it is being stopped": {func(t *testing.T, w *system) { require.NoError(t, w.Fleet.SetState(web1, "stopping")) },
			workflow.NotStartedStopped, "The instance does not run (`stopping`). Start it.", true},
		"it was terminated": {func(t *testing.T, w *system) { require.NoError(t, w.Fleet.SetState(web1, "terminated")) },
			workflow.NotStartedGone, "The instance is gone", false},
		"its tag was removed": {func(t *testing.T, w *system) {
			require.NoError(t, w.Fleet.SetTags(web1, map[string]string{"owner": "payments"}))
		}, workflow.NotStartedUntagged, "Its tag `patch-policy` does not put it into my care any more.", true},
		"its tag says something else": {func(t *testing.T, w *system) {
			require.NoError(t, w.Fleet.SetTags(web1, map[string]string{"owner": "payments", "patch-policy": "manual"}))
		}, workflow.NotStartedUntagged, "Its tag `patch-policy` does not put it into my care any more.", true},
		"a maintenance window patches it": {func(t *testing.T, w *system) {
			w.Fleet.Break(awssim.Fault{Kind: awssim.CommandHangs, Times: 1})
			require.NoError(t, w.Fleet.SendByOthers(web1, "AWS-RunPatchBaselineWithHooks"))
			time.Sleep(5 * time.Minute) // simulated
		}, workflow.NotStartedPatchRunning, "Another patch command runs on it (`AWS-RunPatchBaselineWithHooks`)", true},
		"a patch command waits for it to come back": {func(t *testing.T, w *system) {
			require.NoError(t, w.Fleet.SetState(web1, "stopped"))
			require.NoError(t, w.Fleet.SendByOthers(web1, "acme-patching"))
			time.Sleep(5 * time.Second) // simulated
			w.Fleet.Break(awssim.Fault{Kind: awssim.CommandHangs, Times: 1})
			require.NoError(t, w.Fleet.SetState(web1, "running"))
			time.Sleep(time.Second) // simulated
		}, workflow.NotStartedPatchRunning, "Another patch command runs on it (`acme-patching`)", true},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				c.happens(t, w)
				sent := w.installs()
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, "not_started", w.outcome())
				synctest.Wait()
				require.Equal(t, bot.StatusNotStarted, w.request().Status)
				require.Equal(t, c.reason, w.request().NotStarted.Reason)
				require.Equal(t, sent, w.installs(), "nothing is begun")
				require.Contains(t, w.message(w.payments.ID), "Patching web-1 was not begun")
				require.Contains(t, w.message(w.payments.ID), c.says)
				thread := w.thread(w.payments.ID)
				require.Contains(t, thread[len(thread)-1], c.says)
				require.Contains(t, thread[len(thread)-1], "Nothing was installed.")
				require.Contains(t, thread[len(thread)-1], "For @ada, @oncall-payments.", "whoever approved hears of it")
				require.Len(t, thread, 2, "each is told once")
				if c.found {
					w.foundAgain()
				}
			})
		})
	}
}

// outcome is how the execution that asked ended: a doubled event starts another one, which is turned away.
func (w *system) outcome() string {
	w.t.Helper()
	for {
		if how := outcome(w.t, w.end()); how != "ignored" {
			return how
		}
	}
}

// foundAgain mends whatever there was, has the fleet looked through, and expects the question again.
func (w *system) foundAgain() {
	w.t.Helper()
	w.Fleet.Heal("")
	require.NoError(w.t, w.Fleet.SetState(web1, "running"))
	require.NoError(w.t, w.Fleet.SetTags(web1, map[string]string{"owner": "payments", "patch-policy": "patch-on-approval", "Name": "web-1"}))
	for _, c := range w.Fleet.Commands() {
		require.NoError(w.t, w.Fleet.CancelCommand(c.ID))
	}
	before := w.questions()
	_, err := w.FindMissing()
	require.NoError(w.t, err)
	time.Sleep(time.Minute) // simulated
	require.Equal(w.t, before+1, w.questions(), "nobody is left in peace over what was not begun: %s", w.screen())
}

func TestACommandThatPatchesNothingIsInNobodysWay(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		require.NoError(t, w.Fleet.SendByOthers(web1, "AWS-RunShellScript"))
		time.Sleep(3 * time.Second) // simulated
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", w.outcome())
	})
}

func TestWhatWasTerminatedWhileItWaitedForItsTurnIsNotBegun(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(3, atOnce(t, "1", 1))
		require.NoError(t, w.Fleet.SetState(ids[1], "terminated"))
		w.watch(ids, 1, w.allEnded(ids))
		require.Equal(t, []bot.Status{bot.StatusCompliant, bot.StatusNotStarted, bot.StatusCompliant}, w.statuses(ids), "its turn is given back, and no failure is counted")
		time.Sleep(time.Minute) // simulated
		w.nobodyIsLeft("payments")
	})
}

func TestALookThatFailsIsAReportedFailure(t *testing.T) {
	for _, call := range []string{"ec2:describeInstances", "ssm:describeInstanceInformation", "ssm:listCommandInvocations"} {
		t.Run(call, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				w.Fleet.Break(awssim.Fault{Kind: awssim.ServerError, Action: call})
				w.click(w.ada, slackchat.ButtonApprove)
				w.end()
				synctest.Wait()
				require.Equal(t, bot.StatusFailed, w.request().Status)
				require.Contains(t, w.message(w.payments.ID), "Nothing was installed.")
				require.Zero(t, w.installs())
			})
		})
	}
}

func TestAHybridNodeIsLookedAtAgain(t *testing.T) {
	const node = "mi-0a1b2c3d4e5f60718"
	for state, want := range map[string]string{"running": "compliant", "terminated": "not_started"} {
		t.Run(state, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: node, Name: "till-7", Missing: awssim.Catalogue(awssim.AmazonLinux2023),
					Tags: map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}}))
				require.NoError(t, w.Fleet.Scan(node))
				synctest.Wait()
				require.NoError(t, w.Fleet.SetState(node, state))
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, want, w.outcome())
			})
		})
	}
}
