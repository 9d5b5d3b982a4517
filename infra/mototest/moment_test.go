package mototest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// newFreezableStage has a machine that respects a change calendar of the stage's name, which is closed.
func newFreezableStage(t *testing.T, s mototest.Server, name string) stage {
	t.Helper()
	s.SetCalendar(t, name, mototest.Calendar{State: "CLOSED", NextTransitionTime: "2026-12-27T08:00:00Z"})
	inbox := s.CreateInbox(t, name)
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN, settings.Calendars = inbox.TopicARN, []string{name}
	return stage{s, s.CreateMachine(t, workflow.PatchApproval, name, settings), inbox}
}

// frozen is the notification of an execution that waits for a freeze to end.
func (st stage) frozen(t *testing.T) workflow.Notification {
	t.Helper()
	n := st.inbox.Next(t)
	require.Equal(t, workflow.FreezeWaiting{Freeze: workflow.Freeze{State: "CLOSED", Until: "2026-12-27T08:00:00Z"}, WaitWithinSeconds: 60 * 24 * 3600}, n.Detail)
	return n
}

func (st stage) fail(t *testing.T, token workflow.Token, name string) {
	t.Helper()
	_, err := sfn.NewFromConfig(st.Config()).SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{TaskToken: aws.String(token.Reveal()), Error: &name, Cause: aws.String("")})
	require.NoError(t, err)
}

func freezeIsWaitedFor(t *testing.T, s mototest.Server) {
	st := newFreezableStage(t, s, "freeze")
	execution, asked := st.ask(t)
	require.Equal(t, workflow.Freeze{State: "CLOSED", Until: "2026-12-27T08:00:00Z"}, asked.Detail.(workflow.ApprovalRequested).Freeze)
	st.machine.Answer(t, asked.Token, approval)
	st.fail(t, st.frozen(t).Token, "FreezeMayBeOver")
	again := st.frozen(t)
	s.SetCalendar(t, "freeze", mototest.Calendar{State: "OPEN"})
	st.fail(t, again.Token, "FreezeMayBeOver")
	turn := st.turn(t)
	s.SetCalendar(t, "freeze", mototest.Calendar{State: "CLOSED", NextTransitionTime: "2026-12-27T08:00:00Z"})
	st.machine.Answer(t, turn.Token, struct{}{})
	st.fail(t, st.frozen(t).Token, "FreezeLastedTooLong")
	require.Equal(t, workflow.PatchNotStarted{Reason: workflow.NotStartedFrozen, Found: "2026-12-27T08:00:00Z"}, st.inbox.Next(t).Detail)
	st.requireOutput(t, execution, `{"outcome":"not_started","instance_id":"`+asked.InstanceID+`","reason":"frozen"}`)
}

func emergencyGoesThrough(t *testing.T, s mototest.Server) {
	st := newFreezableStage(t, s, "emergency")
	_, asked := st.ask(t)
	st.machine.Answer(t, asked.Token, approval)
	urgent := approval
	urgent.Emergency = true
	st.machine.Answer(t, st.frozen(t).Token, urgent)
	turn := st.turn(t)
	st.machine.Answer(t, turn.Token, mototest.Turn(turn))
	require.IsType(t, workflow.BackupStarted{}, st.inbox.Next(t).Detail)
}

func calendarIsUnknown(t *testing.T, s mototest.Server) {
	st := newFreezableStage(t, s, "no-calendar")
	s.SetCalendar(t, "no-calendar", mototest.Calendar{})
	_, asked := st.ask(t)
	require.Equal(t, workflow.Freeze{State: "UNKNOWN", Error: "Ssm.InvalidDocumentException"}, asked.Detail.(workflow.ApprovalRequested).Freeze)
}

// notStarted approves after something happened, and expects nothing to be begun.
func (st stage) notStarted(t *testing.T, want workflow.PatchNotStarted, happens func(id string)) {
	t.Helper()
	execution, asked := st.ask(t)
	happens(asked.InstanceID)
	st.approve(t, asked)
	require.Equal(t, want, st.inbox.Next(t).Detail)
	st.requireOutput(t, execution, `{"outcome":"not_started","instance_id":"`+asked.InstanceID+`","reason":"`+string(want.Reason)+`"}`)
}

func stoppedInstance(t *testing.T, s mototest.Server) {
	newStage(t, s, "stopped-instance").notStarted(t, workflow.PatchNotStarted{Reason: workflow.NotStartedStopped, Found: "stopped"}, func(id string) {
		_, err := ec2.NewFromConfig(s.Config()).StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: []string{id}})
		require.NoError(t, err)
	})
}

func terminatedInstance(t *testing.T, s mototest.Server) {
	newStage(t, s, "terminated-instance").notStarted(t, workflow.PatchNotStarted{Reason: workflow.NotStartedGone}, func(id string) {
		_, err := ec2.NewFromConfig(s.Config()).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
		require.NoError(t, err)
	})
}

func otherPatchCommand(t *testing.T, s mototest.Server) {
	newStage(t, s, "other-command").notStarted(t, workflow.PatchNotStarted{Reason: workflow.NotStartedPatchRunning, Found: `["AWS-RunPatchBaseline"]`}, func(id string) {
		node := mototest.MissingPatches(id, "kernel")
		node.Install = &mototest.Invocation{Status: "InProgress", StatusDetails: "InProgress", ResponseCode: -1}
		s.SetNode(t, id, node)
		_, err := ssm.NewFromConfig(s.Config()).SendCommand(t.Context(), command(id, "Install"))
		require.NoError(t, err)
	})
}
