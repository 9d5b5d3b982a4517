package mototest_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

func askedBefore(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "asked-before")
	execution, asked := st.ask(t)
	_, err := sfn.NewFromConfig(s.Config()).SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{
		TaskToken: aws.String(asked.Token.Reveal()), Error: aws.String("AskedBefore"), Cause: aws.String("asked on Monday"),
	})
	require.NoError(t, err)
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"asked on Monday"}`)
}

// notFinalYet resumes the machine before the install has ended: it pauses, and waits once more
// with a new token.
func notFinalYet(t *testing.T, s mototest.Server) {
	st := newImpatientStage(t, s, "not-final-yet")
	execution, asked := st.ask(t)
	node := mototest.MissingPatches(asked.InstanceID, "kernel")
	node.Install = &mototest.Invocation{Status: "InProgress", StatusDetails: "InProgress", ResponseCode: -1}
	s.SetNode(t, asked.InstanceID, node)
	st.approve(t, asked)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	require.IsType(t, workflow.BackupFinished{}, st.inbox.Next(t).Detail)

	first := st.inbox.Next(t)
	st.machine.Answer(t, first.Token, struct{}{})
	again := st.inbox.Next(t)
	require.Equal(t, first.Detail, again.Detail)
	require.NotEqual(t, first.Token, again.Token)
	require.NotEqual(t, first.Step(), again.Step(), "it was entered anew")

	s.SetNode(t, asked.InstanceID, mototest.MissingPatches(asked.InstanceID))
	st.machine.Answer(t, again.Token, struct{}{})
	require.Equal(t, "Success", st.inbox.Next(t).Detail.(workflow.PatchFinished).Status)
	require.True(t, st.inbox.Next(t).Detail.(workflow.NodeChecked).IsBack)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	require.Equal(t, workflow.Compliant, st.inbox.Next(t).Detail.(workflow.ComplianceChecked).Outcome)
	require.Equal(t, types.ExecutionStatusSucceeded, st.machine.Await(t, execution).Status)
}

// countsOfAnotherRun leaves the record of the install in place of the scan's.
func countsOfAnotherRun(t *testing.T, s mototest.Server) {
	st := newImpatientStage(t, s, "another-run")
	execution, asked := st.ask(t)
	node := mototest.MissingPatches(asked.InstanceID)
	node.State.Operation = ssmtypes.PatchOperationTypeInstall
	s.SetNode(t, asked.InstanceID, node)
	st.approve(t, asked)
	for {
		n := st.inbox.Next(t)
		if failed, ok := n.Detail.(workflow.WorkflowFailed); ok {
			require.Equal(t, "ScanLeftNoCounts", failed.Error, "an install's record says nothing of what is missing")
			break
		}
		require.NotEqual(t, "compliance_checked", n.Kind())
		if workflow.Waits(n.Detail) {
			st.machine.Answer(t, n.Token, struct{}{})
		}
	}
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}

func invocationsAreListed(t *testing.T, s mototest.Server) {
	client := ssm.NewFromConfig(s.Config())
	id := s.RunInstance(t, tagged)
	node := mototest.MissingPatches(id)
	node.HiddenFor = 300
	s.SetNode(t, id, node)
	sent, err := client.SendCommand(t.Context(), &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunPatchBaseline"),
		InstanceIds: []string{id}, Parameters: map[string][]string{"Operation": {"Scan"}}})
	require.NoError(t, err)
	list := func() []ssmtypes.CommandInvocation {
		out, err := client.ListCommandInvocations(t.Context(), &ssm.ListCommandInvocationsInput{
			CommandId: sent.Command.CommandId, InstanceId: &id, Details: true})
		require.NoError(t, err)
		return out.CommandInvocations
	}
	require.Empty(t, list(), "for a moment after the command was sent")
	require.Eventually(t, func() bool { return len(list()) == 1 }, 5*time.Second, 50*time.Millisecond, "the invocation never shows")
	require.Len(t, list()[0].CommandPlugins, 3)

	_, err = client.GetCommandInvocation(t.Context(), &ssm.GetCommandInvocationInput{CommandId: sent.Command.CommandId, InstanceId: &id})
	var refused *ssmtypes.InvalidPluginName
	require.ErrorAs(t, err, &refused, "the document has three steps")
}

func rehearsal(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "rehearsal")
	id := s.RunInstance(t, tagged)
	s.SetNode(t, id, mototest.MissingPatches(id)) // nothing is missing, and it is asked all the same
	execution := st.machine.Start(t, "e1", `{"instance_id":"`+id+`","rehearsal":true}`)
	asked := st.inbox.Next(t)
	require.True(t, asked.Detail.(workflow.ApprovalRequested).Rehearsal)
	require.False(t, asked.Detail.(workflow.ApprovalRequested).Backup)
	st.approve(t, asked)
	started := st.inbox.Next(t)
	require.IsType(t, workflow.PatchStarted{}, started.Detail, "no snapshot comes before it")
	out, err := ssm.NewFromConfig(s.Config()).ListCommands(t.Context(), &ssm.ListCommandsInput{InstanceId: &id})
	require.NoError(t, err)
	for _, command := range out.Commands {
		require.Equal(t, []string{"Scan"}, command.Parameters["Operation"])
		require.Equal(t, []string{"NoReboot"}, command.Parameters["RebootOption"])
	}
	st.machine.Answer(t, started.Token, struct{}{})
	require.IsType(t, workflow.PatchFinished{}, st.inbox.Next(t).Detail)
	require.True(t, st.inbox.Next(t).Detail.(workflow.NodeChecked).IsBack)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	require.Equal(t, workflow.Rehearsed, st.inbox.Next(t).Detail.(workflow.ComplianceChecked).Outcome)
	st.requireOutput(t, execution, `{"outcome":"rehearsed","instance_id":"`+id+`"}`)
}

// findMissing has more nodes than one page holds, most of which need nothing. No event tells
// of any of them.
func findMissing(t *testing.T, s mototest.Server) {
	st := stage{Server: s, inbox: s.CreateInbox(t, "found")}
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN, settings.PolicyTagValue = st.inbox.TopicARN, "find-me"
	st.machine = s.CreateMachine(t, workflow.PatchApproval, "found", settings)
	settings.PatchApprovalARN = st.machine.ARN
	finder := s.CreateMachine(t, workflow.FindMissing, "find-missing", settings)
	tags := map[string]string{"patch-policy": "find-me"}
	var missing []string
	for i := range 53 {
		id := s.RunInstance(t, tags)
		node := mototest.MissingPatches(id)
		if i%26 == 0 {
			missing = append(missing, id)
			node = mototest.MissingPatches(id, "kernel")
		}
		s.SetNode(t, id, node)
	}
	execution := finder.Start(t, "daily", `{}`)
	require.Equal(t, types.ExecutionStatusSucceeded, finder.Await(t, execution).Status)

	client := sfn.NewFromConfig(s.Config())
	started := func(machine mototest.Machine) []string {
		out, err := client.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &machine.ARN})
		require.NoError(t, err)
		var names []string
		for _, e := range out.Executions {
			names = append(names, aws.ToString(e.Name))
		}
		return names
	}
	require.Eventually(t, func() bool { return len(started(st.machine)) == len(missing) }, 30*time.Second, 100*time.Millisecond,
		"not every node with missing patches is asked about")
	require.Len(t, started(finder), 2, "a second execution looked at the second page")
	for range missing { // the story goes on from here as it does from an event
		asked := st.inbox.Next(t)
		detail := asked.Detail.(workflow.ApprovalRequested)
		require.Equal(t, workflow.StartedByFindMissing, detail.Started.By)
		require.Contains(t, missing, asked.InstanceID)
		st.machine.Answer(t, asked.Token, workflow.Decision{Verdict: workflow.Rejected})
		st.requireOutput(t, asked.ExecutionARN, `{"outcome":"rejected","instance_id":"`+asked.InstanceID+`"}`)
	}
	for _, id := range missing {
		require.Condition(t, func() bool {
			for _, name := range started(st.machine) {
				if len(name) > len(id) && name[:len(id)] == id {
					return true
				}
			}
			return false
		}, id)
	}
}
