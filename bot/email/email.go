// Package email tells owners by mail what their chat does not take.
package email

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// Sender sends a mail to whoever has subscribed to an owner's; subject is one line, body plain
// text.
type Sender interface {
	Email(ctx context.Context, owner, subject, body string) error
}

// Emails is a bot.Emails.
type Emails struct{ Sender Sender }

var _ bot.Emails = Emails{}

// Email tells how a request stands.
func (e Emails) Email(ctx context.Context, r bot.Request) error {
	return e.Sender.Email(ctx, r.Owner, subject(r), body(r))
}

func subject(r bot.Request) string { return "patchbot: " + wording.Headline(r) }

// listedPatches is how many patches a mail names.
const listedPatches = 5

// body holds no link that decides anything: mail scanners follow links.
func body(r bot.Request) string {
	lines := []string{
		wording.Headline(r),
		fmt.Sprintf("Instance %s in %s, account %s.", r.Instance.ID, r.Instance.Region, r.Instance.Account),
		"",
		"Slack does not take this message, so it comes by mail.",
	}
	if r.Status == bot.StatusAsked {
		for _, p := range r.Patches[:min(len(r.Patches), listedPatches)] {
			lines = append(lines, fmt.Sprintf("- %s (%s)", bot.Tidy(p.Name(), 120), bot.Tidy(p.Severity, 20)))
		}
		lines = append(lines, "",
			fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", r.AnswerBy.UTC().Format(time.RFC1123)),
			"The question appears in Slack as soon as the bot can post again: ask your platform team to run `patchbot doctor`.")
	}
	return strings.Join(lines, "\n")
}
