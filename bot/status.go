package bot

import "slices"

// Status is where a request stands.
type Status string

// The statuses; see Statuses.
const (
	StatusAsked        Status = "asked"         // waits for a decision
	StatusScheduled    Status = "scheduled"     // approved for a later time, which is waited for
	StatusApproved     Status = "approved"      // decided, nothing started yet
	StatusFrozen       Status = "frozen"        // approved, waits for a freeze to end
	StatusQueued       Status = "queued"        // approved, waits for its turn in the group
	StatusBackingUp    Status = "backing_up"    // snapshots are being taken
	StatusPatching     Status = "patching"      // the install command runs
	StatusScanning     Status = "scanning"      // the install has ended, the scan runs
	StatusRejected     Status = "rejected"      // a person said no
	StatusExpired      Status = "expired"       // nobody decided in time
	StatusNotStarted   Status = "not_started"   // approved, but not begun; see Request.NotStarted
	StatusCompliant    Status = "compliant"     // nothing is missing any more
	StatusRehearsed    Status = "rehearsed"     // a rehearsal went through; nothing was installed
	StatusNonCompliant Status = "non_compliant" // patches are still missing
	StatusFailed       Status = "failed"        // the machine could not go on
	StatusStopped      Status = "stopped"       // somebody stopped the execution

	StatusRollingBack    Status = "rolling_back"     // ended before; its root volume is being replaced by the snapshot
	StatusRolledBack     Status = "rolled_back"      // it is as it was before the install
	StatusRollBackFailed Status = "roll_back_failed" // how far that came says Request.RollBack
)

// phase says what a status means for what comes after.
type phase int

const (
	isOpen   phase = iota // more is to come
	isUndone              // it has ended, and the owner has not had it installed
	isOver                // it has ended: it is done, was not begun, or was stopped by somebody other than the owner
)

// statuses lists every status, in the order in which a request comes through them.
var statuses = []struct {
	status Status
	phase  phase
}{
	{StatusAsked, isOpen},
	{StatusScheduled, isOpen},
	{StatusApproved, isOpen},
	{StatusFrozen, isOpen},
	{StatusQueued, isOpen},
	{StatusBackingUp, isOpen},
	{StatusPatching, isOpen},
	{StatusScanning, isOpen},
	{StatusRollingBack, isOpen},
	{StatusRejected, isUndone},
	{StatusExpired, isUndone},
	{StatusNonCompliant, isUndone},
	{StatusFailed, isUndone},
	{StatusRolledBack, isUndone},
	{StatusRollBackFailed, isUndone},
	{StatusNotStarted, isOver},
	{StatusCompliant, isOver},
	{StatusRehearsed, isOver},
	{StatusStopped, isOver},
}

// Statuses lists every status, the open ones first.
func Statuses() []Status {
	var all []Status
	for _, s := range statuses {
		all = append(all, s.status)
	}
	return all
}

// OpenStatuses lists the statuses of which Open is true.
func OpenStatuses() []Status {
	return slices.DeleteFunc(Statuses(), func(s Status) bool { return !s.Open() })
}

// Open reports whether more is to come. One instance has at most one open request.
func (s Status) Open() bool { return s.phase() == isOpen }

// leftInPeace reports whether an owner whose request ended so is left in peace for a while.
func (s Status) leftInPeace() bool { return s.phase() == isUndone }

// well reports whether it ended as everybody wants.
func (s Status) well() bool { return s == StatusCompliant || s == StatusRehearsed }

func (s Status) phase() phase {
	for _, known := range statuses {
		if known.status == s {
			return known.phase
		}
	}
	return isOver
}
