package bot

// Refusal is why something was not done: what only the acting person is told, or the new
// execution, and what the audit keeps. It is empty when nothing was refused.
type Refusal string

// Every refusal; see Refusals.
const (
	RefusedNotApprover Refusal = "not_approver"    // this person may not decide
	RefusedOutsider    Refusal = "outsider"        // a guest, or somebody of another organisation, who is not named
	RefusedAbandoned   Refusal = "abandoned"       // this person may not decide, and of those who may nobody is there any more
	RefusedUnknowable  Refusal = "unknowable"      // whether this person may decide cannot be found out until somebody mends something
	RefusedNotChecked  Refusal = "not_checked"     // whether this person may decide could not be found out
	RefusedDecided     Refusal = "already_decided" // somebody was first; see Request.Decision
	RefusedExpired     Refusal = "expired"         // the time to decide is over
	RefusedEnded       Refusal = "ended"           // the request waits for nobody
	RefusedTooSoon     Refusal = "too_soon"        // the scheduled time has passed, or is nearer than ScheduleAhead
	RefusedTooFar      Refusal = "too_far"         // the scheduled time is later than Request.LatestSchedule
	RefusedNoSchedules Refusal = "no_schedules"    // the execution cannot wait for a time
	RefusedNotHeld     Refusal = "not_held"        // the rest is not held, or not any more; see Turn.WentOn and Turn.Stop
	RefusedApproved    Refusal = "approved_before" // this person has approved already, and others must, too
	RefusedAlone       Refusal = "alone"           // several agreed on a time, which one person does not bring forward
	// Why something is not rolled back; see Request.NoWayBack.
	RefusedRehearsal        Refusal = "rehearsal"         // nothing was installed, for it was a rehearsal
	RefusedNothingInstalled Refusal = "nothing_installed" // nothing was installed, and that is certain
	RefusedStillOpen        Refusal = "still_open"        // it is asked about, or worked on
	RefusedRollingBack      Refusal = "rolling_back"      // somebody was first; see Request.RollBack
	RefusedRolledBack       Refusal = "rolled_back"       // it was; see Request.RollBack
	RefusedNoSnapshot       Refusal = "no_root_snapshot"  // no snapshot is known of the root volume
	RefusedSnapshotGone     Refusal = "snapshot_gone"     // the snapshots were deleted, or are being deleted
	RefusedNoRootVolume     Refusal = "no_root_volume"    // a roll back has left the instance without a root volume
	RefusedOtherOpen        Refusal = "other_open"        // another request of the instance is open
	RefusedInstalledLater   Refusal = "installed_later"   // a later request has installed more, which would be lost, too

	RefusedNoFreeze       Refusal = "no_freeze"       // no freeze keeps it, so that nobody needs an emergency
	RefusedNoReason       Refusal = "no_reason"       // an emergency says why
	RefusedEmergencyAlone Refusal = "emergency_alone" // this person has asked for the emergency, or agreed, and somebody else must, too
	RefusedEmergencyAsked Refusal = "emergency_asked" // somebody has asked for the emergency before; see Request.Emergency
	RefusedEmergencyGone  Refusal = "emergency_gone"  // what somebody agrees to is not asked for any more
	RefusedAlreadyOpen    Refusal = "already_open"    // another execution is asking about the instance
	RefusedTriedAgain     Refusal = "tried_again"     // somebody has tried it again; see Request.TriedAgain
	RefusedOwnScan        Refusal = "own_scan"        // what started the execution is the last request's own scan
	RefusedAskedBefore    Refusal = "asked_before"    // the owner was asked about the same patches, and is left in peace
)

// Refusals lists every refusal.
func Refusals() []Refusal {
	return []Refusal{RefusedNotApprover, RefusedOutsider, RefusedAbandoned, RefusedUnknowable, RefusedNotChecked, RefusedDecided, RefusedExpired, RefusedEnded,
		RefusedTooSoon, RefusedTooFar, RefusedNoSchedules, RefusedNotHeld, RefusedApproved, RefusedAlone, RefusedNoFreeze, RefusedNoReason, RefusedEmergencyAlone, RefusedEmergencyAsked, RefusedEmergencyGone,
		RefusedRehearsal, RefusedNothingInstalled, RefusedStillOpen, RefusedRollingBack, RefusedRolledBack, RefusedNoSnapshot, RefusedSnapshotGone, RefusedNoRootVolume, RefusedOtherOpen, RefusedInstalledLater,
		RefusedAlreadyOpen, RefusedTriedAgain, RefusedOwnScan, RefusedAskedBefore}
}
