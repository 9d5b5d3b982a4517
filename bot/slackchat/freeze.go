package slackchat

import (
	"fmt"
	"slices"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// quoted is a word from outside as it is written.
func quoted(word string) string { return codeOf(word, 120) }

// approving says what approving sets off, and that it waits for a freeze to end where one is on.
func approving(r bot.Request) string {
	acts := wording.Plan(r, wording.Acts{Take: "takes", Install: "installs", Reboot: "reboots"}, day(r.CreatedAt))
	if !r.Frozen() {
		return "Approving " + acts + "."
	}
	return "🧊 " + wording.Freeze(r, day, quoted) + " Approving is for when it ends: then patchbot " + acts + "."
}

// freezeOfMany says that a freeze is on for some of many requests, and until when at the latest; empty where none is.
// moment shows a time.
func freezeOfMany(requests []bot.Request, moment func(time.Time) string) string {
	frozen := slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !r.Frozen() })
	if len(frozen) == 0 {
		return ""
	}
	last := slices.MaxFunc(frozen, func(a, b bot.Request) int { return a.Freeze.Until.Compare(b.Freeze.Until) })
	if i := slices.IndexFunc(frozen, func(r bot.Request) bool { return r.Freeze.Until.IsZero() }); i >= 0 {
		last = frozen[i]
	}
	text := "🧊 " + wording.Freeze(last, moment, func(word string) string { return word })
	if len(frozen) < len(requests) {
		text += fmt.Sprintf(" It is on for %d of these.", len(frozen))
	}
	return text + " What is approved in a freeze is patched when it ends."
}

// emergenciesOfMany says how an emergency is asked for, and which wait for somebody to agree; empty without a freeze.
func emergenciesOfMany(requests []bot.Request) string {
	if !slices.ContainsFunc(requests, bot.Request.Frozen) {
		return ""
	}
	text := "In an emergency, or to agree to one: " + codeOf(SlashCommand+" "+emergencyName+" i-…", 60) + " opens a window."
	if pending := slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !r.EmergencyPending() }); len(pending) > 0 {
		text = "🚨 *Emergency asked for*, which another approver must agree to: " + joined(pending, groupBytes, idAndWhoAsked) + ".\n" + text
	}
	return text
}

// frozenStanding says that a request waits for a freeze to end.
func frozenStanding(r bot.Request) string {
	return "It is approved, and waits. " + askedStanding(r)
}

// frozenBody is the main text of such a request.
func frozenBody(r bot.Request) string {
	plan := "Then patchbot " + wording.Plan(r, wording.Acts{Take: "takes", Install: "installs", Reboot: "reboots"}, day(r.CreatedAt)) + "."
	return "🧊 " + wording.Freeze(r, day, quoted) + " It is patched when the freeze ends. " + plan + "\n" + missingPatches(r)
}

// frozenLine tells that a request waits for a freeze to end.
func frozenLine(r bot.Request) string {
	if r.Status != bot.StatusFrozen { // it goes on since
		return "It waited for a freeze to end."
	}
	return "🧊 " + wording.Freeze(r, day, quoted) + " Patching begins when it ends."
}

// rowNotStarted is why nothing was begun in one line of a digest.
func rowNotStarted(r bot.Request, room lineRoom) string {
	if why := wording.NotStartedShort(r); why != "" && room.times {
		return standNotBegun + ": " + why
	}
	return standNotBegun
}

// askedStanding is what a freeze adds to how a question stands; empty without one.
func askedStanding(r bot.Request) string {
	text := wording.Freeze(r, day, quoted)
	if r.EmergencyPending() {
		text += " " + emergencyAsked(r)
	}
	return text
}

// rowFrozen is such a request in one line of its digest.
func rowFrozen(r bot.Request, room lineRoom) string {
	if r.Freeze == nil || r.Freeze.Until.IsZero() || !room.times {
		return standFrozen + rowEmergency(r, room)
	}
	return "approved, in a freeze until " + day(r.Freeze.Until) + rowEmergency(r, room)
}

// notStarted says why nothing was begun, and what to do now.
func notStarted(r bot.Request) string {
	return wording.NotStarted(r, quoted) + " " + installed(r)
}

// notStartedLine is that as a line of the thread.
func notStartedLine(r bot.Request) string {
	line := "⚠️ It was approved, but not begun. " + notStarted(r)
	if asksAgain(r) != "" {
		line += " " + codeOf(SlashCommand+" request i-…", 60) + " asks at once." // the same for all of a digest, which are told together
	}
	return line
}

// inFreeze says, where somebody chooses a time, that a freeze is on.
func inFreeze(r bot.Request) string {
	if !r.Frozen() {
		return ""
	}
	return "\n🧊 " + wording.Freeze(r, day, quoted) + " What is scheduled for a time in a freeze waits until it ends."
}

// decidedNow is what a person's decision came to, which waits where a freeze is known.
func decidedNow(r bot.Request) string {
	if r.AwaitsFreeze() {
		return "approved for the freeze's end"
	}
	return wording.DecidedAs(*r.Decision)
}

// frozenOf counts the requests that wait for a freeze to end.
func frozenOf(requests []bot.Request) (n int) {
	for _, r := range requests {
		if r.Status == bot.StatusFrozen {
			n++
		}
	}
	return n
}
