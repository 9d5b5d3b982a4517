package slackchat

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// Text that comes from outside passes through escaped before it reaches Slack.

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escaped is text for mrkdwn, cut to max characters first, so that no escape is cut in two.
func escaped(text string, max int) string { return escapes.Replace(bot.Tidy(text, max)) }

// codeOf shows text as something to copy.
func codeOf(text string, max int) string { return "`" + escaped(text, max) + "`" }

func codes(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = codeOf(id, 80)
	}
	return strings.Join(quoted, ", ")
}

// day is a time in the reader's own zone, with its date: "14:02 today".
func day(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{time} {date_short_pretty}|%s>", t.Unix(), t.UTC().Format("15:04 UTC, Mon 2 Jan"))
}

// clock is a time of day in the reader's own zone.
func clock(t time.Time) string {
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

// mentions lists who may decide.
func mentions(a bot.Approvers) string { return strings.Join(mentioned(a), ", ") }

// mentioned are those who may decide, each by name.
func mentioned(a bot.Approvers) []string {
	var names []string
	for _, user := range a.Users {
		names = append(names, "<@"+user+">")
	}
	for _, group := range a.Groups {
		names = append(names, "<!subteam^"+group+">")
	}
	if len(names) == 0 && a.Channel != "" {
		return []string{"members of <#" + a.Channel + ">"}
	}
	return names
}

// name is the instance's name for mrkdwn.
func name(r bot.Request) string { return escapes.Replace(wording.Name(r)) }

// plainText is text for what takes no mrkdwn, cut to max characters.
func plainText(text string, max int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, bot.Tidy(text, max), false, false)
}
