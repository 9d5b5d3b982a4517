package doctor

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/infra/mototest"
)

func (d *doctorTest) findMissingDefects() map[string]defect {
	schedule := func(state schedulertypes.ScheduleState) func(*testing.T) {
		return func(t *testing.T) {
			_, err := d.Account.Scheduler.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{Name: &d.Installation.FindMissing.Schedule, GroupName: &d.Installation.FindMissing.ScheduleGroup,
				ScheduleExpression: aws.String("rate(1 day)"), FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff}, Target: d.ScheduleTarget(), State: state})
			require.NoError(t, err)
		}
	}
	edit := func(change func(*installation.FindMissing)) func(*testing.T) {
		return func(*testing.T) { change(&d.Installation.FindMissing); d.PutParameter() }
	}
	healthy := d.Installation.FindMissing
	mend := edit(func(f *installation.FindMissing) { *f = healthy })
	machine := d.Moto.FindMachine(healthy.StateMachineARN)
	look := func(name, fault string) func(*testing.T) {
		return func(t *testing.T) {
			d.Moto.SetFault(t, "AmazonSSM.DescribeInstanceInformation", mototest.Fault{Code: fault, Message: "no"})
			machine.Await(t, machine.Start(t, name, `{}`))
			d.Moto.SetFault(t, "AmazonSSM.DescribeInstanceInformation", mototest.Fault{})
		}
	}
	return map[string]defect{
		"a schedule that is disabled":  {schedule(schedulertypes.ScheduleStateDisabled), schedule(schedulertypes.ScheduleStateEnabled), "find-missing", failure, "is disabled"},
		"a schedule that is gone":      {edit(func(f *installation.FindMissing) { f.Schedule = "patchbot-gone" }), mend, "find-missing", failure, "The schedule patchbot-gone"},
		"no schedule":                  {edit(func(f *installation.FindMissing) { f.Schedule = "" }), mend, "find-missing", warning, "find-missing has no schedule"},
		"an installation before looks": {edit(func(f *installation.FindMissing) { *f = installation.FindMissing{} }), mend, "find-missing", failure, "There is no state machine find-missing"},
		"a look that failed":           {look("failed", "InvalidInstanceId"), look("works-again", ""), "find-missing", failure, "is FAILED"},
		"looks that one may not list": {func(t *testing.T) {
			d.Moto.SetFault(t, "AWSStepFunctions.ListExecutions", mototest.Fault{Code: "AccessDeniedException", Message: "no"})
		}, func(t *testing.T) { d.Moto.SetFault(t, "AWSStepFunctions.ListExecutions", mototest.Fault{}) }, "find-missing", failure, "cannot be listed"},
	}
}
