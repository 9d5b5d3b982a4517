package slackchat

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// Text that comes from outside passes through escaped before it reaches Slack.

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escaped is text for mrkdwn of at most max characters, escapes included, none of which is cut in
// two.
func escaped(text string, max int) string {
	text = bot.Tidy(text, max)
	if whole := escapes.Replace(text); utf8.RuneCountInString(whole) <= max {
		return whole
	}
	var cut strings.Builder
	room := max - 1
	for _, r := range text {
		char := escapes.Replace(string(r))
		if room -= utf8.RuneCountInString(char); room < 0 {
			break
		}
		cut.WriteString(char)
	}
	return cut.String() + "…"
}

// codeOf shows text as something to copy.
func codeOf(text string, max int) string { return "`" + escaped(text, max) + "`" }

// codes shows as many ids as idsBytes hold, and counts the others.
func codes(ids []string) string {
	return joined(ids, idsBytes, func(id string) string { return codeOf(id, 80) })
}

// idsBytes is how much of a message the ids of snapshots may take.
const idsBytes = 600

// day is a time in the reader's own zone, with its date: "14:02 today".
func day(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{time} {date_short_pretty}|%s>", t.Unix(), utc(t))
}

// utc is a time where Slack takes no time of the reader's own, e.g. "14:02 UTC, Tue 25 Nov".
func utc(t time.Time) string { return t.UTC().Format("15:04 UTC, Mon 2 Jan") }

// onDay is the day of a time in the reader's own zone, e.g. "6 Dec 2026".
func onDay(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006"))
}

// timeline gives times that follow each other, in the reader's own zone: the first one with its
// day, and each other that comes long after the one before.
type timeline struct{ last time.Time }

// sameDay is within what a time after another one needs no day to be understood.
const sameDay = 6 * time.Hour

func (l *timeline) next(t time.Time) string {
	last := l.last
	l.last = t
	if t.Sub(last) > sameDay {
		return day(t)
	}
	return fmt.Sprintf("<!date^%d^{time}|%s>", t.Unix(), t.UTC().Format("15:04 UTC"))
}

// person names who decided: a mention in Slack, else a name, marked where nobody has checked it.
func person(d workflow.Decider) string {
	switch {
	case d.Via == viaSlack && d.User != "":
		return "<@" + d.User + ">"
	case d.Via == bot.ViaEmail && d.Name != "":
		return wording.ByMail(escaped(d.Name, bot.NameLength))
	case d.Name != "":
		return escaped(d.Name, 80)
	}
	return "somebody with access to the AWS account"
}

// name is the instance's name for mrkdwn.
func name(r bot.Request) string { return escapes.Replace(wording.Name(r)) }

// plainText is text for what takes no mrkdwn, cut to max characters.
func plainText(text string, max int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, bot.Tidy(text, max), false, false)
}
