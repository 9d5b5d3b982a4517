package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	phase     string         // "asking", "scheduled", "rejected", "expired", "stopped", "installing", "scanning", "done"
	token     workflow.Token // what the machine waits with; "" when it does not wait
	tokens    int
	retry     int
	reminders int             // so far
	asks      workflow.Detail // what asks now: the question, or a reminder
	step      time.Time       // when the current step was entered
	goesOn    time.Time       // when a scheduled machine stops waiting
	published []workflow.Notification
	delivered map[int]bool
	outage    bool            // Step Functions and SSM answer 503
	lost      bool            // an answer that takes effect is not heard of
	mayPatch  bool            // the approvals of as many as are required were accepted, or somebody answered past the bot
	required  int             // so many
	voices    map[string]bool // whose approval was accepted
	installed bool            // the install command was sent
	taken     *workflow.Decision

	r Request
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, now: asked, delivered: map[int]bool{}, asks: approvalRequested(), required: rapid.IntRange(1, 3).Draw(t, "required"), voices: map[string]bool{}}
	w.enter("asking", w.asks)
	return w
}

// enter takes the machine into its next step.
func (w *world) enter(phase string, d workflow.Detail) {
	w.tick()
	w.phase, w.retry, w.step = phase, 0, w.now
	w.publish(d)
}

// tick is the least that passes between two steps.
func (w *world) tick() {
	w.now = w.now.Add(time.Millisecond)
	w.step = w.now
}

func (w *world) publish(d workflow.Detail) {
	n := workflow.Notification{ID: fmt.Sprintf("e1/%s/%s/%d", workflow.KindOf(d), w.step.Format(time.RFC3339Nano), w.retry),
		ExecutionARN: testExecution, InstanceID: testInstance, OccurredAt: w.step, Detail: d}
	w.token = ""
	if workflow.Waits(d) {
		w.tokens++
		w.token = workflow.Token(fmt.Sprintf("token-%d", w.tokens))
		n.Token = w.token
	}
	w.published = append(w.published, n)
}

var errOutage = errors.New("503 Service Unavailable")

var errLost = errors.New("the connection was lost")

// CompleteTask is Step Functions' SendTaskSuccess. Its answer can be lost although it took
// effect.
func (w *world) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	if w.outage {
		return errOutage
	}
	if token == "" || token != w.token {
		return workflow.ErrTaskGone
	}
	w.take(output)
	if w.lost {
		return errLost
	}
	return nil
}

// take resumes the machine.
func (w *world) take(output json.RawMessage) {
	switch w.phase {
	case "asking", "scheduled":
		var d workflow.Decision
		require.NoError(w.t, json.Unmarshal(output, &d))
		w.taken = &d
		switch d.Verdict {
		case workflow.Scheduled:
			require.True(w.t, w.mayPatch, "scheduled without the approvals that it needs")
			require.Positive(w.t, d.WaitSeconds, "a machine takes that for a rejection")
			require.LessOrEqual(w.t, d.WaitSeconds, approvalRequested().ScheduleWithinSeconds)
			w.goesOn = w.now.Add(time.Duration(d.WaitSeconds) * time.Second)
			w.enter("scheduled", workflow.ScheduleWaiting{Until: d.Until, WaitSeconds: d.WaitSeconds})
		case workflow.Approved:
			w.install()
		case workflow.Rejected:
			fallthrough
		default:
			w.phase, w.token = "rejected", ""
		}
	case "installing":
		w.tick()
		w.publish(patchFinished)
		w.tick()
		w.publish(nodeBack)
		w.enter("scanning", scanStarted)
	case "scanning":
		w.enter("done", compliant)
	}
}

func (w *world) install() {
	require.True(w.t, w.mayPatch, "patched without an accepted approval")
	w.installed = true
	w.enter("installing", patchStarted)
}

// answerPast is an operator who answers the token from the command line.
func (w *world) answerPast(v workflow.Verdict) {
	if w.phase != "asking" && w.phase != "scheduled" || w.outage {
		return
	}
	w.mayPatch = w.mayPatch || v == workflow.Approved || v == workflow.Scheduled
	d := workflow.Decision{Verdict: v, By: workflow.Decider{Via: "cli", Name: "operator"}, At: w.now, Until: w.now.Add(time.Hour)}
	output, err := json.Marshal(d.Waiting(w.now))
	require.NoError(w.t, err)
	w.take(output)
}

func (w *world) FailTask(context.Context, workflow.Token, string, string) error { return nil }

func (w *world) ReplacementStatus(_ context.Context, id string) (workflow.ReplacementStatus, error) {
	return workflow.ReplacementStatus{TaskID: id}, nil
}

func (w *world) CommandStatus(_ context.Context, _, id string) (workflow.CommandStatus, error) {
	if w.outage {
		return workflow.CommandStatus{}, errOutage
	}
	return workflow.CommandStatus{CommandID: id, Status: rapid.SampledFrom([]string{"InProgress", "Success"}).Draw(w.t, "command")}, nil
}

func (w *world) SnapshotsResult(context.Context, []string) (workflow.SnapshotsResult, error) {
	return workflow.SnapshotsResult{}, errOutage
}

func (w *world) ExecutionStatus(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	if w.outage {
		return workflow.ExecutionStatus{}, errOutage
	}
	return workflow.ExecutionStatus{ExecutionARN: arn, Status: w.executionStatus()}, nil
}

// Past is the history: which answer the machine took, and whether it sent the install.
func (w *world) Past(context.Context, string) (workflow.Past, error) {
	if w.outage {
		return workflow.Past{}, errOutage
	}
	return workflow.Past{Known: true, Decision: w.taken, Scheduled: w.phase == "scheduled", InstallBegan: w.installed}, nil
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

func (w *world) change(c Change) { w.r = c.filled(w.now) }

// deliver gives the bot the ith notification, once more perhaps. What comes before the
// request is open is not taken, and comes again.
func (w *world) deliver(i int) {
	n := w.published[i]
	if _, opens := n.Detail.(workflow.ApprovalRequested); w.r.ID == "" && !opens {
		return
	}
	w.delivered[i] = true
	c := Apply(w.r, n, w.now)
	c.Request.ApprovalsRequired = w.required
	w.change(c)
}

func (w *world) decide(a Actor, action Action) {
	if w.r.ID == "" {
		return
	}
	before, changes := w.r.Decision, action.Changes && w.r.Status == StatusScheduled
	got := Decide(w.r, a, action, w.now)
	r := got.Request
	if before != nil && !changes {
		require.Equal(w.t, before, r.Decision, "the first decision wins")
	}
	yes := action.Verdict != workflow.Rejected
	if got.Answer == "" && yes {
		w.voices[a.Via+a.User] = true
	}
	if before != r.Decision {
		require.True(w.t, a.Approver)
		require.True(w.t, !yes || len(w.voices) >= w.required, "too few have approved")
		require.False(w.t, changes && w.required > 1 && action.Verdict == workflow.Approved, "brought forward by one")
		w.mayPatch = w.mayPatch || yes
	}
	w.change(got)
}

// perform does the ith effect of the outbox the way the shell does it.
func (w *world) perform(i int) {
	e := w.r.Effects[i]
	if e.chats() {
		w.r.without(e)
		return
	}
	b := Bot{Tasks: w, Looker: w, Now: func() time.Time { return w.now }}
	settled, err := b.performOne(context.Background(), w.r, e)
	require.True(w.t, err == nil || w.outage || w.lost, "%v", err)
	w.change(settled(w.r))
}

// remind has the question time out, and the machine ask again with a new token.
func (w *world) remind() {
	if w.phase != "asking" || w.reminders == 2 {
		return
	}
	w.reminders++
	at := asked.Add(time.Duration(w.reminders) * 24 * time.Hour)
	if w.now.Before(at) {
		w.now = at
	}
	left := max(asked.Add(72*time.Hour).Sub(w.now), time.Minute)
	w.asks = workflow.ApprovalReminded{Attempt: w.reminders, AnswerWithinSeconds: int(left / time.Second), Escalate: w.reminders == 2}
	w.enter("asking", w.asks)
}

func (w *world) timeOut() {
	switch w.phase {
	case "scheduled":
		if w.now.Before(w.goesOn) {
			w.now = w.goesOn
		}
		w.install()
		return
	case "asking":
	default:
		return
	}
	if late := asked.Add(73 * time.Hour); w.now.Before(late) {
		w.now = late
	}
	w.enter("expired", workflow.ApprovalExpired{})
}

func (w *world) stop() {
	if w.executionStatus() == "RUNNING" {
		w.phase, w.token = "stopped", ""
	}
}

// settle heals everything, delivers what is left and performs what is due, until
// nothing moves any more. Events stay lost.
func (w *world) settle() {
	w.outage, w.lost = false, false
	for range 80 {
		for i := range w.published {
			if !w.delivered[i] {
				w.deliver(i)
			}
		}
		w.now = w.now.Add(watchEvery)
		if w.phase == "scheduled" && w.now.After(w.goesOn) {
			w.install()
		}
		if due, any := w.r.Due(); any && due.After(w.now) && w.phase != "asking" {
			w.now = due
		}
		if i := slices.IndexFunc(w.r.Effects, func(e Effect) bool { return !w.now.Before(e.NotBefore) }); i >= 0 {
			w.perform(i)
		}
	}
}
