package awssim_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestAListedInvocationHasTheThreeStepsOfTheDocument(t *testing.T) {
	skipped := func(platform, step string) string {
		return `Step execution skipped due to unsatisfied preconditions: '"StringEquals": [platformType, ` + platform + `]'. Step name: ` + step
	}
	const start, end = "2000-01-01T00:00:02Z", "2000-01-01T00:00:22Z"
	cases := map[string]struct {
		platform       awssim.Platform
		outputs        [3]string // "" for the step that runs
		started, ended []any
	}{
		"Linux runs the second": {
			awssim.AmazonLinux2023, [3]string{skipped("Windows", "PatchWindows"), "", skipped("MacOS", "PatchMacOS")},
			[]any{start, start, end}, []any{start, end, end},
		},
		"Windows runs the first": {
			awssim.WindowsServer2022, [3]string{"", skipped("Linux", "PatchLinux"), skipped("MacOS", "PatchMacOS")},
			[]any{start, end, end}, []any{end, end, end},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const id = "i-0123456789abcdef0"
				a := open(t)
				require.NoError(t, a.Add(awssim.Instance{ID: id, Name: "App-1", Platform: test.platform}))
				command := a.send(id, "Scan")
				later(time.Minute)
				listed := a.listed(command, id)
				steps := listed["CommandPlugins"]
				delete(listed, "CommandPlugins")
				require.Equal(t, object{
					"CommandId": command, "InstanceId": id, "InstanceName": "app-1.internal", "Comment": "",
					"DocumentName": "AWS-RunPatchBaseline", "DocumentVersion": "$DEFAULT",
					"RequestedDateTime": "2000-01-01T00:00:00Z", "Status": "Success", "StatusDetails": "Success",
				}, listed)
				require.Equal(t, []any{"PatchWindows", "PatchLinux", "PatchMacOS"}, pick(steps, "Name"))
				require.Equal(t, []any{"Success", "Success", "Success"}, pick(steps, "Status"))
				require.Equal(t, []any{"Success", "Success", "Success"}, pick(steps, "StatusDetails"))
				require.Equal(t, []any{0.0, 0.0, 0.0}, pick(steps, "ResponseCode"))
				require.Equal(t, test.started, pick(steps, "ResponseStartDateTime"))
				require.Equal(t, test.ended, pick(steps, "ResponseFinishDateTime"))
				for i, want := range test.outputs {
					got := pick(steps, "Output")[i].(string)
					if want == "" {
						require.Contains(t, got, "Patch Summary for "+id)
						continue
					}
					require.Equal(t, want, got)
				}
			})
		})
	}
}

func TestAFailedStepTellsItsCodeAndBothStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.CommandFails, ExitCode: -1, Stderr: strings.Repeat("é", 3000)})
		command := a.send(web, "Install")
		later(time.Hour)
		require.Equal(t, "Failed", a.listed(command, web)["Status"])
		steps := a.listed(command, web)["CommandPlugins"]
		require.Equal(t, []any{"Success", "Failed", "Success"}, pick(steps, "Status"))
		require.Equal(t, []any{0.0, -1.0, 0.0}, pick(steps, "ResponseCode"))
		output := pick(steps, "Output")[1].(string)
		require.Contains(t, output, "Failed: 0\n\n----------ERROR-------\néé")
		require.Len(t, []rune(output), 2_500)
	})
}

func TestAnOpenCommandHasStepsWithoutAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		command := a.send(web, "Scan")
		require.Equal(t, []any{"Pending", "Pending", "Pending"}, pick(a.listed(command, web)["CommandPlugins"], "Status"))
		later(3 * time.Second)
		steps := a.listed(command, web)["CommandPlugins"]
		require.Equal(t, []any{"InProgress", "InProgress", "Pending"}, pick(steps, "Status"))
		require.Equal(t, []any{-1.0, -1.0, -1.0}, pick(steps, "ResponseCode"))
		for _, s := range steps.([]any) {
			require.NotContains(t, s, "ResponseFinishDateTime")
		}
	})
}

func TestACommandThatNeverReachedItsMachineHasNoSteps(t *testing.T) {
	for name, fault := range map[string]awssim.Fault{
		"DeliveryTimedOut": {Kind: awssim.Offline},
		"Undeliverable":    {Kind: awssim.CommandFails, StatusDetails: "Undeliverable"},
		"AccessDenied":     {Kind: awssim.CommandFails, StatusDetails: "AccessDenied"},
		"InvalidPlatform":  {Kind: awssim.CommandFails, StatusDetails: "InvalidPlatform"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.Break(fault)
				command := a.send(web, "Install")
				later(4 * time.Hour)
				require.Equal(t, name, a.listed(command, web)["StatusDetails"])
				require.Equal(t, []any{}, a.listed(command, web)["CommandPlugins"])
			})
		})
	}
}

func TestAListOfInvocationsLeavesOutWhatIsUnknown(t *testing.T) {
	a := open(t)
	command := a.send(web, "Scan")
	require.Empty(t, a.list(command, hybrid))
	require.Empty(t, a.list(command, "i-00000000"))
	require.Empty(t, a.list("00000000-0000-4000-8000-000000000000", web))
	without := a.call("ssm", "listCommandInvocations", object{"CommandId": command, "InstanceId": web})
	require.NotContains(t, without["CommandInvocations"].([]any)[0], "CommandPlugins", "steps come with Details only")
}

func TestInvocationsComeInPages(t *testing.T) {
	a := open(t)
	first, second := a.send(web, "Scan"), a.send(web, "Scan")
	input := object{"InstanceId": web, "MaxResults": 1}
	answer := a.call("ssm", "listCommandInvocations", input)
	require.Equal(t, []any{first}, pick(answer["CommandInvocations"], "CommandId"))
	input["NextToken"] = answer["NextToken"]
	answer = a.call("ssm", "listCommandInvocations", input)
	require.Equal(t, []any{second}, pick(answer["CommandInvocations"], "CommandId"))
	require.NotContains(t, answer, "NextToken")

	_, err := a.try("ssm", "listCommandInvocations", object{"Filters": []object{{"Key": "InvokedAfter", "Value": "2024-07-07T00:00:00Z"}}})
	require.ErrorIs(t, err, awssim.ErrNotSimulated)
}

func TestInvocationCallsRefuse(t *testing.T) {
	a := open(t)
	id := a.send(web, "Scan")
	of := func(command, instance, step string) object {
		return object{"CommandId": command, "InstanceId": instance, "PluginName": step}
	}
	cases := map[string]struct {
		action string
		input  object
		want   string
	}{
		"a step of a command not sent there": {"getCommandInvocation", of(id, hybrid, "PatchLinux"), "Ssm.InvocationDoesNotExistException"},
		"a step of an id that is no UUID":    {"getCommandInvocation", of("1", web, "PatchLinux"), "Ssm.ValidationException"},
		"a step without an instance":         {"getCommandInvocation", object{"CommandId": id}, "Ssm.ValidationException"},
		"an unknown step":                    {"getCommandInvocation", of(id, web, "aws:runShellScript"), "Ssm.InvalidPluginNameException"},
		"no step, of which there are three":  {"getCommandInvocation", object{"CommandId": id, "InstanceId": web}, "Ssm.InvalidPluginNameException"},
		"a list by an id that is no UUID":    {"listCommandInvocations", object{"CommandId": "1"}, "Ssm.ValidationException"},
		"a list for a malformed instance":    {"listCommandInvocations", object{"InstanceId": "web-1"}, "Ssm.ValidationException"},
		"a page of 51 invocations":           {"listCommandInvocations", object{"MaxResults": 51}, "Ssm.ValidationException"},
		"a foreign token of invocations":     {"listCommandInvocations", object{"NextToken": "x"}, "Ssm.InvalidNextTokenException"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			got, _ := a.refused("ssm", test.action, test.input)
			require.Equal(t, test.want, got)
		})
	}
}

func TestAStepIsToldByItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.Break(awssim.Fault{Kind: awssim.CommandFails, Stderr: "oops"})
		command := a.send(web, "Scan")
		later(time.Minute)
		require.Equal(t, "Failed", a.invocation(command, web)["Status"])
		other := a.call("ssm", "getCommandInvocation", object{"CommandId": command, "InstanceId": web, "PluginName": "PatchMacOS"})
		require.Equal(t, "PatchMacOS", other["PluginName"])
		require.Equal(t, "Success", other["Status"])
		require.EqualValues(t, 0, other["ResponseCode"])
		require.Equal(t, "PT0S", other["ExecutionElapsedTime"])
		require.Contains(t, other["StandardOutputContent"], "Step execution skipped")
		require.Empty(t, other["StandardErrorContent"])
	})
}
