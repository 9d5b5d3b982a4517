package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestACommandsEventRunsAheadOfTheAPI(t *testing.T) {
	cases := map[string]struct {
		faults        []awssim.Fault
		ended, before string
	}{
		"of one that ran":             {nil, "Success", "InProgress"},
		"of one that failed":          {[]awssim.Fault{{Kind: awssim.CommandFails, Stderr: "oops"}}, "Failed", "InProgress"},
		"of one that never got there": {[]awssim.Fault{{Kind: awssim.CommandFails, StatusDetails: "AccessDenied"}}, "Failed", "Pending"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				for _, fault := range test.faults {
					a.Break(fault)
				}
				a.Break(awssim.Fault{Kind: awssim.StatusLags, For: 10 * time.Minute})
				command := a.send(web, "Scan")
				later(9 * time.Minute)
				require.Contains(t, a.statuses(), test.ended)
				require.Equal(t, test.before, a.listed(command, web)["Status"])
				require.Equal(t, test.before, a.listed(command, web)["StatusDetails"])
				for _, s := range a.listed(command, web)["CommandPlugins"].([]any) {
					require.NotContains(t, s, "ResponseFinishDateTime")
					require.Empty(t, s.(object)["Output"])
				}
				require.Equal(t, test.before, a.invocation(command, web)["Status"])
				later(2 * time.Minute)
				require.Equal(t, test.ended, a.listed(command, web)["Status"])
				require.Equal(t, test.ended, a.invocation(command, web)["Status"])
			})
		})
	}
}

func TestALagWithoutAnEndLastsUntilItIsHealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.StatusLags, Operation: "Scan"})
		scan := a.send(web, "Scan")
		later(time.Hour)
		install := a.send(web, "Install")
		later(time.Hour)
		require.Equal(t, "InProgress", a.listed(scan, web)["Status"])
		require.Equal(t, "Success", a.listed(install, web)["Status"], "a lag of scans should spare an Install")
		a.Heal("")
		require.Equal(t, "Success", a.listed(scan, web)["Status"])
	})
}

func TestASnapshotsEventRunsAheadOfTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.StatusLags, DetailType: awssim.SnapshotEvent, For: time.Minute})
		a.call("ec2", "createSnapshots", backUp())
		later(90 * time.Second)
		require.Equal(t, []string{"succeeded"}, a.statuses())
		shown := a.call("ec2", "describeSnapshots", byExecution("e-1"))["Snapshots"]
		require.Equal(t, []any{"pending", "pending"}, pick(shown, "State"))
		require.Equal(t, []any{"0%", "0%"}, pick(shown, "Progress"))
		require.NotContains(t, shown.([]any)[0], "CompletionTime")
		pending := object{"Filters": []object{{"Name": "status", "Values": []string{"pending"}}}}
		require.Len(t, a.call("ec2", "describeSnapshots", pending)["Snapshots"], 2)
		later(30 * time.Second)
		require.Empty(t, a.call("ec2", "describeSnapshots", pending)["Snapshots"])
	})
}
