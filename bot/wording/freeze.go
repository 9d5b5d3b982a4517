package wording

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Freeze says that a freeze keeps a request from being patched, and until when; empty where none does. moment shows a
// time, and quote a word as it is written.
func Freeze(r bot.Request, moment func(time.Time) string, quote func(string) string) string {
	switch {
	case !r.Frozen() && !r.AwaitsFreeze():
		return ""
	case r.Freeze.Unread != "":
		return fmt.Sprintf("The change calendars could not be read (%s), which counts as a freeze until they can.", quote(bot.Tidy(r.Freeze.Unread, 80)))
	case r.Freeze.Until.IsZero():
		return "A freeze is on; the change calendars do not say until when."
	}
	return fmt.Sprintf("A freeze is on until %s.", moment(r.Freeze.Until))
}

// Emergency says that somebody wants a request patched in spite of a freeze, and how many must still agree;
// empty where nobody does.
func Emergency(r bot.Request) string {
	if !r.EmergencyPending() {
		return ""
	}
	return fmt.Sprintf("An emergency was asked for by %s, %s: %s %s, in Slack.", People(workflow.Decision{Approvals: r.Emergency.Approvals}), Moment(r.Emergency.Asked().At),
		strings.TrimSuffix(bot.Tidy(r.Emergency.Reason, 200), ".")+".", Count(r.EmergencyLeft(), "other must agree", "others must agree"))
}

// FreezeEnd is when a freeze ends, after a verb, e.g. "when the freeze ends (Wed 25 Nov 2026, 17:00 UTC)".
func FreezeEnd(r bot.Request, moment func(time.Time) string) string {
	if r.Freeze == nil || r.Freeze.Until.IsZero() {
		return "when the freeze ends"
	}
	return fmt.Sprintf("when the freeze ends (%s)", moment(r.Freeze.Until))
}

// DecidedAs is what somebody did who made a decision, e.g. "approved", or "approved as an emergency".
func DecidedAs(d workflow.Decision) string {
	if d.Emergency {
		return Verb(d.Verdict) + " as an emergency"
	}
	return Verb(d.Verdict)
}

// NotStartedShort is why nothing was begun, in some words, e.g. "stopped"; empty where that is not known.
func NotStartedShort(r bot.Request) string {
	if r.NotStarted == nil {
		return ""
	}
	return map[workflow.NotStarted]string{
		workflow.NotStartedGone:         "gone",
		workflow.NotStartedUntagged:     "not tagged any more",
		workflow.NotStartedStopped:      "not running",
		workflow.NotStartedOffline:      "offline",
		workflow.NotStartedPatchRunning: "another patch command runs",
		workflow.NotStartedFrozen:       "the freeze lasted too long",
	}[r.NotStarted.Reason]
}

// NotStarted says why nothing was begun, and what to do now. quote shows a word as it is written.
func NotStarted(r bot.Request, quote func(string) string) string {
	const again = " You are asked again the next time that it is found."
	if r.NotStarted == nil {
		return "Something stood in the way, so nothing was begun." + again
	}
	found := ""
	if r.NotStarted.Found != "" {
		found = " (" + quote(r.NotStarted.Found) + ")"
	}
	switch r.NotStarted.Reason {
	case workflow.NotStartedGone:
		return "The instance is gone: terminated, or not registered with Systems Manager any more. Nothing is left to do."
	case workflow.NotStartedUntagged:
		return "Its tag " + quote(workflow.PolicyTag) + " does not put it into my care any more. Set the tag again if it should." + again
	case workflow.NotStartedStopped:
		return "The instance does not run" + found + ". Start it. You are asked again when it runs and is found."
	case workflow.NotStartedOffline:
		return "It runs, but Systems Manager does not reach it. Mend its SSM Agent or its connection." + again
	case workflow.NotStartedPatchRunning:
		return "Another patch command runs on it" + found + ", and two at once would be in each other's way. Let that one end. You are asked again if something is still missing then."
	case workflow.NotStartedFrozen:
		return "The freeze lasted longer than an approval waits for its end." + again
	}
	return "Something stood in the way that only another version of me knows (" + quote(string(r.NotStarted.Reason)) + "), so nothing was begun." + again
}
