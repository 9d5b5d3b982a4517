package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestADecisionIsRecordedAndSent(t *testing.T) {
	got := Decide(askedRequest(), ada, approve, at(2))
	require.Equal(t, StatusApproved, got.Request.Status)
	require.Equal(t, []EffectKind{EffectCompleteDecision, EffectRender, EffectReply}, kinds(got))
	require.Equal(t, workflow.Token("token-approval_requested-0"), got.Effects[0].Token)
	require.Equal(t, []LineKind{LineDecided}, lines(got))
	require.Empty(t, got.Answer)
	require.Equal(t, AuditEntry{At: at(2), Actor: "slack:U0ADA", Action: "approved", From: StatusAsked, To: StatusApproved}, auditOf(t, got))
	output, err := json.Marshal(got.Request.Decision)
	require.NoError(t, err)
	require.JSONEq(t, `{"decision": "approved", "by": {"via": "slack", "user": "U0ADA", "name": "ada"},
		"at": "2026-11-22T17:02:00Z", "reason": "", "wait_seconds": 0}`, string(output))

	got = Decide(askedRequest(), ada, Action{Verdict: workflow.Rejected, Reason: "freeze until <Monday>"}, at(2))
	require.Equal(t, StatusRejected, got.Request.Status)
	require.Equal(t, "freeze until <Monday>", got.Request.Decision.Reason)
	require.Equal(t, "rejected", auditOf(t, got).Action)
}

func TestWhoMayNotOrCannotDecideIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		before  Request
		actor   Actor
		minutes int
		want    Refusal
	}{
		"not an approver":                {askedRequest(), eve, 1, RefusedNotApprover},
		"not an approver, long after":    {tell(approvedRequest(), 3, patchStarted), eve, 5, RefusedNotApprover},
		"somebody was first":             {decided(askedRequest(), lin, approve, 1), ada, 2, RefusedDecided},
		"it is being patched":            {tell(approvedRequest(), 3, patchStarted), lin, 4, RefusedDecided},
		"it was rejected":                {delivered(decided(askedRequest(), lin, reject, 1)), ada, 2, RefusedDecided},
		"the deadline has passed":        {askedRequest(), ada, 3 * 24 * 60, RefusedExpired},
		"it expired":                     {tell(askedRequest(), 3*24*60, workflow.ApprovalExpired{}), ada, 3*24*60 + 1, RefusedExpired},
		"the execution was stopped":      {stopped(askedRequest()), ada, 9, RefusedEnded},
		"it failed":                      {tell(askedRequest(), 1, workflowFailed), ada, 9, RefusedEnded},
		"the machine went on without us": {tell(askedRequest(), 1, patchStarted), ada, 9, RefusedEnded},
	} {
		t.Run(name, func(t *testing.T) {
			got := Decide(c.before, c.actor, approve, at(c.minutes))
			require.Equal(t, c.before, got.Request)
			require.Empty(t, got.Effects)
			require.Equal(t, c.want, got.Answer)
			require.Equal(t, AuditEntry{At: at(c.minutes), Actor: c.actor.String(), Action: "approved",
				From: c.before.Status, To: c.before.Status, Refused: c.want}, auditOf(t, got))
		})
	}
}
