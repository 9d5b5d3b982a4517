package awssim_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestAnInstallDoesNotListWhatIsStillMissingUntilAScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		require.NoError(t, a.Publish(web, awssim.Patch{Title: "bash.x86_64:0:5.2.15-1.amzn2023.0.3", ComplianceLevel: "CRITICAL"}))
		a.Break(awssim.Fault{Kind: awssim.InstallIsPartial, Instance: web, Patches: 2})
		install := a.send(web, "Install")
		later(5 * time.Minute)
		require.Equal(t, "Success", a.invocation(install, web)["Status"])
		require.EqualValues(t, 0, a.counts(web)["MissingCount"])
		require.EqualValues(t, 2, a.counts(web)["FailedCount"])
		require.EqualValues(t, 5, a.counts(web)["InstalledCount"])

		a.send(web, "Scan")
		later(time.Minute)
		require.EqualValues(t, 2, a.counts(web)["MissingCount"])
		require.EqualValues(t, 0, a.counts(web)["FailedCount"])
		require.EqualValues(t, 1, a.counts(web)["CriticalNonCompliantCount"])
	})
}

func TestNoRebootLeavesPatchesPendingUntilTheMachineBoots(t *testing.T) {
	for name, boot := range map[string]func(*account){
		"by the next Install": func(a *account) { a.send(web, "Install") },
		"by hand": func(a *account) {
			require.NoError(a.t, a.SetState(web, "stopped"))
			require.NoError(a.t, a.SetState(web, "running"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				input := patch(web, "Install")
				input["Parameters"].(object)["RebootOption"] = []string{"NoReboot"}
				a.call("ssm", "sendCommand", input)
				later(5 * time.Minute)
				counts := a.counts(web)
				require.EqualValues(t, 6, counts["InstalledPendingRebootCount"])
				require.EqualValues(t, 2, counts["CriticalNonCompliantCount"])
				require.Equal(t, "NoReboot", counts["RebootOption"])
				require.Contains(t, counts, "LastNoRebootInstallOperationTime")
				require.Zero(t, a.Reboots(web))

				boot(a)
				later(5 * time.Minute)
				require.NoError(t, a.Scan(web))
				require.EqualValues(t, 6, a.counts(web)["InstalledCount"])
			})
		})
	}
}

func TestASecondPatchCommandCannotAcquireTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		first := a.send(web, "Install")
		later(10 * time.Second)
		second := a.send(web, "Scan")
		later(10 * time.Second)
		require.Equal(t, "Failed", a.invocation(second, web)["Status"])
		require.Contains(t, a.invocation(second, web)["StandardErrorContent"], "Cannot acquire lock")
		later(5 * time.Minute)
		require.Equal(t, "Success", a.invocation(first, web)["Status"])
	})
}

func TestTheLogSaysWhatWasSentWhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		input := patch(web, "Scan")
		input["InstanceIds"] = []string{web, hybrid}
		input["Comment"] = "asked by Jo"
		input["TimeoutSeconds"] = 600
		command := a.call("ssm", "sendCommand", input)["Command"].(object)
		require.EqualValues(t, 600, command["TimeoutSeconds"])
		require.EqualValues(t, 2, command["TargetCount"])
		require.Equal(t, "2000-01-01T00:00:00Z", command["RequestedDateTime"])
		require.Equal(t, "2000-01-01T02:10:00Z", command["ExpiresAfter"])

		require.NoError(t, a.CancelCommand(command["CommandId"].(string)))
		require.Error(t, a.CancelCommand("another"))
		require.Equal(t, awssim.Command{
			ID: command["CommandId"].(string), InstanceID: web, Document: "AWS-RunPatchBaseline", Operation: "Scan", RebootOption: "RebootIfNeeded",
			Comment: "asked by Jo", SentAt: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
			Status: "Cancelled", StatusDetails: "Cancelled",
		}, a.Commands()[0])
		require.Equal(t, hybrid, a.Commands()[1].InstanceID)
		require.Equal(t, []string{"Canceled", "Canceled"}, a.statuses(), "the event spells it with one l")
	})
}

func TestAFinishedInvocationTellsItsTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		id := a.send(web, "Scan")
		pending := a.invocation(id, web)
		require.EqualValues(t, -1, pending["ResponseCode"])
		require.Empty(t, pending["ExecutionStartDateTime"])
		later(time.Minute)
		done := a.invocation(id, web)
		require.Equal(t, "2000-01-01T00:00:02Z", done["ExecutionStartDateTime"])
		require.Equal(t, "2000-01-01T00:00:22Z", done["ExecutionEndDateTime"])
		require.Equal(t, "PT20S", done["ExecutionElapsedTime"])
		require.Contains(t, done["StandardOutputContent"], "Missing: 6")
		require.EqualValues(t, 0, done["ResponseCode"])
	})
}

func TestSendCommandRefuses(t *testing.T) {
	with := func(member string, value any) object {
		input := patch(web, "Install")
		input[member] = value
		return input
	}
	overridden := func(override ...string) object {
		return with("Parameters", object{"Operation": []string{"Scan"}, "BaselineOverride": override})
	}
	cases := map[string]struct {
		input object
		want  string
	}{
		"an unknown instance":                 {patch("i-00000000", "Scan"), "Ssm.InvalidInstanceIdException"},
		"an id of the wrong shape":            {patch("i-0933", "Scan"), "Ssm.ValidationException"},
		"no instance":                         {with("InstanceIds", []string{}), "Ssm.InvalidInstanceIdException"},
		"an instance named twice":             {with("InstanceIds", []string{web, web}), "Ssm.DuplicateInstanceIdException"},
		"another document":                    {with("DocumentName", "AWS-RunShellScript"), "Ssm.InvalidDocumentException"},
		"the document of another partition":   {with("DocumentName", "arn:aws-cn:ssm:us-east-1::document/AWS-RunPatchBaseline"), "Ssm.InvalidDocumentException"},
		"no document":                         {object{"InstanceIds": []string{web}}, "Ssm.ValidationException"},
		"a comment of 101 characters":         {with("Comment", strings.Repeat("ü", 101)), "Ssm.ValidationException"},
		"a timeout of 29 seconds":             {with("TimeoutSeconds", 29), "Ssm.ValidationException"},
		"a timeout of over 30 days":           {with("TimeoutSeconds", 2_592_001), "Ssm.ValidationException"},
		"a timeout in words":                  {with("TimeoutSeconds", "600"), "Ssm.SsmException"},
		"a member that AWS does not know":     {with("Timeout", 600), "Ssm.ValidationException"},
		"a member in the wrong case":          {with("comment", "hello"), "Ssm.ValidationException"},
		"no operation":                        {with("Parameters", object{}), "Ssm.InvalidParametersException"},
		"an unknown operation":                {with("Parameters", object{"Operation": []string{"Remove"}}), "Ssm.InvalidParametersException"},
		"an unknown reboot option":            {with("Parameters", object{"Operation": []string{"Scan"}, "RebootOption": []string{"Never"}}), "Ssm.InvalidParametersException"},
		"a parameter that is not a list":      {with("Parameters", object{"Operation": "Scan"}), "Ssm.SsmException"},
		"a parameter the document has not":    {with("Parameters", object{"Operation": []string{"Scan"}, "Reboot": []string{"x"}}), "Ssm.InvalidParametersException"},
		"an override that is no address":      {overridden("baseline_overrides.json"), "Ssm.InvalidParametersException"},
		"an override by plain HTTP":           {overridden("http://example.com/overrides.json"), "Ssm.InvalidParametersException"},
		"an override that names no file":      {overridden("s3://bucket"), "Ssm.InvalidParametersException"},
		"an override twice":                   {overridden("", ""), "Ssm.InvalidParametersException"},
		"a snapshot id that is none":          {with("Parameters", object{"Operation": []string{"Scan"}, "SnapshotId": []string{"snap-1"}}), "Ssm.InvalidParametersException"},
		"a parameter with two values":         {with("Parameters", object{"Operation": []string{"Scan", "Install"}}), "Ssm.InvalidParametersException"},
		"more instances than the API's limit": {with("InstanceIds", make([]string, 51)), "Ssm.ValidationException"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			got, _ := a.refused("ssm", "sendCommand", test.input)
			require.Equal(t, test.want, got)
			require.Empty(t, a.Commands())
		})
	}
}

func TestSendCommandTakesAllThatAWSKnows(t *testing.T) {
	a := open(t)
	input := patch(web, "Scan")
	input["CloudWatchOutputConfig"] = object{"CloudWatchOutputEnabled": true}
	input["MaxErrors"] = "0"
	input["Comment"] = strings.Repeat("ü", 100)
	input["TimeoutSeconds"] = 2_592_000
	input["DocumentName"] = "arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline"
	command := a.call("ssm", "sendCommand", input)["Command"].(object)
	require.Equal(t, object{"CloudWatchOutputEnabled": true}, command["CloudWatchOutputConfig"])

	input["Targets"] = []object{{"Key": "tag:a", "Values": []string{"b"}}}
	_, err := a.try("ssm", "sendCommand", input)
	require.ErrorIs(t, err, awssim.ErrNotSimulated)
}
