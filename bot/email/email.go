// Package email tells owners by mail what their chat does not take, or what they want mailed
// besides, and gives them a link to decide with.
package email

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// Sender sends a mail to whoever has subscribed to an owner's; subject is one line, body plain
// text.
type Sender interface {
	Email(ctx context.Context, owner, subject, body string) error
}

// Emails is a bot.Emails.
type Emails struct {
	Sender Sender
	URL    string // where approval pages are reached, e.g. "https://patchbot.example.com"; used where items have keys
}

var _ bot.Emails = Emails{}

// Email tells how requests stand, and asks about those that wait for a decision.
func (e Emails) Email(ctx context.Context, m bot.OwnerMail) error {
	return e.Sender.Email(ctx, m.Owner, subject(m), e.body(m))
}

// Link is the address of a request's approval page, the key that opens it included.
func Link(url, id string, key bot.MailKey) string {
	return fmt.Sprintf("%s/approvals/%s?key=%s", strings.TrimSuffix(url, "/"), id, key.Reveal())
}

func subject(m bot.OwnerMail) string {
	if len(m.Items) == 1 {
		return "patchbot: " + wording.Headline(m.Items[0].Request)
	}
	return "patchbot: " + summary(m)
}

// summary says in one line what a mail about several requests is about.
func summary(m bot.OwnerMail) string {
	of := fmt.Sprintf("%d instances", len(m.Items))
	if m.Owner != "" {
		of += " of " + bot.Tidy(m.Owner, 40)
	}
	if m.Items[0].About == bot.MailQuestion {
		return of + " wait for your decision"
	}
	return "how it went with " + of
}

func (e Emails) body(m bot.OwnerMail) string {
	var parts []string
	if len(m.Items) > 1 {
		parts = append(parts, wording.Capital(summary(m))+".")
	}
	for _, item := range m.Items {
		if item.About == bot.MailQuestion {
			parts = append(parts, e.question(item))
		} else {
			parts = append(parts, news(item.Request))
		}
	}
	return strings.Join(append(parts, footer(m)...), "\n\n") + "\n"
}

// listedPatches is how many patches a mail names of each request.
const listedPatches = 5

func (e Emails) question(item bot.MailItem) string {
	r := item.Request
	lines := []string{wording.Headline(r), identity(r)}
	for _, p := range r.Patches[:min(len(r.Patches), listedPatches)] {
		lines = append(lines, "- "+wording.PatchName(p))
	}
	if more := r.Before.ToInstall() - listedPatches; more > 0 && len(r.Patches) > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	lines = append(lines, wording.Approving(r),
		fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", wording.Moment(r.AnswerBy)))
	for _, more := range []string{wording.Emergency(r), wording.RolledBackBefore(r, wording.Moment, wording.Person), wording.Approvals(r), wording.TagMistake(r, wording.Quoted), wording.HookMistake(r, wording.Quoted)} {
		if more != "" {
			lines = append(lines, more)
		}
	}
	if item.Key != "" {
		lines = append(lines, "Approve or reject: "+Link(e.URL, r.ID, item.Key))
	}
	return strings.Join(lines, "\n")
}

// news tells what became of a request. No link in it decides anything.
func news(r bot.Request) string {
	lines := []string{wording.Headline(r), identity(r)}
	if decided := wording.Decided(r); decided != "" {
		lines = append(lines, decided)
	}
	return strings.Join(append(append(lines, wording.Standing(r)), wording.Outcome(r)...), "\n")
}

func identity(r bot.Request) string {
	parts := []string{"Instance " + r.Instance.ID, r.Instance.Region, "account " + r.Instance.Account}
	if r.Instance.Platform != "" {
		parts = append(parts, bot.Tidy(r.Instance.Platform, 80))
	}
	if r.Owner != "" {
		parts = append(parts, "owner "+bot.Tidy(r.Owner, 80))
	}
	return strings.Join(parts, " · ")
}

// footer says who decides, and why this is a mail.
func footer(m bot.OwnerMail) []string {
	if m.Items[0].About != bot.MailQuestion {
		return []string{"Nothing is left to decide: the links of earlier mails only show how it stands. You were told of the question by mail, so you are told of this, too."}
	}
	var parts []string
	if m.Items[0].Key != "" {
		parts = append(parts, "Who decides: whoever opens such a link and gives a name; please pass it on to nobody else. The approvers decide in Slack as well, and whoever is first counts.")
		if slices.ContainsFunc(m.Items, func(item bot.MailItem) bool { return item.Request.NeedsSeveral() }) {
			parts = append(parts, "Where several people must approve, what comes by mail is one of them, whatever names are given.")
		}
	} else {
		parts = append(parts, "Who decides: the approvers, in Slack. This mail has no link to decide with.")
	}
	told := map[bot.MailReason]bool{}
	for _, item := range m.Items {
		if why := item.Request.Mail.Why; !told[why] {
			told[why] = true
			parts = append(parts, reason(why))
		}
	}
	return parts
}

// reason says why a question comes by mail.
func reason(why bot.MailReason) string {
	switch why {
	case bot.MailAlways:
		return "Why by mail: this owner is told by mail besides Slack."
	case bot.MailMoved:
		return "Why by mail: the owner's channel in Slack does not take the question, so it stands in the default channel. Your platform team mends it; `patchbot doctor` says what is wrong."
	case bot.MailUnreached:
	}
	return "Why by mail: Slack does not take the question. It appears there as soon as the bot can post again. Your platform team mends it; `patchbot doctor` says what is wrong."
}
