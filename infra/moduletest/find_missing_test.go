package moduletest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// looksForWhatWasMissed asks that find-missing can do what it is made of, and nothing else.
func (p plan) looksForWhatWasMissed(t *testing.T) {
	definition := p.machine(t, "find-missing").text("definition")
	require.NotContains(t, definition, "${")
	require.Contains(t, definition, p.machine(t, "patch-approval").text("arn"))
	allowed := map[string][]string{}
	for address, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			for _, action := range s.Action {
				allowed[address] = append(allowed[address], s.Sid+" "+action+" "+strings.Join(s.Resource, " "))
			}
		}
	}
	role := slices.DeleteFunc(allowed[`module.patchbot.aws_iam_role_policy.machine["find-missing"]`], func(s string) bool {
		return strings.HasPrefix(s, "DeliverLogs ") || strings.HasPrefix(s, "SendTraces ")
	})
	require.ElementsMatch(t, []string{
		"FindTaggedNodes ssm:DescribeInstanceInformation *",
		"ReadPatchCounts ssm:DescribeInstancePatchStates *",
		"StartPatchApprovals states:StartExecution " + p.machine(t, "patch-approval").text("arn"),
		"GoOnWithTheNextPage states:StartExecution " + p.machine(t, "find-missing").text("arn"),
	}, role)

	schedule := p.ofType(t, "aws_scheduler_schedule")[0]
	target := schedule.blocks("target")[0]
	require.Equal(t, "cron(0 6 * * ? *)", schedule.text("schedule_expression"))
	require.Equal(t, p.machine(t, "find-missing").text("arn"), target["arn"])
	letters := target["dead_letter_config"].([]any)[0].(map[string]any)["arn"].(string)
	require.True(t, strings.HasSuffix(letters, ":patchbot-events-dead-letters"), letters)
	require.Contains(t, allowed[`module.patchbot.aws_iam_role_policy.schedule["find-missing"]`], "KeepFailedStarts sqs:SendMessage "+letters,
		"Scheduler gives up in the role's name")
}
