package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// listedRequests is how many open requests an answer names: 4,000 characters are advised
// for a text.
const listedRequests = 15

// status answers /patch status.
func status(ctx context.Context, a *App, c invocation) (reply, error) {
	said := parseSpoken(c.Args)
	if said.nothing() {
		text, err := a.channelStatus(ctx, c.Channel)
		return reply{Text: text}, err
	}
	about, expected, err := a.subjectOf(ctx, c, said)
	switch {
	case expected != "" || err != nil:
		return reply{Text: expected}, err
	case len(about.Instances) > 1:
		return reply{Text: fmt.Sprintf("I expected one instance such as `i-0933335a5598d1c2e`, or one owner, but got %s.", codeOf(said.String(), 80))}, nil
	case len(about.Instances) == 1:
		return a.instanceStatus(ctx, c, about.Instances[0])
	}
	text, err := a.ownerStatus(ctx, c, about.Owner)
	return reply{Text: text}, err
}

func (a *App) instanceStatus(ctx context.Context, c invocation, instanceID string) (reply, error) {
	requests, err := a.Bot.Store.ByInstance(ctx, instanceID, 5)
	if err != nil {
		return reply{}, fmt.Errorf("list requests of %s: %w", instanceID, err)
	}
	if requests = a.visibleTo(ctx, c, requests); len(requests) == 0 {
		return reply{Text: noRequestFor(instanceID)}, nil
	}
	r, err := a.Bot.Placed(ctx, theOneThatCounts(requests))
	if err != nil {
		return reply{}, err
	}
	answer := reply{Text: statusAnswer(r, a.messageLink(ctx, r.Place))}
	if offered := buttonsAnywhere(r); len(offered) > 0 {
		answer.Blocks = append(sections(answer.Text), slack.NewActionBlock("status", offered...))
	}
	return answer, nil
}

func noRequestFor(instanceID string) string {
	return "I have no request for " + codeOf(instanceID, 40) + ". One opens when a scan finds missing patches on an instance that its tag `patch-policy` puts into my care."
}

func (a *App) channelStatus(ctx context.Context, channel string) (string, error) {
	requests, err := a.Bot.Store.OpenInChannel(ctx, channel)
	if err != nil {
		return "", fmt.Errorf("list open requests of channel %s: %w", channel, err)
	}
	if len(requests) == 0 {
		return "No request is open in this channel. `/patch status i-…` finds the newest request of an instance.", nil
	}
	return openList("in this channel", requests), nil
}

func (a *App) ownerStatus(ctx context.Context, c invocation, owner string) (string, error) {
	requests, err := a.Bot.Store.ByOwner(ctx, owner, bot.OpenStatuses()...)
	if err != nil {
		return "", fmt.Errorf("list open requests of owner %s: %w", owner, err)
	}
	if requests = a.visibleTo(ctx, c, requests); len(requests) == 0 {
		return fmt.Sprintf("No request is open for an owner `%s`, and I know no instance of this name or id.", escaped(owner, 80)), nil
	}
	return openList("of owner "+escaped(owner, 80), requests), nil
}

func openList(of string, requests []bot.Request) string {
	answer := linesWithin(len("and 1000000 more"))
	answer.fit(fmt.Sprintf("%s %s:", wording.Count(len(requests), "open request", "open requests"), of))
	named := 0
	for _, r := range requests[:min(len(requests), listedRequests)] {
		if !answer.fit(fmt.Sprintf("%s*%s* `%s`  %s", statusEmoji(r.Status), name(r), escaped(r.Instance.ID, 40), standing(r))) {
			break
		}
		named++
	}
	if more := len(requests) - named; more > 0 {
		answer.text = append(answer.text, fmt.Sprintf("and %d more", more))
	}
	return answer.String()
}

// statusAnswer tells how a request stands, who decided and when, and what it waits for.
func statusAnswer(r bot.Request, link string) string {
	lines := []string{fmt.Sprintf("*%s*", escapes.Replace(wording.Headline(r))), identity(r)}
	if line := progress(r); line != "" {
		lines = append(lines, line)
	} else {
		lines = append(lines, "Asked at "+day(r.CreatedAt))
	}
	if r.Status.Open() {
		lines = append(lines, waitsFor(r))
	} else {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s Ended at %s. %s", standing(r), day(r.EndedAt), asksAgain(r))))
		lines = append(lines, endedLines(r)...)
	}
	if link != "" {
		lines = append(lines, fmt.Sprintf("<%s|Open the message>", link)+viewsPatches(r))
	}
	return strings.Join(lines, "\n")
}

// endedLines say more of how a request ended: why it failed and what to do, or what an install came to.
func endedLines(r bot.Request) []string {
	lines := proofLines(r)
	if r.Status == bot.StatusFailed {
		lines = append(lines, failureReason(r))
	}
	if slices.Contains(mayNeedSnapshots, r.Status) {
		lines = append(lines, leftLines(kept(r))...)
	} else {
		lines = append(lines, leftLines(leftOut(r))...)
	}
	if r.Status == bot.StatusFailed {
		lines = append(lines, failureNext(r))
	}
	if r.Status == bot.StatusRollBackFailed { // which its standing gives the reason of
		lines = append(lines, rollBackNext(r))
	}
	if again := triedAgain(r); again != "" {
		lines = append(lines, again)
	}
	if links := consoleLinks(r); links != "" && (r.Install.CommandID != "" || r.RollBack != nil || r.CanTryAgain()) {
		lines = append(lines, links)
	}
	return lines
}

// mayNeedSnapshots are the ends after which somebody may want to go back to the snapshots by hand.
var mayNeedSnapshots = []bot.Status{bot.StatusFailed, bot.StatusRollBackFailed, bot.StatusStopped, bot.StatusNonCompliant}

// leftLines are the lines of what is left of a patch, none where nothing is.
func leftLines(left string) []string {
	if left == "" {
		return nil
	}
	return []string{strings.TrimPrefix(left, "\n")}
}

// waitsFor says what has to happen next.
func waitsFor(r bot.Request) string {
	switch {
	case r.Undelivered():
		return "The decision is recorded; it will be delivered as soon as AWS can be reached."
	case r.Wait == nil:
		if r.Status == bot.StatusAsked {
			return standing(r) + "\n" + before(onlyApprovers(r)+".", mustApprove([]bot.Request{r}))
		}
		return standing(r)
	case r.Wait.CommandID != "":
		return fmt.Sprintf("Waits for command `%s` since %s.", escaped(r.Wait.CommandID, 80), day(r.Wait.Since))
	}
	if r.Wait.TaskID != "" {
		return fmt.Sprintf("Waits for EC2's task %s since %s.", codeOf(r.Wait.TaskID, 80), day(r.Wait.Since))
	}
	return fmt.Sprintf("Waits for %s since %s.", codes(r.Wait.SnapshotIDs), day(r.Wait.Since))
}

// messageLink is a message as a URL, "" when Slack does not give one: an answer without the
// link is better than none.
func (a *App) messageLink(ctx context.Context, p bot.Place) string {
	if !p.Shown() {
		return ""
	}
	var link string
	err := a.Chat.api(ctx, func(s *slack.Client) (err error) {
		link, err = s.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: p.Channel, Ts: p.Message})
		return err
	})
	if err != nil {
		a.Log.Warn("no permalink", "channel", p.Channel, "message", p.Message, "error", err)
		return ""
	}
	return link
}
