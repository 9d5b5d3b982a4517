package slackchat

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// What a person is told whose click or command came to nothing, or not yet.
const (
	answerUnknownAction = "I do not know this button. The message may come from another version of me; nothing was changed."
	answerNotRecorded   = "I could not confirm that this is recorded. Please look at the message in a minute, and click again if its buttons are still there."
	answerNotChecked    = "I could not check with Slack whether you may decide this, so nothing has changed. Please try again in a minute."
	answerForeign       = "This was not done in the workspace where I am installed, so it decides nothing."
	answerNotShownYet   = "I am about to post this question anew, so nothing has changed. Please decide there in a minute; `/patch status` has a link."
	answerCopy          = "This is a copy of the question, so its buttons decide nothing. `/patch status` has a link to the one that counts."
	answerNotDelivered  = "I could not reach AWS just now. Your decision is recorded and will be delivered."
	answerCommandFailed = "I could not look that up just now. Nothing has changed; please try again in a minute."
)

func answerUnknownRequest(id string) string {
	return "I do not know the request " + codeOf(id, 40) + ". It may have been deleted long after it ended. `/patch status` lists the open ones."
}

// refusal tells a person why nothing was decided.
func refusal(r bot.Request, why bot.Refusal) string {
	switch why {
	case bot.RefusedNotApprover:
		return onlyApprovers(r) + "."
	case bot.RefusedOutsider:
		return onlyApprovers(r) + ". Guests, and people of other organisations, decide only when they are named."
	case bot.RefusedAbandoned:
		return fmt.Sprintf("Nobody can decide this any more: %s left Slack. Ask your platform team to name other approvers%s; `patchbot doctor` lists whom to replace.",
			mentions(r.Approvers), ofOwner(r))
	case bot.RefusedUnknowable:
		return fmt.Sprintf("Slack does not tell me who is among %s, so I cannot tell whether you may decide this: the group was deleted, "+
			"the plan has no user groups, or I am not in the channel. Whoever is named can decide. Ask your platform team to run `patchbot doctor`.", mentions(r.Approvers))
	case bot.RefusedNotChecked:
		return answerNotChecked
	case bot.RefusedDecided:
		return tooLate(r)
	case bot.RefusedExpired:
		return strings.TrimSpace(fmt.Sprintf("This request expired at %s. %s %s", day(r.AnswerBy), askedAgain(r), asksAgain(r)))
	case bot.RefusedEnded:
		return strings.TrimSpace("There is nothing to decide any more. " + standing(r) + " " + asksAgain(r))
	case bot.RefusedTooSoon, bot.RefusedTooFar, bot.RefusedNoSchedules:
		return unschedulable(r, why)
	case bot.RefusedNotHeld:
		return notHeld(r)
	case bot.RefusedApproved:
		return approvedAlready(r)
	case bot.RefusedAlone:
		return notAlone(r)
	case bot.RefusedRehearsal, bot.RefusedNothingInstalled:
		return "There is nothing to roll back. " + installed(r)
	case bot.RefusedStillOpen:
		return "It can be rolled back when it has ended. " + standing(r)
	case bot.RefusedRollingBack, bot.RefusedRolledBack:
		return tooLateToRollBack(r)
	case bot.RefusedNoSnapshot:
		return "I know no snapshot of its root volume from before the install, so I cannot roll it back."
	case bot.RefusedSnapshotGone:
		return "Its snapshots from before the install were deleted, as their time was over and the instance was patched well, so I cannot roll it back."
	case bot.RefusedNoRootVolume:
		return "It has no root volume that could be replaced, since a roll back failed so. Make a volume of the snapshot " + codeOf(r.RootSnapshot(), 80) + " in EC2 and attach it by hand."
	case bot.RefusedOtherOpen: // this one is the other
		return otherOpen(r)
	case bot.RefusedInstalledLater: // as is this one
		return installedLater(r)
	case bot.RefusedNoFreeze:
		return "No freeze is known to keep this from being patched, so it needs no emergency. " + standing(r)
	case bot.RefusedNoReason:
		return "An emergency needs a reason, so nothing has changed."
	case bot.RefusedEmergencyAlone:
		return emergencyAlone(r)
	case bot.RefusedEmergencyAsked:
		return "Somebody was faster, so your words are not kept. Please read theirs. " + howToAgree(r) + "\n" + emergencyText(r)
	case bot.RefusedEmergencyGone:
		return "What you agreed to is not asked for any more, so nothing has changed. " + standing(r)
	case bot.RefusedAlreadyOpen:
		return "The instance has an open request already. " + standing(r)
	case bot.RefusedTriedAgain:
		return strings.TrimSpace("Too late. " + triedAgain(r))
	case bot.RefusedOwnScan, bot.RefusedAskedBefore:
		return "This was asked before. " + standing(r)
	}
	return "Nothing was changed. " + standing(r)
}

// tooLate tells somebody who came second who was first, and how it stands now.
func tooLate(r bot.Request) string {
	if r.Decision == nil {
		return strings.TrimSpace("Too late. " + standing(r) + " " + asksAgain(r))
	}
	return strings.TrimSpace(fmt.Sprintf("Too late: %s %s this at %s. %s %s",
		people(*r.Decision), wording.DecidedAs(*r.Decision), day(r.Decision.At), standing(r), asksAgain(r)))
}

func ofOwner(r bot.Request) string {
	if r.Owner == "" || r.Approvers.Default {
		return ""
	}
	return " of " + escaped(r.Owner, 80)
}

// onlyApprovers says who may decide, and why they.
func onlyApprovers(r bot.Request) string {
	a := r.Approvers
	switch who := mentions(a); {
	case who == "":
		return "Nobody can decide this: no approver is known. Ask your platform team to run `patchbot doctor`"
	case a.Default && r.Owner != "":
		return fmt.Sprintf("I know no approvers of %s, so only %s can decide this", codeOf(r.Owner, 80), who)
	case a.Default:
		return fmt.Sprintf("The instance names no owner, so only %s can decide this", who)
	case !a.Named():
		return fmt.Sprintf("Only %s can decide this", who)
	}
	return fmt.Sprintf("Only approvers of %s can decide this: %s", escaped(r.Owner, 80), mentions(a))
}
