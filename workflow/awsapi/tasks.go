package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/patchbot/patchbot/workflow"
)

// TasksClient is what Tasks calls; *sfn.Client implements it.
type TasksClient interface {
	SendTaskSuccess(ctx context.Context, in *sfn.SendTaskSuccessInput, options ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error)
	SendTaskFailure(ctx context.Context, in *sfn.SendTaskFailureInput, options ...func(*sfn.Options)) (*sfn.SendTaskFailureOutput, error)
}

// Tasks answers the task tokens of paused executions. Its errors never hold a token.
type Tasks struct{ client TasksClient }

// NewTasks returns Tasks that call client.
func NewTasks(client TasksClient) Tasks { return Tasks{client} }

// Step Functions allows 256 characters of an error's name and 32,768 of its cause.
const (
	maxErrorName = 256
	maxCause     = 32768
)

// CompleteTask resumes an execution with the output of its task. It returns
// workflow.ErrTaskGone when Step Functions no longer waits for it.
func (t Tasks) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	_, err := t.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{
		TaskToken: aws.String(token.Reveal()), Output: aws.String(string(output)),
	})
	return taskError("complete task", token, err)
}

// FailTask resumes an execution with an error. It returns workflow.ErrTaskGone when Step
// Functions no longer waits for the task.
func (t Tasks) FailTask(ctx context.Context, token workflow.Token, name, cause string) error {
	_, err := t.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
		TaskToken: aws.String(token.Reveal()),
		Error:     aws.String(cut(name, maxErrorName)), Cause: aws.String(cut(cause, maxCause)),
	})
	return taskError("fail task", token, err)
}

func taskError(act string, token workflow.Token, err error) error {
	if err == nil {
		return nil
	}
	switch name := code(err); name {
	case "TaskDoesNotExist", "TaskTimedOut", "InvalidToken":
		return fmt.Errorf("%s: %w: %s", act, workflow.ErrTaskGone, name)
	case "ValidationException": // its message quotes what was sent, also in part
		return fmt.Errorf("%s: Step Functions refuses the request: %s", act, name)
	}
	return fmt.Errorf("%s: %w", act, withoutToken(err, token))
}

// withoutToken returns the error itself unless it quotes the token.
func withoutToken(err error, token workflow.Token) error {
	if token == "" || !strings.Contains(err.Error(), token.Reveal()) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), token.Reveal(), token.String()))
}
