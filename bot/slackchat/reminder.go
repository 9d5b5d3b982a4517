package slackchat

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// remindedLine asks the approvers again. Where somebody has decided since, it mentions nobody.
func remindedLine(r bot.Request) string { return remindedTogether([]bot.Request{r}) }

// escalatedLine is the last reminder, and mentions those to whom it escalates, too.
func escalatedLine(r bot.Request) string { return escalatedTogether([]bot.Request{r}) }

// remindedTogether asks the approvers of several again, in one line.
func remindedTogether(requests []bot.Request) string {
	waiting := undecidedOf(requests)
	if len(waiting) == 0 {
		return "Nobody had decided yet."
	}
	return fmt.Sprintf("⏰ %s still %s for a decision. %s\n%s", namedShort(waiting), plural(len(waiting), "waits", "wait"), decideBy(waiting), strings.Join(withApprovals([]string{whoDecides(waiting)}, waiting), "\n"))
}

func escalatedTogether(requests []bot.Request) string {
	waiting := undecidedOf(requests)
	if len(waiting) == 0 {
		return remindedTogether(requests)
	}
	lines := []string{remindedTogether(waiting), "This is the last reminder."}
	e := waiting[0].Escalation
	if e.Named() {
		named := mentioned(bot.Approvers{Users: e.Users, Groups: e.Groups})
		lines = append(lines, fmt.Sprintf("For %s: %s of those who decide %s answered.", joined(named, decidersBytes, itself), fewAnswer(waiting, "none", "too few"),
			fewAnswer(waiting, "has", "have")))
	}
	if e.Channel != "" && e.Channel != waiting[0].Place.Channel {
		lines = append(lines, fmt.Sprintf("<#%s> is told, too.", e.Channel))
	}
	return strings.Join(lines, "\n")
}

// fewAnswer chooses between words for no answer, and for some approvals but too few.
func fewAnswer(requests []bot.Request, none, few string) string {
	if approvalsOfMany(undecidedOf(requests)) == "" {
		return none
	}
	return few
}

// namedShort names one instance with its id, and several by their number and names.
func namedShort(requests []bot.Request) string {
	if len(requests) == 1 {
		return nameAndID(requests[0])
	}
	return fmt.Sprintf("%s (%s)", instances(requests), namesOf(requests))
}

// Escalate tells a channel that nobody answers the questions of a message, which stands in another
// channel.
func (c *Chat) Escalate(ctx context.Context, channel string, m bot.Message) error {
	_, err := c.post(ctx, channel, says(escalation(m, c.questionLink(ctx, m.Place)))...)
	return refusedPost(err)
}

// escalation says what waits, since when, until when, and who decides.
func escalation(m bot.Message, link string) string {
	what, first := wording.Headline(m.Requests[0]), m.Requests[0].CreatedAt
	if len(m.Requests) > 1 {
		what = digestHeadline(m.Requests)
	}
	for _, r := range m.Requests {
		if r.CreatedAt.Before(first) {
			first = r.CreatedAt
		}
	}
	text := []string{
		fmt.Sprintf("📣 *%s:* %s", fewAnswer(m.Requests, "Nobody answers", "Too few approve"), escapes.Replace(what)),
		joined(m.Requests, textNames, nameAndID),
		fmt.Sprintf("Asked at %s, and reminded since. Where nobody decides by %s, nothing is installed.", day(first), day(firstDeadline(m.Requests))),
	}
	if who := decidersOf(m.Requests); len(who) > 0 { // whom the owner has notified in its own channel, it does not here
		text = append(text, "Who decides: "+joined(who, decidersBytes, itself))
	}
	text = withApprovals(text, undecidedOf(m.Requests))
	return strings.Join(append(text, link), "\n")
}

// questionLink leads to a question; where Slack gives no address, it says where the question stands.
func (c *Chat) questionLink(ctx context.Context, p bot.Place) string {
	var link string
	err := c.api(ctx, func(s *slack.Client) (err error) {
		link, err = s.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: p.Channel, Ts: p.Message})
		return err
	})
	if err != nil || link == "" {
		return fmt.Sprintf("The question stands in <#%s>.", p.Channel)
	}
	return fmt.Sprintf("<%s|Open the question>", link)
}
