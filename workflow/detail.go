package workflow

import (
	"fmt"
	"time"
)

// Detail is what one kind of notification carries: one of the types below, each of which has
// a row in the table of kinds.
type Detail interface {
	// problem says which member is missing or wrong, "" when none is.
	problem() string
}

type (
	// ApprovalRequested asks the owner.
	ApprovalRequested struct {
		Instance            Instance `json:"instance"`
		Severity            Severity `json:"severity"`
		Counts              Counts   `json:"counts"`
		Patches             []Patch  `json:"patches"` // see Missing
		Names               Names    `json:"names"`   // see Missing
		Backup              bool     `json:"backup"`  // whether a snapshot is taken before the install
		Rehearsal           bool     `json:"rehearsal"`
		Started             Started  `json:"started"`
		AnswerWithinSeconds int      `json:"answer_within_seconds"`
		// HookDocuments are those that tags may have run before and after the install, e.g.
		// ["", "drain-web"]: none is allowed, too.
		HookDocuments []string `json:"hook_documents"`
		// ScheduleWithinSeconds is how long the machine waits at most for a scheduled time; 0 of
		// executions that began before there were schedules, and would take one for a rejection.
		ScheduleWithinSeconds int    `json:"schedule_within_seconds"`
		Freeze                Freeze `json:"freeze,omitzero"` // what the change calendars said just before
	}
	// ApprovalReminded asks again, while nobody has answered. Its token replaces the one before.
	ApprovalReminded struct {
		Attempt             int  `json:"attempt"`               // 1: the first reminder
		AnswerWithinSeconds int  `json:"answer_within_seconds"` // what is left from now on
		Escalate            bool `json:"escalate"`              // whether others than the approvers are to hear of it, too
	}
	// ApprovalExpired says that nobody answered in time.
	ApprovalExpired struct{}
	// ScheduleWaiting waits for a scheduled time, or for another decision.
	ScheduleWaiting struct {
		Until       time.Time `json:"until"`        // as the decision says
		WaitSeconds int       `json:"wait_seconds"` // after which the machine goes on
	}
	// FreezeWaiting waits for a freeze to end, or for another decision.
	FreezeWaiting struct {
		Freeze            Freeze `json:"freeze"`
		WaitWithinSeconds int    `json:"wait_within_seconds"` // how long a freeze is waited for in all
	}
	// TurnRequested waits until the instance may be patched beside others of its group.
	TurnRequested struct{}
	// BackupStarted waits for the snapshots to complete.
	BackupStarted struct {
		SnapshotIDs []string `json:"snapshot_ids"`
		// VolumeIDs are what they show, in the same order; none from executions that began before there
		// was a way back.
		VolumeIDs []string `json:"volume_ids,omitempty"`
	}
	// BackupFinished says that all snapshots are complete.
	BackupFinished struct {
		Result string `json:"result"`
	}
	// StandbyEntered says that the instance is in Standby within its Auto Scaling group.
	StandbyEntered struct{ Standby }
	// BeforeStarted waits for the document to end that its tag has run before the install.
	BeforeStarted struct{ DocumentStarted }
	// BeforeFinished tells how that ended, as ListCommandInvocations says.
	BeforeFinished struct{ DocumentFinished }
	// PatchStarted waits for the install command to end.
	PatchStarted struct {
		CommandID string `json:"command_id"`
		// OutputLogGroup is the CloudWatch log group that has all that the command prints; empty of
		// executions that began before there was one.
		OutputLogGroup string `json:"output_log_group,omitzero"`
	}
	// PatchFinished tells how the install command ended, as ListCommandInvocations says.
	PatchFinished struct {
		Status        string        `json:"status"`         // e.g. "Success", "Failed"
		StatusDetails string        `json:"status_details"` // e.g. "ExecutionTimedOut"
		Steps         []CommandStep `json:"steps"`          // one a platform; none when the command never ran
		// ResponseCode is what executions say that began before there were steps.
		ResponseCode int `json:"response_code,omitempty"`
	}
	// AfterStarted waits for the document to end that its tag has run after the install.
	AfterStarted struct{ DocumentStarted }
	// AfterFinished tells how that ended.
	AfterFinished struct{ DocumentFinished }
	// StandbyLeft says that the instance is back in service within its Auto Scaling group.
	StandbyLeft struct{ Standby }
	// NodeChecked tells whether the node is back after the install, after which it is scanned.
	NodeChecked struct {
		IsBack bool         `json:"is_back"`
		Ping   []string     `json:"ping"`   // what Systems Manager says, e.g. ["Online"]; empty: it does not list the node
		Before StatusChecks `json:"before"` // before the install
		After  StatusChecks `json:"after"`
	}
	// ScanStarted waits for the scan after the install to end.
	ScanStarted struct {
		CommandID string `json:"command_id"`
	}
	// ComplianceChecked compares the counts before the install and after the scan.
	ComplianceChecked struct {
		Before  Counts  `json:"before"`
		After   Counts  `json:"after"`
		Outcome Outcome `json:"outcome"`
		// Remaining names what After counts as missing, failed or waiting for a reboot, at most 50; no
		// names of executions that began before it was asked for, and where Systems Manager gave none.
		Remaining Names `json:"remaining,omitzero"`
	}
	// RollBackStarted waits for the root volume to be replaced.
	RollBackStarted struct {
		TaskID   string   `json:"task_id"`  // of EC2's replace root volume task
		Instance Instance `json:"instance"` // its id and volumes, as they were before
	}
	// RollBackFinished says that the root volume was replaced, and what is missing since.
	RollBackFinished struct {
		Result string `json:"result"` // the task's state: "succeeded"
		After  Counts `json:"after"`  // of a scan after it
	}
	// PatchNotStarted says why an approved instance was left as it is.
	PatchNotStarted struct {
		Reason NotStarted `json:"reason"`
		Found  string     `json:"found"` // what stood in the way, e.g. "stopping", or `["AWS-RunPatchBaseline"]`; may be empty
	}
	// WorkflowFailed says which state ended the execution, and why.
	WorkflowFailed struct {
		State string `json:"state"` // e.g. "Patch Instance"
		Error string `json:"error"` // e.g. "States.Timeout"
		Cause string `json:"cause"`
	}
)

// Started says what started an execution, and when.
type Started struct {
	By Starter   `json:"by"`
	At time.Time `json:"at"`
}

// Starter is what started an execution.
type Starter string

// The starters. Whatever is not a person may be turned away.
const (
	StartedByEvent       Starter = "event"
	StartedByFindMissing Starter = "find-missing"
	StartedByPerson      Starter = "manual"
)

// Outcome is what the scan after the install found.
type Outcome string

// The outcomes of ComplianceChecked.
const (
	Compliant         Outcome = "compliant"
	StillNonCompliant Outcome = "still_non_compliant"
	Rehearsed         Outcome = "rehearsed" // a rehearsal installs nothing and judges nothing
)

// NotStarted is why an approved instance was not patched, and nothing was begun.
type NotStarted string

// The reasons of PatchNotStarted.
const (
	NotStartedGone         NotStarted = "terminated"    // the instance is terminated, or the node not registered any more
	NotStartedUntagged     NotStarted = "untagged"      // its tag does not put it into our care any more
	NotStartedStopped      NotStarted = "stopped"       // EC2 does not run it
	NotStartedOffline      NotStarted = "offline"       // Systems Manager does not reach it
	NotStartedPatchRunning NotStarted = "patch_running" // another patch command runs on it
	NotStartedFrozen       NotStarted = "frozen"        // a freeze lasted longer than it is waited for
)

// NotStartedReasons lists them all.
func NotStartedReasons() []NotStarted {
	return []NotStarted{NotStartedGone, NotStartedUntagged, NotStartedStopped, NotStartedOffline, NotStartedPatchRunning, NotStartedFrozen}
}

func (d ApprovalRequested) problem() string {
	switch {
	case d.Instance.ID == "":
		return "instance.id is missing"
	case !d.Severity.Valid():
		return fmt.Sprintf("severity is %q, expected critical, security or any", d.Severity)
	case d.AnswerWithinSeconds <= 0:
		return fmt.Sprintf("answer_within_seconds is %d, expected more than 0", d.AnswerWithinSeconds)
	}
	return ""
}

func (d ApprovalReminded) problem() string {
	switch {
	case d.Attempt < 1:
		return fmt.Sprintf("attempt is %d, expected 1 or more", d.Attempt)
	case d.AnswerWithinSeconds <= 0:
		return fmt.Sprintf("answer_within_seconds is %d, expected more than 0", d.AnswerWithinSeconds)
	}
	return ""
}

func (ApprovalExpired) problem() string { return "" }
func (NodeChecked) problem() string     { return "" }
func (TurnRequested) problem() string   { return "" }
func (FreezeWaiting) problem() string   { return "" }

func (d PatchNotStarted) problem() string { return missing("reason", string(d.Reason)) }

func (d ScheduleWaiting) problem() string {
	if d.Until.IsZero() {
		return "until is missing"
	}
	return ""
}

func (d BackupStarted) problem() string {
	if len(d.SnapshotIDs) == 0 {
		return "snapshot_ids is empty"
	}
	return ""
}

func (d BackupFinished) problem() string { return missing("result", d.Result) }
func (d PatchStarted) problem() string   { return missing("command_id", d.CommandID) }
func (d PatchFinished) problem() string  { return missing("status", d.Status) }
func (d ScanStarted) problem() string    { return missing("command_id", d.CommandID) }

func (d RollBackStarted) problem() string  { return missing("task_id", d.TaskID) }
func (d RollBackFinished) problem() string { return missing("result", d.Result) }

func (d ComplianceChecked) problem() string {
	switch d.Outcome {
	case Compliant, StillNonCompliant, Rehearsed:
		return ""
	}
	return fmt.Sprintf("outcome is %q, expected %s, %s or %s", d.Outcome, Compliant, StillNonCompliant, Rehearsed)
}

func (d WorkflowFailed) problem() string { return missing("error", d.Error) }

func missing(member, value string) string {
	if value == "" {
		return member + " is missing"
	}
	return ""
}
