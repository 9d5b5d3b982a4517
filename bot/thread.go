package bot

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/workflow"
)

// decisionLine is the thread's line for a decision.
func decisionLine(d workflow.Decision) string {
	line := fmt.Sprintf("%s by %s.", capital(verb(d.Verdict)), person(d.By))
	if d.Reason != "" {
		line += " Reason: " + esc(d.Reason, 500)
	}
	return line
}

// threadLine is the thread's line for a step of the machine, "" for steps that need none.
// The request is the one after the step.
func threadLine(r Request, d workflow.Detail) string {
	switch d := d.(type) {
	case workflow.ApprovalExpired:
		if r.Decision != nil {
			return "The decision came after the deadline. Nothing was installed. " + askedAgain(r)
		}
		return "Nobody decided in time. Nothing was installed. " + askedAgain(r)
	case workflow.BackupFinished:
		if len(r.Backup.SnapshotIDs) == 0 {
			return "The snapshots finished."
		}
		return fmt.Sprintf("Snapshot of %s finished (%s).", count(len(r.Backup.SnapshotIDs), "volume", "volumes"), codes(r.Backup.SnapshotIDs))
	case workflow.PatchStarted:
		return fmt.Sprintf("%s (command `%s`).", installing(r), esc(d.CommandID, 80))
	case workflow.PatchFinished:
		after := ""
		if !r.Install.StartedAt.IsZero() {
			after = " after " + span(r.Install.FinishedAt.Sub(r.Install.StartedAt))
		}
		if r.Install.Succeeded() {
			return fmt.Sprintf("The %s command ended well%s.", command(r), after)
		}
		return fmt.Sprintf("The %s command ended with %s%s. A scan tells what is installed.", command(r), installEnd(r.Install), after)
	case workflow.ComplianceChecked:
		return scannedLine(r, d.After)
	case workflow.WorkflowFailed:
		return failureLine(r)
	}
	return ""
}

// scannedLine tells what the scan after the install counted.
func scannedLine(r Request, after workflow.Counts) string {
	switch {
	case r.Status == StatusRehearsed:
		return fmt.Sprintf("Scanned again: %s, since nothing was installed. The rehearsal is over. ✅", left(after))
	case r.Status == StatusNonCompliant:
		return fmt.Sprintf("Scanned again: %s. ⚠️", left(after))
	case after.ToInstall() > 0:
		return fmt.Sprintf("Scanned again: no %spatch is missing, %d of lower severity are. ✅", severityWord(r.Severity), after.ToInstall())
	}
	return "Scanned again: nothing missing. ✅"
}

func installing(r Request) string {
	switch {
	case r.Rehearsal:
		return "Scanning in place of the install"
	case r.Before.RebootOnly():
		return "Finishing the installed patches with a reboot"
	}
	return "Installing " + patches(r.Before.ToInstall())
}

// command names what is sent to the node.
func command(r Request) string {
	if r.Rehearsal {
		return "scan"
	}
	return "install"
}

// resumedLine tells of an execution that was redriven.
const resumedLine = "The execution was started again and goes on."

// nextLifeLine tells of an execution that was redriven and asks anew.
const nextLifeLine = "The execution was started again and asks anew, in a message of its own."

// overruledLine tells that the execution took a decision which nobody took here.
func overruledLine(taken workflow.Decision, ours *workflow.Decision) string {
	line := fmt.Sprintf("%s by %s, not here in Slack.", capital(verb(taken.Verdict)), person(taken.By))
	if ours != nil {
		line += fmt.Sprintf(" The execution took that before %s's answer reached it.", person(ours.By))
	}
	return line
}

// failureLine says what failed, and what was and was not done.
func failureLine(r Request) string {
	return fmt.Sprintf("❌ %s %s", failureReason(r), untouched(r))
}

// failureReason says which step failed and why.
func failureReason(r Request) string {
	at := "The workflow"
	if r.Failure.State != "" {
		at = fmt.Sprintf("The step “%s”", esc(r.Failure.State, 80))
	}
	return strings.TrimSpace(fmt.Sprintf("%s failed with %s. %s", at, esc(r.Failure.Error, 120), esc(r.Failure.Cause, 600)))
}

// brokenLine is the thread's line for an execution that ended without telling.
func brokenLine(r Request) string {
	switch {
	case r.Status == StatusFailed:
		return failureLine(r)
	case r.Decision != nil && !r.Delivered:
		return "The execution was stopped before the decision reached it. " + untouched(r) + " " + askedAgain(r)
	}
	return "The execution was stopped. " + untouched(r) + " " + askedAgain(r)
}

// unheardLine is the thread's line for an execution whose end was never told.
func unheardLine(r Request) string {
	return "The execution ended, but how was not heard. " + untouched(r)
}

func codes(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = "`" + esc(id, 80) + "`"
	}
	return strings.Join(quoted, ", ")
}
