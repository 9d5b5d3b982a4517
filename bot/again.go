package bot

import (
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// ownScanTime is how long after a request's end an event may still come from that request's
// own scan.
const ownScanTime = 10 * time.Minute

// askAgain decides whether an owner is asked again about an instance whose last request has
// ended: it says why not, "" to ask. A person who starts an execution always asks; so does a
// rehearsal. Otherwise an owner who rejected, stopped the rest, did not answer (unless AfterNoAnswer
// says otherwise), or saw the install fail is asked again when something else is missing, or when askAgainAfter has passed.
func askAgain(last Request, asked workflow.ApprovalRequested, askAgainAfter time.Duration, now time.Time) Refusal {
	if asked.Started.By == workflow.StartedByPerson || asked.Rehearsal || last.Rehearsal || last.AnswerBy.IsZero() {
		return "" // the last of these failed before anybody was asked
	}
	if (last.After != nil || last.RollBack != nil) && asked.Started.At.Before(last.EndedAt.Add(ownScanTime)) {
		return RefusedOwnScan
	}
	if !last.leftInPeace() {
		return ""
	}
	if !now.Before(last.EndedAt.Add(askAgainAfter)) || addsTo(last, asked) {
		return ""
	}
	return RefusedAskedBefore
}

// leftInPeace reports whether the owner has not had it installed, and is left in peace for a
// while: so said the status, or an approver who stopped the rest.
func (r Request) leftInPeace() bool {
	return r.Status.leftInPeace() && !r.AsksAgainAtOnce() || r.Status == StatusStopped && r.Turn != nil && r.Turn.Stop != nil
}

// addsTo reports whether something is missing now that was not when the last request ended.
// Patches that went away are no reason to ask again, where every patch was named; where not,
// any other number is.
func addsTo(last Request, asked workflow.ApprovalRequested) bool {
	before, now := last.counted(), asked.Counts
	switch {
	case now.PendingReboot > before.PendingReboot || now.ToInstall() > before.ToInstall():
		return true
	case len(last.Patches) < last.Before.ToInstall():
		return now.ToInstall() != before.ToInstall()
	}
	return slices.ContainsFunc(kept(asked.Missing()), func(p workflow.Patch) bool {
		return !slices.ContainsFunc(last.Patches, func(known workflow.Patch) bool {
			return known.KBID == p.KBID && known.Title == p.Title
		})
	})
}
