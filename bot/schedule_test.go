package bot

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestAScheduleIsRecordedAndSent(t *testing.T) {
	got := Decide(askedRequest(), ada, Action{Verdict: workflow.Scheduled, Until: at(300).Add(400 * time.Millisecond)}, at(2))
	require.Equal(t, StatusScheduled, got.Request.Status)
	require.Equal(t, []EffectKind{EffectCompleteDecision, EffectRender, EffectReply}, kinds(got))
	require.Equal(t, []LineKind{LineDecided}, lines(got))
	require.Equal(t, AuditEntry{At: at(2), Actor: "slack:U0ADA", Action: "scheduled", From: StatusAsked, To: StatusScheduled, Until: at(300)}, auditOf(t, got))
	output, err := json.Marshal(got.Request.Decision.Waiting(at(60)))
	require.NoError(t, err)
	require.JSONEq(t, `{"decision": "scheduled", "by": {"via": "slack", "user": "U0ADA", "name": "ada"}, "at": "2026-11-22T17:02:00Z",
		"reason": "", "until": "2026-11-22T22:00:00Z", "wait_seconds": 14400}`, string(output), "an answer that comes late does not shift the time")
	require.Equal(t, 1, got.Request.Decision.Waiting(at(301)).WaitSeconds, "a machine would take 0 for a rejection")
}

func TestATimeThatTheMachineWouldNotWaitForIsRefused(t *testing.T) {
	unknowing := askedRequest()
	unknowing.ScheduleWithin = 0 // its execution began before there were schedules
	for name, c := range map[string]struct {
		r     Request
		until time.Time
		want  Refusal
	}{
		"has passed":              {askedRequest(), at(1), RefusedTooSoon},
		"is no time":              {askedRequest(), time.Time{}, RefusedTooSoon},
		"is too near":             {askedRequest(), at(2).Add(ScheduleAhead - time.Second), RefusedTooSoon},
		"is near":                 {askedRequest(), at(2).Add(ScheduleAhead), ""},
		"is the latest":           {askedRequest(), at(2).Add(7 * 24 * time.Hour), ""},
		"is later":                {askedRequest(), at(2).Add(7*24*time.Hour + time.Second), RefusedTooFar},
		"is of a machine without": {unknowing, at(300), RefusedNoSchedules},
	} {
		t.Run(name, func(t *testing.T) {
			got := Decide(c.r, ada, Action{Verdict: workflow.Scheduled, Until: c.until}, at(2))
			require.Equal(t, c.want, got.Answer)
			require.Equal(t, c.want == "", got.Request.Decision != nil)
			require.Equal(t, c.want, auditOf(t, got).Refused)
		})
	}
}

func TestAScheduleIsChangedByWhomSawItOnly(t *testing.T) {
	for name, c := range map[string]struct {
		actor  Actor
		action Action
		want   Refusal
		status Status
	}{
		"an approval of the question":      {lin, approve, RefusedDecided, StatusScheduled},
		"a rejection of the question":      {lin, reject, RefusedDecided, StatusScheduled},
		"another schedule of the question": {lin, schedule(400), RefusedDecided, StatusScheduled},
		"patch now":                        {lin, changing(approve), "", StatusApproved},
		"move":                             {lin, changing(schedule(400)), "", StatusScheduled},
		"cancel":                           {lin, changing(reject), "", StatusRejected},
		"patch now, by somebody else":      {eve, changing(approve), RefusedNotApprover, StatusScheduled},
		"move, to a time that has passed":  {lin, changing(schedule(3)), RefusedTooSoon, StatusScheduled},
	} {
		t.Run(name, func(t *testing.T) {
			before := scheduledRequest()
			got := Decide(before, c.actor, c.action, at(9))
			require.Equal(t, c.want, got.Answer)
			require.Equal(t, c.status, got.Request.Status)
			if c.want != "" {
				require.Equal(t, before, got.Request)
				return
			}
			require.Equal(t, before.Decision, got.Request.Changed)
			require.False(t, got.Request.Delivered)
			require.Equal(t, []LineKind{LineChanged}, lines(got))
			require.Equal(t, workflow.Token("token-schedule_waiting-0"), got.Effects[0].Token)
			require.Equal(t, AuditEntry{At: at(9), Actor: "slack:U0LIN", Action: string(c.action.Verdict), From: StatusScheduled, To: c.status,
				Until: got.Request.Decision.Until}, auditOf(t, got))
		})
	}
}

func TestTwoChangesAreToldInOneLine(t *testing.T) {
	r := decided(scheduledRequest(), lin, changing(schedule(400)), 9)
	r.Outbox = OutboxOf(render, reply(LineChanged))
	got := Decide(r, ada, changing(schedule(500)), at(9)).filled(at(9))
	told := 0
	for _, e := range got.Effects {
		if e.Kind == EffectReply && e.Line == LineChanged {
			told++
		}
	}
	require.Equal(t, 1, told, "both lines would tell the newest change")
}

func TestTheTokenOfASchedule(t *testing.T) {
	first := delivered(decided(askedRequest(), ada, schedule(300), 2))
	waits := notification(scheduleWaiting(first.Decision, 2), 2)

	got := Apply(first, waits, at(2))
	require.Empty(t, kinds(got))
	require.Equal(t, waits.Token, got.Request.ApprovalToken)
	require.True(t, Apply(got.Request, waits, at(3)).Nothing(), "doubled")

	undelivered := decided(askedRequest(), ada, schedule(300), 2)
	got = Apply(undelivered, waits, at(2))
	require.True(t, got.Request.Delivered, "the machine has it, though the answer to us was lost")

	moved := decided(first, lin, changing(schedule(400)), 2)
	got = Apply(moved, waits, at(3))
	require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got), "what was decided before the token came is delivered at once")
	require.Equal(t, waits.Token, got.Effects[0].Token)

	cancelled := decided(first, lin, changing(reject), 2)
	got = Apply(cancelled, waits, at(3))
	require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got))
	require.Equal(t, StatusRejected, got.Request.Status)

	retriedNow := retried(scheduleWaiting(first.Decision, 2), 2, 1)
	got = Apply(Apply(first, waits, at(2)).Request, retriedNow, at(120))
	require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got), "it waits all over again, two hours too long")
	require.Equal(t, retriedNow.Token, got.Effects[0].Token)

	got = Apply(askedRequest(), waits, at(3))
	require.Equal(t, []EffectKind{EffectLookExecution, EffectRender}, kinds(got), "somebody answered past us")
}

func TestAnExecutionThatIsRedrivenWhileItWaitsIsToldTheTimeThatIsLeft(t *testing.T) {
	ended := stopped(scheduledRequest())
	require.Equal(t, StatusStopped, ended.Status)
	require.Equal(t, InstalledNothing, ended.Installed())
	got := Apply(ended, notification(workflow.ScheduleWaiting{Until: at(300), WaitSeconds: 298 * 60}, 60), at(60))
	require.Equal(t, StatusScheduled, got.Request.Status)
	require.Equal(t, []LineKind{LineResumed}, lines(got))
	require.Contains(t, kinds(got), EffectCompleteDecision)
	require.Equal(t, 240*60, got.Request.Decision.Waiting(at(60)).WaitSeconds)
}

func TestTheScheduledTimeComes(t *testing.T) {
	r := tell(scheduledRequest(), 300, turnRequested)
	require.Equal(t, StatusQueued, r.Status)

	running := func(p workflow.Past) workflow.ExecutionStatus {
		p.Known = true
		return workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &p}
	}
	waiting := scheduledRequest()
	got := Observe(waiting, running(workflow.Past{Decision: waiting.Decision, Scheduled: true}), at(299))
	require.Equal(t, StatusScheduled, got.Request.Status)
	got = Observe(waiting, running(workflow.Past{Decision: waiting.Decision}), at(301))
	require.Equal(t, StatusApproved, got.Request.Status, "its notification was lost")

	for name, c := range map[string]struct {
		action   Action
		overrule bool
	}{"patch now": {approve, false}, "move": {schedule(400), true}, "cancel": {reject, true}} {
		t.Run(name+" comes too late", func(t *testing.T) {
			late := decided(waiting, lin, changing(c.action), 299)
			still := Observe(late, running(workflow.Past{Decision: waiting.Decision, Scheduled: true}), at(299)).Request
			require.Equal(t, late.Decision, still.Decision, "its token is on its way")
			begun := Observe(late, running(workflow.Past{Decision: waiting.Decision}), at(301))
			require.Equal(t, StatusApproved, begun.Request.Status)
			require.True(t, begun.Request.Delivered)
			if !c.overrule {
				require.Empty(t, lines(begun), "it has begun, as was wanted")
				return
			}
			require.Equal(t, []LineKind{LineOverruled}, lines(begun))
			require.Equal(t, late.Decision, begun.Request.Overruled)
		})
	}
	taken := delivered(decided(waiting, lin, changing(approve), 9))
	stale := Observe(taken, running(workflow.Past{Decision: waiting.Decision, Scheduled: true}), at(9))
	require.Equal(t, taken.Decision, stale.Request.Decision, "the history does not show yet what was taken")
}

func TestWhatTakesLongIsCountedFromTheScheduledTime(t *testing.T) {
	before := tell(scheduledRequest(), 300, turnRequested, patchStarted, patchFinished, scanStarted)
	after := tell(before, 315, compliant)
	require.Equal(t, StatusCompliant, after.Status)
	before.Version = 1
	require.Equal(t, []Metric{secondsMetric(MetricSecondsToPatched, 15*time.Minute)}, metricsOf(before, after, nil))
	require.Equal(t, at(300), scheduledRequest().Summary().Until)
}

func TestTheExecutionOfAScheduleIsLookedAt(t *testing.T) {
	looked := scheduledRequest()
	require.Equal(t, at(62), looked.nextWatch(at(2)), "somebody may answer past us")
	require.Equal(t, at(302), looked.nextWatch(at(270)), "should nothing be heard of the time")
	require.Equal(t, at(310), looked.nextWatch(at(300)))
}

// takesAll is a Step Functions that takes every answer.
type takesAll struct{}

func (takesAll) CompleteTask(context.Context, workflow.Token, json.RawMessage) error { return nil }
func (takesAll) FailTask(context.Context, workflow.Token, string, string) error      { return nil }

func TestAScheduleThatIsChangedWhileItIsDeliveredIsNotTakenForTheChange(t *testing.T) {
	first := Decide(askedRequest(), ada, schedule(300), at(2)).filled(at(2))
	b := Bot{Tasks: takesAll{}, Now: func() time.Time { return at(2) }}
	settled, err := b.performOne(t.Context(), first, first.Effects[slices.IndexFunc(first.Effects, func(e Effect) bool { return e.Kind == EffectCompleteDecision })])
	require.NoError(t, err)
	require.True(t, settled(first).Request.Delivered)
	moved := decided(first, lin, changing(reject), 2)
	require.False(t, settled(moved).Request.Delivered, "the token took the schedule; the next one takes the rejection")
}
