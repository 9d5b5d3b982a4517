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
	}
	// ApprovalExpired says that nobody answered in time.
	ApprovalExpired struct{}
	// BackupStarted waits for the snapshots to complete.
	BackupStarted struct {
		SnapshotIDs []string `json:"snapshot_ids"`
	}
	// BackupFinished says that all snapshots are complete.
	BackupFinished struct {
		Result string `json:"result"`
	}
	// PatchStarted waits for the install command to end.
	PatchStarted struct {
		CommandID string `json:"command_id"`
	}
	// PatchFinished tells how the install command ended, as ListCommandInvocations says.
	PatchFinished struct {
		Status        string        `json:"status"`         // e.g. "Success", "Failed"
		StatusDetails string        `json:"status_details"` // e.g. "ExecutionTimedOut"
		Steps         []CommandStep `json:"steps"`          // one a platform; none when the command never ran
		// ResponseCode is what executions say that began before there were steps.
		ResponseCode int `json:"response_code,omitempty"`
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

func (ApprovalExpired) problem() string { return "" }

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
