package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/infra/mototest"
)

// write puts a message into a dead-letter queue, and empty takes it out again.
func (c *clinic) write(kind string) func(*testing.T) {
	return func(t *testing.T) {
		_, err := c.cloud.SQS.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(c.where.DeadLetterQueues[kind]), MessageBody: aws.String("lost")})
		require.NoError(t, err)
	}
}

func (c *clinic) empty(kind string) func(*testing.T) {
	return func(t *testing.T) {
		_, err := c.cloud.SQS.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: aws.String(c.where.DeadLetterQueues[kind])})
		require.NoError(t, err)
	}
}

func (c *clinic) inQueues() map[string]sickness {
	return map[string]sickness{
		"a notification that was given up": {c.write("notifications"), c.empty("notifications"), "dead letters", failure, "notifications holds 1 messages"},
		"an event that was not delivered":  {c.write("events"), c.empty("events"), "dead letters", failure, "events holds 1 messages"},
		"an event that progress failed on": {c.write("progress"), c.empty("progress"), "dead letters", failure, "progress holds 1 messages"},
		"a queue that nobody knows what to say": {func(t *testing.T) {
			c.where.DeadLetterQueues["other"] = c.where.DeadLetterQueues["events"]
			c.putParameter()
			c.write("events")(t)
		}, func(t *testing.T) { delete(c.where.DeadLetterQueues, "other"); c.putParameter(); c.empty("events")(t) }, "dead letters, dead letters", failure, "holds 1 messages"},
	}
}

// whatToDo asks for commands that AWS takes: only the notifications' queue is the dead-letter
// queue of a queue, so that SQS moves its messages back.
func (c *clinic) whatToDo(t *testing.T) {
	x := &examination{Installation: c.where}
	for kind, want := range map[string][]string{
		"notifications": {"`aws sqs start-message-move-task --source-arn dlq-arn --destination-arn arn:aws:sqs:us-east-1:123456789012:notifications`"},
		"events": {"`aws sqs receive-message --queue-url dlq-url --attribute-names All --message-attribute-names All`",
			"`aws stepfunctions start-execution --state-machine-arn " + c.where.FindMissing.StateMachineARN + "`", "`aws sqs purge-queue --queue-url dlq-url`"},
		"progress": {"`aws lambda invoke --function-name patchbot-progress --invocation-type Event --payload fileb://event.json answer.json`", "`aws sqs purge-queue --queue-url dlq-url`"},
		"other":    {"`aws sqs receive-message --queue-url dlq-url", "`aws sqs purge-queue --queue-url dlq-url`"},
	} {
		advice := x.deadLetterAdvice(kind, "dlq-url", "dlq-arn")
		for _, command := range want {
			require.Contains(t, advice, command, kind)
		}
		if kind != "notifications" {
			require.NotContains(t, advice, "start-message-move-task", kind)
		}
	}
}

// inBaselines has scans whose baseline an install would not use.
func (c *clinic) inBaselines() map[string]sickness {
	own, err := c.cloud.SSM.CreatePatchBaseline(c.t.Context(), &ssm.CreatePatchBaselineInput{Name: aws.String("own"), OperatingSystem: ssmtypes.OperatingSystemAmazonLinux2023})
	require.NoError(c.t, err)
	_, err = c.cloud.SSM.RegisterPatchBaselineForPatchGroup(c.t.Context(), &ssm.RegisterPatchBaselineForPatchGroupInput{BaselineId: own.BaselineId, PatchGroup: aws.String("web")})
	require.NoError(c.t, err)
	scanned := func(baseline, group string) func(*mototest.Node) {
		return func(n *mototest.Node) { n.State.BaselineId, n.State.PatchGroup = &baseline, &group }
	}
	run := func(baseline, group string) func(*testing.T) {
		return func(*testing.T) { c.run(inCare(bot.TagOwner, doctorOwner), scanned(baseline, group)) }
	}
	override := func(address string) { c.where.Machine.BaselineOverride = address; c.putParameter() }
	return map[string]sickness{
		"scans by a patch policy":                            {run("pb-0ffffffffffffffff", ""), c.remove, "baselines", failure, "1 instances are scanned with the patch baseline pb-0ffffffffffffffff, but an install would use another one"},
		"scans that ignore their group":                      {run("pb-0c10e65780EXAMPLE", "web"), c.remove, "baselines", failure, "pb-0c10e65780EXAMPLE, but an install would use " + *own.BaselineId},
		"scans with a group's baseline outside of the group": {run(*own.BaselineId, ""), c.remove, "baselines", failure, *own.BaselineId + ", but an install would use pb-0c10e65780EXAMPLE"},
		"only what differs is told": {func(t *testing.T) {
			run(*own.BaselineId, "web")(t)
			run("pb-0c10e65780EXAMPLE", "unregistered")(t)
			run("pb-0ffffffffffffffff", "")(t)
			run("pb-0ffffffffffffffff", "web")(t)
		}, c.remove, "baselines", failure, "2 instances are scanned with"},
		"an override goes with such scans": {func(t *testing.T) {
			override("s3://aws-quicksetup-patchpolicy-1/baseline_overrides.json")
			c.run(inCare(), scanned("pb-0ffffffffffffffff", ""))
		}, func(t *testing.T) { override(""); c.remove(t) }, "instances, state machines", warning, "neither an owner nor a channel"},
	}
}

// besides is what stands beside the rules: other installations, and the looks.
func (c *clinic) besides() map[string]sickness {
	second := c.where
	second.Machine.PolicyTagValue = "Patch-On-Approval"
	third := c.where
	third.Machine.PolicyTagValue = "ask-payments"
	remove := func(t *testing.T) {
		_, err := c.cloud.SSM.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"/second/installation", "/third/installation", "/shop/installation"}})
		require.NoError(t, err)
	}
	schedule := func(state schedulertypes.ScheduleState) func(*testing.T) {
		return func(t *testing.T) {
			_, err := c.cloud.Scheduler.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{Name: &c.where.FindMissing.Schedule, GroupName: &c.where.FindMissing.ScheduleGroup,
				ScheduleExpression: aws.String("rate(1 day)"), FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff}, Target: c.target(), State: state})
			require.NoError(t, err)
		}
	}
	where := func(change func(*installation.FindMissing)) func(*testing.T) {
		return func(*testing.T) { change(&c.where.FindMissing); c.putParameter() }
	}
	healthy := c.where.FindMissing
	heal := where(func(f *installation.FindMissing) { *f = healthy })
	machine := c.moto.FindMachine(healthy.StateMachineARN)
	look := func(name, fault string) func(*testing.T) {
		return func(t *testing.T) {
			c.moto.SetFault(t, "AmazonSSM.DescribeInstanceInformation", mototest.Fault{Code: fault, Message: "no"})
			machine.Await(t, machine.Start(t, name, `{}`))
			c.moto.SetFault(t, "AmazonSSM.DescribeInstanceInformation", mototest.Fault{})
		}
	}
	return map[string]sickness{
		"another installation with the same tag": {func(*testing.T) {
			c.putParameterOf("second", second)
			c.putParameterOf("third", third)
			c.putParameterOf("shop", map[string]string{"version": "3"})
		}, remove, "installations", failure, "The installation second asks about instances tagged patch-policy = Patch-On-Approval, too"},
		"an older installation without the setting": {func(*testing.T) {
			c.putParameterOf("second", map[string]string{"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:second-patch-approval"})
		}, remove, "installations", failure, "The installation second"},
		"a schedule that is disabled":  {schedule(schedulertypes.ScheduleStateDisabled), schedule(schedulertypes.ScheduleStateEnabled), "find-missing", failure, "is disabled"},
		"a schedule that is gone":      {where(func(f *installation.FindMissing) { f.Schedule = "patchbot-gone" }), heal, "find-missing", failure, "The schedule patchbot-gone"},
		"no schedule":                  {where(func(f *installation.FindMissing) { f.Schedule = "" }), heal, "find-missing", warning, "find-missing has no schedule"},
		"an installation before looks": {where(func(f *installation.FindMissing) { *f = installation.FindMissing{} }), heal, "find-missing", failure, "There is no state machine find-missing"},
		"a look that failed":           {look("failed", "InvalidInstanceId"), look("works-again", ""), "find-missing", failure, "is FAILED"},
		"looks that one may not list": {func(t *testing.T) {
			c.moto.SetFault(t, "AWSStepFunctions.ListExecutions", mototest.Fault{Code: "AccessDeniedException", Message: "no"})
		}, func(t *testing.T) { c.moto.SetFault(t, "AWSStepFunctions.ListExecutions", mototest.Fault{}) }, "find-missing", failure, "cannot be listed"},
	}
}
