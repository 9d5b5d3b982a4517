package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// question is the request's message as it stood while its buttons were shown.
func (w *system) question() slacksim.Message {
	w.t.Helper()
	messages := w.Slack.Messages(w.payments.ID)
	require.NotEmpty(w.t, messages)
	return messages[len(messages)-1]
}

// lateClick presses a button on a screen that has not been refreshed.
func (w *system) lateClick(user slacksim.User, seen slacksim.Message, action string) {
	w.t.Helper()
	_, err := w.Slack.ClickOn(w.t.Context(), user.ID, seen, action)
	require.NoError(w.t, err)
}

// loseExecutionEvents drops what EventBridge would tell about executions.
func loseExecutionEvents(event json.RawMessage, deliver func(json.RawMessage)) {
	if !strings.Contains(string(event), "Step Functions Execution Status Change") {
		deliver(event)
	}
}

func TestASecondEventPointsToTheOpenRequest(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		first := w.request()
		require.NoError(t, w.Fleet.ReportNonCompliance(web1))
		e := w.end()
		require.Equal(t, "ignored", outcome(t, e))
		require.Contains(t, string(e.Output), first.ExecutionARN)
		require.Len(t, w.Slack.Messages(w.payments.ID), 1)

		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.Equal(t, 1, w.installs())
	})
}

func TestARequestWhoseExecutionWasStoppedUnnoticedIsTakenOver(t *testing.T) {
	simulated(t, local.Config{Events: loseExecutionEvents}, func(t *testing.T, w *system) {
		w.asked()
		first := w.request()
		require.NoError(t, w.Machine.Stop(first.ExecutionARN, "Operator", "maintenance"))
		require.Equal(t, asl.StatusAborted, w.end().Status)
		synctest.Wait()
		require.Equal(t, bot.StatusAsked, w.request().Status, "nobody has told")

		require.NoError(t, w.Fleet.ReportNonCompliance(web1))
		synctest.Wait()
		messages := w.Slack.Messages(w.payments.ID)
		require.Len(t, messages, 2)
		require.Contains(t, slacksim.PlainText(messages[0], w.reader()), "was stopped")
		require.Contains(t, slacksim.PlainText(messages[1], w.reader()), "[Approve]")
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}

func TestTwoPeopleWhoClickAtOnceAreBothAnswered(t *testing.T) {
	w := startSystem(t, local.Config{Fleet: fast()})
	require.NoError(t, w.Fleet.Scan(web1))
	w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
	seen := w.question()
	ctx, cancel := context.WithTimeout(t.Context(), awaitWithin)
	defer cancel()
	_, err := w.Slack.ClickOn(ctx, w.lin.ID, seen, slackchat.ButtonReject)
	require.NoError(t, err)
	rejection := w.Slack.Views(w.lin.ID)[0]
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = w.Slack.ClickOn(ctx, w.ada.ID, seen, slackchat.ButtonApprove) })
	wg.Go(func() { _, _ = w.Slack.SubmitView(ctx, w.lin.ID, rejection.ID, nil) })
	wg.Wait()
	require.NoError(t, ctx.Err(), "a click was not answered")

	d := w.request().Decision
	require.NotNil(t, d)
	if d.By.User == w.lin.ID {
		require.Empty(t, w.Slack.Views(w.lin.ID))
		require.Len(t, w.toldAlone(w.ada), 1)
		require.Contains(t, w.toldAlone(w.ada)[0], "Too late: @lin")
	} else {
		require.Empty(t, w.toldAlone(w.ada))
		require.Contains(t, string(w.Slack.Views(w.lin.ID)[0].Blocks), "Too late: <@"+w.ada.ID)
	}
	end := map[workflow.Verdict]string{workflow.Approved: "compliant", workflow.Rejected: "rejected"}[d.Verdict]
	require.Equal(t, end, outcome(t, w.end()))
	require.Equal(t, map[string]int{"compliant": 1, "rejected": 0}[end], w.installs())
}

func TestALateClickIsAnsweredAndChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*system) // between the question and the click
		want   string
	}{
		"after the decision": {func(w *system) { w.click(w.lin, slackchat.ButtonApprove); w.end() }, "Too late: @lin approved this"},
		"after the deadline": {func(w *system) { w.end() }, "This request expired at"},
		"at the deadline, before the bot was told": {func(w *system) {
			r := w.request()
			r.AnswerBy = time.Now()
			_, err := w.Store.Save(w.t.Context(), r)
			require.NoError(w.t, err)
		}, "This request expired at"},
		"after the execution was stopped": {func(w *system) {
			require.NoError(w.t, w.Machine.Stop(w.request().ExecutionARN, "", ""))
			synctest.Wait()
		}, "There is nothing to decide any more. The execution was stopped. Nothing was installed."},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				seen := w.question()
				c.before(w)
				synctest.Wait()
				installs, before := w.installs(), w.request().Status
				w.lateClick(w.ada, seen, slackchat.ButtonApprove)
				synctest.Wait()
				require.Len(t, w.toldAlone(w.ada), 1)
				require.Contains(t, w.toldAlone(w.ada)[0], c.want)
				require.Equal(t, before, w.request().Status)
				require.Equal(t, installs, w.installs())
			})
		})
	}
}

func TestAnApprovalOfAnExecutionThatWasStoppedUnnoticedSaysSo(t *testing.T) {
	simulated(t, local.Config{Events: loseExecutionEvents}, func(t *testing.T, w *system) {
		w.asked()
		require.NoError(t, w.Machine.Stop(w.request().ExecutionARN, "", ""))
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		require.Equal(t, bot.StatusStopped, w.request().Status)
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was stopped")
		thread := w.thread(w.payments.ID)
		require.Contains(t, thread[len(thread)-1], "The execution was stopped before the decision reached it. Nothing was installed.")
		require.Zero(t, w.installs())
	})
}

// flaky is a Step Functions that is out until a given time.
type flaky struct {
	bot.Tasks
	until *time.Time
}

func (f flaky) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	if time.Now().Before(*f.until) {
		return errors.New("ServiceUnavailable")
	}
	return f.Tasks.CompleteTask(ctx, token, output)
}

func TestADecisionSurvivesAMinuteWithoutStepFunctions(t *testing.T) {
	var back time.Time
	simulated(t, local.Config{Tasks: func(t bot.Tasks) bot.Tasks { return flaky{t, &back} }}, func(t *testing.T, w *system) {
		w.asked()
		back = time.Now().Add(time.Minute)
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		require.Equal(t, []string{"I could not reach AWS just now. Your decision is recorded and will be delivered."}, w.toldAlone(w.ada))
		d, err := w.Slack.Command(t.Context(), w.ada.ID, w.payments.ID, "/patch", "status "+web1)
		require.NoError(t, err)
		require.Contains(t, slacksim.PlainText(*d.Shown, w.reader()), "it will be delivered as soon as AWS can be reached")

		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Len(t, w.thread(w.payments.ID), 6, "the thread tells each step once")
	})
}

func TestNotificationsDoubledAndOutOfOrderTellTheSameStory(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		var mu sync.Mutex
		jumble := func(data []byte, deliver func([]byte)) {
			mu.Lock()
			defer mu.Unlock()
			for range 1 + random.IntN(3) {
				delay := time.Duration(random.IntN(3000)) * time.Millisecond
				time.AfterFunc(delay, func() { deliver(data) })
			}
		}
		simulated(t, local.Config{Notifications: jumble}, func(t *testing.T, w *system) {
			w.Fleet.Break(awssim.Fault{Kind: awssim.EventsDoubled})
			require.NoError(t, w.Fleet.Scan(web1))
			time.Sleep(10 * time.Second) // simulated
			require.Len(t, w.Slack.Messages(w.payments.ID), 1)
			w.click(w.ada, slackchat.ButtonApprove)
			w.closed()
			time.Sleep(time.Minute) // simulated
			require.Contains(t, w.message(w.payments.ID), "web-1 is up to date", "seed %d", seed)
			require.Len(t, w.thread(w.payments.ID), 6, "seed %d: %s", seed, w.screen())
			require.Equal(t, 1, w.installs())
		})
	}
}

func TestTheFleetsFaultsEndInATrueMessage(t *testing.T) {
	for name, c := range map[string]struct {
		fault  awssim.Fault
		status bot.Status
		says   []string
	}{
		"events that never come":          {awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.CommandEvent}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"snapshot events that never come": {awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.SnapshotEvent}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"throttling":                      {awssim.Fault{Kind: awssim.Throttling, Times: 5}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"a server error":                  {awssim.Fault{Kind: awssim.ServerError, Times: 3}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"an invocation not yet visible":   {awssim.Fault{Kind: awssim.InvocationHidden, For: 5 * time.Second}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"an offline node":                 {awssim.Fault{Kind: awssim.Offline}, bot.StatusNotStarted, []string{"Patching web-1 was not begun", "Systems Manager does not reach it", "Nothing was installed."}},
		"a snapshot that fails":           {awssim.Fault{Kind: awssim.SnapshotFails}, bot.StatusFailed, []string{"BackupFailed", "Nothing was installed."}},
		"an install that fails":           {awssim.Fault{Kind: awssim.CommandFails, Operation: "Install", ExitCode: 100, Stderr: "dpkg: error: dpkg frontend lock is locked by another process"}, bot.StatusNonCompliant, []string{"still to install on web-1", "Install ended with Failed (exit code 100: dpkg: error: dpkg frontend lock is locked by another process)", "6 patches missing now, 6 before", "Snapshots from before the install exist"}},
		"an install that fails late":      {awssim.Fault{Kind: awssim.InstallFailsLate}, bot.StatusCompliant, []string{"web-1 is up to date"}},
		"an install that leaves patches":  {awssim.Fault{Kind: awssim.InstallIsPartial, Patches: 5}, bot.StatusNonCompliant, []string{"still to install on web-1"}},
		"an install that hangs":           {awssim.Fault{Kind: awssim.CommandHangs, Operation: "Install"}, bot.StatusNonCompliant, []string{"still to install on web-1", "TimedOut"}},
		"a scan that fails":               {awssim.Fault{Kind: awssim.CommandFails, Operation: "Scan"}, bot.StatusFailed, []string{"ScanFailed", "no scan has confirmed it"}},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				w.Fleet.Break(c.fault)
				w.click(w.ada, slackchat.ButtonApprove)
				w.end()
				time.Sleep(time.Hour) // simulated
				require.Equal(t, c.status, w.request().Status, w.screen())
				for _, text := range c.says {
					require.Contains(t, w.screen(), text)
				}
			})
		})
	}
}

func TestTheEventOfOurOwnScanAsksNobody(t *testing.T) {
	lateEnd := func(data []byte, deliver func([]byte)) {
		delay := time.Duration(0)
		if strings.Contains(string(data), "compliance_checked") {
			delay = time.Minute
		}
		time.AfterFunc(delay, func() { deliver(data) })
	}
	simulated(t, local.Config{Notifications: lateEnd, Fleet: awssim.Config{EventEveryScan: true}}, func(t *testing.T, w *system) {
		w.asked()
		w.Fleet.Break(awssim.Fault{Kind: awssim.InstallIsPartial, Patches: 5})
		w.click(w.ada, slackchat.ButtonApprove)
		asked := w.request().ExecutionARN
		ends := map[string]asl.Execution{}
		for range 2 {
			e := w.end()
			ends[outcome(t, e)] = e
		}
		require.Equal(t, asked, ends["still_non_compliant"].ARN)
		require.Contains(t, string(ends["ignored"].Output), asked)
		time.Sleep(2 * time.Minute) // simulated
		require.Len(t, w.Slack.Messages(w.payments.ID), 1)
		require.Contains(t, w.message(w.payments.ID), "still to install on web-1")

		_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`"}`))
		require.NoError(t, err)
		synctest.Wait()
		require.Len(t, w.Slack.Messages(w.payments.ID), 2, "somebody who starts it wants it asked")
	})
}
