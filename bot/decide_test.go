package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestADecisionIsRecordedAndSent(t *testing.T) {
	r, effects := Decide(askedRequest(), ada, approve, at(2))
	require.Equal(t, StatusApproved, r.Status)
	require.Equal(t, []EffectKind{EffectCompleteDecision, EffectRender, EffectReply}, kinds(effects))
	require.Equal(t, workflow.Token("token-approval_requested-0"), effects[0].Token)
	require.JSONEq(t, `{"decision": "approved", "by": {"via": "slack", "user": "U0ADA", "name": "ada"},
		"at": "2026-11-22T17:02:00Z", "reason": "", "wait_seconds": 0}`, string(effects[0].Output))
	require.Equal(t, "Approved by <@U0ADA>.", effects[2].Text)

	r, effects = Decide(askedRequest(), ada, Action{Verdict: workflow.Rejected, Reason: "freeze until <Monday>"}, at(2))
	require.Equal(t, StatusRejected, r.Status)
	require.Equal(t, "Rejected by <@U0ADA>. Reason: freeze until &lt;Monday&gt;", effects[2].Text)
	var d workflow.Decision
	require.NoError(t, json.Unmarshal(effects[0].Output, &d))
	require.Equal(t, "freeze until <Monday>", d.Reason)
}

func TestWhoMayNotOrCannotDecideIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		before  Request
		actor   Actor
		minutes int
		want    string
	}{
		"not an approver": {askedRequest(), eve, 1,
			"Only approvers of payments can decide this: <@U0ADA>, <@U0LIN>, <!subteam^S0ONCALL>."},
		"not an approver, long after": {tell(approvedRequest(), 3, patchStarted), eve, 5,
			"Only approvers of payments can decide this: <@U0ADA>, <@U0LIN>, <!subteam^S0ONCALL>."},
		"somebody was first": {decided(askedRequest(), lin, approve, 1), ada, 2,
			"Too late: <@U0LIN> approved this at <!date^1795366860^{time} {date_short_pretty}|17:01 UTC, Sun 22 Nov>. It is about to start."},
		"it is being patched": {tell(approvedRequest(), 3, patchStarted), lin, 4,
			"Too late: <@U0ADA> approved this at <!date^1795366920^{time} {date_short_pretty}|17:02 UTC, Sun 22 Nov>. It is being patched now."},
		"it was rejected": {delivered(decided(askedRequest(), lin, reject, 1)), ada, 2,
			"Too late: <@U0LIN> rejected this at <!date^1795366860^{time} {date_short_pretty}|17:01 UTC, Sun 22 Nov>. Nothing was installed."},
		"the deadline has passed": {askedRequest(), ada, 3 * 24 * 60,
			"This request expired at <!date^1795626000^{time} {date_short_pretty}|17:00 UTC, Wed 25 Nov>. You are asked again when other patches are missing, or in 7 days."},
		"it expired": {tell(askedRequest(), 3*24*60, workflow.ApprovalExpired{}), ada, 3*24*60 + 1,
			"This request expired at <!date^1795626000^{time} {date_short_pretty}|17:00 UTC, Wed 25 Nov>. You are asked again when other patches are missing, or after <!date^1796230800^{time} {date_short_pretty}|17:00 UTC, Wed 2 Dec>."},
		"the execution was stopped": {stopped(askedRequest()), ada, 9,
			"There is nothing to decide any more. The execution was stopped. Nothing was installed."},
		"it failed": {tell(askedRequest(), 1, workflowFailed), ada, 9,
			"There is nothing to decide any more. It failed. Nothing was installed."},
		"the machine went on without us": {tell(askedRequest(), 1, patchStarted), ada, 9,
			"There is nothing to decide any more. It is being patched now."},
	} {
		t.Run(name, func(t *testing.T) {
			r, effects := Decide(c.before, c.actor, approve, at(c.minutes))
			require.Equal(t, c.before, r)
			require.Equal(t, []EffectKind{EffectAnswer}, kinds(effects))
			require.Equal(t, c.want, effects[0].Text)
			entry := auditOf(t, effects)
			require.Equal(t, c.actor.String(), entry.Actor)
			require.Equal(t, c.want, entry.Refused)
		})
	}
}
