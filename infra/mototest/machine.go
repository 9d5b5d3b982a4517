package mototest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// endWithin is how long an execution may take after it was last answered.
const endWithin = 30 * time.Second

// Machine is the state machine, created in a Server.
type Machine struct {
	ARN    string
	client *sfn.Client
}

// CreateMachine renders a state machine and creates it.
func (s Server) CreateMachine(t testing.TB, machine workflow.Machine, name string, settings workflow.Settings) Machine {
	t.Helper()
	definition, err := machine.Render(settings)
	require.NoError(t, err)
	return s.CreateMachineFrom(t, name, string(definition))
}

// CreateMachineFrom creates a state machine from its rendered definition.
func (s Server) CreateMachineFrom(t testing.TB, name, definition string) Machine {
	t.Helper()
	client := sfn.NewFromConfig(s.Config())
	out, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition, RoleArn: aws.String("arn:aws:iam::" + Account + ":role/" + name),
	})
	require.NoError(t, err)
	return Machine{ARN: aws.ToString(out.StateMachineArn), client: client}
}

// FindMachine is a state machine that something else created in the server.
func (s Server) FindMachine(arn string) Machine {
	return Machine{ARN: arn, client: sfn.NewFromConfig(s.Config())}
}

// Definition is the machine's definition as it was created.
func (m Machine) Definition(t testing.TB) []byte {
	t.Helper()
	out, err := m.client.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &m.ARN})
	require.NoError(t, err)
	return []byte(aws.ToString(out.Definition))
}

// History lists an execution's events, the oldest first.
func (m Machine) History(t testing.TB, executionARN string) []types.HistoryEvent {
	t.Helper()
	out, err := m.client.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &executionARN})
	require.NoError(t, err)
	return out.Events
}

// Start starts an execution and returns its ARN. moto does not name executions itself.
func (m Machine) Start(t testing.TB, name, input string) string {
	t.Helper()
	out, err := m.client.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: &m.ARN, Name: &name, Input: &input,
	})
	require.NoError(t, err)
	return aws.ToString(out.ExecutionArn)
}

// Answer completes a paused task.
func (m Machine) Answer(t testing.TB, token workflow.Token, output any) {
	t.Helper()
	data, err := json.Marshal(output)
	require.NoError(t, err)
	_, err = m.client.SendTaskSuccess(t.Context(), &sfn.SendTaskSuccessInput{
		TaskToken: aws.String(token.Reveal()), Output: aws.String(string(data)),
	})
	require.NoError(t, err)
}

// Turn is what the bot answers the turn of an instance with whose tags ask for nothing.
func Turn(n workflow.Notification) workflow.TurnAnswer {
	request := sha256.Sum256([]byte(n.ExecutionARN)) // what was backed up for it is not taken for another one's
	return workflow.TurnAnswer{RequestID: fmt.Sprintf("r-%x", request[:8]), Backup: true, KeepUntil: time.Date(2026, 12, 6, 17, 3, 0, 0, time.UTC)}
}

// Await waits until an execution has ended.
func (m Machine) Await(t testing.TB, executionARN string) *sfn.DescribeExecutionOutput {
	t.Helper()
	var out *sfn.DescribeExecutionOutput
	require.Eventually(t, func() bool {
		var err error
		out, err = m.client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &executionARN})
		return err == nil && out.Status != types.ExecutionStatusRunning
	}, endWithin, 50*time.Millisecond, "%s has not ended", executionARN)
	return out
}

// ComplianceEvent is the EventBridge event by which Systems Manager tells that an instance
// is "non_compliant" or "compliant".
func ComplianceEvent(instanceID, status string) string {
	return `{"version":"0","id":"da802c23-0364-5de4-02c4-8f2389f89233",` +
		`"detail-type":"Configuration Compliance State Change","source":"aws.ssm",` +
		`"account":"` + Account + `","time":"2026-11-23T10:00:00Z","region":"` + Region + `",` +
		`"resources":["arn:aws:ssm:` + Region + `:` + Account + `:managed-instance/` + instanceID + `"],` +
		`"detail":{"severity":"UNSPECIFIED","patch-baseline-id":"pb-0be1ccde3be43f5",` +
		`"compliance-status":"` + status + `","resource-type":"managed-instance",` +
		`"resource-id":"` + instanceID + `","compliance-type":"Patch"}}`
}
