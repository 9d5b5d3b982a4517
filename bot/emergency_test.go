package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestWhoGoesThroughAFreeze(t *testing.T) {
	two := decided(frozenRequest(), ada, emergency, 9)
	for name, c := range map[string]struct {
		request Request
		who     Actor
		says    Action
		minutes int
		refused Refusal
		through bool // whether the machine is told
	}{
		"one alone asks":                               {frozenRequest(), ada, emergency, 9, "", false},
		"one alone asks twice":                         {two, ada, emergency, 10, RefusedEmergencyAlone, false},
		"one alone agrees with themselves":             {two, ada, agree(9), 10, RefusedEmergencyAlone, false},
		"a second one agrees":                          {two, lin, agree(9), 10, "", true},
		"a second one asks without having read it":     {two, lin, emergency, 10, RefusedEmergencyAsked, false},
		"a second one agrees to what is gone":          {frozenRequest(), lin, agree(9), 10, RefusedEmergencyGone, false},
		"a second one agrees to another than they saw": {two, lin, agree(8), 10, RefusedEmergencyGone, false},
		"somebody who may not decide agrees":           {two, eve, agree(9), 10, RefusedNotApprover, false},
		"no reason is given":                           {frozenRequest(), ada, Action{Verdict: workflow.Approved, Emergency: true}, 9, RefusedNoReason, false},
		"no freeze is on":                              {askedRequest(), ada, emergency, 9, RefusedNoFreeze, false},
		"the freeze has ended":                         {askedInFreeze(workflow.Freeze{State: "CLOSED", Until: at(5).Format("2006-01-02T15:04:05Z07:00")}), ada, emergency, 9, RefusedNoFreeze, false},
		"it was rejected":                              {decided(askedInFreeze(inFreeze), lin, reject, 2), ada, emergency, 9, RefusedDecided, false},
		"it is being patched":                          {patchingRequest(), ada, emergency, 9, RefusedDecided, false},
		"the time to answer is over":                   {askedInFreeze(inFreeze), ada, emergency, 3*24*60 + 1, RefusedExpired, false},
		"two of three, where the owner asks for three": {needingApprovals(two, 3), lin, agree(9), 10, "", false},
		"a question needs no approval before":          {decided(askedInFreeze(inFreeze), ada, emergency, 9), lin, agree(9), 10, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			c2 := Decide(c.request, c.who, c.says, at(c.minutes))
			require.Equal(t, c.refused, c2.Answer)
			require.Equal(t, ActionEmergency, auditOf(t, c2).Action)
			if !c.through {
				require.NotContains(t, kinds(c2), EffectCompleteDecision)
				require.Equal(t, c.request.Decision, c2.Request.Decision)
				return
			}
			require.Contains(t, kinds(c2), EffectCompleteDecision)
			d := c2.Request.Decision
			require.True(t, d.Emergency)
			require.Equal(t, workflow.Approved, d.Verdict)
			require.Equal(t, emergency.Reason, d.Reason)
			require.Equal(t, []workflow.Decider{ada.decider(), lin.decider()}, d.People())
		})
	}
}

func TestAnApprovalBesideAnEmergencyWaitsForTheFreeze(t *testing.T) {
	r := decided(decided(askedInFreeze(inFreeze), ada, emergency, 4), lin, approve, 6)
	require.Equal(t, StatusApproved, r.Status)
	require.False(t, r.Decision.Emergency)
	frozen := tell(delivered(r), 7, freezeWaiting(inFreeze))
	require.True(t, frozen.EmergencyPending(), "somebody can still agree")
	require.True(t, decided(frozen, lin, agree(4), 8).Decision.Emergency)
	require.Nil(t, tell(frozen, 9, turnRequested).Emergency, "the freeze is over, and the next one is another")
	require.Nil(t, decided(frozen, lin, changing(schedule(600)), 8).Emergency)
}
