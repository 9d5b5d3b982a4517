package slackchat

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// threadLine puts one line of a request's thread to words.
func threadLine(r bot.Request, l bot.Line) string {
	if l.Stored != "" {
		return l.Stored
	}
	line := lineOf(r, l.Kind)
	if r.Rehearsal {
		line = wording.RehearsalMark + line
	}
	return line
}

func lineOf(r bot.Request, kind bot.LineKind) string { //nolint:funlen // a case for each kind, which the linter holds complete
	switch kind {
	case bot.LineDecided:
		return decidedLine(r)
	case bot.LineApproved:
		return approvedAbout(r, "")
	case bot.LineChanged:
		return changedAbout(r, "")
	case bot.LineOverruled:
		return overruledLine(r)
	case bot.LineReminded:
		return remindedLine(r)
	case bot.LineEscalated:
		return escalatedLine(r)
	case bot.LineFrozen:
		return frozenLine(r)
	case bot.LineEmergency:
		return emergencyLine(r)
	case bot.LineNotStarted:
		return notStartedLine(r)
	case bot.LineExpired:
		return expiredLine(r)
	case bot.LineBackedUp:
		return backedUpLine(r)
	case bot.LineOutOfService:
		return "In Standby" + inGroup(r) + ", out of service."
	case bot.LineBefore:
		return hookLine(r.Hooks.Before, "before")
	case bot.LineAfter:
		return hookLine(r.Hooks.After, "after")
	case bot.LineInService:
		return "Back in service" + inGroup(r) + "."
	case bot.LineInstalling:
		return installingLine(r)
	case bot.LineInstallEnded:
		return installEndedLine(r)
	case bot.LineScanned:
		return scannedLine(r)
	case bot.LineHeld:
		return heldLine(r)
	case bot.LineWentOn:
		return wentOnLine(r)
	case bot.LineRestStopped:
		return restStoppedLine(r)
	case bot.LineFailed:
		return failedLine(r)
	case bot.LineTriedAgain:
		return cmp.Or(triedAgain(r), "It is tried again.")
	case bot.LineNodeBack:
		return escapes.Replace(wording.NodeBack(r))
	case bot.LineStopped:
		return stoppedLine(r)
	case bot.LineEndUnheard:
		return whileStopped(r, "The execution ended, but how was not heard.", installed(r)+kept(r))
	case bot.LineResumed:
		return "The execution was started again and goes on."
	case bot.LineAskedAnew:
		return "The execution was started again and asks anew, in a message of its own."
	case bot.LineRollBackAsked:
		return rollBackAskedLine(r)
	case bot.LineReplacing:
		return replacingLine(r)
	case bot.LineReplaced:
		return replacedLine(r)
	case bot.LineRolledBack:
		return rolledBackLine(r)
	case bot.LineRollBackFailed:
		return rollBackFailedLine(r)
	}
	return "Something happened that only another version of me can tell. " + standing(r)
}

// decidedLine tells what was decided here, whatever the execution took.
func decidedLine(r bot.Request) string { return decidedAbout(r, "") }

// decidedAbout is decidedLine with what was decided about, where the reader does not know it.
func decidedAbout(r bot.Request, what string) string {
	d := r.Overruled
	if d == nil {
		d = r.Decision
	}
	if d == nil {
		return "A decision was recorded" + what + "."
	}
	if r.Changed != nil { // it was the first decision that is told
		d = r.Changed
	}
	line := fmt.Sprintf("%s by %s%s.", wording.Capital(decidedAs(*d)), people(*d), what)
	if d.Verdict == workflow.Scheduled && wording.TimesDiffer(d.Approvals) {
		line += " The latest of their times counts."
	}
	if d.Reason != "" {
		line += " Reason: " + escaped(d.Reason, 500)
	}
	return line
}

// overruledLine tells that the execution took a decision which nobody took here.
func overruledLine(r bot.Request) string {
	if r.Decision == nil {
		return "The execution took a decision that was not made here in Slack."
	}
	switch {
	case r.Freeze != nil && r.Decision.Verdict == workflow.Approved && r.Overruled != nil && !r.Frozen():
		return fmt.Sprintf("The freeze was over before %s's answer reached the execution, so it goes on.", person(r.Overruled.By))
	case r.Decision.Verdict == workflow.Scheduled && r.Overruled != nil && r.Status != bot.StatusScheduled:
		return begunLine(r)
	}
	line := fmt.Sprintf("%s by %s, not here in Slack.", wording.Capital(decidedAs(*r.Decision)), people(*r.Decision))
	if r.Overruled != nil {
		line += fmt.Sprintf(" The execution took that before %s's answer reached it.", person(r.Overruled.By))
	}
	return line
}

func expiredLine(r bot.Request) string {
	switch {
	case r.Status != bot.StatusExpired && r.Overruled == nil: // somebody answered past us
		return "The time to decide was over."
	case r.Status != bot.StatusExpired:
		return "The decision came after the deadline."
	case r.Decision != nil:
		return "The decision came after the deadline. " + installed(r) + " " + askedAgain(r)
	}
	if few := wording.ApprovedTooFew(r, ""); few != "" {
		return few + ": " + people(workflow.Decision{Approvals: r.Approvals}) + ". " + installed(r) + " " + askedAgain(r)
	}
	return "Nobody decided in time. " + installed(r) + " " + askedAgain(r)
}

func backedUpLine(r bot.Request) string {
	ids := r.Backup.SnapshotIDs
	if len(ids) == 0 || r.Backup.FinishedAt.IsZero() { // others are being taken since
		return "The snapshots finished."
	}
	keptUntil := ""
	if !r.Backup.KeepUntil.IsZero() {
		keptUntil = ", kept until " + onDay(r.Backup.KeepUntil)
	}
	return fmt.Sprintf("Snapshot of %s finished (%s)%s.", wording.Count(len(ids), "volume", "volumes"), codes(ids), keptUntil)
}

func installingLine(r bot.Request) string {
	act := "Installing " + wording.Patches(r.Before.ToInstall()) + ", and what the patch baseline approved since"
	switch {
	case r.Rehearsal:
		act = "Scanning in place of the install"
	case r.Before.RebootOnly():
		act = "Finishing the installed patches with a reboot"
	}
	if r.Install.CommandID == "" {
		return act + "."
	}
	return fmt.Sprintf("%s (command %s).", act, codeOf(r.Install.CommandID, 80))
}

func installEndedLine(r bot.Request) string {
	command, after := "install", ""
	if r.Rehearsal {
		command = "scan"
	}
	if r.Install.FinishedAt.IsZero() { // another one runs since
		return fmt.Sprintf("The %s command ended.", command)
	}
	if !r.Install.StartedAt.IsZero() && r.Install.FinishedAt.After(r.Install.StartedAt) {
		after = " after " + wording.Span(r.Install.FinishedAt.Sub(r.Install.StartedAt))
	}
	if r.Install.Succeeded() {
		return fmt.Sprintf("The %s command ended well%s.", command, after)
	}
	return fmt.Sprintf("The %s command ended with %s%s. A scan tells what is installed.", command, installEnd(r.Install), after)
}

// scannedLine tells what the scan after the install counted.
func scannedLine(r bot.Request) string {
	if r.After == nil {
		return "Scanned again."
	}
	after := *r.After
	switch {
	case r.Status == bot.StatusRehearsed:
		return fmt.Sprintf("Scanned again: %s, since nothing was installed. The rehearsal is over. ✅", wording.Left(after))
	case r.Status == bot.StatusNonCompliant:
		return strings.TrimSpace(fmt.Sprintf("Scanned again: %s. ⚠️ %s", wording.Left(after), proofLine(r)))
	case r.Status != bot.StatusCompliant: // it goes on since, so what the scan came to is told elsewhere
		return fmt.Sprintf("Scanned again: %s.", wording.Left(after))
	case after.ToInstall() > 0:
		return fmt.Sprintf("Scanned again: no %spatch is missing, %d of lower severity are. ✅", wording.Severity(r.Severity), after.ToInstall())
	}
	if more := after.MoreThan(r.Before); more > 0 {
		return fmt.Sprintf("Scanned again: nothing missing. %d more than were asked about were installed, since the patch baseline approved them in the meantime. ✅", more)
	}
	return "Scanned again: nothing missing. ✅"
}

// failureReason says what failed, and in which step.
func failureReason(r bot.Request) string {
	w := wording.FailureOf(r)
	return strings.TrimSpace(escaped(w.Happened, 400) + " " + escaped(w.Details, 900))
}

// failureNext says what to do now.
func failureNext(r bot.Request) string { return wording.FailureOf(r).Next }

func failedLine(r bot.Request) string {
	line := "❌ " + failureReason(r)
	if r.Status != bot.StatusFailed { // it goes on since
		return line
	}
	return strings.TrimSpace(before(line+" "+installed(r), leftOut(r)) + " " + failureNext(r))
}

// stoppedLine tells that somebody stopped the execution.
func stoppedLine(r bot.Request) string {
	line := "The execution was stopped."
	if r.Decision != nil && !r.Delivered {
		line = "The execution was stopped before the decision reached it."
	}
	return whileStopped(r, line, installed(r)+kept(r)+" "+askedAgain(r))
}

// whileStopped adds what only holds unless the execution goes on since.
func whileStopped(r bot.Request, line, more string) string {
	if r.Status != bot.StatusStopped {
		return line
	}
	return line + " " + more
}
