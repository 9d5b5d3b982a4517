package awssim

import (
	"slices"
	"time"
)

type describeSnapshotsInput struct {
	SnapshotIds         []string
	OwnerIds            []string // "self" or the account
	Filters             []ec2Filter
	MaxResults          int
	NextToken           string
	RestorableByUserIds accepted
	DryRun              accepted
}

type describeSnapshotsOutput struct {
	Snapshots []snapshotShown
	NextToken string `json:",omitempty"`
}

// snapshotShown is what DescribeSnapshots tells of a snapshot.
type snapshotShown struct {
	snapshotInfo
	CompletionTime string `json:",omitempty"`
	StateMessage   string `json:",omitempty"`
	StorageTier    string
}

func (f *Fleet) describeSnapshots(in describeSnapshotsInput) (*describeSnapshotsOutput, error) {
	for _, id := range in.SnapshotIds {
		if !slices.ContainsFunc(f.snapshots, func(s *snapshot) bool { return s.id == id }) {
			return nil, ec2Error("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", id)
		}
	}
	if err := checkFilters(in.Filters, "snapshot-id", "status", "volume-id", "description", "owner-id"); err != nil {
		return nil, err
	}
	found := []snapshotShown{}
	for _, s := range f.snapshots {
		s = f.seenSnapshot(s)
		wanted := slices.Contains(in.SnapshotIds, s.id) || len(in.SnapshotIds) == 0 && f.listed(s)
		if wanted && f.owns(in.OwnerIds) && meets(in.Filters, s.tags, f.snapshotValues(s)) {
			found = append(found, f.shownSnapshot(s))
		}
	}
	part, next, err := ec2Page(found, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeSnapshotsOutput{Snapshots: part, NextToken: next}, nil
}

// listed reports whether a snapshot shows in lists: EC2 is eventually consistent, and how fast
// nobody says, so a new one takes as long as a new command.
func (f *Fleet) listed(s *snapshot) bool {
	return !f.now().Before(s.started.Add(f.config.VisibleAfter))
}

// owns reports whether snapshots of this account are asked for.
func (f *Fleet) owns(owners []string) bool {
	return len(owners) == 0 || slices.Contains(owners, "self") || slices.Contains(owners, f.config.Account)
}

// seenSnapshot is the snapshot as DescribeSnapshots tells of it: still pending for a
// while after its end, if StatusLags struck.
func (f *Fleet) seenSnapshot(s *snapshot) *snapshot {
	if !f.holds(s.hold, s.node) {
		return s
	}
	before := *s
	before.state, before.completed = "pending", time.Time{}
	return &before
}

func (f *Fleet) snapshotValues(s *snapshot) map[string]string {
	return map[string]string{
		"snapshot-id": s.id,
		"status":      s.state,
		"volume-id":   s.volume.ID,
		"description": s.description,
		"owner-id":    f.config.Account,
	}
}

func (f *Fleet) shownSnapshot(s *snapshot) snapshotShown {
	shown := snapshotShown{
		snapshotInfo:   f.snapshotInfo(s),
		CompletionTime: optionalStamp(s.completed),
		StorageTier:    "standard",
	}
	if s.state == "error" {
		shown.StateMessage = "An internal error occurred while creating the snapshot"
	}
	return shown
}
