package awsapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awsapi"
)

const token = workflow.Token("AQDEAAAAKgAAAAMAAAAAAAAAAQ/secret+token==")

// tasksClient remembers what was sent and answers with err.
type tasksClient struct {
	success *sfn.SendTaskSuccessInput
	failure *sfn.SendTaskFailureInput
	err     error
}

func (c *tasksClient) SendTaskSuccess(_ context.Context, in *sfn.SendTaskSuccessInput, _ ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error) {
	c.success = in
	return &sfn.SendTaskSuccessOutput{}, c.err
}

func (c *tasksClient) SendTaskFailure(_ context.Context, in *sfn.SendTaskFailureInput, _ ...func(*sfn.Options)) (*sfn.SendTaskFailureOutput, error) {
	c.failure = in
	return &sfn.SendTaskFailureOutput{}, c.err
}

// operationError is how the SDK wraps what AWS answers.
func operationError(err error) error {
	return &smithy.OperationError{ServiceID: "SFN", OperationName: "SendTaskSuccess", Err: err}
}

func TestTasksSendTheTokenAndTheAnswer(t *testing.T) {
	client := &tasksClient{}
	tasks := awsapi.NewTasks(client)
	require.NoError(t, tasks.CompleteTask(t.Context(), token, json.RawMessage(`{"decision":"approved"}`)))
	require.Equal(t, token.Reveal(), aws.ToString(client.success.TaskToken))
	require.JSONEq(t, `{"decision":"approved"}`, aws.ToString(client.success.Output))

	require.NoError(t, tasks.FailTask(t.Context(), token, "RequestAlreadyOpen", strings.Repeat("ä", 40000)))
	require.Equal(t, token.Reveal(), aws.ToString(client.failure.TaskToken))
	require.Equal(t, "RequestAlreadyOpen", aws.ToString(client.failure.Error))
	require.Equal(t, strings.Repeat("ä", 32768), aws.ToString(client.failure.Cause))
}

func TestTaskErrors(t *testing.T) {
	quoting := "1 validation error detected: Value '" + token.Reveal()[:20] + "...' at 'taskToken' failed to satisfy constraint"
	for name, c := range map[string]struct {
		err  error
		gone bool
		want string // part of the text
	}{
		"a task that does not exist is gone":               {&types.TaskDoesNotExist{}, true, "TaskDoesNotExist"},
		"a task that timed out or was answered is gone":    {&types.TaskTimedOut{}, true, "TaskTimedOut"},
		"a token that is not known any more is gone":       {&types.InvalidToken{}, true, "InvalidToken"},
		"an output that is no JSON is not gone":            {&types.InvalidOutput{}, false, "InvalidOutput"},
		"throttling is not gone":                           {&smithy.GenericAPIError{Code: "ThrottlingException"}, false, "ThrottlingException"},
		"a refusal that quotes part of the token hides it": {&smithy.GenericAPIError{Code: "ValidationException", Message: quoting}, false, "ValidationException"},
		"any other error that quotes the token hides it":   {errors.New("cannot send " + token.Reveal()), false, "cannot send [task token]"},
	} {
		t.Run(name, func(t *testing.T) {
			tasks := awsapi.NewTasks(&tasksClient{err: operationError(c.err)})
			for _, err := range []error{
				tasks.CompleteTask(t.Context(), token, json.RawMessage(`{}`)),
				tasks.FailTask(t.Context(), token, "name", "cause"),
			} {
				require.ErrorContains(t, err, c.want)
				require.Equal(t, c.gone, errors.Is(err, workflow.ErrTaskGone))
				require.NotContains(t, err.Error(), token.Reveal()[:20])
			}
		})
	}
}

func TestTasksKeepTheCauseOfAnErrorWithoutTheToken(t *testing.T) {
	tasks := awsapi.NewTasks(&tasksClient{err: operationError(context.DeadlineExceeded)})
	require.ErrorIs(t, tasks.CompleteTask(t.Context(), token, json.RawMessage(`{}`)), context.DeadlineExceeded)
}
