package bot

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Emails sends the mails of an owner; an owner without subscribers gets none. Its error
// is worth another try.
type Emails interface {
	Email(ctx context.Context, owner, subject, body string) error
}

// mail tells the owner what Slack does not take, at most once a request.
func (b *Bot) mail(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if b.Emails == nil {
		return b.done(e, nil)
	}
	return b.done(e, b.Emails.Email(ctx, r.Owner, emailSubject(r), emailBody(r)))
}

// emailSubject is one line.
func emailSubject(r Request) string { return "patchbot: " + headline(r) }

// emailBody is plain text. It holds no link that decides anything: mail scanners follow
// links.
func emailBody(r Request) string {
	lines := []string{
		headline(r),
		fmt.Sprintf("Instance %s in %s, account %s.", r.Instance.ID, r.Instance.Region, r.Instance.Account),
		"",
		"Slack does not take this message, so it comes by mail.",
	}
	if r.Status == StatusAsked {
		for _, p := range r.Patches[:min(len(r.Patches), listedPatches)] {
			lines = append(lines, fmt.Sprintf("- %s (%s)", cut(p.Name(), 120), cut(p.Severity, 20)))
		}
		lines = append(lines, "",
			fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", r.AnswerBy.UTC().Format(time.RFC1123)),
			"The question appears in Slack as soon as the bot can post again: ask your platform team to run `patchbot doctor`.")
	}
	return strings.Join(lines, "\n")
}
