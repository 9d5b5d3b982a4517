package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// TestABackupThatIsToldLateIsNotLost: the way back, and the snapshots' end, hang on it.
func TestABackupThatIsToldLateIsNotLost(t *testing.T) {
	patching := tell(approvedRequest(), 4, patchStarted)
	require.Empty(t, patching.Backup.SnapshotIDs)
	c := Apply(patching, notification(backupStarted, 3), at(5))
	require.Equal(t, backupStarted.SnapshotIDs, c.Request.Backup.SnapshotIDs)
	require.Equal(t, StatusPatching, c.Request.Status)
	require.False(t, c.Request.Backup.FinishedAt.IsZero(), "the machine only installs after the backup")
	require.False(t, c.Request.Backup.KeepUntil.IsZero())
	require.True(t, Apply(c.Request, notification(backupStarted, 3), at(6)).Nothing())

	backingUp := tell(approvedRequest(), 3, backupStarted, workflow.StandbyEntered{Standby: workflow.Standby{Group: "web"}})
	require.True(t, backingUp.BackupKept(), "Standby comes after the backup")
}

func TestSnapshotsOfAnOlderMachineArePromisedNoEnd(t *testing.T) {
	old := workflow.BackupStarted{SnapshotIDs: []string{"snap-1"}} // which tags nothing that says when they may go
	require.True(t, tell(approvedRequest(), 3, old).Backup.KeepUntil.IsZero())
	require.False(t, tell(approvedRequest(), 3, backupStarted).Backup.KeepUntil.IsZero())
}

func TestAFrozenInstanceComesBackIntoItsRunOnce(t *testing.T) {
	turns := entered(50, TurnLimit{AtOnce: atOnceOf(t, "10%")})
	for _, m := range turns.Waiting {
		turns = turns.leave(m.ID, StatusFrozen, since(60)).enter(m.ID, m.Approved, turns.Limit)
	}
	require.Equal(t, 5, turns.AtOnce(), "10%% of fifty")
}

func TestARolledBackFailureStillCountsForItsGroup(t *testing.T) {
	for _, status := range []Status{StatusRollingBack, StatusRolledBack, StatusRollBackFailed} {
		require.Equal(t, StatusFailed, Request{Status: status, RollBack: &RollBack{From: StatusFailed}}.usedTurn(), status)
	}
}

func atOnceOf(t *testing.T, text string) AtOnce {
	t.Helper()
	a, err := ParseAtOnce(text)
	require.NoError(t, err)
	return a
}
