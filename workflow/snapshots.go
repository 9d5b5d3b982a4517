package workflow

import "slices"

// JudgeSnapshots says how a set of snapshots stands, from the states that
// DescribeSnapshots gives: pending, completed, error, recoverable, recovering.
func JudgeSnapshots(ids, states []string) SnapshotsResult {
	result := SnapshotsResult{SnapshotIDs: ids}
	switch {
	case slices.Contains(states, "error"):
		result.Result = "failed"
	case len(states) >= len(ids) && !slices.ContainsFunc(states, func(s string) bool { return s != "completed" }):
		result.Result = "succeeded"
	}
	return result
}
