package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/workflow"
)

// world is a state machine that does only what its tokens allow, and the request that
// follows it. Messages between the two are doubled, reordered and delayed.
type world struct {
	t         *rapid.T
	now       time.Time
	phase     string         // "asking", "rejected", "expired", "stopped", "installing", "scanning", "done"
	token     workflow.Token // what the machine waits with; "" when it does not wait
	tokens    int
	retry     int
	step      time.Time // when the current step was entered
	published []workflow.Notification
	delivered map[int]bool
	outage    bool // Step Functions and SSM answer 503
	mayPatch  bool // an approver's approval was accepted
	installed bool // the install command was sent

	r Request
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, now: asked, delivered: map[int]bool{}}
	w.enter("asking", approvalRequested())
	return w
}

// enter takes the machine into a step that waits.
func (w *world) enter(phase string, d workflow.Detail) {
	w.phase, w.retry, w.step = phase, 0, w.now
	w.publish(d)
}

func (w *world) publish(d workflow.Detail) {
	n := workflow.Notification{ID: fmt.Sprintf("e1/%s/%s/%d", d.Kind(), w.step.Format(time.RFC3339Nano), w.retry),
		ExecutionARN: testExecution, InstanceID: testInstance, OccurredAt: w.step, Detail: d}
	w.token = ""
	if d.Waits() {
		w.tokens++
		w.token = workflow.Token(fmt.Sprintf("token-%d", w.tokens))
		n.Token = w.token
	}
	w.published = append(w.published, n)
}

var errOutage = errors.New("503 Service Unavailable")

// CompleteTask is Step Functions' SendTaskSuccess.
func (w *world) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	if w.outage {
		return errOutage
	}
	if token == "" || token != w.token {
		return workflow.ErrTaskGone
	}
	switch w.phase {
	case "asking":
		var d workflow.Decision
		require.NoError(w.t, json.Unmarshal(output, &d))
		if d.Verdict != workflow.Approved {
			w.phase, w.token = "rejected", ""
			return nil
		}
		require.True(w.t, w.mayPatch, "patched without an accepted approval")
		w.installed = true
		w.enter("installing", patchStarted)
	case "installing":
		w.publish(patchFinished)
		w.enter("scanning", scanStarted)
	case "scanning":
		w.enter("done", compliant)
	}
	return nil
}

func (w *world) FailTask(context.Context, workflow.Token, string, string) error { return nil }

func (w *world) Command(_ context.Context, _, id string) (workflow.CommandStatus, error) {
	if w.outage {
		return workflow.CommandStatus{}, errOutage
	}
	return workflow.CommandStatus{CommandID: id, Status: rapid.SampledFrom([]string{"InProgress", "Success"}).Draw(w.t, "command")}, nil
}

func (w *world) Snapshots(context.Context, []string) (workflow.SnapshotsResult, error) {
	return workflow.SnapshotsResult{}, errOutage
}

func (w *world) Execution(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	if w.outage {
		return workflow.ExecutionStatus{}, errOutage
	}
	return workflow.ExecutionStatus{ExecutionARN: arn, Status: w.executionStatus()}, nil
}

func (w *world) executionStatus() string {
	switch w.phase {
	case "stopped":
		return "ABORTED"
	case "done", "rejected", "expired":
		return "SUCCEEDED"
	}
	return "RUNNING"
}

func (w *world) change(r Request, effects []Effect) { w.r, _, _ = r.stow(effects) }

// deliver gives the bot the ith notification, once more perhaps. What comes before the
// request is open is not taken, and comes again.
func (w *world) deliver(i int) {
	n := w.published[i]
	if _, opens := n.Detail.(workflow.ApprovalRequested); w.r.ID == "" && !opens {
		return
	}
	w.delivered[i] = true
	w.change(Apply(w.r, n, w.now))
}

func (w *world) decide(a Actor, action Action) {
	if w.r.ID == "" {
		return
	}
	before := w.r.Decision
	r, effects := Decide(w.r, a, action, w.now)
	if before != nil {
		require.Equal(w.t, before, r.Decision, "the first decision wins")
	}
	if before == nil && r.Decision != nil {
		require.True(w.t, a.Approver)
		w.mayPatch = action.Verdict == workflow.Approved
	}
	w.change(r, effects)
}

// perform does the ith effect of the outbox the way the shell does it.
func (w *world) perform(i int) {
	e := w.r.Outbox[i]
	if e.talks() {
		w.r = w.r.without(e)
		return
	}
	b := Bot{Tasks: w, Looker: w, Now: func() time.Time { return w.now }}
	settled, err := b.performOne(context.Background(), w.r, e)
	require.True(w.t, err == nil || w.outage, "%v", err)
	w.change(settled(w.r))
}

func (w *world) timeOut() {
	if w.phase != "asking" {
		return
	}
	w.now = asked.Add(73 * time.Hour)
	w.enter("expired", workflow.ApprovalExpired{})
}

func (w *world) stop() {
	if w.executionStatus() == "RUNNING" {
		w.phase, w.token = "stopped", ""
	}
}

// settle heals everything, delivers what is left and performs what is due, until
// nothing moves any more.
func (w *world) settle() {
	w.outage = false
	for range 50 {
		for i := range w.published {
			if !w.delivered[i] {
				w.deliver(i)
			}
		}
		w.now = w.now.Add(lookEvery)
		if len(w.r.Outbox) > 0 {
			w.perform(0)
			continue
		}
		if w.r.Wait != nil { // the event that ends the wait comes at last
			w.change(Observe(w.r, workflow.CommandStatus{CommandID: w.r.Wait.CommandID, Status: "Success"}, w.now))
		}
	}
}

func TestNoSequencePatchesWithoutApprovalOrForgetsADecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		people := rapid.SampledFrom([]Actor{ada, lin, eve})
		t.Repeat(map[string]func(*rapid.T){
			"notification": func(t *rapid.T) { w.deliver(rapid.IntRange(0, len(w.published)-1).Draw(t, "which")) },
			"approve":      func(t *rapid.T) { w.decide(people.Draw(t, "who"), approve) },
			"reject":       func(t *rapid.T) { w.decide(people.Draw(t, "who"), reject) },
			"perform": func(t *rapid.T) {
				if n := len(w.r.Outbox); n > 0 {
					w.perform(rapid.IntRange(0, n-1).Draw(t, "effect"))
				}
			},
			"minute":  func(*rapid.T) { w.now = w.now.Add(time.Minute) },
			"outage":  func(t *rapid.T) { w.outage = rapid.Bool().Draw(t, "outage") },
			"timeout": func(*rapid.T) { w.timeOut() },
			"stop":    func(*rapid.T) { w.stop() },
			"told of the execution": func(*rapid.T) {
				if w.r.ID != "" {
					w.change(Observe(w.r, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: w.executionStatus()}, w.now))
				}
			},
			"retry": func(t *rapid.T) {
				if w.phase == "asking" {
					w.retry++
					w.publish(approvalRequested())
				}
			},
		})
		w.settle()

		require.Empty(t, w.r.Outbox)
		if w.r.Decision != nil {
			require.NotEqual(t, "asking", w.phase, "a decision is undelivered while Step Functions would take it")
		}
		require.Contains(t, truthful(w), w.r.Status, "in phase %s", w.phase)
		if w.installed {
			require.NotContains(t, body(w.r), "Nothing was installed")
		}
	})
}

// truthful lists the statuses that do not contradict what the machine did.
func truthful(w *world) []Status {
	decided := w.r.Decision != nil
	switch {
	case decided && w.r.Decision.Verdict == workflow.Rejected:
		return []Status{StatusRejected}
	case w.phase == "asking":
		return []Status{StatusAsked}
	case w.phase == "expired":
		return []Status{StatusExpired}
	case w.phase == "done":
		return []Status{StatusCompliant}
	case w.phase == "stopped" && w.r.Delivered: // nobody looks again; the event may be lost
		return []Status{StatusStopped, StatusApproved, StatusPatching, StatusScanning}
	case w.phase == "stopped" && decided:
		return []Status{StatusStopped}
	case w.phase == "stopped":
		return []Status{StatusStopped, StatusAsked}
	}
	return []Status{StatusPatching, StatusScanning}
}

func TestEveryStatusIsOpenOrHasAnEnd(t *testing.T) {
	for _, s := range []Status{StatusRejected, StatusExpired, StatusCompliant, StatusNonCompliant, StatusFailed, StatusStopped} {
		require.False(t, s.Open(), s)
	}
	require.False(t, slices.Contains(openStatuses, ""))
}
