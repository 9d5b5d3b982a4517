package web_test

import (
	"context"
	"testing"
)

// rolledBackStory goes back to the snapshot after an install that failed.
func rolledBackStory(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.click("button", "Actions for web-1")
	b.click("menuitemcheckbox", "Let the next patch fail")
	b.answer("Approve")
	b.shows("main", "6 patches still to install on web-1")
	b.click("button", "Roll back…")
	b.find("dialog", "Roll back?")
	b.shows("dialog[open]", "Data volumes are not touched")
	b.isAccessible(axe(t), "what is lost by a roll back")
	b.fill("textbox", "Why…", "the shop does not start")
	b.click("button", "Roll back")
	b.shows("dialog[open]", "required")
	b.click("checkbox", "I know what is lost")
	b.click("button", "Roll back")
	b.shows("main", "Rolling web-1 back")
	b.click("tab", "State machines")
	b.click("radio", "roll-back")
	b.shows("main", "Wait for the Replacement")
	b.shows("main", "web-1 was rolled back")
	b.shows("main", "6 patches are missing again")
	b.sound()
}
