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

// Executions starts executions of patch-approval.
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
	return e.ExecutionARN(name), e.start(ctx, name, map[string]string{"instance_id": instanceID})
}

// ExecutionARN is the ARN that an execution of a name has.
func (e Executions) ExecutionARN(name string) string {
	return strings.Replace(e.machine, ":stateMachine:", ":execution:", 1) + ":" + name
}

func (e Executions) start(ctx context.Context, name string, input map[string]string) error {
	data, err := json.Marshal(input)
	if err != nil {
		return err
	}
	_, err = e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &e.machine, Name: &name, Input: aws.String(string(data))})
	if err != nil && code(err) != "ExecutionAlreadyExists" {
		return fmt.Errorf("start execution %s: %w", name, err)
	}
	return nil
}

// RollBacks starts executions of roll-back.
type RollBacks struct{ machine Executions }

// NewRollBacks returns RollBacks of the state machine with this ARN, e.g.
// "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-roll-back".
func NewRollBacks(client ExecutionsClient, machineARN string) RollBacks {
	return RollBacks{NewExecutions(client, machineARN)}
}

// ExecutionARN is the ARN that an execution of a name has.
func (r RollBacks) ExecutionARN(name string) string { return r.machine.ExecutionARN(name) }

// Start starts an execution that replaces an instance's root volume by a snapshot, as
// [Executions.Start] does.
func (r RollBacks) Start(ctx context.Context, name, instanceID, snapshotID string) error {
	return r.machine.start(ctx, name, map[string]string{"instance_id": instanceID, "snapshot_id": snapshotID})
}
