package slackchat

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

// homeView renders an App Home. It stays under 80 blocks; see limit.ViewBlocks.
func homeView(h home, now time.Time) slack.HomeTabViewRequest {
	var blocks []slack.Block
	if h.Said != "" {
		blocks = append(blocks, sections(h.Said)...)
	}
	blocks = append(blocks, header(homeHeadline(h)))
	for _, m := range h.Waiting {
		blocks = append(blocks, homeQuestion(m)...)
	}
	if h.More > 0 {
		blocks = append(blocks, contextBlock(fmt.Sprintf("and %d more: `%s list waiting`", h.More, SlashCommand)))
	}
	if h.Unchecked > 0 {
		blocks = append(blocks, contextBlock(fmt.Sprintf("Of %s I could not check with Slack whether you decide. Open this tab again in a minute.",
			wording.Count(h.Unchecked, "open request", "open requests"))))
	}
	if len(h.Scheduled) > 0 {
		blocks = append(blocks, header("Scheduled"))
	}
	for _, m := range h.Scheduled {
		blocks = append(blocks, homeScheduled(m)...)
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
	for _, m := range h.Waiting {
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
		text := fmt.Sprintf("*%s*\n%s\n%s\n%s", escaped(wording.Headline(r), limit.Header), identity(r), plan(r), deadline(r)) + homeApprovals(m)
		return []slack.Block{section(text), slack.NewActionBlock("home_"+r.ID, buttons(r)...)}
	}
	text := fmt.Sprintf("*%s*\n%s\n%s", escaped(digestHeadline(m.Requests), limit.Header), before(freezeOfMany(m.Requests, day), digestPlan(m.Requests)), decideBy(m.Requests)) + homeApprovals(m)
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

// homeScheduled is a message in which something is scheduled, with the buttons that change it.
func homeScheduled(m bot.Message) []slack.Block {
	if m.Digest == "" {
		r := m.Requests[0]
		text := fmt.Sprintf("*%s*\n%s\n%s", escaped(wording.Headline(r), limit.Header), identity(r), standing(r))
		return []slack.Block{section(text), slack.NewActionBlock("home_"+r.ID, buttons(r)...)}
	}
	text := fmt.Sprintf("*%s scheduled*: %s", instances(m.Requests), namesOf(m.Requests))
	return []slack.Block{section(text), slack.NewActionBlock("home_"+m.Digest+"_scheduled", digestButtons(m)...)}
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
