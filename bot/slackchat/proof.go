package slackchat

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// provenTitle is how much of a patch's title a list shows, in characters.
const provenTitle = 80

// proofBlocks show before and after side by side, and by name what was installed and what was not.
func proofBlocks(r bot.Request) []slack.Block {
	lines := proofLines(r)
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{
		slack.NewSectionBlock(nil, []*slack.TextBlockObject{
			mrkdwn("*Before*\n" + wording.Tally(r.Before)),
			mrkdwn("*Now*\n" + wording.Tally(*r.After)),
		}, nil),
		section(strings.Join(lines, "\n")),
	}
}

// proofLines are a line each for what was installed, failed, waits for a reboot and is still missing.
func proofLines(r bot.Request) []string {
	var lines []string
	for _, p := range wording.Proof(r) {
		line := fmt.Sprintf("%s *%s:* %s", p.Emoji, p.What, p.Listed(func(patch workflow.Patch) string { return escaped(patch.Name(), provenTitle) }))
		if p.Why != "" {
			line += " (" + escaped(p.Why, 200) + ")"
		}
		lines = append(lines, line)
	}
	if note := wording.NodeNote(r); note != "" && r.Proves() {
		lines = append(lines, escapes.Replace(note))
	}
	return lines
}

// proofLine is what of that has names, or a reason, in one line of a thread.
func proofLine(r bot.Request) string {
	var parts []string
	for _, p := range wording.Proof(r) {
		if len(p.Patches) == 0 && p.Why == "" { // the numbers stand before it
			continue
		}
		part := fmt.Sprintf("%s: %s", p.What, p.Listed(func(patch workflow.Patch) string { return escaped(patch.Name(), provenTitle) }))
		if p.Why != "" {
			part += " (" + escaped(p.Why, 200) + ")"
		}
		parts = append(parts, part+".")
	}
	return strings.Join(parts, " ")
}

// linkBytes is how long a link may be: no name that anybody has given a log group needs more.
const linkBytes = 800

// consoleLinks lead to AWS's pages of a request: its execution, its install command and output, and its
// roll back.
func consoleLinks(r bot.Request) string {
	console := workflow.ConsoleOf(r.ExecutionARN)
	return linked([]consolePage{
		{console.Execution(r.ExecutionARN), "Open the execution"},
		{console.Command(r.Install.CommandID), "Open the command"},
		{console.CommandOutput(r.Install.LogGroup, r.Install.CommandID, r.Instance.ID), "All output in CloudWatch Logs"},
		rollBackPage(r),
	})
}

// consolePage is a page of AWS's console, and what its link says; a page that there is not has no url.
type consolePage struct{ url, text string }

// rollBackPage is that of a request's newest roll back.
func rollBackPage(r bot.Request) consolePage {
	arn := rollBackOf(r).ExecutionARN
	return consolePage{workflow.ConsoleOf(arn).Execution(arn), "Open the roll back"}
}

func linked(pages []consolePage) string {
	var links []string
	for _, page := range pages {
		if page.url != "" && len(page.url) <= linkBytes {
			links = append(links, fmt.Sprintf("<%s|%s>", escapes.Replace(page.url), page.text))
		}
	}
	return strings.Join(links, " · ")
}
