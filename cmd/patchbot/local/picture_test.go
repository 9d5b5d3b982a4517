package local_test

import (
	"flag"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

var update = flag.Bool("update", false, "draw the README's picture anew")

// TestTheREADMEsPictureIsTrue draws what Slack shows in the story, so that the picture
// cannot show what the bot does not say.
func TestTheREADMEsPictureIsTrue(t *testing.T) {
	const path = "../../../docs/conversation.svg"
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC))) // simulated
		w := startSystem(t, local.Config{InProcess: true})
		w.asked()
		left, right := newPanel(w.reader()), newPanel(w.reader())
		require.NoError(t, left.message(w.question().Blocks, "the question"))
		time.Sleep(2 * time.Minute) // simulated
		w.click(w.ada, slackchat.ButtonApprove)
		w.end()
		synctest.Wait()
		require.NoError(t, right.message(w.question().Blocks, "the same message, later"))
		right.thread(w.Slack.Thread(w.payments.ID, w.question().TS))
		drawn := sideBySide(left, right)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(drawn), 0o644))
		}
		committed, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(committed), drawn, "run go test ./cmd/patchbot/local -run Picture -update")
	})
}
