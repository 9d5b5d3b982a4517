package local_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// loseEvents drops whatever EventBridge would tell of commands, snapshots and executions.
func loseEvents(event json.RawMessage, deliver func(json.RawMessage)) {
	if strings.Contains(string(event), awssim.ComplianceEvent) {
		deliver(event)
	}
}

func TestWhatIsNotFinalYetIsLookedAtAgain(t *testing.T) {
	for name, c := range map[string]struct {
		config local.Config
		fault  awssim.Fault
		took   time.Duration // at least
	}{
		"a backup of five hours":                    {local.Config{Fleet: awssim.Config{SnapshotTime: 5 * time.Hour}}, awssim.Fault{}, 5 * time.Hour},
		"a backup of five hours, every event lost":  {local.Config{Fleet: awssim.Config{SnapshotTime: 5 * time.Hour}, Events: loseEvents}, awssim.Fault{}, 5 * time.Hour},
		"the commands' events are ahead of the API": {local.Config{}, awssim.Fault{Kind: awssim.StatusLags, DetailType: awssim.CommandEvent, For: time.Minute}, 0},
		"the snapshots' event is ahead of the API":  {local.Config{}, awssim.Fault{Kind: awssim.StatusLags, DetailType: awssim.SnapshotEvent, For: time.Minute}, 0},
		"an invocation shows only after a minute":   {local.Config{}, awssim.Fault{Kind: awssim.InvocationHidden, For: time.Minute}, 0},
		"counts that show only after three minutes": {local.Config{}, awssim.Fault{Kind: awssim.StatesStale, For: 3 * time.Minute}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, c.config, func(t *testing.T, w *system) {
				w.asked()
				if c.fault.Kind != "" {
					w.Fleet.Break(c.fault)
				}
				w.click(w.ada, slackchat.ButtonApprove)
				start := time.Now()
				require.Equal(t, "compliant", outcome(t, w.end()))
				require.GreaterOrEqual(t, time.Since(start), c.took)
				require.Less(t, time.Since(start), c.took+30*time.Minute)
				synctest.Wait()
				require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
				require.Len(t, w.thread(w.payments.ID), 6, "each step is told once: %s", w.screen())
				require.Equal(t, 1, w.installs())
			})
		})
	}
}

func TestABackupThatNeverEndsFailsAtItsBound(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Fleet.Break(awssim.Fault{Kind: awssim.SnapshotsSlow, For: 1000 * time.Hour})
		w.click(w.ada, slackchat.ButtonApprove)
		start := time.Now()
		e := w.end()
		require.Equal(t, "BackupStillRunning", e.Error)
		require.InDelta(t, workflow.DefaultSettings().BackupWithin.Hours(), time.Since(start).Hours(), 0.2)
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Nothing was installed.")
		require.Zero(t, w.installs())
	})
}

func TestCountsOfAnotherRunAreNotBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		stale time.Duration
		says  string
	}{
		"the install's record stands in their place for long": {time.Hour, "ScanLeftNoCounts"},
		"they come at last": {5 * time.Minute, "web-1 is up to date"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				w.Fleet.Break(awssim.Fault{Kind: awssim.StatesStale, For: c.stale})
				w.click(w.ada, slackchat.ButtonApprove)
				w.end()
				synctest.Wait()
				require.Contains(t, w.screen(), c.says)
			})
		})
	}
}

func TestAnEventThatIsAheadOfTheCountsIsNotGoodNews(t *testing.T) {
	t.Run("nothing was missing before", func(t *testing.T) { eventAheadOfCounts(t, nil, 6) })
	bugfix := awssim.Patch{Title: "less-643", KBId: "less.x86_64", Classification: "Bugfix", Severity: "Low"}
	t.Run("something below the severity was", func(t *testing.T) { eventAheadOfCounts(t, []awssim.Patch{bugfix}, 7) })
}

func eventAheadOfCounts(t *testing.T, missing []awssim.Patch, asked int) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa1", Name: "web-2", Volumes: []awssim.Volume{{}}, Missing: missing,
			Tags: map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}}))
		w.Fleet.Break(awssim.Fault{Kind: awssim.StatesStale, Instance: "i-0aaaaaaaaaaaaaaa1", For: 40 * time.Second})
		require.NoError(t, w.Fleet.Publish("i-0aaaaaaaaaaaaaaa1", awssim.Catalogue(awssim.AmazonLinux2023)...))
		require.NoError(t, w.Fleet.Scan("i-0aaaaaaaaaaaaaaa1"))
		time.Sleep(2 * time.Minute) // simulated
		require.Contains(t, w.message(w.payments.ID), fmt.Sprintf("%d patches to install on web-2", asked))
	})
}

func TestCountsDecideWhoIsAskedAndWhatIsSaid(t *testing.T) {
	catalogue := awssim.Catalogue(awssim.AmazonLinux2023)
	for name, c := range map[string]struct {
		instance awssim.Instance
		severity workflow.Severity
		says     string // in Slack; "" when nobody is asked
		reason   string // in the output
	}{
		"missing and failed are what is to be installed, whatever the levels": {
			awssim.Instance{Missing: awssim.WithLevels(catalogue[:3])}, workflow.SeverityCritical, "3 patches to install on web-9", ""},
		"a critical level that only a rejected patch has asks nobody": {
			awssim.Instance{Rejected: awssim.WithLevels(catalogue[:1])}, workflow.SeverityCritical, "", `"rejected":1`},
		"the same at the severity any": {
			awssim.Instance{Rejected: awssim.WithLevels(catalogue[:1])}, workflow.SeverityAny, "", `"rejected":1`},
		"a baseline of AWS has no critical level, so that nobody is asked": {
			awssim.Instance{Missing: catalogue[:3]}, workflow.SeverityCritical, "", `"critical":0`},
		"with the default severity its security patches are asked about": {
			awssim.Instance{Missing: catalogue[:3]}, workflow.SeveritySecurity, "3 patches to install on web-9", ""},
	} {
		t.Run(name, func(t *testing.T) {
			settings := workflow.DefaultSettings()
			settings.Severity = c.severity
			simulated(t, local.Config{Settings: settings}, func(t *testing.T, w *system) {
				c.instance.ID, c.instance.Name = "i-0aaaaaaaaaaaaaaa9", "web-9"
				c.instance.Tags = map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}
				require.NoError(t, w.Fleet.Add(c.instance))
				require.NoError(t, w.Fleet.ReportNonCompliance(c.instance.ID))
				time.Sleep(10 * time.Minute) // simulated
				if c.says != "" {
					require.Contains(t, w.message(w.payments.ID), c.says)
					return
				}
				require.Empty(t, w.Slack.Messages(w.payments.ID))
				require.Contains(t, string(w.end().Output), c.reason)
			})
		})
	}
}

func TestARebootThatIsDueIsAskedAboutLikeAPatch(t *testing.T) {
	for _, severity := range []workflow.Severity{workflow.SeverityAny, workflow.SeveritySecurity} {
		t.Run(string(severity), func(t *testing.T) {
			settings := workflow.DefaultSettings()
			settings.Severity = severity
			simulated(t, local.Config{Settings: settings}, func(t *testing.T, w *system) {
				w.Fleet.Break(awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.ComplianceEvent, Times: 1}) // of an install by hand
				_, err := w.Fleet.Call(t.Context(), "ssm", "sendCommand", json.RawMessage(`{"DocumentName": "AWS-RunPatchBaseline", "InstanceIds": ["`+web1+`"],
					"Parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]}}`))
				require.NoError(t, err)
				time.Sleep(10 * time.Minute) // simulated
				require.NoError(t, w.Fleet.Scan(web1))
				require.NoError(t, w.Fleet.ReportNonCompliance(web1))
				time.Sleep(10 * time.Minute) // simulated
				require.Contains(t, w.message(w.payments.ID), "web-1 needs a reboot to finish 6 patches")
				require.Contains(t, w.message(w.payments.ID), "reboots the instance")
			})
		})
	}
}
