package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

// locked is what a package manager says that cannot get its lock.
const locked = "dpkg: error: dpkg frontend lock is locked by another process"

var endsByFault = map[string]struct {
	fault           awssim.Fault
	status, details string
	code            int
	stderr          string
	missing         int // by a Scan afterwards
	events          []string
}{
	"an offline node never gets it": {
		fault:  awssim.Fault{Kind: awssim.Offline},
		status: "TimedOut", details: "DeliveryTimedOut", code: -1, missing: 6, events: []string{"TimedOut"},
	},
	"a failure carries its exit code and text": {
		fault:  awssim.Fault{Kind: awssim.CommandFails, ExitCode: 100, Stderr: locked},
		status: "Failed", details: "Failed", code: 100, stderr: locked, missing: 6, events: []string{"InProgress", "Failed"},
	},
	"a command of no use may never be delivered": {
		fault:  awssim.Fault{Kind: awssim.CommandFails, StatusDetails: "Terminated", Operation: "Install"},
		status: "Failed", details: "Terminated", code: -1, missing: 6, events: []string{"Failed"},
	},
	"an exit code may be negative": {
		fault:  awssim.Fault{Kind: awssim.CommandFails, ExitCode: -1, Stderr: "killed"},
		status: "Failed", details: "Failed", code: -1, stderr: "killed", missing: 6, events: []string{"InProgress", "Failed"},
	},
	"a hanging one runs into the document's timeout": {
		fault:  awssim.Fault{Kind: awssim.CommandHangs},
		status: "TimedOut", details: "ExecutionTimedOut", code: -1, missing: 6, events: []string{"InProgress", "TimedOut"},
	},
	"a partial install may fail": {
		fault:  awssim.Fault{Kind: awssim.InstallIsPartial, ExitCode: 1, Stderr: "oops"},
		status: "Failed", details: "Failed", code: 1, stderr: "oops", missing: 1, events: []string{"InProgress", "Failed"},
	},
	"a late failure leaves all patches installed": {
		fault:  awssim.Fault{Kind: awssim.InstallFailsLate, Stderr: "connection lost"},
		status: "Failed", details: "Failed", code: 1, stderr: "connection lost", missing: 0, events: []string{"InProgress", "Failed"},
	},
	"a fault of another node changes nothing": {
		fault:  awssim.Fault{Kind: awssim.CommandFails, Instance: hybrid},
		status: "Success", details: "Success", missing: 0, events: []string{"InProgress", "Success"},
	},
	"a fault of scans spares an Install": {
		fault:  awssim.Fault{Kind: awssim.CommandFails, Operation: "Scan"},
		status: "Success", details: "Success", missing: 0, events: []string{"InProgress", "Success"},
	},
}

func TestACommandEndsAsItsFaultSays(t *testing.T) {
	for name, test := range endsByFault {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.Break(test.fault)
				a.Break(awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.ComplianceEvent})
				command := a.send(web, "Install")
				later(4 * time.Hour)
				got := a.invocation(command, web)
				require.Equal(t, test.status, got["Status"])
				require.Equal(t, test.details, got["StatusDetails"])
				require.EqualValues(t, test.code, got["ResponseCode"])
				require.Equal(t, test.stderr, got["StandardErrorContent"])
				require.Equal(t, test.events, a.statuses())
				require.NoError(t, a.Scan(web))
				require.EqualValues(t, test.missing, a.counts(web)["MissingCount"])
			})
		})
	}
}

func TestAnOfflineNodeTakesItsCommandsWhenItIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.Offline, Instance: web})
		require.Equal(t, "ConnectionLost", a.ping(web))
		require.Equal(t, "Online", a.ping(hybrid))
		command := a.send(web, "Scan")
		later(time.Hour)
		require.Equal(t, "Pending", a.invocation(command, web)["Status"])

		a.Heal(web, awssim.EventsLost)
		require.Equal(t, "ConnectionLost", a.ping(web), "another kind should not be healed")
		a.Heal(web)
		require.Equal(t, "Online", a.ping(web))
		later(time.Minute)
		require.Equal(t, "Success", a.invocation(command, web)["Status"])
	})
}

func TestANodeThatGoesOfflineUnderWayGoesOnAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		command := a.send(web, "Install")
		later(time.Minute)
		a.Break(awssim.Fault{Kind: awssim.Offline})
		later(time.Hour)
		require.Equal(t, "InProgress", a.invocation(command, web)["Status"])
		a.Heal("")
		later(time.Minute)
		require.Equal(t, "Success", a.invocation(command, web)["Status"])
	})
}

func TestAStoppedInstanceDelaysCommandsAndATerminatedOneEndsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		require.NoError(t, a.SetState(web, "stopped"))
		command := a.send(web, "Scan")
		later(time.Minute)
		require.Equal(t, "Delayed", a.invocation(command, web)["Status"])
		require.NoError(t, a.SetState(web, "running"))
		later(time.Minute)
		require.Equal(t, "Success", a.invocation(command, web)["Status"])

		command = a.send(web, "Scan")
		require.NoError(t, a.SetState(web, "terminated"))
		later(time.Minute)
		require.Equal(t, "Undeliverable", a.invocation(command, web)["StatusDetails"])
		name, refusal := a.refused("ssm", "sendCommand", patch(web, "Scan"))
		require.Equal(t, "Ssm.InvalidInstanceIdException", name)
		require.Contains(t, refusal.Error(), "Instances [["+web+"]] not in a valid state for account 123456789012 (Service: Ssm, Status Code: 400, Request ID: ")
	})
}

func TestAServiceRefusesTheNextCalls(t *testing.T) {
	states := object{"InstanceIds": []string{web}}
	cases := map[string]struct {
		fault           awssim.Fault
		service, action string
		input           object
		name, cause     string
	}{
		"Systems Manager throttles": {
			awssim.Fault{Kind: awssim.Throttling}, "ssm", "describeInstancePatchStates", states,
			"Ssm.SsmException", "Rate exceeded (Service: Ssm, Status Code: 400, Request ID: ",
		},
		"Systems Manager throttles by its newer name": {
			awssim.Fault{Kind: awssim.Throttling, ErrorName: "Ssm.ThrottlingException"}, "ssm", "describeInstancePatchStates", states,
			"Ssm.ThrottlingException", "Rate exceeded (Service: Ssm, Status Code: 400, Request ID: ",
		},
		"Systems Manager fails": {
			awssim.Fault{Kind: awssim.ServerError, Action: "ssm:describeInstancePatchStates"}, "ssm", "describeInstancePatchStates", states,
			"Ssm.InternalServerErrorException", "An internal error occurred. (Service: Ssm, Status Code: 500, Request ID: ",
		},
		"EC2 throttles": {
			awssim.Fault{Kind: awssim.Throttling, Action: "ec2:describeInstances"}, "ec2", "describeInstances", object{},
			"Ec2.Ec2Exception", "Request limit exceeded. (Service: Ec2, Status Code: 503, Request ID: ",
		},
		"EC2 fails": {
			awssim.Fault{Kind: awssim.ServerError}, "ec2", "describeInstances", object{},
			"Ec2.Ec2Exception", "An internal error has occurred (Service: Ec2, Status Code: 500, Request ID: ",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			test.fault.Times = 2
			a.Break(test.fault)
			for range 2 {
				name, refusal := a.refused(test.service, test.action, test.input)
				require.Equal(t, test.name, name)
				require.Contains(t, refusal.Error(), test.cause)
			}
			a.call(test.service, test.action, test.input)
		})
	}
}

func TestThrottlingOfOneActionSparesTheOthers(t *testing.T) {
	a := open(t)
	a.Break(awssim.Fault{Kind: awssim.Throttling, Action: "ssm:sendCommand"})
	require.NotEmpty(t, a.counts(web))
	name, _ := a.refused("ssm", "sendCommand", patch(web, "Scan"))
	require.Equal(t, "Ssm.SsmException", name)
	require.Empty(t, a.Commands())
}

func TestANewInvocationIsHiddenForAWhile(t *testing.T) {
	cases := map[string]struct {
		visibleAfter, hidden time.Duration
		fault                awssim.Fault
	}{
		"by default":      {hidden: time.Second},
		"by the settings": {visibleAfter: 5 * time.Second, hidden: 5 * time.Second},
		"by a fault": {
			visibleAfter: -1, hidden: 5 * time.Second,
			fault: awssim.Fault{Kind: awssim.InvocationHidden, Instance: web, For: 5 * time.Second},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t, func(c *awssim.Config) { c.VisibleAfter = test.visibleAfter })
				a.Break(test.fault)
				command := a.send(web, "Scan")
				later(test.hidden - time.Millisecond)
				require.Empty(t, a.list(command, web))
				name, _ := a.refused("ssm", "getCommandInvocation", object{"CommandId": command, "InstanceId": web, "PluginName": "PatchLinux"})
				require.Equal(t, "Ssm.InvocationDoesNotExistException", name)
				later(time.Millisecond)
				require.Equal(t, a.listed(command, web)["Status"], a.invocation(command, web)["Status"])
			})
		})
	}
}

func TestEventsAreLostOrDoubled(t *testing.T) {
	cases := map[string]struct {
		fault awssim.Fault
		want  []string
	}{
		"all of them":           {awssim.Fault{Kind: awssim.EventsLost}, []string{}},
		"those about commands":  {awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.CommandEvent}, []string{"non_compliant"}},
		"those of another node": {awssim.Fault{Kind: awssim.EventsLost, Instance: hybrid}, []string{"InProgress", "Success", "non_compliant"}},
		"the first comes twice": {awssim.Fault{Kind: awssim.EventsDoubled, Times: 1}, []string{"InProgress", "InProgress", "Success", "non_compliant"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.Break(test.fault)
				a.send(web, "Scan")
				later(time.Minute)
				require.Equal(t, test.want, a.statuses())
			})
		})
	}
}
