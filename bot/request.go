package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
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
	Approvers  Approvers // who may decide, as of the last look at the directory
	WithBackup bool      // whether an approval takes snapshots first
	Rehearsal  bool      // whether a scan stands in for the install

	Message  Message   // where the request stands in Slack
	AnswerBy time.Time // when the machine stops waiting for a decision
	Decision *workflow.Decision

	Prompt    workflow.Token // answers the approval; replaced by every retry
	Delivered bool           // Step Functions has taken the decision
	Wait      *Wait          // what the machine waits for while it works
	Latest    Step           // the newest notification that was applied
	EndTold   bool           // an event said that the execution ended; a look has yet to see it
	Over      bool           // the execution has ended, as AWS says
	NextLife  string         // the request of the execution's next life; see RequestID

	Backup  Backup
	Install Install
	Began   Began            // whether the install began, as the execution's history says
	After   *workflow.Counts // what the scan after the install counted
	Failure *Failure

	// AskAgainAfter is how long an owner who did not have this installed is left in peace
	// while nothing else is missing.
	AskAgainAfter time.Duration

	Outbox       []Effect  // what the world must still see of this request, in order
	NextSeq      int       // numbers the effects
	ClaimedUntil time.Time // until when one process performs the outbox alone
	SlackAfter   time.Time // Slack asked not to be called before
	Emailed      bool      // the owner was told by mail, Slack being out of reach
}

// Status is where a request stands.
type Status string

// A request is open from StatusAsked to StatusScanning; every other status is an end.
const (
	StatusAsked        Status = "asked"         // waits for a decision
	StatusApproved     Status = "approved"      // decided, nothing started yet
	StatusBackingUp    Status = "backing_up"    // snapshots are being taken
	StatusPatching     Status = "patching"      // the install command runs
	StatusScanning     Status = "scanning"      // the install has ended, the scan runs
	StatusRejected     Status = "rejected"      // a person said no
	StatusExpired      Status = "expired"       // nobody decided in time
	StatusCompliant    Status = "compliant"     // nothing is missing any more
	StatusRehearsed    Status = "rehearsed"     // a rehearsal went through; nothing was installed
	StatusNonCompliant Status = "non_compliant" // patches are still missing
	StatusFailed       Status = "failed"        // the machine could not go on
	StatusStopped      Status = "stopped"       // somebody stopped the execution
)

var openStatuses = []Status{StatusAsked, StatusApproved, StatusBackingUp, StatusPatching, StatusScanning}

// Open reports whether more is to come. One instance has at most one open request.
func (s Status) Open() bool { return slices.Contains(openStatuses, s) }

// Instance is the managed node that a request is about.
type Instance struct {
	ID       string // "i-…" or "mi-…"
	Name     string // the tag "Name", or the id
	Platform string // e.g. "Amazon Linux 2023"; may be empty
	Region   string
	Account  string
	Volumes  int
}

// Message is where a request's message stands; TS is empty before it is posted.
type Message struct {
	Channel string // e.g. "C0123456789", or a name before the first post
	TS      string // e.g. "1503435956.000247"
}

// Wait is a pause of the machine that ends when its subject does.
type Wait struct {
	Subject     workflow.Subject
	CommandID   string   // for an install or a scan
	SnapshotIDs []string // for a backup
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

// Backup is what is known of the snapshots taken before the install.
type Backup struct {
	SnapshotIDs []string
	FinishedAt  time.Time // zero while they are pending
}

// Install is what is known of the install command.
type Install struct {
	CommandID    string
	StartedAt    time.Time
	FinishedAt   time.Time // zero while it runs
	Status       string    // e.g. "Failed", as ListCommandInvocations says
	Details      string    // e.g. "ExecutionTimedOut"
	ResponseCode int       // the exit code of the step that ran
	LastError    string    // the last line of its errors, e.g. "E: Could not get lock /var/lib/dpkg/lock"
}

// ended adds how the command ended.
func (i Install) ended(at time.Time, d workflow.PatchFinished) Install {
	step, _ := d.Ran()
	i.FinishedAt, i.Status, i.Details = at, d.Status, d.StatusDetails
	i.ResponseCode, i.LastError = step.ResponseCode, cut(step.LastError(), 300)
	return i
}

// Began says whether an install began. It only says "no" of an execution that has ended.
type Began string

// What can be known of an install's beginning.
const (
	BeganUnknown Began = ""
	BeganYes     Began = "yes"
	BeganNo      Began = "no"
)

// Succeeded reports whether the install command ended well.
func (i Install) Succeeded() bool { return i.Status == "Success" }

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
	r.Outbox = slices.DeleteFunc(slices.Clone(r.Outbox), func(e Effect) bool { return e.Kind == EffectLook })
	return r
}
