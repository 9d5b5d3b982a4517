package awssim

import "slices"

type deleteSnapshotInput struct {
	SnapshotId string `member:"required"`
	DryRun     accepted
}

func (f *Fleet) deleteSnapshot(in deleteSnapshotInput) (*struct{}, error) {
	i := slices.IndexFunc(f.snapshots, func(s *snapshot) bool { return s.id == in.SnapshotId })
	if i < 0 {
		return nil, ec2Error("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", in.SnapshotId)
	}
	if _, used := f.strike(SnapshotInUse, f.snapshots[i].node, always); used {
		return nil, ec2Error("InvalidSnapshot.InUse", "The snapshot %s is currently in use by ami-0f00d5eed5eed5eed", in.SnapshotId)
	}
	f.snapshots = slices.Delete(f.snapshots, i, i+1)
	return &struct{}{}, nil
}
