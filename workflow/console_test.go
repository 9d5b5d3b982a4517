package workflow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAConsoleLinkIsOfThePartitionAndRegion(t *testing.T) {
	const command, node = "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b", "i-0933335a5598d1c2e"
	for name, c := range map[string]struct{ arn, execution, command, output string }{
		"commercial": {
			executionARN,
			"https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/" + executionARN,
			"https://us-east-1.console.aws.amazon.com/systems-manager/run-command/" + command + "?region=us-east-1",
			"https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fpatchbot$252Fcommand-output$3FlogStreamNameFilter$3D" + command + "$252F" + node,
		},
		"GovCloud": {
			"arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:patch-approval:e1",
			"https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/v2/executions/details/arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:patch-approval:e1",
			"https://us-gov-west-1.console.amazonaws-us-gov.com/systems-manager/run-command/" + command + "?region=us-gov-west-1",
			"https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#logsV2:log-groups/log-group/$252Fpatchbot$252Fcommand-output$3FlogStreamNameFilter$3D" + command + "$252F" + node,
		},
		"China": {
			"arn:aws-cn:states:cn-north-1:111122223333:execution:patch-approval:e1",
			"https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/arn:aws-cn:states:cn-north-1:111122223333:execution:patch-approval:e1",
			"https://cn-north-1.console.amazonaws.cn/systems-manager/run-command/" + command + "?region=cn-north-1",
			"https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logsV2:log-groups/log-group/$252Fpatchbot$252Fcommand-output$3FlogStreamNameFilter$3D" + command + "$252F" + node,
		},
		"a partition that nobody has listed": {arn: "arn:aws-iso-f:states:us-isof-south-1:111122223333:execution:patch-approval:e1"},
		"a Region that is none":              {arn: "arn:aws:states:evil.example/:111122223333:execution:patch-approval:e1"},
		"no ARN":                             {arn: "e1"},
	} {
		t.Run(name, func(t *testing.T) {
			console := ConsoleOf(c.arn)
			require.Equal(t, c.execution, console.Execution(c.arn))
			require.Equal(t, c.command, console.Command(command))
			require.Equal(t, c.output, console.CommandOutput("/patchbot/command-output", command, node))
			require.Empty(t, console.Command(""))
			require.Empty(t, console.CommandOutput("", command, node))
		})
	}
}

func TestNoNameLeavesItsPlaceInALink(t *testing.T) {
	console := ConsoleOf(executionARN)
	require.Contains(t, console.Execution("arn:x/y?z#|>"), "arn:x%2Fy%3Fz%23%7C%3E")
	require.Contains(t, console.CommandOutput("/a#b", "c d", "e?f"), "$252Fa$2523b$3FlogStreamNameFilter$3Dc$2520d$252Fe$253Ff")
}
