package web_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// patchesRead turns the pages of what is missing on an instance.
func patchesRead(t *testing.T, chromium context.Context) {
	p := open(t, brisk)
	b := visit(t, chromium, p.url, desktop)
	b.click("button", "Reject…")
	b.find("dialog", "Leave it unpatched?")
	b.click("button", "Reject")
	b.shows("main", "Patching web-1 was rejected")
	for i := range 11 {
		require.NoError(t, p.Fleet.Publish(world.FirstInstance, awssim.Patch{Title: fmt.Sprintf("zlib-%02d", i), KBId: fmt.Sprint("zlib", i), Classification: "Security", Severity: "Low"}))
	}
	require.NoError(t, p.MakeNonCompliant([]string{world.FirstInstance}))
	b.shows("main", "18 patches to install on web-1")
	b.click("button", "View patches")
	b.find("dialog", "Missing patches")
	b.shows("dialog[open]", "1 to 10 of 18, the worst first.")
	b.isAccessible(axe(t), "the patches of an instance")
	b.click("button", "Next")
	b.shows("dialog[open]", "11 to 18 of 18")
	b.shows("dialog[open]", "zlib-10")
	b.click("button", "Previous")
	b.shows("dialog[open]", "1 to 10 of 18")
	b.click("button", "Close")
	b.sound()
}
