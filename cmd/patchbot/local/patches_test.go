package local_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// window is the one modal that a person has open, as they read it.
func (w *system) window(user slacksim.User) (slacksim.View, string) {
	w.t.Helper()
	views := w.Slack.Views(user.ID)
	require.Len(w.t, views, 1, "told: %v", w.toldAlone(user))
	return views[0], slacksim.PlainText(slacksim.Message{Blocks: views[0].Blocks}, w.reader())
}

func TestEveryMissingPatchCanBeRead(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		for i := range 24 {
			require.NoError(t, w.Fleet.Publish(web1, awssim.Patch{Title: fmt.Sprintf("pkg-%02d", i), KBId: "pkg.x86_64", Classification: "Security", Severity: "Low"}))
		}
		w.asked()
		require.Contains(t, w.message(w.payments.ID), "[View patches]")
		require.Contains(t, w.typed(w.eve, w.payments.ID, "status "+web1), "“View patches” there lists what is missing.")
		w.click(w.eve, slackchat.ButtonPatches)
		view, text := w.window(w.eve)
		require.Contains(t, text, "1 to 10 of 30, the worst first.")
		require.Contains(t, text, "https://nvd.nist.gov/vuln/detail/CVE-")
		require.NotContains(t, text, "pkg-23")
		turn := func(action, want string) {
			t.Helper()
			_, err := w.Slack.ClickView(t.Context(), w.eve.ID, view.ID, action)
			require.NoError(t, err)
			view, text = w.window(w.eve)
			require.Contains(t, text, want)
		}
		turn("next_page", "11 to 20 of 30")
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		turn("next_page", "pkg-23")
		require.NotContains(t, text, "Next", "it is the last page")
		turn("previous_page", "11 to 20 of 30")
		require.NotContains(t, w.message(w.payments.ID), "[View patches]", "what is installed is not missing any more")
	})
}
