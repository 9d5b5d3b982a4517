package awsapi

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/patchbot/patchbot/workflow"
)

// Looker asks AWS how something stands. Each field is the method of that name of a client.
// Taken as functions, not as clients, they let the linker drop the hundreds of calls of EC2
// and SSM that patchbot does not make, also from programs that use html/template.
type Looker struct {
	GetCommandInvocation func(ctx context.Context, in *ssm.GetCommandInvocationInput, options ...func(*ssm.Options)) (*ssm.GetCommandInvocationOutput, error)
	DescribeSnapshots    func(ctx context.Context, in *ec2.DescribeSnapshotsInput, options ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error)
	DescribeExecution    func(ctx context.Context, in *sfn.DescribeExecutionInput, options ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

// NewLooker returns a Looker that asks the three clients.
func NewLooker(commands *ssm.Client, snapshots *ec2.Client, executions *sfn.Client) Looker {
	return Looker{commands.GetCommandInvocation, snapshots.DescribeSnapshots, executions.DescribeExecution}
}

// Command asks about a command on one instance. A command that the instance does not know
// yet, as right after it was sent, is "Pending".
func (l Looker) Command(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error) {
	status := workflow.CommandStatus{CommandID: commandID, InstanceID: instanceID, Status: "Pending"}
	out, err := l.GetCommandInvocation(ctx, &ssm.GetCommandInvocationInput{
		CommandId: aws.String(commandID), InstanceId: aws.String(instanceID),
	})
	if code(err) == "InvocationDoesNotExist" {
		return status, nil
	}
	if err != nil {
		return workflow.CommandStatus{}, fmt.Errorf("get command invocation %s on %s: %w", commandID, instanceID, err)
	}
	status.Status = string(out.Status)
	return status, nil
}

// Snapshots asks about a set of snapshots. One that EC2 does not know counts as pending:
// it may be too new, and if it was deleted, the state machine finds out by itself.
func (l Looker) Snapshots(ctx context.Context, ids []string) (workflow.SnapshotsResult, error) {
	out, err := l.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{SnapshotIds: ids})
	if code(err) == "InvalidSnapshot.NotFound" {
		return workflow.SnapshotsResult{SnapshotIDs: ids}, nil
	}
	if err != nil {
		return workflow.SnapshotsResult{}, fmt.Errorf("describe snapshots %v: %w", ids, err)
	}
	var states []string
	for _, s := range out.Snapshots {
		states = append(states, string(s.State))
	}
	return workflow.JudgeSnapshots(ids, states), nil
}

// Execution asks about an execution of the state machine. One that Step Functions does
// not know is "ABORTED": it keeps executions for 90 days after their end.
func (l Looker) Execution(ctx context.Context, arn string) (workflow.ExecutionStatus, error) {
	out, err := l.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(arn)})
	if code(err) == "ExecutionDoesNotExist" {
		return workflow.ExecutionStatus{ExecutionARN: arn, Status: "ABORTED",
			Error: "ExecutionDoesNotExist", Cause: "Step Functions does not know the execution any more."}, nil
	}
	if err != nil {
		return workflow.ExecutionStatus{}, fmt.Errorf("describe execution %s: %w", arn, err)
	}
	status := workflow.ExecutionStatus{ExecutionARN: arn, Status: string(out.Status),
		Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause)}
	if out.StopDate != nil {
		status.StopDate = out.StopDate.UnixMilli()
	}
	return status, nil
}
