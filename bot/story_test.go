package bot

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// The tests of the pure functions tell one story: web-1 of payments misses seven patches.

const (
	testExecution = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1"
	testInstance  = "i-0933335a5598d1c2e"
)

var (
	// asked is when the machine asked.
	asked = time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	ada   = Actor{Via: "slack", User: "U0ADA", Name: "ada", Approver: true}
	lin   = Actor{Via: "slack", User: "U0LIN", Name: "lin", Approver: true}
	eve   = Actor{Via: "slack", User: "U0EVE", Name: "eve"}

	approve = Action{Verdict: workflow.Approved}
	reject  = Action{Verdict: workflow.Rejected}
)

func at(minutes int) time.Time { return asked.Add(time.Duration(minutes) * time.Minute) }

// notification builds what the machine says minutes after it asked.
func notification(d workflow.Detail, minutes int) workflow.Notification {
	return retried(d, minutes, 0)
}

func retried(d workflow.Detail, minutes, retry int) workflow.Notification {
	n := workflow.Notification{
		ID:           fmt.Sprintf("e1/%s/%s/%d", workflow.KindOf(d), at(minutes).Format(time.RFC3339), retry),
		ExecutionARN: testExecution, InstanceID: testInstance, OccurredAt: at(minutes), Detail: d,
	}
	if workflow.Waits(d) {
		n.Token = workflow.Token(fmt.Sprintf("token-%s-%d", workflow.KindOf(d), retry))
	}
	return n
}

func approvalRequested() workflow.ApprovalRequested {
	return workflow.ApprovalRequested{
		Instance: workflow.Instance{ID: testInstance,
			Tags:      []workflow.Tag{{Key: "Name", Value: "web-1"}, {Key: "owner", Value: "payments"}, {Key: "patch-policy", Value: "patch-on-approval"}},
			VolumeIDs: []string{"vol-1", "vol-2"}, VolumeDevices: []string{"/dev/xvda", "/dev/sdf"}, RootDevices: []string{"/dev/xvda"},
			Platform: workflow.Platform{Names: []string{"Amazon Linux"}, Versions: []string{"2023"}}},
		Severity: workflow.SeverityCritical,
		Counts:   workflow.Counts{Missing: 6, Failed: 1, Critical: 3, Security: 3, Other: 4, BaselineID: "pb-0be1ccde3be43f5aa"},
		Patches: []workflow.Patch{
			{Title: "vim-9.1.785", Severity: "Medium", State: "Missing", CVEs: []string{"CVE-2024-47814"}},
			{Title: "kernel-6.1.112", Severity: "Critical", State: "Missing", CVEs: []string{"CVE-2024-50264", "CVE-2024-1", "CVE-2024-2", "CVE-2024-3", "CVE-2024-4"}},
			{Title: "openssl-3.0.8", Severity: "Critical", State: "Failed", CVEs: []string{"CVE-2024-5535"}},
			{Title: "curl-8.5.0 <with> & markup", Severity: "Critical", State: "Missing", CVEs: []string{"CVE-2024-7264"}},
			{Title: "expat-2.6.3", Severity: "Important", State: "Missing"},
			{Title: "less-643", Severity: "Low", State: "Missing"},
		},
		Backup:              true,
		AnswerWithinSeconds: 3 * 24 * 3600, ScheduleWithinSeconds: 7 * 24 * 3600,
	}
}

// reminded is a reminder of a question with three days to answer, a day after the one before.
func reminded(attempt int) workflow.ApprovalReminded {
	return workflow.ApprovalReminded{Attempt: attempt, AnswerWithinSeconds: (3 - attempt) * 24 * 3600}
}

// escalatedAt is the last reminder, after 60 hours.
func escalatedAt(attempt int) workflow.ApprovalReminded {
	return workflow.ApprovalReminded{Attempt: attempt, AnswerWithinSeconds: 12 * 3600, Escalate: true}
}

var (
	turnRequested  = workflow.TurnRequested{}
	backupStarted  = workflow.BackupStarted{SnapshotIDs: []string{"snap-0b2", "snap-0a1"}, VolumeIDs: []string{"vol-2", "vol-1"}}
	backupFinished = workflow.BackupFinished{Result: "succeeded"}
	patchStarted   = workflow.PatchStarted{CommandID: "3f9c0000-0000-4000-8000-000000000001"}
	patchFinished  = workflow.PatchFinished{Status: "Success", StatusDetails: "Success"}
	patchFailed    = workflow.PatchFinished{Status: "Failed", StatusDetails: "Failed", Steps: []workflow.CommandStep{
		{Name: "PatchWindows", Status: "Success", Output: "Step execution skipped due to unsatisfied preconditions: '...'. Step name: PatchWindows"},
		{Name: "PatchLinux", Status: "Failed", ResponseCode: 100, Output: "Patching\n----------ERROR-------\nE: Could not get lock /var/lib/dpkg/lock-frontend\n"},
	}}
	scanStarted  = workflow.ScanStarted{CommandID: "5a1e0000-0000-4000-8000-000000000002"}
	compliant    = workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: workflow.Compliant, After: workflow.Counts{BaselineID: "pb-0be1ccde3be43f5aa"}}
	stillMissing = workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: workflow.StillNonCompliant,
		After: workflow.Counts{Missing: 1, Failed: 1, Critical: 2, Security: 1, BaselineID: "pb-0be1ccde3be43f5aa"}}
	workflowFailed = workflow.WorkflowFailed{State: "Check Node Is Online", Error: "NodeOffline",
		Cause: "Systems Manager does not reach the node. Start the instance or its SSM Agent, then start this again."}
)

// tell applies notifications a minute apart, the first at minute from.
func tell(r Request, from int, details ...workflow.Detail) Request {
	for i, d := range details {
		r = Apply(r, notification(d, from+i), at(from+i)).Request
	}
	return r
}

func askedRequest() Request {
	r := tell(Request{}, 0, approvalRequested())
	r.Approvers = Approvers{Users: []string{"U0ADA", "U0LIN"}, Groups: []string{"S0ONCALL"}}
	r.AskAgainAfter = 7 * 24 * time.Hour
	return r
}

func decided(r Request, a Actor, action Action, minutes int) Request {
	return Decide(r, a, action, at(minutes)).Request
}

// schedule has it patched minutes after the machine asked.
func schedule(minutes int) Action { return Action{Verdict: workflow.Scheduled, Until: at(minutes)} }

// changing is what somebody wants who saw a schedule.
func changing(a Action) Action {
	a.Changes = true
	return a
}

// scheduleWaiting is what the machine says that took a decision.
func scheduleWaiting(d *workflow.Decision, minutes int) workflow.ScheduleWaiting {
	return workflow.ScheduleWaiting{Until: d.Until, WaitSeconds: d.Waiting(at(minutes)).WaitSeconds}
}

// scheduledRequest is for five hours after the question, and the machine waits.
func scheduledRequest() Request {
	r := delivered(decided(askedRequest(), ada, schedule(300), 2))
	return tell(r, 2, scheduleWaiting(r.Decision, 2))
}

func approvedRequest() Request { return decided(askedRequest(), ada, approve, 2) }

// kinds lists what a change sets off.
func kinds(c Change) []EffectKind { return OutboxOf(c.Effects...).Kinds() }

// lines lists what a change adds to the thread.
func lines(c Change) []LineKind {
	var lines []LineKind
	for _, e := range c.Effects {
		if e.Kind == EffectReply {
			lines = append(lines, e.Line)
		}
	}
	return lines
}

func auditOf(t *testing.T, c Change) AuditEntry {
	t.Helper()
	require.Len(t, c.Audit, 1)
	return c.Audit[0]
}
