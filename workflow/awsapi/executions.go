package awsapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// ExecutionsClient is what Executions calls; *sfn.Client implements it.
type ExecutionsClient interface {
	StartExecution(ctx context.Context, in *sfn.StartExecutionInput, options ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
}

// Executions starts executions of one state machine, patch-approval.
type Executions struct {
	client  ExecutionsClient
	machine string
}

// NewExecutions returns Executions of the state machine with this ARN, e.g.
// "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-patch-approval".
func NewExecutions(client ExecutionsClient, machineARN string) Executions {
	return Executions{client, machineARN}
}

// Start starts an execution about an instance, and gives its ARN. One of the same name that runs, or
// has ended, stands for it: Step Functions starts no other for 90 days.
func (e Executions) Start(ctx context.Context, name, instanceID string) (arn string, err error) {
	input, err := json.Marshal(map[string]string{"instance_id": instanceID})
	if err != nil {
		return "", err
	}
	_, err = e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &e.machine, Name: &name, Input: aws.String(string(input))})
	if err != nil && code(err) != "ExecutionAlreadyExists" {
		return "", fmt.Errorf("start execution %s: %w", name, err)
	}
	return strings.Replace(e.machine, ":stateMachine:", ":execution:", 1) + ":" + name, nil
}
