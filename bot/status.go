package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// listedRequests is how many open requests an answer names: 4,000 characters are advised
// for a text.
const listedRequests = 15

// status answers /patch status.
func status(ctx context.Context, b *Bot, c invocation) (string, error) {
	switch {
	case len(c.Args) == 0:
		return b.channelStatus(ctx, c.Channel)
	case len(c.Args) > 1:
		return fmt.Sprintf("I expected one instance id such as `i-0933335a5598d1c2e`, or one owner, but got `%s`.", esc(strings.Join(c.Args, " "), 80)), nil
	case isInstanceID(c.Args[0]):
		return b.instanceStatus(ctx, c.Args[0])
	}
	return b.ownerStatus(ctx, c.Args[0])
}

func isInstanceID(s string) bool {
	return (strings.HasPrefix(s, "i-") && len(s) > 2) || (strings.HasPrefix(s, "mi-") && len(s) > 3)
}

func (b *Bot) instanceStatus(ctx context.Context, instanceID string) (string, error) {
	requests, err := b.Store.ByInstance(ctx, instanceID, 5)
	if err != nil {
		return "", fmt.Errorf("list requests of %s: %w", instanceID, err)
	}
	if len(requests) == 0 {
		return fmt.Sprintf("I have no request for `%s`. One opens when a scan finds missing patches on an instance that its tag `patch-policy` puts into my care.", esc(instanceID, 40)), nil
	}
	r := requests[0]
	if i := slices.IndexFunc(requests, func(r Request) bool { return r.Status.Open() }); i > 0 {
		r = requests[i] // an execution that failed before it could ask is newer, but not the story
	}
	return statusAnswer(r, b.messageLink(ctx, r)), nil
}

func (b *Bot) channelStatus(ctx context.Context, channel string) (string, error) {
	requests, err := b.Store.OpenInChannel(ctx, channel)
	if err != nil {
		return "", fmt.Errorf("list open requests of channel %s: %w", channel, err)
	}
	if len(requests) == 0 {
		return "No request is open in this channel. `/patch status i-…` finds the newest request of an instance.", nil
	}
	return openList("in this channel", requests), nil
}

func (b *Bot) ownerStatus(ctx context.Context, owner string) (string, error) {
	requests, err := b.Store.ByOwner(ctx, owner, openStatuses...)
	if err != nil {
		return "", fmt.Errorf("list open requests of owner %s: %w", owner, err)
	}
	if len(requests) == 0 {
		return fmt.Sprintf("No request is open for an owner `%s`, and it is no instance id such as `i-0933335a5598d1c2e`.", esc(owner, 80)), nil
	}
	return openList("of owner "+esc(owner, 80), requests), nil
}

func openList(of string, requests []Request) string {
	lines := []string{fmt.Sprintf("%s %s:", count(len(requests), "open request", "open requests"), of)}
	for _, r := range requests[:min(len(requests), listedRequests)] {
		lines = append(lines, fmt.Sprintf("• *%s* `%s`  %s", r.name(), esc(r.Instance.ID, 40), standing(r)))
	}
	if more := len(requests) - listedRequests; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// statusAnswer tells how a request stands, who decided and when, and what it waits for.
func statusAnswer(r Request, link string) string {
	lines := []string{fmt.Sprintf("*%s*", slackEscapes.Replace(headline(r))), identity(r)}
	if line := progress(r); line != "" {
		lines = append(lines, line)
	} else {
		lines = append(lines, "Asked at "+day(r.CreatedAt))
	}
	if r.Status.Open() {
		lines = append(lines, waitsFor(r))
	} else {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s Ended at %s.", standing(r), day(r.EndedAt))))
	}
	if link != "" {
		lines = append(lines, fmt.Sprintf("<%s|Open the message>", link))
	}
	return strings.Join(lines, "\n")
}

// waitsFor says what has to happen next.
func waitsFor(r Request) string {
	switch {
	case r.undelivered():
		return "The decision is recorded; it will be delivered as soon as AWS can be reached."
	case r.Wait == nil:
		return standing(r)
	case r.Wait.CommandID != "":
		return fmt.Sprintf("Waits for command `%s` since %s.", esc(r.Wait.CommandID, 80), clock(r.Wait.Since))
	}
	return fmt.Sprintf("Waits for %s since %s.", codes(r.Wait.SnapshotIDs), clock(r.Wait.Since))
}

// messageLink is the request's message as a URL, "" when Slack does not give one: an
// answer without the link is better than none.
func (b *Bot) messageLink(ctx context.Context, r Request) string {
	if r.Message.TS == "" {
		return ""
	}
	link, err := b.Slack.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: r.Message.Channel, Ts: r.Message.TS})
	if err != nil {
		b.log(r).Warn("no permalink", "error", err)
		return ""
	}
	return link
}
