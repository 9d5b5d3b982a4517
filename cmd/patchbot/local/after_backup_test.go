package local_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// backingUp approves web-1's question, and lets the long backup begin.
func (w *system) backingUp() {
	w.t.Helper()
	w.asked()
	w.click(w.ada, slackchat.ButtonApprove)
	time.Sleep(time.Hour) // simulated
	require.Equal(w.t, bot.StatusBackingUp, w.request().Status, w.screen())
}

// TestWhatChangesDuringTheBackupIsSeen: it can take a day.
func TestWhatChangesDuringTheBackupIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *system) error
		reason workflow.NotStarted
	}{
		"it is stopped":    {func(w *system) error { return w.Fleet.SetState(web1, "stopped") }, workflow.NotStartedStopped},
		"it is untagged":   {func(w *system) error { return w.Fleet.SetTags(web1, map[string]string{"owner": "payments"}) }, workflow.NotStartedUntagged},
		"others patch it":  {func(w *system) error { return w.Fleet.SendByOthers(web1, "AWS-RunPatchBaseline") }, workflow.NotStartedPatchRunning},
		"it is terminated": {func(w *system) error { return w.Fleet.SetState(web1, "terminated") }, workflow.NotStartedGone},
	} {
		t.Run(name, func(t *testing.T) {
			config := local.Config{Fleet: awssim.Config{SnapshotTime: 5 * time.Hour, PatchTime: 6 * time.Hour, ExecutionTimeout: 8 * time.Hour}}
			everyWay(t, config, func(t *testing.T, w *system) {
				w.backingUp()
				require.NoError(t, c.change(w))
				time.Sleep(5 * time.Hour) // simulated
				w.closed()
				time.Sleep(time.Minute) // simulated
				r := w.request()
				require.Equal(t, bot.StatusNotStarted, r.Status, w.screen())
				require.Equal(t, c.reason, r.NotStarted.Reason)
				for _, command := range w.Fleet.Commands() {
					require.NotContains(t, command.Comment, "patchbot install")
				}
			})
		})
	}
}

func TestAFreezeThatBeginsDuringTheBackupIsWaitedForAndBackedUpAnew(t *testing.T) {
	config := frozenSettings()
	config.Fleet.SnapshotTime = 5 * time.Hour
	everyWay(t, config, func(t *testing.T, w *system) {
		w.Fleet.AddCalendar("release-freeze")
		w.Bot.BackupDays = 1
		w.backingUp()
		until := w.freeze(48 * time.Hour)
		time.Sleep(60 * time.Hour) // simulated
		w.closed()
		r := w.request()
		require.Equal(t, bot.StatusCompliant, r.Status, w.screen())
		require.True(t, r.Install.StartedAt.After(until))
		require.True(t, r.Backup.StartedAt.After(until), "the way back is from right before the install")
		require.Len(t, r.Backup.Earlier, 2)
		require.Len(t, w.snapshots(), 4)
		time.Sleep(26 * time.Hour) // simulated
		require.Empty(t, w.snapshots(), "those that nobody needs end with the others")
	})
}

// TestTryingAgainTakesOverTheStandbyThatWasLeft: the first try failed after the install.
func TestTryingAgainTakesOverTheStandbyThatWasLeft(t *testing.T) {
	everyWay(t, allowing("restore-web"), func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"patch-after": "restore-web", "patch-standby": "yes"})
		require.NoError(t, w.Fleet.AddAutoScalingGroup("web", 0, lb1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "restore-web", Times: 1})
		w.Fleet.Break(awssim.Fault{Kind: awssim.InstallIsPartial, Patches: 3, Times: 1})
		w.click(w.ada, slackchat.ButtonApprove)
		require.True(t, w.about(lb1).Hooks.OutOfService(), w.screen())
		w.click(w.ada, slackchat.ButtonTryAgain)
		w.until("the second question", func() bool { return w.questions() == 2 })
		w.click(w.ada, slackchat.ButtonApprove)
		r := w.about(lb1)
		require.Equal(t, bot.StatusCompliant, r.Status, w.screen())
		require.False(t, r.Hooks.OutOfService())
		require.Equal(t, "InService", w.Fleet.LifecycleState(lb1))
	})
}

// TestAGroupThatIsGoneMeanwhileLosesNoEnd: there is nothing to be put back into.
func TestAGroupThatIsGoneMeanwhileLosesNoEnd(t *testing.T) {
	everyWay(t, local.Config{Fleet: awssim.Config{StandbyTime: 10 * time.Minute}}, func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"patch-standby": "yes"})
		require.NoError(t, w.Fleet.AddAutoScalingGroup("web", 0, lb1))
		w.click(w.ada, slackchat.ButtonApprove)
		for deadline := time.Now().Add(time.Hour); w.Fleet.LifecycleState(lb1) != "EnteringStandby"; time.Sleep(time.Second) { // simulated
			require.True(t, time.Now().Before(deadline), w.screen())
		}
		w.Fleet.RemoveAutoScalingGroup("web")
		require.Equal(t, bot.StatusCompliant, w.about(lb1).Status, w.screen())
	})
}
