package workflow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

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

// Tags of the snapshots that "Back Up Instance" takes, beside those that name the execution and the instance.
const (
	TagSnapshotRequest   = "patchbot:request"    // the request's id, e.g. "r-5xq3zk7m2ptqa6dh"
	TagSnapshotKeepUntil = "patchbot:keep-until" // as TurnAnswer.KeepUntil, e.g. "2026-12-06T17:03:00Z"
)

// TaggedSnapshot is a snapshot and what its tags say. Whoever may tag snapshots can write them, so they
// only say where to look.
type TaggedSnapshot struct {
	ID        string    // e.g. "snap-0a1b2c3d4e5f67890"
	RequestID string    // may be empty
	KeepUntil time.Time // zero where the tag holds no time
}

// ReadSnapshotTags reads what the tags of a snapshot say.
func ReadSnapshotTags(id string, tags map[string]string) TaggedSnapshot {
	until, err := time.Parse(time.RFC3339, tags[TagSnapshotKeepUntil])
	if err != nil {
		until = time.Time{}
	}
	return TaggedSnapshot{ID: id, RequestID: tags[TagSnapshotRequest], KeepUntil: until}
}

var (
	// ErrSnapshotStays says that EC2 does not delete a snapshot for now, since an AMI was made of it, or
	// somebody locked it.
	ErrSnapshotStays = errors.New("the snapshot is in use")
	// ErrSlowDown says that AWS takes no more calls for now.
	ErrSlowDown = errors.New("too many calls")
)

// DeleteSnapshotError is what comes of a DeleteSnapshot that failed with one of EC2's error codes, e.g.
// "InvalidSnapshot.InUse": nil where the snapshot is gone.
func DeleteSnapshotError(code string, err error) error {
	switch {
	case code == "InvalidSnapshot.NotFound":
		return nil
	case strings.HasSuffix(code, "InUse"), strings.Contains(code, "Locked"):
		return fmt.Errorf("%w: %w", ErrSnapshotStays, err)
	case strings.HasSuffix(code, "LimitExceeded"), strings.Contains(code, "Thrott"):
		return fmt.Errorf("%w: %w", ErrSlowDown, err)
	}
	return err
}
