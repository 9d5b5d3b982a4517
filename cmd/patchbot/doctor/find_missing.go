package doctor

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// checkFindMissing asks whether patchbot looks for what no event told, and whether the
// newest look worked.
func checkFindMissing(ctx context.Context, x *examination) []finding {
	f := x.FindMissing
	if f.StateMachineARN == "" {
		return failed(applyAgain, "There is no state machine find-missing: what no event tells is never asked.")
	}
	out, err := x.SFN.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &f.StateMachineARN, MaxResults: 1})
	if err != nil {
		return failed(applyAgain, "The executions of find-missing cannot be listed: %v", err)
	}
	findings := x.scheduleFindings(ctx)
	if len(out.Executions) == 0 {
		return append(findings, ok("find-missing has not looked yet.")...)
	}
	newest := out.Executions[0]
	began := aws.ToTime(newest.StartDate).UTC().Format(time.RFC3339)
	if newest.Status == sfntypes.ExecutionStatusSucceeded || newest.Status == sfntypes.ExecutionStatusRunning {
		return append(findings, ok("The newest look of find-missing, begun %s, is %s.", began, newest.Status)...)
	}
	arn := aws.ToString(newest.ExecutionArn)
	return append(findings, failed("See in which state: `aws stepfunctions get-execution-history --reverse-order --max-items 5 --execution-arn "+arn+"` Once mended, look again: `aws stepfunctions start-execution --state-machine-arn "+f.StateMachineARN+"`",
		"The newest look of find-missing, begun %s, is %s.", began, newest.Status)...)
}

// scheduleFindings says what is wrong with the schedule; nothing, if it works.
func (x *examination) scheduleFindings(ctx context.Context) []finding {
	f := x.FindMissing
	if f.Schedule == "" {
		return []finding{warn("Set the Terraform variable find_missing_schedule, e.g. to rate(1 day).", "find-missing has no schedule: what no event tells is never asked.")}
	}
	schedule, err := x.Scheduler.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: &f.Schedule, GroupName: &f.ScheduleGroup})
	switch {
	case err != nil:
		return failed(applyAgain+" If you are denied access, let your credentials allow scheduler:GetSchedule.", "The schedule %s: %v", f.Schedule, err)
	case schedule.State != types.ScheduleStateEnabled:
		return failed(applyAgain, "The schedule %s is disabled: what no event tells is never asked.", f.Schedule)
	}
	return nil
}
