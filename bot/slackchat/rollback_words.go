package slackchat

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// rollBackOf is the roll back of a request; one without any, as of another version, has nothing to tell.
func rollBackOf(r bot.Request) bot.RollBack {
	if r.RollBack == nil {
		return bot.RollBack{}
	}
	return *r.RollBack
}

func rollBackAskedLine(r bot.Request) string {
	b := rollBackOf(r)
	return fmt.Sprintf("%s has it rolled back to snapshot %s, from before the install. Reason: %s", person(b.By), codeOf(b.SnapshotID, 80), escaped(b.Reason, bot.ReasonLength))
}

func replacingLine(r bot.Request) string {
	return fmt.Sprintf("Replacing the root volume by the snapshot (task %s). The instance reboots.", codeOf(rollBackOf(r).TaskID, 80))
}

func replacedLine(r bot.Request) string {
	return "The root volume was replaced, and the node is back. " + volumeKept(rollBackOf(r))
}

func rolledBackLine(r bot.Request) string {
	b := rollBackOf(r)
	return fmt.Sprintf("Scanned again: %s. Rolled back, as %s wanted. ↩️ %s", wording.MissingAgain(b), person(b.By), before(dataVolumes(r), leftOut(r)))
}

func rollBackFailedLine(r bot.Request) string {
	line := "❌ " + rollBackReason(r)
	if r.Status != bot.StatusRollBackFailed { // it goes on since
		return line
	}
	return before(line+" "+wording.Replaced(rollBackOf(r)), leftOut(r)) + " " + rollBackNext(r)
}

// rollBackReason says which step of a roll back failed and why.
func rollBackReason(r bot.Request) string {
	w := wording.RollBackFailureOf(r)
	return strings.TrimSpace(escaped(w.Happened, 400) + " " + escaped(w.Details, 900))
}

// rollBackNext says what to do after one has failed.
func rollBackNext(r bot.Request) string { return wording.RollBackFailureOf(r).Next }

// volumeKept names the volume that was replaced, and says who deletes it.
func volumeKept(b bot.RollBack) string {
	volume := "The volume that it had"
	if b.ReplacedVolumeID != "" {
		volume = "The volume that it had, " + codeOf(b.ReplacedVolumeID, 80) + ","
	}
	return volume + " is kept with all that was written to it: delete it in EC2 when nobody needs it any more, for I never do."
}

// rollingBackBody is the main text of a message about a roll back under way.
func rollingBackBody(r bot.Request) string { return standing(r) + "\n" + rollBackWhy(r) }

// rolledBackBody says what became of the volumes.
func rolledBackBody(r bot.Request) string {
	text := []string{standing(r), volumeKept(rollBackOf(r))}
	if len(r.DataSnapshots()) > 0 {
		text = append(text, dataVolumes(r))
	}
	text = append(text, leftLines(leftOut(r))...)
	return strings.Join(append(text, askedAgain(r), rollBackWhy(r)), "\n")
}

// rollBackFailedBody says how far it came.
func rollBackFailedBody(r bot.Request) string {
	b := rollBackOf(r)
	text := []string{rollBackReason(r), wording.Replaced(b)}
	if b.Replaced() == bot.ReplacedYes {
		text = append(text, volumeKept(b))
	}
	return strings.TrimSpace(strings.Join(text, "\n") + kept(r) + "\n" + rollBackNext(r) + "\n" + rollBackWhy(r) + "\n" + linked([]consolePage{rollBackPage(r)}))
}

func rollBackWhy(r bot.Request) string {
	return "Reason: " + escaped(rollBackOf(r).Reason, bot.ReasonLength)
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

// tooLateToRollBack tells somebody who came second who was first, and how it stands now.
func tooLateToRollBack(r bot.Request) string {
	b := rollBackOf(r)
	return fmt.Sprintf("Too late: %s asked for this at %s. %s", person(b.By), day(b.At), standing(r))
}

// otherOpen says which other request of the instance is open.
func otherOpen(other bot.Request) string {
	return fmt.Sprintf("Another request of the instance is open, asked at %s, and has to be decided or to end first. %s", day(other.CreatedAt), standing(other))
}

// installedLater says which later request has installed more.
func installedLater(other bot.Request) string {
	first := "Roll that one back first: " + codeOf(SlashCommand+" roll-back "+other.Instance.ID, 80) + " opens it."
	if why := other.NoWayBack(); why != "" {
		first = "That one cannot be rolled back: " + refusedWhy(why) + "."
	}
	return fmt.Sprintf("A later request, of %s, has installed more since, which this snapshot would undo as well. %s",
		day(other.CreatedAt), first)
}
