package awsapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awsapi"
)

const (
	instance  = "i-0933335a5598d1c2e"
	execution = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1"
)

// account answers all that a Looker asks: with err, or with how things stand.
type account struct {
	command     ssmtypes.CommandInvocationStatus
	snapshots   []ec2types.SnapshotState
	replacement ec2types.ReplaceRootVolumeTaskState
	execution   sfn.DescribeExecutionOutput
	history     [][]sfntypes.HistoryEvent // by page
	err         error
}

func (a account) ListCommandInvocations(_ context.Context, in *ssm.ListCommandInvocationsInput, _ ...func(*ssm.Options)) (*ssm.ListCommandInvocationsOutput, error) {
	out := &ssm.ListCommandInvocationsOutput{}
	if a.command != "" {
		out.CommandInvocations = []ssmtypes.CommandInvocation{{CommandId: in.CommandId, InstanceId: in.InstanceId, Status: a.command}}
	}
	return out, a.err
}

func (a account) GetExecutionHistory(_ context.Context, in *sfn.GetExecutionHistoryInput, _ ...func(*sfn.Options)) (*sfn.GetExecutionHistoryOutput, error) {
	page := 0
	if in.NextToken != nil {
		page = 1
	}
	if page >= len(a.history) {
		return &sfn.GetExecutionHistoryOutput{}, a.err
	}
	out := &sfn.GetExecutionHistoryOutput{Events: a.history[page]}
	if page+1 < len(a.history) {
		out.NextToken = aws.String("more")
	}
	return out, a.err
}

func (a account) DescribeReplaceRootVolumeTasks(context.Context, *ec2.DescribeReplaceRootVolumeTasksInput, ...func(*ec2.Options)) (*ec2.DescribeReplaceRootVolumeTasksOutput, error) {
	out := &ec2.DescribeReplaceRootVolumeTasksOutput{}
	if a.replacement != "" {
		out.ReplaceRootVolumeTasks = []ec2types.ReplaceRootVolumeTask{{TaskState: a.replacement}}
	}
	return out, a.err
}

func (a account) DescribeSnapshots(context.Context, *ec2.DescribeSnapshotsInput, ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error) {
	out := &ec2.DescribeSnapshotsOutput{}
	for _, state := range a.snapshots {
		out.Snapshots = append(out.Snapshots, ec2types.Snapshot{State: state})
	}
	return out, a.err
}

func (a account) DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error) {
	return &a.execution, a.err
}

func (a account) looker() awsapi.Looker {
	return awsapi.Looker{ListCommandInvocations: a.ListCommandInvocations, DescribeSnapshots: a.DescribeSnapshots, DescribeReplaceRootVolumeTasks: a.DescribeReplaceRootVolumeTasks,
		DescribeExecution: a.DescribeExecution, GetExecutionHistory: a.GetExecutionHistory}
}

func TestCommand(t *testing.T) {
	for name, c := range map[string]struct {
		account account
		want    string
	}{
		"a command that has ended":                      {account{command: ssmtypes.CommandInvocationStatusSuccess}, "Success"},
		"a command without an invocation was just sent": {account{}, "Pending"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.account.looker().CommandStatus(t.Context(), instance, "c1")
			require.NoError(t, err)
			require.Equal(t, workflow.CommandStatus{CommandID: "c1", InstanceID: instance, Status: c.want}, got)
		})
	}
}

func TestSnapshots(t *testing.T) {
	ids := []string{"snap-2", "snap-1"}
	for name, c := range map[string]struct {
		account account
		want    string
	}{
		"all are completed":         {account{snapshots: []ec2types.SnapshotState{"completed", "completed"}}, "succeeded"},
		"one is pending":            {account{snapshots: []ec2types.SnapshotState{"completed", "pending"}}, ""},
		"one is broken":             {account{snapshots: []ec2types.SnapshotState{"pending", "error"}}, "failed"},
		"one is not there (yet)":    {account{snapshots: []ec2types.SnapshotState{"completed"}}, ""},
		"EC2 does not know one yet": {account{err: &smithy.GenericAPIError{Code: "InvalidSnapshot.NotFound"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.account.looker().SnapshotsResult(t.Context(), ids)
			require.NoError(t, err)
			require.Equal(t, workflow.SnapshotsResult{Result: c.want, SnapshotIDs: ids}, got)
		})
	}
}

func TestReplacements(t *testing.T) {
	for state, ended := range map[string]bool{"pending": false, "in-progress": false, "failing": false, "succeeded": true, "failed": true, "failed-detached": true, "": false} {
		got, err := account{replacement: ec2types.ReplaceRootVolumeTaskState(state)}.looker().ReplacementStatus(t.Context(), "replacevol-1")
		require.NoError(t, err)
		require.Equal(t, workflow.ReplacementStatus{TaskID: "replacevol-1", State: state}, got)
		require.Equal(t, ended, got.Ended(), state)
	}
	got, err := account{err: &smithy.GenericAPIError{Code: "InvalidReplaceRootVolumeTaskID.NotFound"}}.looker().ReplacementStatus(t.Context(), "replacevol-1")
	require.NoError(t, err)
	require.False(t, got.Ended(), "it may be too new")
	_, err = account{err: &smithy.GenericAPIError{Code: "RequestLimitExceeded"}}.looker().ReplacementStatus(t.Context(), "replacevol-1")
	require.ErrorContains(t, err, "replacevol-1")
}

func TestExecution(t *testing.T) {
	failed := account{execution: sfn.DescribeExecutionOutput{Status: sfntypes.ExecutionStatusFailed, Error: aws.String("E"), Cause: aws.String("why")}}
	got, err := failed.looker().ExecutionStatus(t.Context(), execution)
	require.NoError(t, err)
	require.Equal(t, workflow.ExecutionStatus{ExecutionARN: execution, Status: "FAILED", Error: "E", Cause: "why"}, got)

	got, err = account{err: &sfntypes.ExecutionDoesNotExist{}}.looker().ExecutionStatus(t.Context(), execution)
	require.NoError(t, err)
	require.True(t, got.Broken())
	require.Contains(t, got.Cause, "does not know")
}

func entered(state string) sfntypes.HistoryEvent {
	return sfntypes.HistoryEvent{StateEnteredEventDetails: &sfntypes.StateEnteredEventDetails{Name: &state}}
}

func left(state, output string) sfntypes.HistoryEvent {
	return sfntypes.HistoryEvent{StateExitedEventDetails: &sfntypes.StateExitedEventDetails{Name: &state, Output: &output}}
}

func TestPast(t *testing.T) {
	asked := []sfntypes.HistoryEvent{entered("Read Settings"), entered(workflow.StatePrompt)}
	approved := left(workflow.StatePrompt, `{"instance_id": "i-1", "decision": {"decision": "approved", "by": {"via": "cli", "user": "", "name": "op"}, "at": "2026-11-23T10:00:00Z"}}`)
	answered := func(state, verdict string) sfntypes.HistoryEvent {
		return left(state, `{"decision": {"decision": "`+verdict+`", "until": "2026-11-23T22:00:00Z", "wait_seconds": 60}}`)
	}
	scheduled := append(asked, answered(workflow.StatePrompt, "scheduled"), entered(workflow.StateChoice), entered(workflow.StateSchedule))
	decided := func(verdict workflow.Verdict) *workflow.Decision {
		return &workflow.Decision{Verdict: verdict, Until: time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC), WaitSeconds: 60}
	}
	for name, c := range map[string]struct {
		history [][]sfntypes.HistoryEvent
		want    workflow.Past
	}{
		"it waits for a scheduled time": {[][]sfntypes.HistoryEvent{scheduled}, workflow.Past{Known: true, Scheduled: true, Decision: decided(workflow.Scheduled)}},
		"the scheduled time came": {[][]sfntypes.HistoryEvent{append(scheduled, answered(workflow.StateSchedule, "scheduled"), entered(workflow.StateTurn))},
			workflow.Past{Known: true, Decision: decided(workflow.Scheduled)}},
		"it was moved": {[][]sfntypes.HistoryEvent{append(scheduled, answered(workflow.StateSchedule, "scheduled"), entered(workflow.StateChoice), entered(workflow.StateSchedule))},
			workflow.Past{Known: true, Scheduled: true, Decision: decided(workflow.Scheduled)}},
		"it was cancelled": {[][]sfntypes.HistoryEvent{append(scheduled, answered(workflow.StateSchedule, "rejected"), entered(workflow.StateChoice), entered(workflow.StateRejected))},
			workflow.Past{Known: true, Decision: decided(workflow.Rejected)}},
		"it could not wait for that time": {[][]sfntypes.HistoryEvent{append(asked, answered(workflow.StatePrompt, "scheduled"), entered(workflow.StateChoice), entered(workflow.StateRejected))},
			workflow.Past{Known: true, Decision: decided(workflow.Rejected)}},
		"it still asks": {[][]sfntypes.HistoryEvent{asked}, workflow.Past{Known: true}},
		"it was approved, the install is on the second page": {[][]sfntypes.HistoryEvent{append(asked, approved), {entered(workflow.StatePatch)}},
			workflow.Past{Known: true, InstallBegan: true, Decision: &workflow.Decision{Verdict: workflow.Approved,
				By: workflow.Decider{Via: "cli", Name: "op"}, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}}},
		"nobody answered": {[][]sfntypes.HistoryEvent{append(asked, left(workflow.StatePrompt, `{"instance_id": "i-1"}`))}, workflow.Past{Known: true}},
		"an answer that is no decision is a no": {[][]sfntypes.HistoryEvent{append(asked, left(workflow.StatePrompt, `{"decision": "yes"}`))},
			workflow.Past{Known: true, Decision: &workflow.Decision{Verdict: workflow.Rejected}}},
		"redriven, it asks anew": {[][]sfntypes.HistoryEvent{append(asked, approved, entered(workflow.StatePatch), entered(workflow.StatePrompt))}, workflow.Past{Known: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := account{history: c.history}.looker().Past(t.Context(), execution)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	got, err := account{err: &sfntypes.ExecutionDoesNotExist{}}.looker().Past(t.Context(), execution)
	require.NoError(t, err)
	require.Equal(t, workflow.Past{}, got, "Step Functions forgets after 90 days")
}

func TestLookerErrorsNameTheirSubject(t *testing.T) {
	looker := account{err: &smithy.GenericAPIError{Code: "ThrottlingException"}}.looker()
	_, err := looker.CommandStatus(t.Context(), instance, "c1")
	require.ErrorContains(t, err, "list invocations of command c1 on "+instance)
	_, err = looker.SnapshotsResult(t.Context(), []string{"snap-1"})
	require.ErrorContains(t, err, "describe snapshots [snap-1]")
	_, err = looker.ExecutionStatus(t.Context(), execution)
	require.ErrorContains(t, err, "describe execution "+execution)
	_, err = looker.Past(t.Context(), execution)
	require.ErrorContains(t, err, "get history of execution "+execution)
}
