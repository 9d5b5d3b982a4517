package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

// patched is an account whose web-1 was snapshotted, then patched and scanned, and the snapshots of
// its root and its data volume.
func patched(t *testing.T, configure ...func(*awssim.Config)) (a *account, root, data string) {
	a = open(t, configure...)
	made := a.call("ec2", "createSnapshots", backUp())["Snapshots"]
	ids := pick(made, "SnapshotId")
	later(2 * time.Minute)
	a.send(web, "Install")
	later(10 * time.Minute)
	a.send(web, "Scan")
	later(time.Minute)
	require.EqualValues(t, 0, a.counts(web)["MissingCount"])
	return a, ids[0].(string), ids[1].(string)
}

func replace(snapshot, token string) object {
	return object{"InstanceId": web, "SnapshotId": snapshot, "ClientToken": token, "DeleteReplacedRootVolume": false,
		"TagSpecifications": []object{{"ResourceType": "replace-root-volume-task", "Tags": []object{{"Key": "patchbot:execution", "Value": "e-1"}}}}}
}

func (a *account) task() object {
	a.t.Helper()
	tasks := a.call("ec2", "describeReplaceRootVolumeTasks", object{"Filters": []object{{"Name": "instance-id", "Values": []string{web}}}})
	return tasks["ReplaceRootVolumeTasks"].([]any)[0].(object)
}

func (a *account) volumes() []any {
	instance := a.call("ec2", "describeInstances", object{"InstanceIds": []string{web}})["Reservations"].([]any)[0].(object)["Instances"].([]any)[0].(object)
	var ids []any
	for _, device := range instance["BlockDeviceMappings"].([]any) {
		ids = append(ids, device.(object)["Ebs"].(object)["VolumeId"])
	}
	return ids
}

func TestAReplacedRootVolumeBringsBackWhatWasInstalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, root, _ := patched(t)
		require.NoError(t, a.Publish(web, awssim.Patch{Title: "zlib-1", KBId: "zlib"}))
		made := a.call("ec2", "createReplaceRootVolumeTask", replace(root, "t"))["ReplaceRootVolumeTask"].(object)
		again := a.call("ec2", "createReplaceRootVolumeTask", replace(root, "t"))["ReplaceRootVolumeTask"].(object)
		require.Equal(t, made, again, "the same client token, the same task")
		require.Equal(t, "pending", made["TaskState"])
		later(61 * time.Second)
		require.Equal(t, "in-progress", a.task()["TaskState"])
		require.Equal(t, "ConnectionLost", a.ping(web))
		require.Equal(t, []any{"vol-0data"}, a.volumes(), "it has no root volume for a while")
		later(45 * time.Second)
		require.Equal(t, "succeeded", a.task()["TaskState"])
		require.Equal(t, "ConnectionLost", a.ping(web), "the machine still boots")
		require.EqualValues(t, 0, a.counts(web)["MissingCount"], "nobody has scanned yet")
		later(45 * time.Second)
		require.Equal(t, "Online", a.ping(web))
		require.NotContains(t, a.volumes(), any("vol-0root"))
		a.send(web, "Scan")
		later(time.Minute)
		require.EqualValues(t, len(awssim.Catalogue(awssim.AmazonLinux2023))+1, a.counts(web)["MissingCount"])
		a.call("ec2", "createReplaceRootVolumeTask", replace(root, "u")) // of the volume before: the same lineage
	})
}

func TestAReplacementFailsAsTold(t *testing.T) {
	for state, ping := range map[string]string{"failed": "Online", "failed-detached": "ConnectionLost"} {
		synctest.Test(t, func(t *testing.T) {
			a, root, _ := patched(t)
			a.Break(awssim.Fault{Kind: awssim.ReplaceFails, Instance: web, TaskState: state})
			a.call("ec2", "createReplaceRootVolumeTask", replace(root, "t"))
			later(time.Hour)
			require.Equal(t, state, a.task()["TaskState"])
			require.Equal(t, ping, a.ping(web))
			require.Equal(t, state == "failed", len(a.volumes()) == 2)
		})
	}
}

func TestAReplacementMayHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, root, _ := patched(t)
		a.Break(awssim.Fault{Kind: awssim.ReplaceSlow})
		a.call("ec2", "createReplaceRootVolumeTask", replace(root, "t"))
		later(1000 * time.Hour)
		require.Equal(t, "in-progress", a.task()["TaskState"])
		_, refusal := a.refused("ec2", "createReplaceRootVolumeTask", replace(root, "another"))
		require.Contains(t, refusal.Message, "in progress")
	})
}

func TestAReplacementIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(a *account, in object)
		message string
	}{
		"of a stopped instance":           {func(a *account, _ object) { require.NoError(t, a.SetState(web, "stopped")) }, "running"},
		"by a snapshot of another volume": {func(_ *account, in object) { in["SnapshotId"] = in["data"] }, "lineage"},
		"by an unknown snapshot":          {func(_ *account, in object) { in["SnapshotId"] = "snap-1" }, "does not exist"},
		"by a snapshot that is pending": {func(a *account, in object) {
			in["SnapshotId"] = pick(a.call("ec2", "createSnapshots", backUp())["Snapshots"], "SnapshotId")[0]
		}, "not completed"},
		"with the tags of something else": {func(_ *account, in object) {
			in["TagSpecifications"] = []object{{"ResourceType": "volume"}}
		}, "taggable"},
		"of an unknown instance": {func(_ *account, in object) { in["InstanceId"] = "i-00000000" }, "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, root, data := patched(t)
				in := replace(root, "t")
				in["data"] = data
				c.prepare(a, in)
				delete(in, "data")
				_, refusal := a.refused("ec2", "createReplaceRootVolumeTask", in)
				require.Contains(t, refusal.Message, c.message)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		a, root, _ := patched(t, func(c *awssim.Config) { c.VisibleAfter = time.Second })
		made := a.call("ec2", "createReplaceRootVolumeTask", replace(root, "t"))["ReplaceRootVolumeTask"].(object)
		byID := object{"ReplaceRootVolumeTaskIds": []any{made["ReplaceRootVolumeTaskId"]}}
		_, refusal := a.refused("ec2", "describeReplaceRootVolumeTasks", byID)
		require.Contains(t, refusal.Message, "does not exist", "for a moment")
		later(time.Second)
		a.call("ec2", "describeReplaceRootVolumeTasks", byID)
		_, refusal = a.refused("ec2", "createReplaceRootVolumeTask", func() object { in := replace(root, "t"); in["DeleteReplacedRootVolume"] = true; return in }())
		require.Equal(t, "IdempotentParameterMismatch", refusal.Code)
		_, refusal = a.refused("ec2", "describeReplaceRootVolumeTasks", object{"Filters": []object{{"Name": "task-state"}}})
		require.Contains(t, refusal.Message, "invalid")
	})
}
