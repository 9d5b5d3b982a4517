package local_test

import (
	"encoding/json"
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

const web2 = "i-0aaaaaaaaaaaaaaa2"

// daily is a system that looks through its fleet every day.
func daily() local.Config { return local.Config{FindMissingEvery: 24 * time.Hour} }

// looked waits until the next daily look has done its work.
func looked() { time.Sleep(24*time.Hour + 10*time.Minute) } // simulated

// questions counts the messages in payments' channel.
func (w *system) questions() int { return len(w.Slack.Messages(w.payments.ID)) }

// TestTheStoryDoesNotDependOnOneEvent runs it to its end however the event behaves.
func TestTheStoryDoesNotDependOnOneEvent(t *testing.T) {
	for name, tell := range map[string]func(*testing.T, *system){
		"the event arrives": func(t *testing.T, w *system) { require.NoError(t, w.Fleet.Scan(web1)) },
		"the event is lost": func(t *testing.T, w *system) {
			w.Fleet.Break(awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.ComplianceEvent, Times: 1})
			require.NoError(t, w.Fleet.Scan(web1))
		},
		"the event is doubled": func(t *testing.T, w *system) {
			w.Fleet.Break(awssim.Fault{Kind: awssim.EventsDoubled, DetailType: awssim.ComplianceEvent})
			require.NoError(t, w.Fleet.Scan(web1))
		},
		"the instance was non-compliant before anybody listened": func(t *testing.T, w *system) {
			require.NoError(t, w.Fleet.SetState(web1, "terminated"))
			require.NoError(t, w.Fleet.AddScanned(awssim.Instance{ID: web2, Name: "web-2", Missing: awssim.Catalogue(awssim.AmazonLinux2023),
				Tags: map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}}))
			require.NoError(t, w.Fleet.Scan(web2)) // finds the same, so there is no event
		},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, daily(), func(t *testing.T, w *system) {
				tell(t, w)
				looked()
				require.Equal(t, 1, w.questions(), w.screen())
				require.Contains(t, w.message(w.payments.ID), "[Approve]")
				w.click(w.ada, slackchat.ButtonApprove)
				for end := ""; end != "compliant"; {
					end = outcome(t, w.end())
				}
				synctest.Wait()
				require.Contains(t, w.message(w.payments.ID), "is up to date")
				looked()
				require.Equal(t, 1, w.questions(), "nothing is missing any more")
			})
		})
	}
}

func TestAnOwnerWhoSaidNoIsLeftInPeaceForAWeek(t *testing.T) {
	simulated(t, daily(), func(t *testing.T, w *system) {
		w.asked()
		w.rejects(w.ada, nil)
		for range 6 {
			looked()
			require.NoError(t, w.Fleet.ReportNonCompliance(web1))
			synctest.Wait()
			require.Equal(t, 1, w.questions())
		}
		looked()
		looked()
		require.Equal(t, 2, w.questions(), "a week has passed")
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
	})
}

func TestAnotherPatchIsAskedAboutAtOnce(t *testing.T) {
	simulated(t, daily(), func(t *testing.T, w *system) {
		w.asked()
		w.rejects(w.ada, nil)
		synctest.Wait()
		require.NoError(t, w.Fleet.Publish(web1, awssim.Patch{Title: "glibc-2.40", KBId: "glibc.x86_64", Classification: "Security", Severity: "Important"}))
		require.NoError(t, w.Fleet.Scan(web1))
		looked()
		require.Equal(t, 2, w.questions())
		require.Contains(t, w.message(w.payments.ID), "7 patches to install on web-1")
	})
}

func TestNobodyIsAskedTwiceWhileTheQuestionIsOpen(t *testing.T) {
	simulated(t, daily(), func(t *testing.T, w *system) {
		w.asked()
		looked()
		looked()
		require.Equal(t, 1, w.questions())
	})
}

// TestAnInstallGoesByTheBaselineOfTheScan: a policy's scans and a command without its override
// find other patches.
func TestAnInstallGoesByTheBaselineOfTheScan(t *testing.T) {
	const override = "s3://aws-quicksetup-patchpolicy-111122223333-q4k2x/baseline_overrides.json"
	catalogue := awssim.Catalogue(awssim.AmazonLinux2023)
	for name, c := range map[string]struct {
		override string
		end      string
		says     string
	}{
		"with the policy's override": {override, "compliant", "web-2 is up to date"},
		"without it":                 {"", "", "The scan that asked used the patch baseline `pb-0c10e65780EXAMPLE`, the install `pb-0be1ccde3be43f5aa`"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := workflow.DefaultSettings()
			settings.BaselineOverride = c.override
			simulated(t, local.Config{Settings: settings}, func(t *testing.T, w *system) {
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: web2, Name: "web-2", Missing: catalogue[:1],
					Policy: &awssim.Policy{Override: override, BaselineID: "pb-0c10e65780EXAMPLE", Missing: catalogue[1:4]},
					Tags:   map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}}))
				require.NoError(t, w.Fleet.Scan(web2))
				synctest.Wait()
				require.Contains(t, w.message(w.payments.ID), "3 patches to install on web-2")
				w.click(w.ada, slackchat.ButtonApprove)
				if end := outcome(t, w.end()); c.end != "" {
					require.Equal(t, c.end, end)
				}
				synctest.Wait()
				require.Contains(t, strings.ReplaceAll(w.message(w.payments.ID), "\n", " "), c.says)
			})
		})
	}
}

func TestARehearsalTellsTheWholeStoryAndChangesNothing(t *testing.T) {
	simulated(t, daily(), func(t *testing.T, w *system) {
		_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`", "rehearsal": true}`))
		require.NoError(t, err)
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Rehearsal: 6 patches to install on web-1")
		require.Contains(t, w.message(w.payments.ID), "a scan stands in for the install")
		w.click(w.eve, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		w.click(w.ada, slackchat.ButtonApprove)
		for end := ""; end != "rehearsed"; { // its own scan may start an execution that is turned away
			end = outcome(t, w.end())
		}
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Rehearsal: Everything works for web-1 ✅")
		for _, line := range w.thread(w.payments.ID) {
			require.True(t, strings.HasPrefix(line, "Rehearsal: "), line)
		}
		require.Len(t, w.thread(w.payments.ID), 5, "asked, sent, ended, back, scanned: %s", w.screen())
		require.Zero(t, w.installs())
		for _, c := range w.Fleet.Commands() {
			require.Equal(t, "NoReboot", c.RebootOption)
		}
		looked()
		require.Equal(t, 2, w.questions(), "a rehearsal answers no real question")
		require.NotContains(t, w.message(w.payments.ID), "Rehearsal")
	})
}

func TestARehearsalThatIsNotSaidClearlyStartsNothing(t *testing.T) {
	for _, said := range []string{`"yes"`, `"true"`, `1`, `null`} {
		simulated(t, local.Config{}, func(t *testing.T, w *system) {
			_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`", "rehearsal": `+said+`}`))
			require.NoError(t, err)
			require.Contains(t, string(w.end().Output), "nor a manual start", said)
			require.Empty(t, w.Slack.Messages(w.payments.ID))
		})
	}
}
