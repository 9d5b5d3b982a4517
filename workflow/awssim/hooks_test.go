package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func requireRefused(t *testing.T, a *account, code, service, action string, input object) {
	t.Helper()
	_, refusal := a.refused(service, action, input)
	require.Equal(t, code, refusal.Code)
}

func TestADocumentOfTheAccountRunsWithoutTheLockOfPatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		send := object{"DocumentName": "drain-web", "InstanceIds": []string{web}}
		requireRefused(t, a, "InvalidDocument", "ssm", "sendCommand", send)
		a.AddDocument("drain-web")
		requireRefused(t, a, "InvalidParameters", "ssm", "sendCommand", object{"DocumentName": "drain-web", "InstanceIds": []string{web}, "Parameters": object{"Operation": []string{"Scan"}}})
		a.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "drain-web", Times: 1, ExitCode: 3, Stderr: "connections left\n"})
		for _, want := range []string{"Failed", "Success"} {
			id := a.call("ssm", "sendCommand", send)["Command"].(object)["CommandId"]
			later(time.Minute)
			invocation := a.call("ssm", "listCommandInvocations", object{"CommandId": id, "Details": true})["CommandInvocations"].([]any)[0].(object)
			require.Equal(t, want, invocation["Status"])
			require.Equal(t, "drain-web", invocation["DocumentName"])
			require.Len(t, invocation["CommandPlugins"], 1)
		}
	})
}

func TestAMemberOfAGroupGoesIntoStandbyAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		member := object{"InstanceIds": []string{web}}
		require.Empty(t, a.call("autoscaling", "describeAutoScalingInstances", member)["AutoScalingInstances"])
		require.NoError(t, a.AddAutoScalingGroup("tight", 1, web))
		state := func() any {
			return a.call("autoscaling", "describeAutoScalingInstances", member)["AutoScalingInstances"].([]any)[0].(object)["LifecycleState"]
		}
		enter := object{"InstanceIds": []string{web}, "AutoScalingGroupName": "tight", "ShouldDecrementDesiredCapacity": true}
		requireRefused(t, a, "ValidationError", "autoscaling", "enterStandby", enter)
		requireRefused(t, a, "ValidationError", "autoscaling", "exitStandby", object{"InstanceIds": []string{web}, "AutoScalingGroupName": "tight"})
		enter["ShouldDecrementDesiredCapacity"] = false
		a.call("autoscaling", "enterStandby", enter)
		require.Equal(t, "EnteringStandby", state())
		requireRefused(t, a, "ValidationError", "autoscaling", "enterStandby", enter)
		later(time.Minute)
		require.Equal(t, "Standby", state())
		a.call("autoscaling", "exitStandby", object{"InstanceIds": []string{web}, "AutoScalingGroupName": "tight"})
		require.Equal(t, "Pending", state())
		later(time.Minute)
		require.Equal(t, "InService", state())
	})
}
