package bot

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestWhatCountsAsAFreeze(t *testing.T) {
	for name, c := range map[string]struct {
		says workflow.Freeze
		want *Freeze
	}{
		"an open calendar":                      {workflow.Freeze{State: "OPEN", Until: "2026-12-01T00:00:00Z"}, nil},
		"an execution from before calendars":    {workflow.Freeze{}, nil},
		"a closed calendar":                     {workflow.Freeze{State: "CLOSED", Until: "2026-12-01T09:00:00+01:00"}, &Freeze{Until: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), Since: asked}},
		"a closed one, nobody knows until when": {workflow.Freeze{State: "CLOSED"}, &Freeze{Since: asked}},
		"a time that is none":                   {workflow.Freeze{State: "CLOSED", Until: "soon"}, &Freeze{Since: asked}},
		"a calendar that cannot be read":        {workflow.Freeze{State: "UNKNOWN", Error: "Ssm.SsmException"}, &Freeze{Unread: "Ssm.SsmException", Since: asked}},
		"a state that nobody knows":             {workflow.Freeze{State: "AJAR", Until: "2026-12-01T00:00:00Z"}, &Freeze{Unread: "an unknown state", Since: asked}},
	} {
		require.Equal(t, c.want, freezeOf(c.says, asked), name)
	}
}

func TestWhenTheCalendarsAreReadAgain(t *testing.T) {
	for name, c := range map[string]struct {
		freeze  Freeze
		minutes int // until it is read again
	}{
		"nobody knows when it ends":  {Freeze{Since: at(0), Within: 60 * 24 * time.Hour}, 6 * 60},
		"it ends in an hour":         {Freeze{Until: at(60), Since: at(0), Within: 60 * 24 * time.Hour}, 60},
		"it ends in a week":          {Freeze{Until: at(7 * 24 * 60), Since: at(0), Within: 60 * 24 * time.Hour}, 6 * 60},
		"it could not be read":       {Freeze{Unread: "Ssm.SsmException", Since: at(0), Within: 60 * 24 * time.Hour}, 15},
		"it should have ended":       {Freeze{Until: at(-5), Since: at(-60), Within: 60 * 24 * time.Hour}, 1},
		"it is waited for no longer": {Freeze{Since: at(-60), Within: time.Hour}, 0},
	} {
		next := c.freeze.nextLook("r-1", at(0))
		require.False(t, next.Before(at(c.minutes)), name)
		require.True(t, next.Before(at(c.minutes+5)), name)
	}
	ends := Freeze{Until: at(60), Since: at(0), Within: 60 * 24 * time.Hour}
	require.NotEqual(t, ends.nextLook("r-1", at(0)), ends.nextLook("r-2", at(0)), "hundreds wait for the same end")
	require.Equal(t, ends.nextLook("r-1", at(0)), ends.nextLook("r-1", at(1)))
}

func TestAFreezeIsWaitedForLikeASchedule(t *testing.T) {
	approved := delivered(decided(askedInFreeze(inFreeze), ada, approve, 2))
	c := Apply(approved, notification(freezeWaiting(inFreeze), 3), at(3))
	require.Equal(t, StatusFrozen, c.Request.Status)
	require.Equal(t, []EffectKind{EffectLookFreeze, EffectRender, EffectReply}, kinds(c))
	require.Equal(t, []LineKind{LineFrozen}, lines(c))

	again := Apply(c.Request, retried(freezeWaiting(inFreeze), 9, 0), at(9))
	require.Equal(t, []EffectKind{EffectLookFreeze}, kinds(again), "that it still lasts is told nobody")
	require.Equal(t, c.Request.Freeze.Since, again.Request.Freeze.Since, "it is waited for since it began")
	longer := workflow.Freeze{State: "CLOSED", Until: "2026-12-24T00:00:00Z"}
	require.Equal(t, []EffectKind{EffectLookFreeze, EffectRender}, kinds(Apply(c.Request, retried(freezeWaiting(longer), 9, 0), at(9))))
	require.True(t, Apply(c.Request, notification(freezeWaiting(inFreeze), 3), at(3)).Nothing(), "doubled")
}

func TestADecisionThatWaitedForTheFreezesTokenIsDeliveredToIt(t *testing.T) {
	cancelled := decided(frozenRequest(), lin, changing(reject), 9)
	require.Equal(t, StatusRejected, cancelled.Status)
	c := Apply(cancelled, retried(freezeWaiting(inFreeze), 12, 0), at(12))
	require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(c))
	require.Equal(t, StatusRejected, c.Request.Status)

	urgent := decided(decided(frozenRequest(), ada, emergency, 9), lin, agree(9), 10)
	require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(Apply(urgent, retried(freezeWaiting(inFreeze), 12, 0), at(12))))
	still := runningPast(workflow.Past{Known: true, Frozen: true, Decision: frozenRequest().Decision})
	require.Equal(t, StatusApproved, Observe(urgent, still, at(11)).Request.Status, "its token is on its way")
	over := runningPast(workflow.Past{Known: true, Decision: frozenRequest().Decision})
	require.True(t, Observe(urgent, over, at(11)).Request.Delivered, "it goes on, as was wanted")
	require.Empty(t, lines(Observe(urgent, over, at(11))))
}

func TestAFreezeThatNobodyApprovedIsLookedInto(t *testing.T) {
	c := Apply(askedInFreeze(inFreeze), notification(freezeWaiting(inFreeze), 3), at(3))
	require.Contains(t, kinds(c), EffectLookExecution)
	require.False(t, c.Request.Delivered)
	rejected := decided(askedInFreeze(inFreeze), ada, reject, 2)
	c = Apply(rejected, notification(freezeWaiting(inFreeze), 3), at(3))
	require.Contains(t, kinds(c), EffectLookExecution)
	require.False(t, c.Request.Delivered, "the machine took something else")
}

func TestToApproveWhatWaitsForAFreezeIsNoEmergency(t *testing.T) {
	c := Decide(frozenRequest(), lin, changing(approve), at(9))
	require.Equal(t, RefusedDecided, c.Answer)
	require.Equal(t, RefusedDecided, Decide(frozenRequest(), lin, approve, at(9)).Answer)
	require.Equal(t, StatusScheduled, decided(frozenRequest(), lin, changing(schedule(600)), 9).Status)
}

func TestATurnIsGivenBackInAFreeze(t *testing.T) {
	running := queuedRequest().learnTurn(turnNews{Version: 9, State: TurnRuns, AtOnce: 1}, at(20)).Request
	require.Equal(t, TurnRuns, running.turnState())
	frozen := tell(running, 21, freezeWaiting(inFreeze))
	require.Equal(t, TurnNone, frozen.turnState())
	require.True(t, frozen.with().filled(at(21)).Has(EffectTurns))
	require.Equal(t, StatusQueued, tell(frozen, 30, turnRequested).Status)
}

func TestWhatWasNotBegunLeavesNobodyInPeace(t *testing.T) {
	for name, r := range notStarted() {
		r.AnswerBy, r.AskAgainAfter = at(1000), 7*24*time.Hour
		d := approvalRequested()
		d.Started = workflow.Started{By: workflow.StartedByFindMissing, At: at(60)}
		require.Empty(t, askAgain(r, d, r.AskAgainAfter, at(60)), name)
		require.Equal(t, InstalledNothing, r.Installed(), name)
	}
}

func TestAQuestionHearsThatItsFreezeIsOver(t *testing.T) {
	urgent := decided(askedInFreeze(inFreeze), ada, emergency, 4).with().filled(at(5))
	due := slices.IndexFunc(urgent.Effects, func(e Effect) bool { return e.Kind == EffectFreezeOver })
	require.GreaterOrEqual(t, due, 0)
	over := urgent.Effects[due]
	require.Equal(t, freezeEnds, over.NotBefore)
	require.Equal(t, 1, len(slices.DeleteFunc(urgent.with().filled(at(6)).Kinds(), func(k EffectKind) bool { return k != EffectFreezeOver })), "one is enough")

	perform := func(r Request, now time.Time) Change {
		b := Bot{Now: func() time.Time { return now }}
		change, err := b.performOne(t.Context(), r, over)
		require.NoError(t, err)
		return change(r)
	}
	c := perform(urgent, freezeEnds)
	require.Equal(t, []EffectKind{EffectRender}, kinds(c))
	require.False(t, c.Request.Frozen())
	require.False(t, c.Request.EmergencyPending(), "nobody needs it any more")
	after := c.filled(freezeEnds)
	require.False(t, after.Has(EffectFreezeOver))
	require.True(t, perform(urgent, freezeEnds.Add(-time.Second)).Request.Frozen())

	longer := urgent
	longer.Freeze = &Freeze{Until: freezeEnds.Add(time.Hour), Since: at(0)}
	require.True(t, perform(longer, freezeEnds).Request.Frozen())
	require.Empty(t, kinds(perform(frozenRequest(), freezeEnds)), "what waits for the end is told of it by its execution")
	for name, r := range map[string]Request{"approved": decided(askedInFreeze(inFreeze), ada, approve, 2), "nobody knows until when": askedInFreeze(unread)} {
		require.False(t, r.with().filled(at(5)).Has(EffectFreezeOver), name)
	}
}

func TestWhatIsApprovedInAFreezeAwaitsItsEnd(t *testing.T) {
	approved := decided(askedInFreeze(inFreeze), ada, approve, 2)
	require.True(t, approved.AwaitsFreeze())
	require.Equal(t, freezeEnds, approved.Summary().Frozen)
	waitedFor := frozenRequest()
	waitedFor.Status = StatusApproved
	late := approved
	late.Freeze = &Freeze{Until: at(1)}
	for name, r := range map[string]Request{"a question": askedInFreeze(inFreeze), "an emergency": freezes()["emergency_approved"], "no freeze": approvedRequest(),
		"what waited": waitedFor, "approved after its end": late, "what has its turn": freezes()["frozen_after_its_turn"]} {
		require.False(t, r.AwaitsFreeze(), name)
	}
}

func TestWhatIsOutOfCareIsNotTriedAgain(t *testing.T) {
	for name, r := range notStarted() {
		gone := r.NotStarted.Reason == workflow.NotStartedGone || r.NotStarted.Reason == workflow.NotStartedUntagged
		require.Equal(t, gone, r.OutOfCare(), name)
		require.Equal(t, !gone, r.CanTryAgain(), name)
	}
}
