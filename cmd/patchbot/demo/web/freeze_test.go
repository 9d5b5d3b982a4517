package web_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
)

// frozenStory puts a freeze on: approving is for its end, and an emergency of two people goes through.
func frozenStory(t *testing.T, chromium context.Context) {
	p := open(t, brisk)
	b := visit(t, chromium, p.url, desktop)
	b.shows("body", "6 patches to install on web-1")
	b.click("switch", "Freeze")
	b.answer("Approve")
	b.shows("main", "Patching web-1 waits for a freeze to end")
	b.shows("main", "in a freeze")
	b.click("button", "Emergency…")
	b.find("dialog", "Patch in the freeze?")
	b.isAccessible(axe(t), "an emergency")
	b.fill("textbox", "Why can it not wait?…", "CVE-2026-1 is exploited")
	b.click("button", "Ask for it")
	b.shows("main", "Emergency asked for by")
	b.become("Lin Osei…")
	b.click("button", "Agree to emergency…")
	b.find("dialog", "Agree to the emergency?")
	b.click("button", "Agree")
	b.shows("main", "web-1 is up to date")
	b.shows("main", "approved as an emergency by")

	b.become("Ada Lovelace…")
	require.NoError(t, p.MakeNonCompliant([]string{world.FirstInstance}))
	b.shows("main", "A freeze is on until")
	b.answer("Approve for after the freeze")
	b.shows("main", "Patching web-1 waits for a freeze to end")
	b.click("switch", "Freeze")
	require.NoError(t, p.SkipToDeadline())
	b.shows("main", "2 replies")
	b.shows("main", "web-1 is up to date")
	b.sound()
}
