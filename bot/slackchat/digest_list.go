package slackchat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// digestBytes bounds the blocks of a digest as JSON: Slack's own threshold is unpublished.
const digestBytes = 10_000

// linesInSection is how many requests one section lists, so that a phone need not lay out one
// long text.
const linesInSection = 15

// lineRoom is how much a line of a digest may say, in characters.
type lineRoom struct {
	name   int  // of the instance's name
	reason int  // of why it failed
	times  bool // since when, or when
}

// lineRooms are tried in order, until the list of a digest fits. The last one always does: its
// lines take some 100 bytes.
var lineRooms = []lineRoom{{60, 80, true}, {40, 40, true}, {24, 24, true}, {24, 16, false}, {12, 8, false}, {6, 0, false}}

// digestList lists requests, a line each, within some bytes of JSON.
func digestList(requests []bot.Request, bytes int) []slack.Block {
	var list []slack.Block
	for _, room := range lineRooms {
		if list = listWithin(requests, room); jsonBytes(list) <= bytes {
			break
		}
	}
	return list
}

func listWithin(requests []bot.Request, room lineRoom) []slack.Block {
	var list []slack.Block
	var lines []string
	length := 0
	for _, r := range requests {
		line := digestRow(r, room)
		if len(lines) == linesInSection || length+len(line)+1 > limit.SectionText {
			list, lines, length = append(list, section(strings.Join(lines, "\n"))), nil, 0
		}
		lines, length = append(lines, line), length+len(line)+1
	}
	return append(list, section(strings.Join(lines, "\n")))
}

// digestRow is a request in one line of its digest.
func digestRow(r bot.Request, room lineRoom) string {
	id := codeOf(r.Instance.ID, 40)
	if r.Instance.Name == r.Instance.ID {
		return statusEmoji(r.Status) + id + "  " + rowStanding(r, room)
	}
	return fmt.Sprintf("%s*%s* %s  %s", statusEmoji(r.Status), escaped(r.Instance.Name, room.name), id, rowStanding(r, room))
}

// rowStanding says in some words what is missing on an instance, or how its request stands.
func rowStanding(r bot.Request, room lineRoom) string {
	switch r.Status {
	case bot.StatusAsked:
		return rowMissing(r.Before) + rowApprovals(r, room) + rowRolledBack(r, room) + rowEmergency(r, room)
	case bot.StatusScheduled:
		return rowScheduled(r, room)
	case bot.StatusApproved:
		if r.AwaitsFreeze() {
			return rowFrozen(r, room)
		}
		return rowDecided(r) + rowBy(r, room) + ", about to start"
	case bot.StatusFrozen:
		return rowFrozen(r, room)
	case bot.StatusQueued:
		return rowQueued(r, room)
	case bot.StatusBackingUp:
		return "taking snapshots"
	case bot.StatusPatching:
		return "installing" + rowTime(" since ", r.Install.StartedAt, room)
	case bot.StatusScanning:
		return "installed, scanning again"
	case bot.StatusRejected:
		return "rejected" + rowBy(r, room) + rowTime(", ", r.EndedAt, room)
	case bot.StatusRollingBack:
		return rowRollingBack(r, room)
	case bot.StatusExpired, bot.StatusCompliant, bot.StatusRehearsed, bot.StatusStopped, bot.StatusRolledBack, bot.StatusRollBackFailed:
		return digestStanding(r) + rowTime(", ", r.EndedAt, room)
	case bot.StatusNotStarted:
		return rowNotStarted(r, room) + rowTime(", ", r.EndedAt, room)
	case bot.StatusNonCompliant:
		return rowLeft(r) + rowTime(", ", r.EndedAt, room)
	case bot.StatusFailed:
		return "failed" + rowReason(r, room) + rowTime(", ", r.EndedAt, room)
	}
	return digestStanding(r)
}

// rowMissing counts what is missing on an instance: the same numbers as of a request alone, and
// never their sum.
func rowMissing(c workflow.Counts) string {
	if c.RebootOnly() {
		return wording.Count(c.PendingReboot, "patch waits for a reboot", "patches wait for a reboot")
	}
	text := fmt.Sprintf("%d to install", c.ToInstall())
	if levels := levelsOf(c); len(levels) > 0 {
		text += " · " + strings.Join(levels, ", ")
	}
	if c.PendingReboot > 0 {
		text += " · " + wording.Count(c.PendingReboot, "waits for a reboot", "wait for a reboot")
	}
	return text
}

// rowQueued is a request's place in the queue, with when that was: others of the group may stand in
// other messages, so that it can move while nothing here does.
func rowQueued(r bot.Request, room lineRoom) string {
	text, alone := "waits", " for its turn"
	if held(r) {
		text, alone = "held", ""
	}
	if r.Turn == nil || r.Turn.Place == 0 || !room.times {
		return text + alone
	}
	return fmt.Sprintf("%s, %s in line at %s", text, wording.Ordinal(r.Turn.Place), day(r.Turn.PlaceAt))
}

func rowLeft(r bot.Request) string {
	if r.After == nil {
		return "patches are still missing"
	}
	return wording.Left(*r.After)
}

func rowBy(r bot.Request, room lineRoom) string {
	if r.Decision == nil || !room.times {
		return ""
	}
	d := workflow.Decision{By: r.Decision.By, Approvals: slices.Clone(r.Decision.Approvals)}
	d.By.Name = bot.Tidy(d.By.Name, max(room.reason, 1))
	for i := range d.Approvals {
		d.Approvals[i].By.Name = bot.Tidy(d.Approvals[i].By.Name, max(room.reason, 1))
	}
	return " by " + people(d)
}

// rowApprovals is how many approved so far.
func rowApprovals(r bot.Request, room lineRoom) string {
	if given := wording.ApprovalsGiven(r); given != "" && room.times {
		return " · " + given
	}
	return ""
}

func rowTime(before string, t time.Time, room lineRoom) string {
	if t.IsZero() || !room.times {
		return ""
	}
	return before + day(t)
}

// rowReason is at which step a request failed, and with what.
func rowReason(r bot.Request, room lineRoom) string {
	if r.Failure == nil || room.reason == 0 {
		return ""
	}
	text := r.Failure.Error
	if r.Failure.State != "" {
		text = fmt.Sprintf("“%s”, %s", r.Failure.State, text)
	}
	return ": " + escaped(text, room.reason)
}
