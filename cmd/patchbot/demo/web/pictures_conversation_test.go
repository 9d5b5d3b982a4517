package web_test

import (
	"testing"

	"github.com/patchbot/patchbot/bot/slacksim"
)

// conversationSize is that of a picture in docs/conversation.md.
var conversationSize = size{1200, 760, "light"}

// TestThePicturesOfTheConversation tries what docs/conversation.md shows, and takes its pictures.
func TestThePicturesOfTheConversation(t *testing.T) {
	chromium := startChromium(t)
	for name, show := range map[string]func(p page, b *browser){
		"who.png": func(_ page, b *browser) {
			b.become("Eve Sato…")
			b.answer("Approve")
			b.shows("main", "Only approvers of payments can decide this")
		},
		"schedule.png": func(_ page, b *browser) {
			b.click("button", "Schedule…")
			b.shows("dialog[open]", "Tonight")
		},
		"reminder.png": func(_ page, b *browser) {
			b.click("button", "Skip to the next deadline…")
			b.shows("[role=log]", "replied to a thread")
		},
		"failed.png": func(p page, b *browser) {
			b.click("button", "Actions for web-1")
			b.click("menuitemcheckbox", "Let the next patch fail")
			p.Clock.SetSpeed(brisk)
			b.answer("Approve")
			b.shows("[role=log]", "For @ada, @oncall-payments.")
		},
		"home.png": func(_ page, b *browser) {
			b.click("button", "patchbot App Home")
			b.shows("main", "1 question waits for you")
		},
		"moved.png": func(p page, b *browser) {
			p.Slack.Fail("chat.postMessage", slacksim.Fault{Times: 1, Error: "restricted_action_read_only_channel"})
			b.click("button", "Actions for cart-1")
			b.click("menuitem", "Make non-compliant")
			b.click("button", "patching…")
			b.shows("[role=log]", "which does not take my messages")
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := album{t, chromium, open(t, 30)}
			a.page.question()
			b := visit(t, chromium, a.page.url, conversationSize)
			defer b.close()
			b.shows("body", "6 patches to install on web-1")
			show(a.page, b)
			a.keepPicture(name, b)
		})
	}
}
