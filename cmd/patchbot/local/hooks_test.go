package local_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

const lb1 = "i-0bbbbbbbbbbbbbbb1"

// allowing is a configuration in which tags may have some documents run.
func allowing(documents ...string) local.Config {
	settings := workflow.DefaultSettings()
	settings.HookDocuments = documents
	return local.Config{Settings: settings}
}

// askedAbout adds an instance with tags, and waits for the question about it.
func (w *system) askedAbout(tags map[string]string) {
	w.t.Helper()
	for _, document := range []string{"drain-web", "restore-web"} {
		w.Fleet.AddDocument(document)
	}
	require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: lb1, Name: "lb-1", Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}},
		Tags: merged(tags, map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"})}))
	require.NoError(w.t, w.Fleet.Scan(lb1))
	w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
}

// about is the newest request of an instance, once it is over.
func (w *system) about(id string) bot.Request {
	w.t.Helper()
	for deadline, begun := time.Now().Add(w.waitAtMost), time.Now(); ; time.Sleep(lookAfter(begun)) { // simulated
		found, err := w.Store.ByInstance(w.t.Context(), id, 1)
		require.NoError(w.t, err)
		if !found[0].Status.Open() {
			time.Sleep(time.Minute) // simulated: what follows from it
			return found[0]
		}
		require.True(w.t, time.Now().Before(deadline), "the request is still open: %s", w.screen())
	}
}

// documents lists what was sent to an instance, in order, e.g. "drain-web", "Install", "Scan".
func (w *system) documents(id string) (sent []string) {
	for _, c := range w.Fleet.Commands() {
		if c.InstanceID == id {
			sent = append(sent, c.Operation)
		}
	}
	return sent
}

func TestDocumentsRunBeforeAndAfterTheInstall(t *testing.T) {
	everyWay(t, allowing("drain-web", "restore-web"), func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"Patch-Before": "drain-web", "patch-after": "restore-web"})
		require.Contains(t, w.message(w.payments.ID), "and reboots the instance, with drain-web before and restore-web after the install.")
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, bot.StatusCompliant, w.about(lb1).Status, w.screen())
		require.Equal(t, []string{"drain-web", "Install", "restore-web", "Scan"}, w.documents(lb1))
		thread := strings.Join(w.thread(w.payments.ID), "\n")
		for _, line := range []string{"`drain-web` ran well before the install", "Installing 6 patches", "`restore-web` ran well after the install"} {
			require.Equal(t, 1, strings.Count(thread, line), thread)
		}
	})
}

func TestADocumentThatFailsBeforeKeepsTheInstallFromBeginning(t *testing.T) {
	everyWay(t, allowing("drain-web"), func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"patch-before": "drain-web", "patch-standby": "true"})
		require.NoError(t, w.Fleet.AddAutoScalingGroup("web", 0, lb1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "drain-web", ExitCode: 3, Stderr: "17 connections left\n"})
		w.click(w.ada, slackchat.ButtonApprove)
		r := w.about(lb1)
		require.Equal(t, bot.StatusFailed, r.Status, w.screen())
		require.Equal(t, bot.InstalledNothing, r.Installed())
		require.Equal(t, []string{"drain-web"}, w.documents(lb1))
		require.Contains(t, w.screen(), "`drain-web`, which runs before the install, ended with Failed (exit code 3: 17 connections left)")
		require.Contains(t, w.message(w.payments.ID), "Nothing was installed.")
		require.Equal(t, "InService", w.Fleet.LifecycleState(lb1), "it was not patched, so it goes back into service")
		require.NotContains(t, w.message(w.payments.ID), "still in Standby")
	})
}

func TestADocumentThatFailsAfterIsReportedAndLeavesItOutOfService(t *testing.T) {
	everyWay(t, allowing("restore-web"), func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"patch-after": "restore-web", "patch-standby": "yes"})
		require.NoError(t, w.Fleet.AddAutoScalingGroup("web", 0, lb1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "restore-web", ExitCode: 1, Stderr: "GET /healthz: 502\n"})
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, bot.StatusFailed, w.about(lb1).Status, w.screen())
		require.Equal(t, []string{"Install", "restore-web"}, w.documents(lb1))
		require.Contains(t, w.screen(), "ended with Failed (exit code 1: GET /healthz: 502)")
		require.Contains(t, w.message(w.payments.ID), "It is still in Standby in the Auto Scaling group web")
		require.NotContains(t, w.screen(), "Nothing was installed")
		require.Equal(t, "Standby", w.Fleet.LifecycleState(lb1))
	})
}

func TestADocumentThatIsNotAllowedIsSaidBeforeAndNeverRuns(t *testing.T) {
	simulated(t, allowing("restore-web"), func(t *testing.T, w *system) {
		w.askedAbout(map[string]string{"patch-before": "drain-web"})
		require.Contains(t, w.message(w.payments.ID), "The tag `patch-before` names the document `drain-web`, which this installation does not allow.")
		w.click(w.ada, slackchat.ButtonApprove)
		r := w.about(lb1)
		require.Equal(t, bot.StatusFailed, r.Status, w.screen())
		require.Equal(t, bot.InstalledNothing, r.Installed())
		require.Empty(t, w.documents(lb1))
	})
}

func TestAMemberOfAnAutoScalingGroupIsInStandbyMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		lost   []awssim.Fault
		before func(w *system) // what has happened to the group
		status bot.Status
		end    string // its LifecycleState
		says   string
	}{
		"and comes back":                {nil, func(w *system) {}, bot.StatusCompliant, "InService", "In Standby in the Auto Scaling group `web`"},
		"answers were lost":             {[]awssim.Fault{{Kind: awssim.AnswerLost, Action: "autoscaling:enterStandby", Times: 1}, {Kind: awssim.AnswerLost, Action: "autoscaling:exitStandby", Times: 1}}, func(*system) {}, bot.StatusCompliant, "InService", "Back in service in the Auto Scaling group `web`"},
		"somebody else put it there":    {nil, func(w *system) { w.standby(lb1) }, bot.StatusCompliant, "Standby", "Scanned again: nothing missing."},
		"the group may not get smaller": {nil, func(w *system) { w.Fleet.Resize("web", 1) }, bot.StatusFailed, "InService", "Nothing was installed."},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.askedAbout(map[string]string{"patch-standby": "true"})
				require.Contains(t, w.message(w.payments.ID), ", in Standby meanwhile.")
				require.NoError(t, w.Fleet.AddAutoScalingGroup("web", 0, lb1))
				c.before(w)
				for _, f := range c.lost {
					w.Fleet.Break(f)
				}
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, c.status, w.about(lb1).Status, w.screen())
				require.Equal(t, c.end, w.Fleet.LifecycleState(lb1))
				require.Contains(t, w.screen(), c.says)
			})
		})
	}
}

// standby puts an instance into Standby by somebody else's hand.
func (w *system) standby(id string) {
	w.t.Helper()
	_, err := w.Fleet.Call(w.t.Context(), "autoscaling", "enterStandby", []byte(`{"AutoScalingGroupName": "web", "InstanceIds": ["`+id+`"], "ShouldDecrementDesiredCapacity": true}`))
	require.NoError(w.t, err)
	time.Sleep(time.Minute) // simulated
}
