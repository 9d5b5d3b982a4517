package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

// checksOf are the status checks of an instance: the instance's, the system's, and its state.
func (a *account) checksOf(id string) [3]string {
	a.t.Helper()
	statuses := a.call("ec2", "describeInstanceStatus", object{"InstanceIds": []string{id}, "IncludeAllInstances": true})["InstanceStatuses"].([]any)
	require.Len(a.t, statuses, 1)
	shown := statuses[0].(object)
	status := func(member, of string) string { return shown[member].(object)[of].(string) }
	return [3]string{status("InstanceStatus", "Status"), status("SystemStatus", "Status"), status("InstanceState", "Name")}
}

func TestStatusChecksBeginAnewAfterAReboot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		require.Equal(t, [3]string{"ok", "ok", "running"}, a.checksOf(web))
		command := a.send(web, "Install")
		later(2*time.Second + 3*time.Minute + 45*time.Second + time.Second)
		require.Equal(t, "Success", a.listed(command, web)["Status"])
		require.Equal(t, [3]string{"initializing", "initializing", "running"}, a.checksOf(web))
		later(2 * time.Minute)
		require.Equal(t, [3]string{"ok", "ok", "running"}, a.checksOf(web))
		a.Break(awssim.Fault{Kind: awssim.StatusChecks, Instance: web, SystemCheck: "insufficient-data"})
		require.Equal(t, [3]string{"ok", "insufficient-data", "running"}, a.checksOf(web))
	})
}

func TestARebootThatHangsEndsWhenItIsHealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.RebootHangs, Instance: web})
		command := a.send(web, "Install")
		later(time.Hour)
		require.Equal(t, "InProgress", a.listed(command, web)["Status"])
		require.Equal(t, [3]string{"impaired", "ok", "running"}, a.checksOf(web))
		later(2 * time.Hour)
		require.Equal(t, "ExecutionTimedOut", a.listed(command, web)["StatusDetails"])
		a.Heal(web)
		later(3 * time.Minute)
		require.Equal(t, [3]string{"ok", "ok", "running"}, a.checksOf(web))
	})
}

func TestOnlyWhatRunsHasStatusChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		require.NoError(t, a.SetState(web, "stopped"))
		require.Equal(t, [3]string{"not-applicable", "not-applicable", "stopped"}, a.checksOf(web))
		running := a.call("ec2", "describeInstanceStatus", object{"InstanceIds": []string{web}})
		require.Empty(t, running["InstanceStatuses"])
		_, why := a.refused("ec2", "describeInstanceStatus", object{"InstanceIds": []string{"mi-0123456789abcdef0"}})
		require.Equal(t, "InvalidInstanceID.Malformed", why.Code)
		_, why = a.refused("ec2", "describeInstanceStatus", object{"Filters": []object{{"Name": "tag:owner", "Values": []string{"payments"}}}})
		require.Equal(t, "InvalidParameterValue", why.Code)
	})
}

func TestOutputGoesToALogGroupWithAName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		with := func(name any) object {
			sent := patch(web, "Scan")
			sent["CloudWatchOutputConfig"] = object{"CloudWatchOutputEnabled": true, "CloudWatchLogGroupName": name}
			return sent
		}
		for _, name := range []string{"", "/patch bot", "a:b"} {
			_, why := a.refused("ssm", "sendCommand", with(name))
			require.Equal(t, "ValidationException", why.Code, name)
		}
		require.NotNil(t, a.call("ssm", "sendCommand", with("/patchbot/command-output"))["Command"].(object)["CloudWatchOutputConfig"])
	})
}
