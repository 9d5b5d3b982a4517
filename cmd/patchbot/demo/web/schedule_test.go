package web_test

import (
	"context"
	"testing"
)

// scheduledStory chooses a time, then another, and then does not wait for it.
func scheduledStory(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.click("button", "Schedule…")
	b.find("dialog", "Schedule patching")
	b.isAccessible(axe(t), "the times to choose from")
	b.click("radio", "At the time below")
	b.click("button", "Schedule")
	b.shows("dialog[open]", "Choose a day and a time.")
	b.click("radio", "In 24 hours…")
	b.click("button", "Schedule")
	b.shows("main", "Patching web-1 is scheduled")
	b.shows("main", "Scheduled for")
	b.click("tab", "State machines")
	b.shows("main", "Wait for the Schedule")
	b.click("button", "Move…")
	b.find("dialog", "Move patching")
	b.click("button", "Move")
	b.shows("main", "2 replies")
	b.answer("Patch now")
	b.shows("main", "web-1 is up to date")
	b.sound()
}
