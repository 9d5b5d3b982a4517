package local_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// pricePerThousand is what 1,000 transitions of a Standard workflow cost, in dollars.
const pricePerThousand = 0.025

// transitions are counted as AWS counts them: each state that is entered, and each retry. A Task is
// scheduled for its first try as well.
func transitions(history []asl.HistoryEvent) (n int) {
	for _, e := range history {
		if e.Type == asl.EventTaskScheduled || strings.HasSuffix(e.Type, "StateEntered") && e.Type != "TaskStateEntered" {
			n++
		}
	}
	return n
}

func TestTheNumberOfTransitionsDoesNotGrowWithTheInstall(t *testing.T) {
	of := func(patchTime time.Duration) (n int) {
		simulated(t, local.Config{Fleet: awssim.Config{PatchTime: patchTime, ExecutionTimeout: 8 * time.Hour}}, func(t *testing.T, w *system) {
			w.asked()
			w.click(w.ada, slackchat.ButtonApprove)
			e := w.end()
			require.Equal(t, "compliant", outcome(t, e))
			require.Len(t, w.snapshots(), 2)
			history, err := w.Machine.History(e.ARN)
			require.NoError(t, err)
			n = transitions(history)
		})
		return n
	}
	short, long := of(2*time.Minute), of(4*time.Hour)
	t.Logf("transitions of one approved, backed-up, patched and verified instance: %d with an install of two minutes, %d with one of four hours", short, long)
	require.Equal(t, short, long)

	for file, says := range map[string]string{
		"README.md":       fmt.Sprintf("| %d transitions; $%.2f |", short, float64(short)*pricePerThousand),
		"infra/README.md": fmt.Sprintf("$%.3f: %d transitions of the state machine", float64(short)*pricePerThousand/1000, short),
	} {
		readme, err := os.ReadFile("../../../" + file)
		require.NoError(t, err)
		require.True(t, strings.Contains(string(readme), says), "%s does not say %s", file, says)
	}
}
