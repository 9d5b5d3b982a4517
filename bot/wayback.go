package bot

import "slices"

// Snapshot is one snapshot of a backup, and the volume that it shows.
type Snapshot struct{ ID, VolumeID string }

// snapshots lists what the backup took, in the order in which AWS named it; none where the volumes
// are not known.
func (b Backup) snapshots() []Snapshot {
	if len(b.VolumeIDs) != len(b.SnapshotIDs) {
		return nil
	}
	var all []Snapshot
	for i, id := range b.SnapshotIDs {
		all = append(all, Snapshot{ID: id, VolumeID: b.VolumeIDs[i]})
	}
	return all
}

// isRoot reports whether it shows the volume that the request's instance boots from.
func (r Request) isRoot(s Snapshot) bool {
	return r.Instance.RootVolumeID != "" && s.VolumeID == r.Instance.RootVolumeID
}

// RootSnapshot is the snapshot of the volume that the instance boots from, "" where there is none, or
// where it is not known which one it is.
func (r Request) RootSnapshot() string {
	all := r.Backup.snapshots()
	if i := slices.IndexFunc(all, r.isRoot); i >= 0 {
		return all[i].ID
	}
	return ""
}

// DataSnapshots are the backup's snapshots of all other volumes; none where RootSnapshot is not known.
func (r Request) DataSnapshots() []Snapshot {
	if r.RootSnapshot() == "" {
		return nil
	}
	return slices.DeleteFunc(r.Backup.snapshots(), r.isRoot)
}
