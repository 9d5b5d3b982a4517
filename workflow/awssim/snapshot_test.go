package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func backUp() object {
	return object{
		"InstanceSpecification": object{"InstanceId": web},
		"Description":           "before patching",
		"TagSpecifications": []object{{"ResourceType": "snapshot", "Tags": []object{
			{"Key": "patchbot:execution", "Value": "e-1"},
		}}},
	}
}

func byExecution(name string) object {
	return object{"Filters": []object{{"Name": "tag:patchbot:execution", "Values": []string{name}}}, "OwnerIds": []string{"self"}}
}

func TestSnapshotsOfAllVolumesCompleteTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		made := a.call("ec2", "createSnapshots", backUp())["Snapshots"]
		require.Equal(t, []any{"vol-0root", "vol-0data"}, pick(made, "VolumeId"))
		require.Equal(t, []any{8.0, 100.0}, pick(made, "VolumeSize"))
		require.Equal(t, []any{"pending", "pending"}, pick(made, "State"))
		later(2 * time.Minute)

		shown := a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"]
		require.Equal(t, pick(made, "SnapshotId"), pick(shown, "SnapshotId"))
		require.Equal(t, []any{"completed", "completed"}, pick(shown, "State"))
		require.Equal(t, []any{"100%", "100%"}, pick(shown, "Progress"))
		require.Equal(t, []any{"2000-01-01T00:01:00Z", "2000-01-01T00:01:00Z"}, pick(shown, "CompletionTime"))
		require.Empty(t, a.call("ec2", "describeSnapshots", byExecution("e-2"))["Snapshots"])
		require.Equal(t, []string{"succeeded"}, a.statuses())
	})
}

func TestOneFailingSnapshotPutsTheSetIntoItsState(t *testing.T) {
	for set, want := range map[string]string{"": "error", "recoverable": "recoverable", "recovering": "recovering"} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.Break(awssim.Fault{Kind: awssim.SnapshotFails, Instance: web, Times: 1, SnapshotState: set})
				made := a.call("ec2", "createSnapshots", backUp())["Snapshots"]
				later(2 * time.Minute)
				shown := a.call("ec2", "describeSnapshots", object{"SnapshotIds": pick(made, "SnapshotId")})["Snapshots"]
				require.Equal(t, []any{want, want}, pick(shown, "State"))
				require.NotContains(t, shown.([]any)[0], "CompletionTime")
				require.Equal(t, []string{"failed"}, a.statuses())
				require.Contains(t, a.events[0].Detail["cause"], "is in status "+want)
				require.Equal(t, []any{want, want}, pick(a.events[0].Detail["snapshots"], "status"))
			})
		})
	}
}

func TestSnapshotsMayTakeHours(t *testing.T) {
	cases := map[string]struct {
		time  time.Duration
		fault awssim.Fault
	}{
		"by the settings": {time: 5*time.Hour + time.Minute},
		"by a fault":      {fault: awssim.Fault{Kind: awssim.SnapshotsSlow, Instance: web, For: 5 * time.Hour}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t, func(c *awssim.Config) { c.SnapshotTime = test.time })
				a.Break(test.fault)
				a.call("ec2", "createSnapshots", backUp())
				states := func() []any {
					return pick(a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"], "State")
				}
				later(5 * time.Hour)
				require.Equal(t, []any{"pending", "pending"}, states())
				require.Empty(t, a.statuses())
				later(time.Minute)
				require.Equal(t, []any{"completed", "completed"}, states())
				require.Equal(t, []string{"succeeded"}, a.statuses())
			})
		})
	}
}

func TestSnapshotsMayStayPendingForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.SnapshotsSlow})
		a.call("ec2", "createSnapshots", backUp())
		a.Heal("")
		later(1000 * time.Hour)
		require.Equal(t, []any{"pending", "pending"}, pick(a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"], "State"))
	})
}

func TestVolumesCanBeLeftOutOfABackUp(t *testing.T) {
	for name, test := range map[string]struct {
		member string
		value  any
		want   []any
	}{
		"the root volume":   {"ExcludeBootVolume", true, []any{"vol-0data"}},
		"volumes by the id": {"ExcludeDataVolumeIds", []string{"vol-0data"}, []any{"vol-0root"}},
	} {
		t.Run(name, func(t *testing.T) {
			input := backUp()
			input["InstanceSpecification"].(object)[test.member] = test.value
			require.Equal(t, test.want, pick(open(t).call("ec2", "createSnapshots", input)["Snapshots"], "VolumeId"))
		})
	}
}

func TestSnapshotCallsRefuse(t *testing.T) {
	of := func(id string) object { return object{"InstanceSpecification": object{"InstanceId": id}} }
	tagged := func(resource string, keys ...string) object {
		tags := []object{}
		for _, key := range keys {
			tags = append(tags, object{"Key": key, "Value": "v"})
		}
		input := of(web)
		input["TagSpecifications"] = []object{{"ResourceType": resource, "Tags": tags}}
		return input
	}
	cases := map[string]struct {
		action  string
		input   object
		message string
	}{
		"no instance":                {"createSnapshots", object{}, "InstanceSpecification"},
		"a specification of nothing": {"createSnapshots", object{"InstanceSpecification": object{}}, "InstanceSpecification.InstanceId"},
		"an unknown instance":        {"createSnapshots", of("i-00000000"), "does not exist"},
		"a hybrid node":              {"createSnapshots", of(hybrid), "Invalid id"},
		"tags for volumes":           {"createSnapshots", tagged("volume", "a"), "taggable"},
		"a tag given twice":          {"createSnapshots", tagged("snapshot", "a", "a"), "Duplicate"},
		"an unknown snapshot":        {"describeSnapshots", object{"SnapshotIds": []string{"snap-1"}}, "does not exist"},
		"an unknown filter":          {"describeSnapshots", object{"Filters": []object{{"Name": "state"}}}, "'state' is invalid"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			name, refusal := open(t).refused("ec2", test.action, test.input)
			require.Equal(t, "Ec2.Ec2Exception", name)
			require.Contains(t, refusal.Message, test.message)
		})
	}
}

func TestAVolumeHasAFewSnapshotsPendingAtMost(t *testing.T) {
	for kind, most := range map[string]int{"": 5, "gp2": 5, "io2": 5, "st1": 1, "sc1": 1} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const id = "i-0bbbbbbbbbbbbbbb1"
				a := open(t)
				require.NoError(t, a.Add(awssim.Instance{ID: id, Volumes: []awssim.Volume{{}, {Type: kind}}}))
				input := backUp()
				input["InstanceSpecification"] = object{"InstanceId": id}
				for range most {
					a.call("ec2", "createSnapshots", input)
				}
				name, refusal := a.refused("ec2", "createSnapshots", input)
				require.Equal(t, "Ec2.Ec2Exception", name)
				require.Equal(t, "ConcurrentSnapshotLimitExceeded", refusal.Code)
				made := a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"]
				require.Len(t, made, 2*most, "a set that is refused should leave nothing behind")
				later(2 * time.Minute)
				a.call("ec2", "createSnapshots", input)
			})
		})
	}
}

func TestSnapshotsAreFoundByAllTheTagsAskedFor(t *testing.T) {
	a := open(t)
	for _, tags := range [][]object{
		{{"Key": "patchbot:execution", "Value": "e-1"}, {"Key": "try", "Value": "1"}},
		{{"Key": "patchbot:execution", "Value": "e-1"}, {"Key": "try", "Value": "2"}},
		{{"Key": "Patchbot:Execution", "Value": "e-1"}},
	} {
		input := backUp()
		input["TagSpecifications"] = []object{{"ResourceType": "snapshot", "Tags": tags}}
		a.call("ec2", "createSnapshots", input)
	}
	require.Len(t, a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"], 4)
	input := byExecution("e-1")
	input["Filters"] = append(input["Filters"].([]object), object{"Name": "tag:try", "Values": []string{"2"}})
	shown := a.call("ec2", "describeSnapshots", input)["Snapshots"]
	require.Len(t, shown, 2)
	require.Contains(t, shown.([]any)[0].(object)["Tags"], object{"Key": "try", "Value": "2"})
}

func TestATerminatedInstanceCannotBeBackedUp(t *testing.T) {
	a := open(t)
	require.NoError(t, a.SetState(web, "terminated"))
	_, refusal := a.refused("ec2", "createSnapshots", backUp())
	require.Equal(t, "IncorrectState", refusal.Code)
}

func TestASnapshotIsDeletedOnceNothingUsesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		made := object{"SnapshotId": pick(a.call("ec2", "createSnapshots", backUp())["Snapshots"], "SnapshotId")[0]}
		a.Break(awssim.Fault{Kind: awssim.SnapshotInUse, Instance: web})
		_, refusal := a.refused("ec2", "deleteSnapshot", made)
		require.Equal(t, "InvalidSnapshot.InUse", refusal.Code)
		a.Heal(web, awssim.SnapshotInUse)
		a.call("ec2", "deleteSnapshot", made)
		_, refusal = a.refused("ec2", "deleteSnapshot", made)
		require.Equal(t, "InvalidSnapshot.NotFound", refusal.Code)
	})
}
