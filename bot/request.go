package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Request is everything known of one approval.
type Request struct {
	ID           string // see RequestID
	Version      int64  // set by the store; 0 before the first save
	ExecutionARN string
	Status       Status
	CreatedAt    time.Time // when the machine asked
	EndedAt      time.Time // zero while open

	Instance   Instance
	Severity   workflow.Severity
	Patches    []workflow.Patch // at most 50, the worst first
	Before     workflow.Counts
	Owner      string    // the tag "owner", e.g. "payments"; may be empty
	Group      string    `json:",omitzero"` // of those that are not patched all at once; see groupOf
	Approvers  Approvers // who may decide, as of the last look at the directory
	Notify     Notified  `json:",omitzero"` // whom the chat notifies, as of when it was asked
	TurnLimit  TurnLimit `json:",omitzero"` // how many of the group are patched at once, as of that look
	WithBackup bool      // whether an approval takes snapshots first
	NoBackup   NoBackup  `json:",omitzero"` // why it does not
	BackupDays int       `json:",omitzero"` // how many days they are kept; 0: DefaultBackupDays
	Rehearsal  bool      // whether a scan stands in for the install

	Place      Place              `json:"Message"`    // where the request stands in the chat
	Digest     string             `json:",omitempty"` // the id of the digest that it stands in with others; empty: its message is its own
	Moved      *Moved             `json:",omitempty"` // why it does not stand where it was to be asked
	AnswerBy   time.Time          // when the machine stops waiting for a decision
	Decision   *workflow.Decision // the one that counts
	Freeze     *Freeze            `json:",omitempty"` // in which it was asked about, or waits; nil: none is known
	Emergency  *Emergency         `json:",omitempty"` // that somebody asked for, and not enough have agreed to; nil: none
	NotStarted *NotStarted        `json:",omitempty"` // why nothing was begun
	// ApprovalsRequired is how many different people must approve, as of the last look at the directory; 0 is
	// as 1, and stored by earlier versions.
	ApprovalsRequired int          `json:",omitzero"`
	ApprovalsTag      ApprovalsTag `json:",omitzero"` // what its tag says of that
	// Approvals are given, and not enough yet: a decision takes them; see workflow.Decision. One counts if its
	// giver was an approver then.
	Approvals []workflow.Approval `json:",omitempty"`
	// ScheduleWithin is how far away a scheduled time may be; 0: it cannot be scheduled.
	ScheduleWithin time.Duration `json:",omitzero"`
	// Changed is the schedule, or the approval that waited for a freeze to end, in whose place the decision was made; nil: it is the first one.
	Changed *workflow.Decision `json:",omitempty"`
	// Overruled is what a person decided here, when the execution took another decision.
	Overruled *workflow.Decision

	Reminded   Reminder   `json:",omitzero"` // the newest time that the machine asked again
	Escalation Escalation `json:",omitzero"` // who hears of it when nobody answers, as of the last look at the directory
	// AfterNoAnswer is what comes after it has expired, as of when it was opened.
	AfterNoAnswer AfterNoAnswer `json:",omitempty"`

	ApprovalToken workflow.Token `json:"Prompt"` // answers the approval, or changes a schedule; replaced by every retry and reminder
	Delivered     bool           // Step Functions has taken the decision
	Wait          *Wait          // what the machine waits for while it works
	Turn          *Turn          `json:",omitempty"` // its turn in the group, once the machine has asked for one
	Latest        Step           // the newest notification that was applied
	EndTold       bool           // an event said that the execution ended; a look has yet to see it
	Over          bool           // the execution has ended, as AWS says
	NextLife      string         // the request of the execution's next life; see RequestID

	Backup  Backup
	Hooks   Hooks `json:",omitzero"` // what comes before and after the install, beside the backup
	Install Install
	Began   Began            // whether the install began, as the execution's history says
	After   *workflow.Counts // what the scan after the install counted
	// Node is how the instance stood after the install; nil: it was not looked at.
	Node *NodeCheck `json:",omitempty"`
	// Remaining are the patches that the scan after the install named as missing, failed or waiting for a
	// reboot, at most 50, the worst first; After counts them all.
	Remaining []workflow.Patch `json:",omitempty"`
	// TriedAgain is who started it again after its end; nil: nobody.
	TriedAgain *TriedAgain `json:",omitempty"`
	Failure    *Failure    // why the machine could not go on, the last time that it could not

	RollBack *RollBack `json:",omitempty"` // the way back, once somebody has asked for it; the newest one
	// EarlierRollBack is what the question says of an earlier request of the instance.
	EarlierRollBack *EarlierRollBack `json:",omitempty"`

	// AskAgainAfter is how long an owner who did not have this installed is left in peace
	// while nothing else is missing.
	AskAgainAfter time.Duration

	Outbox
	Emailed bool // the owner is told by mail; see Mail.Why
	Mail    Mail `json:",omitzero"`
}

// Instance is the managed node that a request is about.
type Instance struct {
	ID       string // "i-…" or "mi-…"
	Name     string // the tag "Name", or the id
	Platform string // e.g. "Amazon Linux 2023"; may be empty
	Region   string
	Account  string
	Volumes  int
	// VolumeGiB is the size of all of them; 0: not known.
	VolumeGiB int `json:",omitzero"`
	// RootVolumeID is the volume that it boots from, as of when it was asked about, e.g. "vol-0f1"; "" where that
	// is not known.
	RootVolumeID string `json:",omitzero"`
}

// Moved says why a request stands in the default channel.
type Moved struct {
	From string // the channel that did not take it, e.g. "C0123456789"
	Code string // why, in the chat's own word, e.g. "is_archived"; may be empty
}

// Wait is a pause of the machine that ends when its subject does.
type Wait struct {
	Subject     workflow.Subject
	CommandID   string   // for an install or a scan
	SnapshotIDs []string // for a backup
	TaskID      string   `json:",omitzero"` // for a root volume that is replaced
	Token       workflow.Token
	Since       time.Time
}

// Step is the place of a notification in its execution.
type Step struct {
	Kind  string // e.g. "patch_started"
	ID    string // the notification's id without its retry count
	Retry int
	At    time.Time      // when the machine entered it
	Token workflow.Token // of a step that waits; another one for the same try means that it was redriven
}

// Failure is why the machine could not go on.
type Failure struct {
	State string // e.g. "Patch Instance"; empty when only EventBridge told
	Error string
	Cause string
}

// RequestID names the request of an execution, e.g. "r-5xq3zk7m2ptqa6dh". It is derived
// from the ARN, so that a doubled delivery finds what the first one made. One ARN can live
// again, redriven or its name used anew: a later life's request is named after the step that
// asked in it, and Request.NextLife leads there.
func RequestID(executionARN string) string {
	sum := sha256.Sum256([]byte(executionARN))
	return "r-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// finish ends a request.
func (r *Request) finish(s Status, now time.Time) {
	*r = r.stopWaiting()
	r.Status, r.EndedAt = s, now
}

// stopWaiting forgets what the machine waited for, and the looks for it.
func (r Request) stopWaiting() Request {
	r.Wait = nil
	r.withoutKind(EffectLook)
	r.withoutKind(EffectLookFreeze)
	return r
}
