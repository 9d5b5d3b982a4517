package awssim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// snapshot is an EBS snapshot of one volume, made in a set.
type snapshot struct {
	id          string
	volume      Volume
	description string
	tags        map[string]string
	state       string // pending, completed, error, recoverable, recovering
	started     time.Time
	completed   time.Time

	node    *node        // whose volume it shows
	patches []patchEntry // as they were on the machine
	hold    hold         // of DescribeSnapshots on how it ended
}

type createSnapshotsInput struct {
	InstanceSpecification struct {
		InstanceId           string `member:"required"`
		ExcludeBootVolume    bool
		ExcludeDataVolumeIds []string
	} `member:"required"`
	Description        string
	TagSpecifications  []tagSpecification
	CopyTagsFromSource accepted // the volumes here have no tags
	DryRun             accepted
	Location           accepted
	OutpostArn         unsimulated
}

type tagSpecification struct {
	ResourceType string
	Tags         []tag
}

type createSnapshotsOutput struct{ Snapshots []snapshotInfo }

// snapshotInfo is what CreateSnapshots tells of a snapshot.
type snapshotInfo struct {
	Description string
	Encrypted   bool
	OwnerId     string
	Progress    string
	SnapshotId  string
	StartTime   string
	State       string
	Tags        []tag
	VolumeId    string
	VolumeSize  int // GiB
}

func (f *Fleet) createSnapshots(in createSnapshotsInput) (*createSnapshotsOutput, error) {
	n, err := f.ec2Node(in.InstanceSpecification.InstanceId)
	if err != nil {
		return nil, err
	}
	if !n.managed() {
		return nil, ec2Error("IncorrectState", "The instance '%s' is not in a state that can be snapshotted", n.ID)
	}
	tags, err := tagsFor("snapshot", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	set, err := f.snapshotSet(n, in.volumes(n), in.Description, tags)
	if err != nil {
		return nil, err
	}
	f.snapshots = append(f.snapshots, set...)
	f.completeLater(n, set)
	out := &createSnapshotsOutput{}
	for _, s := range set {
		out.Snapshots = append(out.Snapshots, f.snapshotInfo(s))
	}
	return out, nil
}

func (in createSnapshotsInput) volumes(n *node) []Volume {
	volumes := slices.Clone(n.Volumes)
	if in.InstanceSpecification.ExcludeBootVolume || n.rootDetached {
		volumes = volumes[1:]
	}
	return slices.DeleteFunc(volumes, func(v Volume) bool {
		return slices.Contains(in.InstanceSpecification.ExcludeDataVolumeIds, v.ID)
	})
}

// tagsFor are the tags of a resource that a call makes.
func tagsFor(resourceType string, specifications []tagSpecification) (map[string]string, error) {
	tags := make(map[string]string)
	for _, specification := range specifications {
		if specification.ResourceType != resourceType {
			return nil, ec2Error("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", specification.ResourceType)
		}
		for _, t := range specification.Tags {
			if _, twice := tags[t.Key]; twice {
				return nil, ec2Error("InvalidParameterValue", "Duplicate tag key '%s' specified.", t.Key)
			}
			tags[t.Key] = t.Value
		}
	}
	return tags, nil
}

// mostPending is how many snapshots of a volume may be pending at once: five, of the
// hard disk types one (EBS quotas, "Concurrent snapshots per … volume").
func (v Volume) mostPending() int {
	if v.Type == "st1" || v.Type == "sc1" {
		return 1
	}
	return 5
}

// snapshotSet makes the set. It makes none at all if one volume has too many under way.
func (f *Fleet) snapshotSet(n *node, volumes []Volume, description string, tags map[string]string) ([]*snapshot, error) {
	if len(volumes) == 0 {
		return nil, ec2Error("InvalidParameterCombination", "There are no volumes left to snapshot.")
	}
	var set []*snapshot
	for _, v := range volumes {
		pending := 0
		for _, s := range f.snapshots {
			if s.volume.ID == v.ID && s.state == "pending" {
				pending++
			}
		}
		if pending >= v.mostPending() {
			return nil, ec2Error("ConcurrentSnapshotLimitExceeded", "Maximum allowed in-progress snapshots for a single volume exceeded.")
		}
		set = append(set, &snapshot{
			id: f.ids.hex17("snap-"), volume: v, description: description,
			tags: maps.Clone(tags), state: "pending", started: f.now(), node: n, patches: slices.Clone(n.patches),
		})
	}
	return set, nil
}

func (f *Fleet) completeLater(n *node, set []*snapshot) {
	fault, slow := f.strike(SnapshotsSlow, n, always)
	if slow && fault.For == 0 {
		return
	}
	f.after(f.config.SnapshotTime+fault.For, func() { f.finishSnapshots(n, set) })
}

// finishSnapshots completes a set. One snapshot that fails puts all into error.
func (f *Fleet) finishSnapshots(n *node, set []*snapshot) {
	state, cause := "completed", ""
	if fault, fails := f.strike(SnapshotFails, n, always); fails {
		state = cmp.Or(fault.SnapshotState, "error")
		cause = fmt.Sprintf("Snapshot %s is in status %s", set[0].id, state)
	}
	held := f.newHold(StatusLags, n, 0, func(fault *Fault) bool {
		return fault.Operation == "" && fault.isAbout(SnapshotEvent)
	})
	for _, s := range set {
		s.state, s.hold = state, held
		if state == "completed" {
			s.completed = f.now()
		}
	}
	f.emitSnapshots(n, set, cause)
}

func (f *Fleet) snapshotInfo(s *snapshot) snapshotInfo {
	return snapshotInfo{
		Description: s.description,
		OwnerId:     f.config.Account,
		Progress:    s.progress(),
		SnapshotId:  s.id,
		StartTime:   stamp(s.started),
		State:       s.state,
		Tags:        tagList(s.tags),
		VolumeId:    s.volume.ID,
		VolumeSize:  s.volume.SizeGiB,
	}
}

func (s *snapshot) progress() string {
	if s.state == "completed" {
		return "100%"
	}
	return "0%"
}
