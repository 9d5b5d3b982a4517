package local_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// TestABackupComesBeforeThePatch: whatever becomes of the snapshots, nothing is installed before
// they are complete.
func TestABackupComesBeforeThePatch(t *testing.T) {
	for name, c := range map[string]struct {
		fleet    awssim.Config
		fault    *awssim.Fault
		status   bot.Status
		says     string
		installs int
	}{
		"and then it is up to date": {status: bot.StatusCompliant, says: "web-1 is up to date", installs: 1},
		"takes five hours":          {fleet: awssim.Config{SnapshotTime: 5 * time.Hour}, status: bot.StatusCompliant, says: "web-1 is up to date", installs: 1},
		"fails":                     {fault: &awssim.Fault{Kind: awssim.SnapshotFails}, status: bot.StatusFailed, says: "Nothing was installed."},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{Fleet: c.fleet}, func(t *testing.T, w *system) {
				w.asked()
				if c.fault != nil {
					w.Fleet.Break(*c.fault)
				}
				w.click(w.ada, slackchat.ButtonApprove)
				w.closed()            // an event that comes twice starts a second execution, which ends at once
				time.Sleep(time.Hour) // simulated
				require.Equal(t, c.status, w.request().Status, w.screen())
				require.Contains(t, w.screen(), c.says)
				require.Equal(t, c.installs, w.installs())
				require.Equal(t, 1, strings.Count(w.screen(), "Approved by @ada."), w.screen())
			})
		})
	}
}
