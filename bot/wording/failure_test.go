package wording

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// errorsOf lists the errors that a machine's own states name in their results.
func errorsOf(t *testing.T, m workflow.Machine) []string {
	t.Helper()
	definition, err := m.Render(workflow.DefaultSettings())
	require.NoError(t, err)
	var machine struct {
		States map[string]struct {
			ResultPath         string
			Result, Parameters json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(definition, &machine))
	named := map[string]bool{}
	for _, s := range machine.States {
		for _, data := range []json.RawMessage{s.Result, s.Parameters} {
			var failure struct{ Error string }
			if s.ResultPath == "$.error" && json.Unmarshal(data, &failure) == nil && failure.Error != "" {
				named[failure.Error] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(named))
}

// TestEveryErrorOfTheMachineHasWords: an error that a state names needs a row of its own.
func TestEveryErrorOfTheMachineHasWords(t *testing.T) {
	all := errorsOf(t, workflow.PatchApproval)
	require.Contains(t, all, "NodeNotBack")
	require.GreaterOrEqual(t, len(all), 9)
	rows := map[string]bool{}
	for _, w := range failures {
		for _, name := range w.names {
			rows[name] = true
		}
	}
	for _, name := range all {
		require.True(t, rows[name], "no words for %s: what happened, and what to do now", name)
	}
	for _, w := range failures {
		require.NotEmpty(t, w.happened)
		require.NotEmpty(t, w.next)
		require.NotContains(t, w.happened, "othing was installed", "what was installed is said where it is known")
	}
}

func TestErrorsAreToldByTheirFamily(t *testing.T) {
	for _, c := range []struct{ name, cause, says string }{
		{"Ssm.SsmException", "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ssm:SendCommand", "lacks a right"},
		{"Ssm.AccessDeniedException", "", "lacks a right"},
		{"Ec2.Ec2Exception", "You are not authorized to perform this operation. (Service: Ec2, Status Code: 403)", "lacks a right"},
		{"States.Permissions", "", "lacks a right"},
		{"Ec2.Ec2Exception", "The KMS key is disabled", "encryption key"},
		{"KMS.DisabledException", "", "encryption key"},
		{"Ssm.ThrottlingException", "Rate exceeded", "too many"},
		{"Ssm.SsmException", "Rate exceeded (Service: Ssm, Status Code: 400)", "too many"},
		{"Ec2.Ec2Exception", "Request limit exceeded. RequestLimitExceeded", "too many"},
		{"Ssm.InvalidInstanceIdException", "gone", "does not know the instance"},
		{"Ec2.Ec2Exception", "InvalidInstanceID.NotFound", "does not know the instance"},
		{"States.Timeout", "", "did not answer in time"},
		{"TIMED_OUT", "", "did not answer in time"},
		{"Ssm.SdkClientException", "", "did not answer in time"},
		{"States.DataLimitExceeded", "", "more than a step can hold"},
		{"States.Runtime", "", "not made for"},
		{"States.TaskFailed", "", "could not go on"},
		{"Ssm.InternalServerErrorException", "", "Systems Manager refused"},
		{"Ec2.Ec2Exception", "IncorrectState", "EC2 refused"},
		{"SNS.InternalErrorException", "", "could not publish"},
		{"FAILED", "", "could not go on"},
		{"Unnamed", "No cause was given.", "could not go on"},
		{"", "", "could not go on"},
	} {
		w := FailureOf(bot.Request{Failure: &bot.Failure{State: "Patch Instance", Error: c.name, Cause: c.cause}})
		require.Contains(t, w.Happened, c.says, c.name+": "+c.cause)
		require.Contains(t, w.Details, "The step “Patch Instance” failed with")
		require.NotEmpty(t, w.Next)
		if c.cause != "" {
			require.Contains(t, w.Details, strings.TrimSuffix(c.cause, "."))
		}
	}
	require.NotEmpty(t, FailureOf(bot.Request{}).Happened, "only EventBridge told")
}

func TestARehearsalIsRehearsedAgain(t *testing.T) {
	r := bot.Request{Rehearsal: true, Failure: &bot.Failure{Error: "NodeOffline"}}
	require.Contains(t, FailureOf(r).Next, "then rehearse again")
}
