package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestTooManyDescribesAreThrottled(t *testing.T) {
	for name, test := range map[string]struct{ throttleName, want string }{
		"by the usual name": {"", "Ssm.SsmException"},
		"by another name":   {"Ssm.ThrottlingException", "Ssm.ThrottlingException"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t, func(c *awssim.Config) { c.DescribesPerSecond, c.ThrottleName = 4, test.throttleName })
				states, nodes := object{"InstanceIds": []string{web}}, object{}
				refused := func() {
					t.Helper()
					name, refusal := a.refused("ssm", "describeInstancePatchStates", states)
					require.Equal(t, test.want, name)
					require.Contains(t, refusal.Error(), "Rate exceeded (Service: Ssm, Status Code: 400, Request ID: ")
				}
				a.call("ssm", "describeInstancePatchStates", states)
				a.call("ssm", "describeInstancePatches", object{"InstanceId": web})
				a.call("ssm", "describeInstanceInformation", nodes)
				a.call("ssm", "listCommandInvocations", nodes)
				refused()
				a.call("ec2", "describeInstances", object{})
				a.send(web, "Scan")

				later(250 * time.Millisecond)
				a.call("ssm", "describeInstancePatchStates", states)
				refused()
				later(time.Hour)
				for range 4 {
					a.call("ssm", "describeInstancePatchStates", states)
				}
				refused()
			})
		})
	}
}
