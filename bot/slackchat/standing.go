package slackchat

import (
	"fmt"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// standing says in one sentence how a request stands.
func standing(r bot.Request) string {
	switch r.Status {
	case bot.StatusAsked:
		if given := wording.ApprovalsGiven(r); given != "" {
			return before(fmt.Sprintf("It has %s, and waits for more until %s.", given, day(r.AnswerBy)), askedStanding(r))
		}
		return before(fmt.Sprintf("It waits for a decision until %s.", day(r.AnswerBy)), askedStanding(r))
	case bot.StatusScheduled:
		return scheduledStanding(r)
	case bot.StatusApproved:
		if r.AwaitsFreeze() {
			return "It is approved. " + wording.Freeze(r, day, quoted) + " It is patched when that ends."
		}
		return "It is about to start."
	case bot.StatusFrozen:
		return frozenStanding(r)
	case bot.StatusNotStarted:
		return "It was not begun. " + notStarted(r)
	case bot.StatusQueued:
		return queuedStanding(r)
	case bot.StatusBackingUp:
		return "Snapshots are being taken now."
	case bot.StatusPatching:
		return "It is being patched now."
	case bot.StatusScanning:
		return "It is being scanned again now."
	case bot.StatusRejected:
		return rejected(r)
	case bot.StatusExpired:
		return expiredLine(r)
	case bot.StatusCompliant:
		return "It is up to date."
	case bot.StatusRehearsed:
		return "The rehearsal is over. Nothing was installed."
	case bot.StatusNonCompliant:
		if r.After == nil {
			return "Patches are still missing."
		}
		return wording.Capital(wording.Left(*r.After)) + "."
	case bot.StatusStopped:
		return stoppedStanding(r)
	case bot.StatusFailed:
		return "It failed. " + installed(r)
	case bot.StatusRollingBack, bot.StatusRolledBack, bot.StatusRollBackFailed:
		return escapes.Replace(wording.RollBackStanding(r))
	}
	return fmt.Sprintf("It is in a state of another version of me: %s.", escaped(string(r.Status), 40))
}

// rejected says what a rejection left, which is only certain once the execution took it.
func rejected(r bot.Request) string {
	if r.Installed() == bot.InstalledUnknown {
		return "The rejection is recorded and is being delivered."
	}
	return installed(r)
}

// installed says what is known of the install of a request that broke off.
func installed(r bot.Request) string {
	switch r.Installed() {
	case bot.InstalledNothing:
		return "Nothing was installed."
	case bot.InstallEnded:
		if r.Install.Succeeded() {
			return "The install command had ended well; no scan has confirmed it."
		}
		return fmt.Sprintf("The install command had ended with %s.", installEnd(r.Install))
	case bot.InstallBegan:
		if r.Install.CommandID == "" {
			return "The install had begun; how it ended is not known. Look at Run Command."
		}
		return fmt.Sprintf("The install had begun; how it ended is not known. Look at command %s.", codeOf(r.Install.CommandID, 80))
	case bot.InstalledUnknown:
	}
	return "Whether the install began is not known. Look at Run Command."
}

// installEnd names how an install command ended, e.g. "Failed (exit code 1)".
func installEnd(i bot.Install) string {
	end := escaped(i.Status, 40)
	if i.Details != "" && i.Details != i.Status {
		end += ": " + escaped(i.Details, 80)
	}
	switch {
	case i.ResponseCode != 0 && i.LastError != "":
		end += fmt.Sprintf(" (exit code %d: %s)", i.ResponseCode, escaped(i.LastError, 200))
	case i.ResponseCode != 0:
		end += fmt.Sprintf(" (exit code %d)", i.ResponseCode)
	}
	return end
}

// askedAgain says how a closed request comes back.
func askedAgain(r bot.Request) string {
	switch {
	case r.Rehearsal:
		return "A rehearsal asks only once."
	case r.AskAgainAfter <= 0, r.AsksAgainAtOnce(), r.Status == bot.StatusStopped && !restStopped(r):
		return "You are asked again the next time that this is found."
	case r.EndedAt.IsZero():
		return fmt.Sprintf("You are asked again when other patches are missing, or in %s.", wording.Span(r.AskAgainAfter))
	}
	return fmt.Sprintf("You are asked again when other patches are missing, or after %s.", day(r.EndedAt.Add(r.AskAgainAfter)))
}

// leftOut says that an instance did not come back into service; empty where it did.
func leftOut(r bot.Request) string { return escapes.Replace(wording.LeftOut(r)) }

// kept tells what is left of a patch that went wrong: an instance out of service, snapshots that may be needed, or were begun.
func kept(r bot.Request) string {
	left := ""
	if out := leftOut(r); out != "" {
		left = "\n" + out
	}
	switch ids := codes(r.Backup.SnapshotIDs); {
	case len(r.Backup.SnapshotIDs) == 0 || !r.Backup.DeletedAt.IsZero():
		return left
	case r.Backup.FinishedAt.IsZero():
		return left + fmt.Sprintf("\nSnapshots were begun, and may be incomplete: %s.", ids)
	default:
		return left + fmt.Sprintf("\nSnapshots from before the install exist: %s. They are kept until a later patch has gone well.", ids)
	}
}
