package awsapi_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awsapi"
)

const machine = "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-patch-approval"

// executionsClient remembers what was started and answers with err.
type executionsClient struct {
	started *sfn.StartExecutionInput
	err     error
}

func (c *executionsClient) StartExecution(_ context.Context, in *sfn.StartExecutionInput, _ ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	c.started = in
	return &sfn.StartExecutionOutput{}, c.err
}

func TestAnExecutionIsStartedOnceUnderItsName(t *testing.T) {
	for _, answer := range []error{nil, operationError(&types.ExecutionAlreadyExists{})} {
		client := &executionsClient{err: answer}
		arn, err := awsapi.NewExecutions(client, machine).Start(t.Context(), "ask-1", "i-0933335a5598d1c2e")
		require.NoError(t, err)
		require.Equal(t, "arn:aws:states:us-east-1:111122223333:execution:patchbot-patch-approval:ask-1", arn)
		require.Equal(t, machine, aws.ToString(client.started.StateMachineArn))
		require.Equal(t, "ask-1", aws.ToString(client.started.Name))
		require.JSONEq(t, `{"instance_id": "i-0933335a5598d1c2e"}`, aws.ToString(client.started.Input))
	}
	client := &executionsClient{err: operationError(&smithy.GenericAPIError{Code: "AccessDeniedException"})}
	_, err := awsapi.NewExecutions(client, machine).Start(t.Context(), "ask-1", "i-0933335a5598d1c2e")
	require.ErrorContains(t, err, "start execution ask-1")
	require.ErrorContains(t, err, "AccessDenied")
}

func TestARollBackIsStartedOnceUnderItsName(t *testing.T) {
	const machine = "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-roll-back"
	for _, answer := range []error{nil, operationError(&types.ExecutionAlreadyExists{})} {
		client := &executionsClient{err: answer}
		backs := awsapi.NewRollBacks(client, machine)
		require.NoError(t, backs.Start(t.Context(), "roll-back-r-1-1", "i-0933335a5598d1c2e", "snap-1"))
		require.Equal(t, machine, aws.ToString(client.started.StateMachineArn))
		require.Equal(t, "roll-back-r-1-1", aws.ToString(client.started.Name))
		require.JSONEq(t, `{"instance_id": "i-0933335a5598d1c2e", "snapshot_id": "snap-1"}`, aws.ToString(client.started.Input))
		require.Equal(t, "arn:aws:states:us-east-1:111122223333:execution:patchbot-roll-back:roll-back-r-1-1", backs.ExecutionARN("roll-back-r-1-1"))
	}
}
