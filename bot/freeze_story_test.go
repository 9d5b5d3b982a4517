package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// In the freeze of the story nothing is patched until six days after the question.

var (
	freezeEnds = at(6 * 24 * 60)
	inFreeze   = workflow.Freeze{State: "CLOSED", Until: freezeEnds.Format(time.RFC3339)}
	unread     = workflow.Freeze{State: "UNKNOWN", Error: "Ssm.InvalidDocumentException"}
	emergency  = Action{Verdict: workflow.Approved, Emergency: true, Reason: "the kernel is <exploited> now"}
)

// agree is of somebody who has read what was asked for at a minute.
func agree(minutes int) Action {
	return Action{Verdict: workflow.Approved, Emergency: true, AgreesTo: at(minutes)}
}

func freezeWaiting(f workflow.Freeze) workflow.FreezeWaiting {
	return workflow.FreezeWaiting{Freeze: f, WaitWithinSeconds: 60 * 24 * 3600}
}

func askedInFreeze(f workflow.Freeze) Request {
	d := approvalRequested()
	d.Freeze = f
	r := tell(Request{}, 0, d)
	r.Approvers, r.AskAgainAfter = askedRequest().Approvers, askedRequest().AskAgainAfter
	return r
}

// frozenRequest was approved, and its execution waits.
func frozenRequest() Request {
	return tell(delivered(decided(askedInFreeze(inFreeze), ada, approve, 2)), 3, freezeWaiting(inFreeze))
}

// freezes are asked about in a freeze, or wait for its end.
func freezes() map[string]Request {
	scheduled := delivered(decided(askedInFreeze(inFreeze), ada, schedule(300), 2))
	return map[string]Request{
		"asked_in_freeze":          askedInFreeze(inFreeze),
		"asked_in_open_freeze":     askedInFreeze(workflow.Freeze{State: "CLOSED"}),
		"asked_calendar_unread":    askedInFreeze(unread),
		"approved_in_freeze":       delivered(decided(askedInFreeze(inFreeze), ada, approve, 2)),
		"approved_calendar_unread": delivered(decided(askedInFreeze(unread), ada, approve, 2)),
		"asked_emergency":          decided(askedInFreeze(inFreeze), ada, emergency, 4),
		"emergency_approved":       delivered(decided(decided(askedInFreeze(inFreeze), ada, emergency, 4), lin, agree(4), 6)),
		"frozen":                   frozenRequest(),
		"frozen_calendar_unread":   tell(delivered(approvedRequest()), 3, freezeWaiting(unread)),
		"frozen_emergency":         decided(frozenRequest(), ada, emergency, 9),
		"frozen_emergency_of_two":  delivered(decided(decided(frozenRequest(), ada, emergency, 9), lin, agree(9), 12)),
		"frozen_cancelled":         delivered(decided(frozenRequest(), lin, changing(reject), 9)),
		"frozen_scheduled":         delivered(decided(frozenRequest(), lin, changing(schedule(26*60)), 9)),
		"frozen_cancelled_at_end":  Observe(decided(frozenRequest(), lin, changing(reject), 9), runningPast(workflow.Past{Known: true, Decision: frozenRequest().Decision}), at(10)).Request,
		"scheduled_then_frozen":    tell(tell(scheduled, 2, scheduleWaiting(scheduled.Decision, 2)), 301, freezeWaiting(inFreeze)),
		"frozen_after_its_turn":    tell(queuedRequest().learnTurn(turnNews{Version: 9, State: TurnRuns, AtOnce: 1}, at(20)).Request, 21, freezeWaiting(inFreeze)),
		"needs_three_in_freeze":    needingApprovals(askedInFreeze(inFreeze), 3),
		"frozen_needs_three":       decided(decided(needingApprovals(frozenRequest(), 3), ada, emergency, 9), lin, agree(9), 12),
		"emergency_turned_expired": tell(decided(askedInFreeze(inFreeze), ada, emergency, 4), 3*24*60, workflow.ApprovalExpired{}),
	}
}

func runningPast(p workflow.Past) workflow.ExecutionStatus {
	return workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &p}
}

func needingApprovals(r Request, n int) Request {
	r.ApprovalsRequired = n
	return r
}

// notStarted were approved, and not begun.
func notStarted() map[string]Request {
	all := map[string]Request{}
	for reason, found := range map[workflow.NotStarted]string{workflow.NotStartedGone: "", workflow.NotStartedUntagged: "", workflow.NotStartedStopped: "stopped",
		workflow.NotStartedOffline: "", workflow.NotStartedPatchRunning: `["AWS-RunPatchBaseline","AWS-RunPatchBaseline","Acme <Patch>"]`, workflow.NotStartedFrozen: ""} {
		all["not_started_"+string(reason)] = tell(delivered(approvedRequest()), 3, workflow.PatchNotStarted{Reason: reason, Found: found})
	}
	all["not_started_unknown"] = tell(delivered(approvedRequest()), 3, workflow.PatchNotStarted{Reason: "eclipse"})
	return all
}
