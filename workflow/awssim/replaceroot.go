package awssim

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// replaceTask is a replacement of an instance's root volume by a snapshot of it.
type replaceTask struct {
	id, token string
	node      *node
	from      *snapshot
	deleteOld bool
	tags      map[string]string
	state     string // pending, in-progress, failing, succeeded, failed, failed-detached
	started   time.Time
	completed time.Time
}

type createReplaceRootVolumeTaskInput struct {
	InstanceId               string `member:"required"`
	SnapshotId               string
	ClientToken              string
	DeleteReplacedRootVolume bool
	TagSpecifications        []tagSpecification
	DryRun                   accepted
	VolumeInitializationRate accepted
	ImageId                  unsimulated
}

type createReplaceRootVolumeTaskOutput struct{ ReplaceRootVolumeTask replaceTaskInfo }

type replaceTaskInfo struct {
	ReplaceRootVolumeTaskId  string
	InstanceId               string
	TaskState                string
	StartTime                string
	CompleteTime             string `json:",omitempty"`
	Tags                     []tag
	SnapshotId               string
	DeleteReplacedRootVolume bool
}

// createReplaceRootVolumeTask begins the one task that an instance may have at a time. The same
// client token gives the same task again.
func (f *Fleet) createReplaceRootVolumeTask(in createReplaceRootVolumeTaskInput) (*createReplaceRootVolumeTaskOutput, error) {
	n, err := f.ec2Node(in.InstanceId)
	if err != nil {
		return nil, err
	}
	if known, err := f.replaceTaskOf(in); known != nil || err != nil {
		return known, err
	}
	tags, err := tagsFor("replace-root-volume-task", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	from, err := f.restorable(n, in.SnapshotId)
	if err != nil {
		return nil, err
	}
	t := &replaceTask{id: f.ids.hex17("replacevol-"), token: in.ClientToken, node: n, from: from,
		deleteOld: in.DeleteReplacedRootVolume, tags: tags, state: "pending", started: f.now()}
	f.replaces = append(f.replaces, t)
	f.after(f.config.ReplaceTime, func() { f.detachRoot(t) })
	return &createReplaceRootVolumeTaskOutput{t.info()}, nil
}

// replaceTaskOf finds the task that was made with a client token, nil where there is none.
func (f *Fleet) replaceTaskOf(in createReplaceRootVolumeTaskInput) (*createReplaceRootVolumeTaskOutput, error) {
	i := slices.IndexFunc(f.replaces, func(t *replaceTask) bool { return in.ClientToken != "" && t.token == in.ClientToken })
	if i < 0 {
		return nil, nil
	}
	t := f.replaces[i]
	if t.node.ID != in.InstanceId || t.from.id != in.SnapshotId || t.deleteOld != in.DeleteReplacedRootVolume {
		return nil, ec2Error("IdempotentParameterMismatch", "The client token was used before, with other parameters.")
	}
	return &createReplaceRootVolumeTaskOutput{t.info()}, nil
}

// restorable finds the snapshot that an instance's root volume can be replaced by: a complete one of
// this volume, or of one that it replaced.
func (f *Fleet) restorable(n *node, snapshotID string) (*snapshot, error) {
	if n.state != "running" {
		return nil, ec2Error("IncorrectInstanceState", "The instance '%s' is not in the 'running' state.", n.ID)
	}
	if slices.ContainsFunc(f.replaces, func(t *replaceTask) bool { return t.node == n && t.completed.IsZero() }) {
		return nil, ec2Error("IncorrectState", "A root volume replacement of '%s' is in progress.", n.ID)
	}
	i := slices.IndexFunc(f.snapshots, func(s *snapshot) bool { return s.id == snapshotID })
	switch {
	case snapshotID == "":
		return nil, ErrNotSimulated // the launch state
	case i < 0:
		return nil, ec2Error("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", snapshotID)
	case f.snapshots[i].state != "completed":
		return nil, ec2Error("IncorrectState", "The snapshot '%s' is not completed.", snapshotID)
	case !slices.Contains(append(n.rootsBefore, n.Volumes[0].ID), f.snapshots[i].volume.ID):
		return nil, ec2Error("InvalidParameterValue", "The snapshot '%s' is not of the lineage of the root volume of '%s'.", snapshotID, n.ID)
	}
	return f.snapshots[i], nil
}

// detachRoot takes the instance down.
func (f *Fleet) detachRoot(t *replaceTask) {
	t.state, t.node.rootDetached, t.node.rebooting = "in-progress", true, true
	t.node.reboots++
	slow, is := f.strike(ReplaceSlow, t.node, always)
	if is && slow.For == 0 {
		return
	}
	f.after(f.config.RebootTime+slow.For, func() { f.attachRoot(t) })
}

// attachRoot ends the task. The machine itself is back some time after that.
func (f *Fleet) attachRoot(t *replaceTask) {
	n := t.node
	t.completed = f.now()
	if fault, fails := f.strike(ReplaceFails, n, always); fails {
		t.state = cmp.Or(fault.TaskState, "failed")
		if t.state == "failed-detached" {
			return
		}
	} else {
		t.state = "succeeded"
		n.rootsBefore = append(n.rootsBefore, n.Volumes[0].ID)
		n.Volumes[0].ID = f.ids.hex17("vol-")
		n.restore(t.from.patches)
	}
	n.rootDetached = false
	f.after(f.config.RebootTime, func() {
		n.finishReboot()
		f.wake(n)
	})
}

// restore puts the machine back to the patches that it had. What was published since is missing.
func (n *node) restore(patches []patchEntry) {
	for i, now := range n.patches {
		n.patches[i].state, n.patches[i].installedAt = stateMissing, time.Time{}
		for _, then := range patches {
			if then.KBId == now.KBId && then.Title == now.Title {
				n.patches[i] = then
			}
		}
	}
}

func (t *replaceTask) info() replaceTaskInfo {
	return replaceTaskInfo{
		ReplaceRootVolumeTaskId: t.id, InstanceId: t.node.ID, TaskState: t.state, StartTime: stamp(t.started),
		CompleteTime: optionalStamp(t.completed), Tags: tagList(t.tags), SnapshotId: t.from.id, DeleteReplacedRootVolume: t.deleteOld,
	}
}

type describeReplaceRootVolumeTasksInput struct {
	ReplaceRootVolumeTaskIds []string
	Filters                  []ec2Filter
	MaxResults               int // 1 to 50
	NextToken                string
	DryRun                   accepted
}

type describeReplaceRootVolumeTasksOutput struct {
	ReplaceRootVolumeTasks []replaceTaskInfo
	NextToken              string `json:",omitempty"`
}

// describeReplaceRootVolumeTasks does not know a task for Config.VisibleAfter after it was made.
func (f *Fleet) describeReplaceRootVolumeTasks(in describeReplaceRootVolumeTasksInput) (*describeReplaceRootVolumeTasksOutput, error) {
	if raw, _ := json.Marshal(in.Filters); slices.ContainsFunc(in.Filters, func(w ec2Filter) bool { return w.Name != "instance-id" }) {
		return nil, ec2Error("InvalidParameterValue", "The filters '%s' are invalid", raw)
	}
	known := func(t *replaceTask) bool { return !f.now().Before(t.started.Add(f.config.VisibleAfter)) }
	for _, id := range in.ReplaceRootVolumeTaskIds {
		if !slices.ContainsFunc(f.replaces, func(t *replaceTask) bool { return t.id == id && known(t) }) {
			return nil, ec2Error("InvalidReplaceRootVolumeTaskID.NotFound", "The replace root volume task '%s' does not exist", id)
		}
	}
	found := []replaceTaskInfo{}
	for _, t := range f.replaces {
		wanted := len(in.ReplaceRootVolumeTaskIds) == 0 || slices.Contains(in.ReplaceRootVolumeTaskIds, t.id)
		if wanted && known(t) && meets(in.Filters, t.tags, map[string]string{"instance-id": t.node.ID}) {
			found = append(found, t.info())
		}
	}
	if in.MaxResults < 0 || in.MaxResults > 50 {
		return nil, ec2Error("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between 1 and 50.", in.MaxResults)
	}
	part, next, err := page(found, cmp.Or(in.MaxResults, 50), in.NextToken)
	if err != nil {
		return nil, ec2Error("InvalidNextToken", "The token is not valid.")
	}
	return &describeReplaceRootVolumeTasksOutput{ReplaceRootVolumeTasks: part, NextToken: next}, nil
}
