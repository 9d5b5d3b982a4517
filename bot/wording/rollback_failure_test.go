package wording

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// rollBackThatFailed is a request whose roll back ended with an error in a state.
func rollBackThatFailed(state, name, cause string) bot.Request {
	return bot.Request{Status: bot.StatusRollBackFailed, RollBack: &bot.RollBack{Failure: &bot.Failure{State: state, Error: name, Cause: cause}}}
}

// TestEveryErrorOfARollBackHasWords: those of an install would send people to what there is not.
func TestEveryErrorOfARollBackHasWords(t *testing.T) {
	rows := map[string]failureWords{}
	for _, w := range rollBackFailures {
		require.NotEmpty(t, w.happened)
		require.NotEmpty(t, w.next)
		for _, name := range w.names {
			rows[name] = w
		}
	}
	all := errorsOf(t, workflow.RollBack)
	require.GreaterOrEqual(t, len(all), 9)
	require.Subset(t, all, []string{"NodeNotBack", "SnapshotNotThere", "RootVolumeDetached"})
	for _, name := range all {
		require.Contains(t, rows, name, "no words for what happened, and what to do now")
		w := RollBackFailureOf(rollBackThatFailed("", name, ""))
		require.Equal(t, rows[name].happened, w.Happened)
		for _, text := range []string{w.Happened, w.Details, w.Next} {
			require.NotContains(t, text, "after the install", name)
			require.NotContains(t, text, "ry again", name+": it is rolled back, not tried again")
		}
		require.Contains(t, Standing(rollBackThatFailed("", name, "")), w.Next)
	}
}

func TestWhatFollowsAnAWSErrorGoesByTheRootVolume(t *testing.T) {
	for state, next := range map[string]string{
		"Find Snapshot":            "then roll it back again.",
		workflow.StateReplace:      "then roll it back again.", // EC2 refused
		"Read the Replacement":     nextUnknown,
		"Scan Again":               nextReplaced,
		"Read Missing Counts":      nextReplaced,
		"Wait for the Replacement": nextUnknown,
	} {
		w := RollBackFailureOf(rollBackThatFailed(state, "Ec2.Ec2Exception", "You are not authorized to perform this operation."))
		require.Contains(t, w.Happened, "lacks a right", state)
		require.Contains(t, w.Next, next, state)
	}
	require.Equal(t, nextUnknown, RollBackFailureOf(bot.Request{RollBack: &bot.RollBack{}}).Next, "only EventBridge told")
	require.Contains(t, RollBackFailureOf(rollBackThatFailed("", "ABORTED", "")).Details, "The roll back failed with ABORTED")
}

func TestDeletedSnapshotsAreNotSaidToExist(t *testing.T) {
	r := bot.Request{Status: bot.StatusFailed, Backup: bot.Backup{SnapshotIDs: []string{"snap-1"}, FinishedAt: bot.Request{}.CreatedAt.AddDate(2026, 0, 0)}}
	require.Contains(t, Standing(r), "1 snapshot exists")
	r.Backup.DeletedAt = r.Backup.FinishedAt
	require.Empty(t, Snapshots(r))
}
