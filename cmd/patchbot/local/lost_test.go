package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// lossy is Step Functions behind a connection that breaks after a call took effect.
type lossy struct {
	bot.Tasks
	lose int // so many answers
}

func (l *lossy) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	err := l.Tasks.CompleteTask(ctx, token, output)
	if l.lose > 0 && err == nil {
		l.lose--
		return errors.New("read: connection reset by peer")
	}
	return err
}

// losing makes a system in which the answers to the first decisions are lost.
func losing(config local.Config) local.Config {
	config.Tasks = func(tasks bot.Tasks) bot.Tasks { return &lossy{tasks, 1} }
	return config
}

// late delivers the notifications of one kind after a delay.
func late(kind string, delay time.Duration) func(data []byte, deliver func([]byte)) {
	return func(data []byte, deliver func([]byte)) {
		after := time.Duration(0)
		if strings.Contains(string(data), `"`+kind+`"`) {
			after = delay
		}
		time.AfterFunc(after, func() { deliver(data) })
	}
}

// TestADeliveryWhoseAnswerWasLost: the execution goes on, the second try is told that the token
// is gone, and the news comes in any order.
func TestADeliveryWhoseAnswerWasLost(t *testing.T) {
	for name, config := range map[string]local.Config{
		"the notifications come first":                 {},
		"the end's event overtakes the last words":     {Notifications: late("compliance_checked", 5*time.Minute)},
		"the last words come too late":                 {Notifications: late("compliance_checked", 30*time.Minute)},
		"the start of the install is told late":        {Notifications: late("patch_started", time.Minute)},
		"no event about executions comes":              {Events: loseExecutionEvents},
		"no event about anything but compliance comes": {Events: loseEvents},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, losing(config), func(t *testing.T, w *system) {
				w.asked()
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, "compliant", outcome(t, w.end()))
				time.Sleep(2 * time.Hour) // simulated
				require.True(t, w.request().Delivered)
				require.Equal(t, bot.StatusCompliant, w.request().Status, w.screen())
				require.NotContains(t, strings.Join(w.said(), "\n"), "othing was installed")
				require.Equal(t, 1, w.installs())
			})
		})
	}
}

func TestARejectionWhoseAnswerWasLost(t *testing.T) {
	simulated(t, losing(local.Config{}), func(t *testing.T, w *system) {
		w.asked()
		w.rejects(w.ada, nil)
		require.Equal(t, "rejected", outcome(t, w.end()))
		time.Sleep(10 * time.Minute) // simulated
		require.Contains(t, w.message(w.payments.ID), "Nothing was installed.")
		require.Zero(t, w.installs())
	})
}

// said is everything that was ever shown about payments' instances.
func (w *system) said() []string { return append(w.thread(w.payments.ID), w.message(w.payments.ID)) }

// answerPast is an operator who answers the approval's token from the command line.
func (w *system) answerPast(verdict workflow.Verdict) {
	w.t.Helper()
	output := json.RawMessage(`{"decision": "` + string(verdict) + `"}`)
	require.NoError(w.t, w.Machine.SendTaskSuccess(w.request().ApprovalToken.Reveal(), output))
}

func TestAnOperatorWhoAnswersTheTokenIsTold(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		var elsewhere atomic.Int32
		w.Bot.Measure = func(m bot.Metric) {
			if m.Name == bot.MetricDecidedElsewhere {
				elsewhere.Add(1)
			}
		}
		w.asked()
		w.answerPast(workflow.Approved)
		require.Equal(t, "compliant", outcome(t, w.end()))
		time.Sleep(time.Hour) // simulated
		require.EqualValues(t, 1, elsewhere.Load(), "the platform team's alarm rings")
		recorded, err := w.Store.Audit(t.Context(), w.request().ID)
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(recorded, func(e bot.AuditEntry) bool {
			return e.Actor == bot.ActorExecution && e.Action == string(workflow.Approved)
		}))
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Contains(t, w.thread(w.payments.ID), "Approved by somebody with access to the AWS account, not here in Slack.")
		require.NotContains(t, w.message(w.payments.ID), "[Approve]")
	})
	simulated(t, local.Config{Events: loseEvents}, func(t *testing.T, w *system) {
		w.asked()
		w.answerPast(workflow.Rejected)
		require.Equal(t, "rejected", outcome(t, w.end()))
		time.Sleep(2 * time.Hour) // simulated: the question does not go on pretending to be open
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was rejected")
		require.Contains(t, w.thread(w.payments.ID), "Rejected by somebody with access to the AWS account, not here in Slack.")
	})
}

func TestAnOperatorsApprovalBeforeARejectionIsNotDenied(t *testing.T) {
	simulated(t, local.Config{Notifications: late("backup_started", time.Minute)}, func(t *testing.T, w *system) {
		w.asked()
		w.click(w.ada, slackchat.ButtonReject)
		w.answerPast(workflow.Approved)
		_, err := w.Slack.SubmitView(t.Context(), w.ada.ID, w.Slack.Views(w.ada.ID)[0].ID, nil)
		require.NoError(t, err)
		synctest.Wait()
		require.NotContains(t, strings.Join(w.said(), "\n"), "othing was installed")
		require.Equal(t, "compliant", outcome(t, w.end()))
		time.Sleep(time.Hour) // simulated
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date", w.screen())
		require.Equal(t, 1, w.installs())
	})
}

// TestAnAbortThatNobodyToldIsTold: the execution is stopped in each phase, and the event of it
// is lost.
func TestAnAbortThatNobodyToldIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		phase  bot.Status
		within time.Duration
		says   string
	}{
		"while it is asked":     {bot.StatusAsked, 72*time.Hour + 5*time.Minute, "Nothing was installed."},
		"while it is backed up": {bot.StatusBackingUp, 15 * time.Minute, "Nothing was installed."},
		"while it is patched":   {bot.StatusPatching, 15 * time.Minute, "The install had begun; how it ended is not known."},
		"while it is scanned":   {bot.StatusScanning, 15 * time.Minute, "The install command had ended well; no scan has confirmed it."},
	} {
		t.Run(name, func(t *testing.T) {
			config := local.Config{Events: loseExecutionEvents, Fleet: awssim.Config{SnapshotTime: time.Hour, PatchTime: time.Hour, ScanTime: time.Hour}}
			simulated(t, config, func(t *testing.T, w *system) {
				w.asked()
				if c.phase != bot.StatusAsked {
					w.click(w.ada, slackchat.ButtonApprove)
				}
				for w.request().Status != c.phase {
					time.Sleep(time.Minute) // simulated
				}
				require.NoError(t, w.Machine.Stop(w.request().ExecutionARN, "Operator", "by hand"))
				require.Equal(t, asl.StatusAborted, w.end().Status)
				time.Sleep(c.within) // simulated
				require.Equal(t, bot.StatusStopped, w.request().Status)
				require.Contains(t, w.message(w.payments.ID), "Patching web-1 was stopped")
				require.Contains(t, w.message(w.payments.ID), c.says)
				require.NotContains(t, w.message(w.payments.ID), "[Approve]")

				_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`"}`))
				require.NoError(t, err)
				time.Sleep(time.Hour) // simulated: after an install that no scan followed, the machine scans first
				if c.phase == bot.StatusScanning {
					require.Equal(t, "ignored", outcome(t, w.end()), "nothing is missing any more")
					return
				}
				require.Contains(t, w.message(w.payments.ID), "[Approve]", "the instance is not locked")
			})
		})
	}
}

func TestAnExecutionThatFailsWithoutAWordIsToldAboutItsInstance(t *testing.T) {
	simulated(t, local.Config{Notifications: func([]byte, func([]byte)) {}}, func(t *testing.T, w *system) {
		w.Fleet.Break(awssim.Fault{Kind: awssim.Throttling, Action: "ec2:describeInstances", ErrorName: "Ec2.UnheardOf"})
		require.NoError(t, w.Fleet.Scan(web1))
		require.Equal(t, asl.StatusFailed, w.end().Status)
		synctest.Wait()
		r := w.request()
		require.Equal(t, bot.StatusFailed, r.Status)
		require.Equal(t, "Ec2.UnheardOf", r.Failure.Error)
	})
}
