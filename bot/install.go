package bot

import (
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Install is what is known of the install command.
type Install struct {
	CommandID    string
	StartedAt    time.Time
	FinishedAt   time.Time // zero while it runs
	Status       string    // e.g. "Failed", as ListCommandInvocations says
	Details      string    // e.g. "ExecutionTimedOut"
	ResponseCode int       // the exit code of the step that ran
	LastError    string    // the last line of its errors, e.g. "E: Could not get lock /var/lib/dpkg/lock"
	Output       string    `json:",omitempty"` // what it printed, errors last, at most keptOutput
	OutputCut    bool      `json:",omitzero"`  // whether it printed more
	LogGroup     string    `json:",omitempty"` // of CloudWatch, which has all that it printed
}

// How much is kept of an error's last line, and of what a command printed, in characters: the latter is
// all that Systems Manager tells.
const (
	keptError  = 300
	keptOutput = 2500
)

// ended adds how the command ended.
func (i Install) ended(at time.Time, d workflow.PatchFinished) Install {
	step, _ := d.Ran()
	i.FinishedAt, i.Status, i.Details = at, d.Status, d.StatusDetails
	i.ResponseCode, i.LastError = step.ResponseCode, Tidy(step.LastError(), keptError)
	i.Output, i.OutputCut = TidyLines(step.Output, keptOutput), step.IsCut()
	return i
}

// Succeeded reports whether the install command ended well.
func (i Install) Succeeded() bool { return i.Status == "Success" }

// Began says whether an install began. It only says "no" of an execution that has ended.
type Began string

// What an execution's history says of an install's beginning.
const (
	BeganUnknown Began = ""
	BeganYes     Began = "yes"
	BeganNo      Began = "no"
)

// Installed says what is known of the install. Nobody may be told that nothing was installed
// unless it is InstalledNothing.
type Installed string

// What can be known of an install.
const (
	InstalledNothing Installed = "nothing" // nothing was, and that is certain
	InstallBegan     Installed = "began"   // it had begun; how it ended is not known
	InstallEnded     Installed = "ended"   // it ended as Request.Install says
	InstalledUnknown Installed = "unknown" // whether it began is not known
)

// Installed says what is known of the install now.
func (r Request) Installed() Installed {
	switch {
	case r.Rehearsal:
		return InstalledNothing
	case !r.Install.FinishedAt.IsZero():
		return InstallEnded
	case r.Install.CommandID != "", r.Began == BeganYes:
		return InstallBegan
	case r.Began == BeganNo, r.Status == StatusExpired, r.Status == StatusNotStarted,
		r.Status == StatusRejected && r.Delivered,
		r.Status == StatusStopped && r.Turn != nil && r.Turn.StopTaken,
		r.Status == StatusFailed && r.Failure != nil && slices.Contains(beforeInstall, r.Failure.State):
		return InstalledNothing
	}
	return InstalledUnknown
}

// beforeInstall are the states of the machine that a failure can name and after which nothing
// was installed. Any other state may mean that an install has begun.
var beforeInstall = []string{"Find Tagged Hybrid Node", "Find Tagged Instance", "Read Missing Counts", "Scan for Whoever Asked", "List Missing Patches",
	"List Fewer Patches", "Describe Node", workflow.StatePrompt, workflow.StateRemind, "Report No Answer", workflow.StateSchedule, workflow.StateFreeze, workflow.StateTurn,
	"Look at the Hybrid Node Again", "Look at the Instance Again", "Look for Running Patch Commands", workflow.StateNotStarted, "Check Node Is Online", "Look for Snapshots of This Execution", "Back Up Instance",
	"Wait for the Backup", "Read Backup Result", "Report Backup", "Find Auto Scaling Group", "Enter Standby", "Report Standby", "Run Document Before", "Read Status Checks"}
