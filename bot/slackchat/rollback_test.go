package slackchat

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// backupBegun is a click about a request whose snapshots were begun two hours before they were complete.
func backupBegun(c click) click {
	c.Request.Backup.StartedAt = c.Request.Backup.FinishedAt.Add(-2 * time.Hour)
	return c
}

func TestWhatIsLostCountsFromWhenTheSnapshotsWereBegun(t *testing.T) {
	r := states(t)["still_non_compliant"]
	finished := r.Backup.FinishedAt
	now := finished.Add(time.Hour)
	require.Contains(t, sinceSnapshot(r, now), "I do not know how long ago")
	require.Empty(t, asOf(r))

	r.Turn = &bot.Turn{GrantedAt: finished.Add(-time.Hour)}
	require.Equal(t, "in the last 2 hours", sinceSnapshot(r, now), "of an earlier version")
	r.Backup.StartedAt = finished.Add(-30 * time.Minute)
	require.Equal(t, "in the last 90 min", sinceSnapshot(r, now))
	r.Backup.FinishedAt = time.Time{}
	require.Equal(t, "in the last 90 min", sinceSnapshot(r, now), "their end was never told")
	r.Turn, r.Backup.StartedAt = nil, time.Time{}
	require.Contains(t, sinceSnapshot(r, now), "I do not know how long ago")
}

func TestNothingIsRolledBackThroughALaterInstall(t *testing.T) {
	older, newer := states(t)["still_non_compliant"], states(t)["compliant"]
	require.Empty(t, older.NoWayBack())
	require.Equal(t, newer.ID, toRollBack([]bot.Request{newer, older}).ID)
	newer.ID, newer.Backup.DeletedAt = "r-newer", newer.EndedAt
	require.Equal(t, "r-newer", toRollBack([]bot.Request{newer, older}).ID, "what it installed is in the way")
	require.NotContains(t, installedLater(newer), "Roll that one back first")
	nothing := states(t)["rejected"]
	nothing.ID = "r-nothing"
	require.Equal(t, older.ID, toRollBack([]bot.Request{nothing, older}).ID)
}
