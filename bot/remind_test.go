package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

const day = 24 * 60 // minutes

func TestAReminderReplacesTheTokenAndTellsIt(t *testing.T) {
	n := notification(reminded(1), day)
	got := Apply(askedRequest(), n, n.OccurredAt)
	r := got.Request
	require.Equal(t, StatusAsked, r.Status)
	require.Equal(t, n.Token, r.ApprovalToken)
	require.Equal(t, Reminder{Attempt: 1, At: at(day)}, r.Reminded)
	require.Equal(t, at(3*day), r.AnswerBy, "the deadline stays")
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(got))
	require.Equal(t, []LineKind{LineReminded}, lines(got))
	require.Equal(t, n.Token, Decide(r, ada, approve, at(day+1)).Effects[0].Token)
	require.True(t, Apply(r, n, n.OccurredAt).Nothing(), "doubled")

	second := notification(reminded(2), 2*day)
	got = Apply(r, second, second.OccurredAt)
	require.Equal(t, []LineKind{LineReminded}, lines(got))
	require.Equal(t, second.Token, got.Request.ApprovalToken)
	require.True(t, Apply(got.Request, n, second.OccurredAt).Nothing(), "the first one comes late")
}

func TestAReminderThatIsRetriedReplacesTheTokenAndTellsNothing(t *testing.T) {
	again := retried(reminded(1), day, 1)
	got := Apply(tell(askedRequest(), day, reminded(1)), again, at(day))
	require.Empty(t, kinds(got))
	require.Equal(t, again.Token, got.Request.ApprovalToken)
	for name, verdict := range map[string]Action{"approved": approve, "rejected": reject} {
		got := Apply(decided(tell(askedRequest(), day, reminded(1)), ada, verdict, day+1), again, at(day+2))
		require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got), name)
		require.Equal(t, again.Token, got.Effects[0].Token, name)
	}
}

// TestADecisionWhoseTokenHadJustTimedOutGoesToTheReminders: whoever clicked at that moment.
func TestADecisionWhoseTokenHadJustTimedOutGoesToTheReminders(t *testing.T) {
	for name, action := range map[string]Action{"approved": approve, "rejected": reject} {
		t.Run(name, func(t *testing.T) {
			r := decided(askedRequest(), ada, action, day)
			waits := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{Known: true}}
			r = Observe(r, waits, at(day)).Request
			require.Equal(t, action.Verdict, r.Decision.Verdict, "the execution still waits, so the decision is kept")
			require.True(t, r.needsExecution())

			n := notification(reminded(1), day)
			got := Apply(r, n, at(day+1))
			require.Equal(t, r.Status, got.Request.Status)
			require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got), "nobody is reminded of it")
			require.Equal(t, n.Token, got.Effects[0].Token)
		})
	}
}

func TestAReminderThatWasNotToldGivesWayToTheNext(t *testing.T) {
	first := Apply(askedRequest(), notification(reminded(1), day), at(day))
	r := first.filled(at(day))
	second := Apply(r, notification(reminded(2), 2*day), at(2*day))
	r = second.filled(at(2 * day))
	told := 0
	for _, e := range r.Effects {
		if e.Kind == EffectReply {
			told++
		}
	}
	require.Equal(t, 1, told)
}

func TestALineThatSpokeForADigestIsNotFollowedByAnother(t *testing.T) {
	r := askedRequest()
	r.Digest, r.Escalation = "d-1", Escalation{Channel: "C0LEADS"}
	require.Equal(t, []EffectKind{EffectReply, EffectEscalate}, kinds(Apply(r, notification(escalatedAt(1), day), at(day))), "a digest's message does not show it")
	r.Reminded.Lined = at(day - 10)
	require.Equal(t, []EffectKind{EffectEscalate}, kinds(Apply(r, notification(escalatedAt(1), day), at(day))))
	r.Reminded.Announced = at(day - 10)
	require.Empty(t, kinds(Apply(r, notification(escalatedAt(1), day), at(day))))
	require.Equal(t, []EffectKind{EffectReply, EffectEscalate}, kinds(Apply(r, notification(escalatedAt(1), day+60), at(day+60))), "that was another time")
}

func TestALineSpeaksForAReminderThatCameWhileItWasPosted(t *testing.T) {
	r := Apply(askedRequest(), notification(reminded(1), day), at(day)).filled(at(day))
	require.True(t, r.Has(EffectReply))
	r.noteLined(LineReminded, at(day))
	require.False(t, r.Has(EffectReply))
}

func TestAChannelHearsOfAnEscalationUnlessTheQuestionStandsInIt(t *testing.T) {
	r := askedRequest()
	r.Place.Channel, r.Escalation = "C0PAYMENTS", Escalation{Channel: "C0LEADS"}
	require.Equal(t, []EffectKind{EffectRender, EffectReply, EffectEscalate}, kinds(Apply(r, notification(escalatedAt(3), day), at(day))))
	require.NotContains(t, kinds(Apply(r, notification(reminded(1), day), at(day))), EffectEscalate)
	r.Escalation.Channel = "C0PAYMENTS"
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(Apply(r, notification(escalatedAt(3), day), at(day))))
}

// TestAnExecutionThatIsRedrivenWhileItRemindsAsksAgain: what was said before it was stopped does not count.
func TestAnExecutionThatIsRedrivenWhileItRemindsAsksAgain(t *testing.T) {
	redriven := notification(reminded(1), day)
	redriven.Token = "token-redriven"
	for name, n := range map[string]workflow.Notification{
		"entered anew":      notification(reminded(1), 2*day),
		"as entered before": redriven,
	} {
		for before, r := range map[string]Request{
			"undecided": tell(askedRequest(), day, reminded(1)),
			"approved":  decided(tell(askedRequest(), day, reminded(1)), ada, approve, day+1),
		} {
			t.Run(before+", "+name, func(t *testing.T) {
				r := Observe(r, ended("ABORTED", workflow.Past{}), at(day+2)).Request
				require.Equal(t, StatusStopped, r.Status)
				got := Apply(r, n, at(2*day))
				require.Equal(t, StatusAsked, got.Request.Status)
				require.Nil(t, got.Request.Decision)
				require.Equal(t, n.OccurredAt.Add(2*24*time.Hour), got.Request.AnswerBy)
				require.Equal(t, []LineKind{LineResumed, LineReminded}, lines(got))
				require.NotContains(t, kinds(got), EffectCompleteDecision)
				require.Equal(t, n.Token, Decide(got.Request, ada, approve, at(2*day+1)).Effects[0].Token)
			})
		}
	}
}

func TestAReminderOfWhatIsOverChangesNothing(t *testing.T) {
	for name, r := range map[string]Request{
		"expired":     tell(askedRequest(), 3*day, workflow.ApprovalExpired{}),
		"in its turn": tell(approvedRequest(), 2*day, turnRequested),
		"patching":    tell(approvedRequest(), 2*day, patchStarted),
	} {
		require.True(t, Apply(r, notification(reminded(1), day), at(3*day+1)).Nothing(), name)
	}
}

func TestWhoDidNotAnswerIsAskedAgainAtOnceWhereTheSettingSaysSo(t *testing.T) {
	week := 7 * 24 * time.Hour
	found := approvalRequested()
	found.Started = workflow.Started{By: workflow.StartedByFindMissing, At: at(4 * day)}
	left := tell(askedRequest(), 3*day, workflow.ApprovalExpired{})
	require.Equal(t, RefusedAskedBefore, askAgain(left, found, week, at(4*day)))
	again := left
	again.AfterNoAnswer = AfterNoAnswerAskAgain
	require.Empty(t, askAgain(again, found, week, at(4*day)))
	rejected := delivered(decided(askedRequest(), ada, reject, 2))
	rejected.AfterNoAnswer = AfterNoAnswerAskAgain
	require.Equal(t, RefusedAskedBefore, askAgain(rejected, found, week, at(4*day)), "a no is an answer")
}
