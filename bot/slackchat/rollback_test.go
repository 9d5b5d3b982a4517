package slackchat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
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
	r.Turn, r.Backup.StartedAt = nil, time.Time{}
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

// TestAfterARollBackNothingSaysWhatTheInstallHadComeTo: the root volume that it was on is gone.
func TestAfterARollBackNothingSaysWhatTheInstallHadComeTo(t *testing.T) {
	all := states(t)
	for _, name := range []string{"rolled_back", "rolled_back_after_up_to_date", "rolling_back_scanning", "roll_back_unscanned", "roll_back_unwatched", "roll_back_detached", "roll_back_not_booted"} {
		r := all[name]
		require.NotNil(t, r.After, name)
		blocks, err := json.Marshal(RequestBlocks(r))
		require.NoError(t, err)
		for _, said := range []string{string(blocks), RequestText(r), statusAnswer(r, ""), strings.Join(wording.Outcome(r), "\n")} {
			require.NotContains(t, said, "*Now*", name)
			require.NotContains(t, said, "Installed:", name)
			require.NotContains(t, said, "Still missing:", name)
		}
	}
	blocks, err := json.Marshal(RequestBlocks(all["roll_back_not_begun"]))
	require.NoError(t, err)
	require.Contains(t, string(blocks), "*Now*", "nothing was replaced")
}

// TestARollBackThatFailedLeadsOn: to what to do now, and to its execution.
func TestARollBackThatFailedLeadsOn(t *testing.T) {
	for _, name := range []string{"roll_back_failed", "roll_back_detached", "roll_back_unwatched", "roll_back_unscanned", "roll_back_not_booted", "roll_back_stopped"} {
		r := states(t)[name]
		next := rollBackNext(r)
		require.NotEmpty(t, next, name)
		require.Contains(t, body(r), "|Open the roll back>", name)
		require.Contains(t, statusAnswer(r, ""), "|Open the roll back>", name)
		for _, said := range []string{body(r), RequestText(r), statusAnswer(r, ""), rollBackFailedLine(r)} {
			require.Contains(t, said, next, name)
		}
	}
}

// TestWhatIsLeftInStandbyIsToldAtEveryBadEnd: whoever reads one of them must not believe it in service.
func TestWhatIsLeftInStandbyIsToldAtEveryBadEnd(t *testing.T) {
	all := states(t)
	for name, line := range map[string]bot.LineKind{"stopped": bot.LineStopped, "failed": bot.LineFailed, "still_non_compliant": "", "rolled_back": bot.LineRolledBack, "roll_back_failed": bot.LineRollBackFailed} {
		r := all[name]
		r.Hooks.Group, r.Hooks.Out = "web", r.CreatedAt
		told := map[string]string{"message": body(r), "status": statusAnswer(r, ""), "page and mail": wording.Standing(r)}
		if line != "" {
			told["thread"] = threadLine(r, bot.Line{Kind: line})
		}
		for where, said := range told {
			require.Contains(t, said, "still in Standby", name+" "+where)
		}
	}
}
