package awsapi

import (
	"context"
	"fmt"
	"strings"

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
	ListCommandInvocations         func(ctx context.Context, in *ssm.ListCommandInvocationsInput, options ...func(*ssm.Options)) (*ssm.ListCommandInvocationsOutput, error)
	DescribeSnapshots              func(ctx context.Context, in *ec2.DescribeSnapshotsInput, options ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error)
	DescribeReplaceRootVolumeTasks func(ctx context.Context, in *ec2.DescribeReplaceRootVolumeTasksInput, options ...func(*ec2.Options)) (*ec2.DescribeReplaceRootVolumeTasksOutput, error)
	DescribeExecution              func(ctx context.Context, in *sfn.DescribeExecutionInput, options ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
	GetExecutionHistory            func(ctx context.Context, in *sfn.GetExecutionHistoryInput, options ...func(*sfn.Options)) (*sfn.GetExecutionHistoryOutput, error)
}

// NewLooker returns a Looker that asks the three clients.
func NewLooker(commands *ssm.Client, volumes *ec2.Client, executions *sfn.Client) Looker {
	return Looker{commands.ListCommandInvocations, volumes.DescribeSnapshots, volumes.DescribeReplaceRootVolumeTasks, executions.DescribeExecution, executions.GetExecutionHistory}
}

// CommandStatus asks about a command on one instance. GetCommandInvocation would want the name of
// one of the document's steps; the list of invocations has the whole. It is empty for a moment
// after the command was sent: that is "Pending".
func (l Looker) CommandStatus(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error) {
	out, err := l.ListCommandInvocations(ctx, &ssm.ListCommandInvocationsInput{
		CommandId: aws.String(commandID), InstanceId: aws.String(instanceID),
	})
	if err != nil {
		return workflow.CommandStatus{}, fmt.Errorf("list invocations of command %s on %s: %w", commandID, instanceID, err)
	}
	status := workflow.CommandStatus{CommandID: commandID, InstanceID: instanceID, Status: "Pending"}
	for _, invocation := range out.CommandInvocations {
		status.Status = string(invocation.Status)
	}
	return status, nil
}

// SnapshotsResult asks about a set of snapshots. One that EC2 does not know counts as pending:
// it may be too new, and if it was deleted, the state machine finds out by itself.
func (l Looker) SnapshotsResult(ctx context.Context, ids []string) (workflow.SnapshotsResult, error) {
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

// ReplacementStatus asks about a task that replaces a root volume. One that EC2 does not know may be
// too new.
func (l Looker) ReplacementStatus(ctx context.Context, taskID string) (workflow.ReplacementStatus, error) {
	status := workflow.ReplacementStatus{TaskID: taskID}
	out, err := l.DescribeReplaceRootVolumeTasks(ctx, &ec2.DescribeReplaceRootVolumeTasksInput{ReplaceRootVolumeTaskIds: []string{taskID}})
	if strings.HasSuffix(code(err), ".NotFound") {
		return status, nil
	}
	if err != nil {
		return status, fmt.Errorf("describe replace root volume task %s: %w", taskID, err)
	}
	for _, task := range out.ReplaceRootVolumeTasks {
		status.State = string(task.TaskState)
	}
	return status, nil
}

// ExecutionStatus asks about an execution of the state machine. One that Step Functions does
// not know is "ABORTED": it keeps executions for 90 days after their end.
func (l Looker) ExecutionStatus(ctx context.Context, arn string) (workflow.ExecutionStatus, error) {
	out, err := l.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(arn)})
	if code(err) == workflow.ErrorNoExecution {
		return workflow.ExecutionStatus{ExecutionARN: arn, Status: "ABORTED",
			Error: workflow.ErrorNoExecution, Cause: "Step Functions does not know the execution any more."}, nil
	}
	if err != nil {
		return workflow.ExecutionStatus{}, fmt.Errorf("describe execution %s: %w", arn, err)
	}
	status := workflow.ExecutionStatus{ExecutionARN: arn, Status: string(out.Status),
		Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause), Input: aws.ToString(out.Input)}
	if out.StopDate != nil {
		status.StopDate = out.StopDate.UnixMilli()
	}
	return status, nil
}

// Past asks what an execution took and did. Of an execution that Step Functions has forgotten
// nothing is known.
func (l Looker) Past(ctx context.Context, arn string) (workflow.Past, error) {
	var past workflow.Past
	pages := sfn.NewGetExecutionHistoryPaginator(history(l.GetExecutionHistory), &sfn.GetExecutionHistoryInput{
		ExecutionArn: aws.String(arn), MaxResults: 1000, IncludeExecutionData: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if code(err) == "ExecutionDoesNotExist" {
			return workflow.Past{}, nil
		}
		if err != nil {
			return workflow.Past{}, fmt.Errorf("get history of execution %s: %w", arn, err)
		}
		for _, e := range page.Events {
			if d := e.StateEnteredEventDetails; d != nil {
				past.Entered(aws.ToString(d.Name))
			}
			if d := e.StateExitedEventDetails; d != nil {
				past.Left(aws.ToString(d.Name), []byte(aws.ToString(d.Output)))
			}
		}
	}
	return past, nil
}

// history is the one call that the paginator makes.
type history func(ctx context.Context, in *sfn.GetExecutionHistoryInput, options ...func(*sfn.Options)) (*sfn.GetExecutionHistoryOutput, error)

func (h history) GetExecutionHistory(ctx context.Context, in *sfn.GetExecutionHistoryInput, options ...func(*sfn.Options)) (*sfn.GetExecutionHistoryOutput, error) {
	return h(ctx, in, options...)
}
