package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestTheRootVolumesSnapshotIsKnownByItsDevice(t *testing.T) {
	r := tell(approvedRequest(), 3, backupStarted)
	require.Equal(t, "snap-0a1", r.RootSnapshot())
	require.Equal(t, []Snapshot{{ID: "snap-0b2", VolumeID: "vol-2"}}, r.DataSnapshots())

	for name, change := range map[string]func(*workflow.ApprovalRequested){
		"an execution of the version before": func(d *workflow.ApprovalRequested) { d.Instance.VolumeDevices, d.Instance.RootDevices = nil, nil },
		"a device that is not listed":        func(d *workflow.ApprovalRequested) { d.Instance.RootDevices = []string{"/dev/sda1"} },
		"a volume without a device":          func(d *workflow.ApprovalRequested) { d.Instance.VolumeDevices = []string{"/dev/xvda"} },
	} {
		d := approvalRequested()
		change(&d)
		r := tell(tell(Request{}, 0, d), 3, backupStarted)
		require.Empty(t, r.RootSnapshot(), name)
		require.Empty(t, r.DataSnapshots(), name)
	}
	before := workflow.BackupStarted{SnapshotIDs: []string{"snap-0b2", "snap-0a1"}}
	require.Empty(t, tell(approvedRequest(), 3, before).RootSnapshot(), "a backup of the version before")
}
