package slackchat

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// DigestBlocks renders the message of several requests.
func DigestBlocks(m bot.Message) []slack.Block {
	var lines []string
	for _, r := range m.Requests {
		lines = append(lines, escapes.Replace(wording.Headline(r)))
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

// DigestText is what notifications and screen readers give of a digest's message.
func DigestText(m bot.Message) string {
	return fmt.Sprintf("%d instances of %s", len(m.Requests), escaped(m.Requests[0].Owner, 80))
}

// digestLine puts a line of a digest's thread to words.
func digestLine(l bot.Line) string {
	return joined(l.Requests, namesBytes, nameAndID) + ": " + threadLine(l.Requests[0], l)
}
