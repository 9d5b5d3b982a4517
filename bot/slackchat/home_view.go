package slackchat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

// homeView renders an App Home. It stays under 90 blocks; see limit.ViewBlocks.
func homeView(h home, now time.Time) slack.HomeTabViewRequest {
	var blocks []slack.Block
	if h.Said != "" {
		blocks = append(blocks, sections(h.Said)...)
	}
	blocks = append(blocks, header(homeHeadline(h)))
	for _, m := range h.Waiting {
		blocks = append(blocks, homeQuestion(m)...)
	}
	for _, m := range h.Agreeing {
		blocks = append(blocks, homeWaits(m, "_emergency")...)
	}
	if h.More > 0 {
		blocks = append(blocks, contextBlock(fmt.Sprintf("and %d more: `%s list waiting`", h.More, SlashCommand)))
	}
	if h.Unchecked > 0 {
		blocks = append(blocks, contextBlock(fmt.Sprintf("Of %s I could not check with Slack whether you decide. Open this tab again in a minute.",
			wording.Count(h.Unchecked, "open request", "open requests"))))
	}
	if len(h.Scheduled) > 0 {
		blocks = append(blocks, header("Scheduled, or in a freeze"))
	}
	for _, m := range h.Scheduled {
		blocks = append(blocks, homeWaits(m, "_scheduled")...)
	}
	blocks = append(blocks, homeList("Under way", h.Working, now)...)
	blocks = append(blocks, homeList("Lately", h.Lately, now)...)
	if h.Platform {
		blocks = append(blocks, homeList("Overdue or failed, of all owners", h.Overdue, now)...)
	}
	blocks = append(blocks, contextBlock(fmt.Sprintf("As of %s. Open this tab again for how it stands then; `%s help` lists what you can type.", day(now), SlashCommand)))
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

func homeHeadline(h home) string {
	n := h.More
	for _, m := range slices.Concat(h.Waiting, h.Agreeing) {
		n += len(m.Requests)
	}
	if n == 0 {
		return "Nothing waits for you"
	}
	return wording.Count(n, "question waits", "questions wait") + " for you"
}

// homeQuestion is a message that waits for a decision, in short and with its buttons. Of a digest
// only those stand here that wait.
func homeQuestion(m bot.Message) []slack.Block {
	if m.Digest == "" {
		r := m.Requests[0]
		text := fmt.Sprintf("*%s*\n%s\n%s\n%s", escaped(wording.Headline(r), limit.Header), identity(r), plan(r), deadline(r)) + homeApprovals(m) + onLine(emergencyText(r))
		return []slack.Block{section(text), slack.NewActionBlock("home_"+r.ID, buttons(r)...)}
	}
	text := fmt.Sprintf("*%s*\n%s\n%s", escaped(digestHeadline(m.Requests), limit.Header), before(freezeOfMany(m.Requests, day), digestPlan(m.Requests)), decideBy(m.Requests)) + homeApprovals(m) + onLine(emergenciesOfMany(m.Requests))
	return []slack.Block{section(text), slack.NewActionBlock("home_"+m.Digest, digestButtons(m)...)}
}

// homeApprovals says how many must approve, and did; each is a line of its own.
func homeApprovals(m bot.Message) string {
	text := ""
	if must := mustApprove(m.Requests); must != "" {
		text = "\n" + strings.Replace(must, "of them", "people", 1)
	}
	return strings.Join(withApprovals([]string{text}, m.Requests), "\n")
}

// onLine has a text on a line of its own, if there is one.
func onLine(text string) string {
	if text == "" {
		return ""
	}
	return "\n" + text
}

// homeWaits is a message in which something waits for its time, or for a freeze to end, with the buttons that
// change it. The same message may stand in several lists, each of which has another name for its buttons.
func homeWaits(m bot.Message, list string) []slack.Block {
	if m.Digest == "" {
		r := m.Requests[0]
		text := fmt.Sprintf("*%s*\n%s\n%s", escaped(wording.Headline(r), limit.Header), identity(r), standing(r))
		return []slack.Block{section(text), slack.NewActionBlock("home_"+r.ID, buttons(r)...)}
	}
	how := "scheduled"
	switch frozenOf(m.Requests) {
	case 0:
	case len(m.Requests):
		how = "waiting for a freeze to end"
	default:
		how = "scheduled, or waiting for a freeze to end"
	}
	text := fmt.Sprintf("*%s %s*: %s", instances(m.Requests), how, namesOf(m.Requests)) + onLine(emergenciesOfMany(m.Requests))
	return []slack.Block{section(text), slack.NewActionBlock("home_"+m.Digest+list, digestButtons(m)...)}
}

// homeList is a list of requests; none where it is empty.
func homeList(title string, all []bot.Summary, now time.Time) []slack.Block {
	if len(all) == 0 {
		return nil
	}
	list := linesWithin(answerBytes - limit.SectionText + len("and 1000000 more"))
	named := 0
	for _, s := range all[:min(len(all), homeLines)] {
		if !list.fit(summaryLine(s, now)) {
			break
		}
		named++
	}
	if more := len(all) - named; more > 0 {
		list.text = append(list.text, fmt.Sprintf("and %d more", more))
	}
	return []slack.Block{header(title), section(list.String())}
}

func header(text string) slack.Block {
	return slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, bot.Tidy(text, limit.Header), true, false))
}
