package asl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

func TestPartition(t *testing.T) {
	tests := []struct {
		name, partition, resource string
		arn                       string // how the execution's begins
		refused                   string // cause, or "" where the task is called
	}{
		{"the default is aws", "", "arn:aws:states:::sns:publish", "arn:aws:states:us-gov-west-1:", ""},
		{"GovCloud calls what is in GovCloud", "aws-us-gov", "arn:aws-us-gov:states:::aws-sdk:ssm:sendCommand", "arn:aws-us-gov:states:us-gov-west-1:", ""},
		{"GovCloud refuses aws", "aws-us-gov", "arn:aws:states:::sns:publish", "arn:aws-us-gov:states:us-gov-west-1:",
			"The resource arn:aws:states:::sns:publish is in a different partition (aws) than the state machine (aws-us-gov)."},
		{"aws refuses China", "aws", "arn:aws-cn:states:::sns:publish", "arn:aws:states:us-gov-west-1:",
			"different partition (aws-cn) than the state machine (aws)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &tasks{}
			i := asl.New(asl.Config{
				Machine: load(t, single(`{"Type": "Task", "End": true, "Resource": "`+test.resource+`"}`)), Name: "m",
				Partition: test.partition, Region: "us-gov-west-1", Account: "123456789012", Invoke: f.invoke,
			})
			defer i.Close()
			e := wait(t, i, start(t, i, `{}`))
			require.Equal(t, test.arn+"123456789012:execution:m:e", e.ARN)
			require.Equal(t, test.arn+"123456789012:stateMachine:m", e.MachineARN)
			if test.refused == "" {
				require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
				require.Equal(t, test.resource, f.calls[0].Resource)
				return
			}
			require.Equal(t, asl.ErrorRuntime, e.Error)
			require.Contains(t, e.Cause, test.refused)
			require.Empty(t, f.calls)
		})
	}
}

func TestIntegrations(t *testing.T) {
	tests := []struct {
		name, resource, want string // want "" is taken
	}{
		{"a publish is taken", "arn:aws:states:::sns:publish", ""},
		{"a publish with callback is taken", "arn:aws-cn:states:::sns:publish.waitForTaskToken", ""},
		{"a start of another machine is taken", "arn:aws:states:::states:startExecution", ""},
		{"an SDK call is taken", "arn:aws:states:::aws-sdk:ssm:sendCommand", ""},
		{"an SDK call with callback is taken", "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", ""},
		{"a service that is not known is refused", "arn:aws:states:::lambda:invoke", `the integration "arn:aws:states:::lambda:invoke" is not known here`},
		{"a start with callback is refused", "arn:aws:states:::states:startExecution.waitForTaskToken", `is not known here`},
		{"a start that waits is refused", "arn:aws:states:::states:startExecution.sync:2", `.sync patterns`},
		{"an SDK call without action is refused", "arn:aws:states:::aws-sdk:ssm", `is not known here`},
		{"an SDK action with a capital is refused", "arn:aws:states:::aws-sdk:ssm:SendCommand", `is not known here`},
		{"a function is refused", "arn:aws:lambda:us-east-1:123456789012:function:f", `is not known here`},
		{"another cloud is refused", "arn:gcp:states:::sns:publish", `is not known here`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := asl.Load([]byte(single(`{"Type": "Task", "End": true, "Resource": "` + test.resource + `"}`)))
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestStartExecutionIsCalledLikeOtherTasks(t *testing.T) {
	f := &tasks{answers: nil}
	e := run(t, single(`{"Type": "Task", "End": true, "Resource": "arn:aws:states:::states:startExecution",
	  "Parameters": {"StateMachineArn": "x", "Input": {"id.$": "$.id"}}, "ResultPath": null}`), `{"id": "i-1"}`, f.invoke)
	require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
	require.Equal(t, "arn:aws:states:::states:startExecution", f.calls[0].Resource)
	require.JSONEq(t, `{"StateMachineArn": "x", "Input": {"id": "i-1"}}`, string(f.calls[0].Input))
}
