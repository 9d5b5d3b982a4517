package slackchat

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// rollBackLine puts one line of a roll back to words.
func rollBackLine(r bot.Request, kind bot.LineKind) string {
	if r.RollBack == nil {
		return standing(r)
	}
	b := *r.RollBack
	switch kind {
	case bot.LineRollBackAsked:
		return fmt.Sprintf("%s has it rolled back to snapshot %s, from before the install. Reason: %s", person(b.By), codeOf(b.SnapshotID, 80), escaped(b.Reason, bot.ReasonLength))
	case bot.LineReplacing:
		return fmt.Sprintf("Replacing the root volume by the snapshot (task %s). The instance reboots.", codeOf(b.TaskID, 80))
	case bot.LineReplaced:
		return "The root volume was replaced, and the node is back. " + volumeKept(b)
	case bot.LineRolledBack:
		return fmt.Sprintf("Scanned again: %s. Rolled back, as %s wanted. ↩️ %s", wording.MissingAgain(b), person(b.By), dataVolumes(r))
	}
	line := "❌ " + rollBackReason(b)
	if r.Status != bot.StatusRollBackFailed { // it goes on since
		return line
	}
	return line + " " + wording.Replaced(b)
}

// rollBackReason says which step of a roll back failed and why.
func rollBackReason(b bot.RollBack) string {
	return strings.Replace(failureReason(bot.Request{Failure: b.Failure}), "The workflow", "The roll back", 1)
}

// volumeKept names the volume that was replaced, and says who deletes it.
func volumeKept(b bot.RollBack) string {
	volume := "The volume that it had"
	if b.ReplacedVolumeID != "" {
		volume = "The volume that it had, " + codeOf(b.ReplacedVolumeID, 80) + ","
	}
	return volume + " is kept with all that was written to it: delete it in EC2 when nobody needs it any more, for I never do."
}

// rollBackBody is the main text of a message about a roll back.
func rollBackBody(r bot.Request) string {
	if r.RollBack == nil {
		return standing(r)
	}
	b := *r.RollBack
	text := []string{standing(r)}
	switch r.Status {
	case bot.StatusRolledBack:
		text = append(text, volumeKept(b))
		if data := r.DataSnapshots(); len(data) > 0 {
			text = append(text, dataVolumes(r))
		}
		text = append(text, askedAgain(r))
	case bot.StatusRollBackFailed:
		text = []string{rollBackReason(b), wording.Replaced(b)}
		if b.Replaced() == bot.ReplacedYes {
			text = append(text, volumeKept(b))
		}
		text[len(text)-1] += kept(r)
	default:
	}
	return strings.Join(append(text, "Reason: "+escaped(b.Reason, bot.ReasonLength)), "\n")
}

// rowRollingBack is a line of a digest about a roll back under way.
func rowRollingBack(r bot.Request, room lineRoom) string {
	if r.RollBack == nil {
		return standBack
	}
	return standBack + rowTime(" since ", r.RollBack.At, room)
}

// rolledBackBefore says of a question that the same was installed before, and taken back.
func rolledBackBefore(r bot.Request) string {
	if r.Status != bot.StatusAsked {
		return ""
	}
	return wording.RolledBackBefore(r, day, person)
}

// rowRolledBack is rolledBackBefore in a line of a digest.
func rowRolledBack(r bot.Request, room lineRoom) string {
	if r.EarlierRollBack == nil {
		return ""
	}
	return " · rolled back before" + rowTime(", ", r.EarlierRollBack.At, room)
}

// goesBack names the command that goes back to the snapshots; empty where there is no way back.
func goesBack(r bot.Request) string {
	if rollBackButton(r) == nil {
		return ""
	}
	return " " + codeOf(SlashCommand+" roll-back "+r.Instance.ID, 80) + " goes back to them."
}

// noWayBack says why a request is not rolled back; of RefusedOtherOpen and RefusedInstalledLater it is
// given the other request.
func noWayBack(r bot.Request, why bot.Refusal) string {
	switch why {
	case bot.RefusedRehearsal, bot.RefusedNothingInstalled:
		return "There is nothing to roll back. " + installed(r)
	case bot.RefusedStillOpen:
		return "It can be rolled back when it has ended. " + standing(r)
	case bot.RefusedRollingBack, bot.RefusedRolledBack:
		if r.RollBack == nil {
			return standing(r)
		}
		return fmt.Sprintf("Too late: %s asked for this at %s. %s", person(r.RollBack.By), day(r.RollBack.At), standing(r))
	case bot.RefusedNoSnapshot:
		return "I know no snapshot of its root volume from before the install, so I cannot roll it back."
	case bot.RefusedSnapshotGone:
		return "Its snapshots from before the install are no longer kept, so I cannot roll it back."
	case bot.RefusedOtherOpen:
		return fmt.Sprintf("Another request of the instance is open, asked at %s, and has to be decided or to end first. %s", day(r.CreatedAt), standing(r))
	}
	return fmt.Sprintf("A later request, of %s, has installed more since, which this snapshot would undo as well. Roll that one back first: `/patch roll-back %s` opens it.",
		day(r.CreatedAt), escaped(r.Instance.ID, 40))
}
