package slackchat

import (
	"fmt"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// summaryStanding says in some words how a request stands, and what it waits for, e.g.
// "waits for the install".
func summaryStanding(s bot.Summary, now time.Time) string {
	switch s.Status {
	case bot.StatusAsked:
		if s.Overdue(now) {
			return "overdue: a decision was due by " + day(s.AnswerBy)
		}
		if s.Required > 1 {
			return fmt.Sprintf("has %d of %d approvals, waits for more until %s", s.Approvals, s.Required, day(s.AnswerBy))
		}
		return "waits for a decision until " + day(s.AnswerBy)
	case bot.StatusScheduled:
		return scheduledFor(s.Until)
	case bot.StatusApproved:
		if s.InDelivery {
			return "the decision is being delivered"
		}
		if !s.Frozen.IsZero() {
			return "waits for a freeze to end, " + day(s.Frozen)
		}
		return "about to start"
	case bot.StatusFrozen:
		if s.Frozen.IsZero() {
			return "waits for a freeze to end"
		}
		return "waits for a freeze to end, " + day(s.Frozen)
	case bot.StatusNotStarted:
		return "not begun" + summaryEnd(s)
	case bot.StatusQueued:
		return "waits for its turn"
	case bot.StatusBackingUp:
		return "waits for its snapshots"
	case bot.StatusPatching:
		return "waits for the install"
	case bot.StatusScanning:
		return "waits for the scan after the install"
	case bot.StatusRejected:
		return "rejected" + summaryEnd(s)
	case bot.StatusExpired:
		return "expired" + summaryEnd(s)
	case bot.StatusCompliant:
		return "up to date" + summaryEnd(s)
	case bot.StatusRehearsed:
		return "rehearsal over" + summaryEnd(s)
	case bot.StatusNonCompliant:
		return "ended with patches still missing" + summaryEnd(s)
	case bot.StatusStopped:
		return "stopped" + summaryEnd(s)
	case bot.StatusFailed:
		return "failed" + summaryEnd(s)
	case bot.StatusRollingBack:
		return "is being rolled back"
	case bot.StatusRolledBack:
		return "rolled back" + summaryEnd(s)
	case bot.StatusRollBackFailed:
		return "its roll back failed" + summaryEnd(s)
	}
	return fmt.Sprintf("in a state of another version of me: %s", escaped(string(s.Status), 40))
}

func summaryEnd(s bot.Summary) string {
	if s.EndedAt.IsZero() {
		return ""
	}
	return ", " + day(s.EndedAt)
}

// summaryEmoji begins a request's line, so that a list has a column to scan.
func summaryEmoji(s bot.Summary, now time.Time) string {
	if s.Overdue(now) {
		return "⌛ "
	}
	return statusEmoji(s.Status)
}

// statusEmoji stands for a status at the beginning of a list's line.
func statusEmoji(s bot.Status) string {
	switch s {
	case bot.StatusAsked:
		return "❔ "
	case bot.StatusScheduled:
		return "🗓️ "
	case bot.StatusApproved, bot.StatusQueued, bot.StatusBackingUp, bot.StatusPatching, bot.StatusScanning, bot.StatusRollingBack:
		return "⏳ "
	case bot.StatusRejected:
		return "🚫 "
	case bot.StatusExpired:
		return "⌛ "
	case bot.StatusCompliant, bot.StatusRehearsed:
		return "✅ "
	case bot.StatusFrozen:
		return "🧊 "
	case bot.StatusNonCompliant, bot.StatusNotStarted:
		return "⚠️ "
	case bot.StatusStopped:
		return "⏹️ "
	case bot.StatusFailed, bot.StatusRollBackFailed:
		return "❌ "
	case bot.StatusRolledBack:
		return "↩️ "
	}
	return "• "
}
