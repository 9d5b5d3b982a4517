package mototest_test

import (
	"strings"
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

var approval = workflow.Decision{
	Verdict: workflow.Approved, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	By: workflow.Decider{Via: "slack", User: "U1", Name: "ada"},
}

// ask starts an execution about a tagged instance that lacks two patches, and returns the
// question with it.
func (st stage) ask(t *testing.T) (execution string, asked workflow.Notification) {
	t.Helper()
	id := st.RunInstance(t, tagged)
	st.SetNode(t, id, mototest.MissingPatches(id, "kernel", "openssl"))
	execution = st.machine.Start(t, "e1", mototest.ComplianceEvent(id, "non_compliant"))
	return execution, st.inbox.Next(t)
}

// approve answers a question with yes, and lets it have its turn.
func (st stage) approve(t *testing.T, asked workflow.Notification) {
	t.Helper()
	st.machine.Answer(t, asked.Token, approval)
	turn := st.turn(t)
	st.machine.Answer(t, turn.Token, mototest.Turn(turn))
}

// turn is the notification that asks for a turn.
func (st stage) turn(t *testing.T) workflow.Notification {
	t.Helper()
	turn := st.inbox.Next(t)
	require.Equal(t, workflow.TurnRequested{}, turn.Detail)
	return turn
}

func (st stage) requireOutput(t *testing.T, execution, output string) {
	t.Helper()
	ended := st.machine.Await(t, execution)
	require.Equal(t, types.ExecutionStatusSucceeded, ended.Status)
	require.JSONEq(t, output, aws.ToString(ended.Output))
}

func approvedPath(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "approved")
	execution, asked := st.ask(t)
	id := asked.InstanceID
	require.Equal(t, execution, asked.ExecutionARN)
	detail := asked.Detail.(workflow.ApprovalRequested)
	require.Equal(t, workflow.Counts{Missing: 2, Critical: 2, BaselineID: "pb-0c10e65780EXAMPLE"}, detail.Counts)
	require.Equal(t, "kernel", detail.Patches[0].Title)
	require.Equal(t, "Amazon Linux 2023", detail.Instance.Platform.String())
	require.Contains(t, detail.Instance.Tags, workflow.Tag{Key: "Name", Value: "web-1"})
	require.True(t, detail.Backup)
	st.approve(t, asked)

	backup := st.inbox.Next(t)
	require.Len(t, backup.Detail.(workflow.BackupStarted).SnapshotIDs, 1)
	st.machine.Answer(t, backup.Token, struct{}{})
	require.Equal(t, workflow.BackupFinished{Result: "succeeded"}, st.inbox.Next(t).Detail)

	install := st.inbox.Next(t)
	require.NotEmpty(t, install.Detail.(workflow.PatchStarted).CommandID)
	s.SetNode(t, id, mototest.MissingPatches(id))
	st.machine.Answer(t, install.Token, struct{}{})
	finished := st.inbox.Next(t).Detail.(workflow.PatchFinished)
	require.Equal(t, "Success", finished.Status)
	require.Len(t, finished.Steps, 3, "one a platform")
	ok := workflow.StatusChecks{Instance: []string{"ok"}, System: []string{"ok"}}
	require.Equal(t, workflow.NodeChecked{IsBack: true, Ping: []string{"Online"}, Before: ok, After: ok}, st.inbox.Next(t).Detail)

	scan := st.inbox.Next(t)
	require.NotEmpty(t, scan.Detail.(workflow.ScanStarted).CommandID)
	st.machine.Answer(t, scan.Token, struct{}{})
	require.Equal(t, workflow.ComplianceChecked{Before: detail.Counts, Outcome: workflow.Compliant,
		After: workflow.Counts{BaselineID: "pb-0c10e65780EXAMPLE"}}, st.inbox.Next(t).Detail)
	st.requireOutput(t, execution, `{"outcome":"compliant","instance_id":"`+id+`"}`)
}

func notTagged(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "not-tagged")
	id := s.RunInstance(t, map[string]string{"Name": "web-1"})
	execution := st.machine.Start(t, "e1", mototest.ComplianceEvent(id, "non_compliant"))
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"no such instance is tagged patch-policy: patch-on-approval"}`)
}

func unknownHybridNode(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "unknown-hybrid")
	execution := st.machine.Start(t, "e1", `{"instance_id":"mi-0123456789abcdef0"}`)
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"no such instance is tagged patch-policy: patch-on-approval"}`)
}

func hybridNode(t *testing.T, s mototest.Server) {
	const id = "mi-0123456789abcdef1"
	st := newStage(t, s, "hybrid")
	s.SetNode(t, id, mototest.MissingPatches(id, "kernel"))
	_, err := ssm.NewFromConfig(s.Config()).AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{
		ResourceType: ssmtypes.ResourceTypeForTaggingManagedInstance, ResourceId: aws.String(id),
		Tags: []ssmtypes.Tag{{Key: aws.String("patch-policy"), Value: aws.String("patch-on-approval")}},
	})
	require.NoError(t, err)
	execution := st.machine.Start(t, "e1", `{"instance_id":"`+id+`"}`)

	asked := st.inbox.Next(t)
	require.False(t, asked.Detail.(workflow.ApprovalRequested).Backup)
	st.machine.Answer(t, asked.Token, workflow.Decision{Verdict: workflow.Rejected})
	st.requireOutput(t, execution, `{"outcome":"rejected","instance_id":"`+id+`"}`)
}

func nothingMissing(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "nothing-missing")
	id := s.RunInstance(t, tagged)
	s.SetNode(t, id, mototest.MissingPatches(id))
	const nothing = `{"missing":0,"failed":0,"installed":0,"pending_reboot":0,"rejected":0,"critical":0,"security":0,"other":0,"baseline_id":"pb-0c10e65780EXAMPLE"}`
	execution := st.machine.Start(t, "e1", `{"instance_id":"`+id+`"}`)
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"nothing is to be installed and no reboot is due at the configured severity","counts":`+nothing+`}`)

	// The event contradicts the counts, so they are looked at again.
	execution = newImpatientStage(t, s, "nothing-missing-yet").machine.Start(t, "e1", mototest.ComplianceEvent(id, "non_compliant"))
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"nothing is to be installed and no reboot is due at the configured severity","counts":`+nothing+`}`)
}

func nobodyAnswers(t *testing.T, s mototest.Server) {
	st := stage{Server: s, inbox: s.CreateInbox(t, "nobody-answers")}
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN = st.inbox.TopicARN
	settings.Waiting = workflow.Waiting{AnswerWithin: 3 * time.Minute, RemindAfter: []time.Duration{time.Minute}, EscalateAfter: 2 * time.Minute}
	definition, err := workflow.PatchApproval.Render(settings)
	require.NoError(t, err)
	// The deadline counts from before the publish, which moto may only take at the second try.
	impatient := strings.Replace(string(definition), "[[0,60,180,false],[1,60,120,false],[2,60,60,true]]", "[[0,3,9,false],[1,3,6,false],[2,3,3,true]]", 1)
	st.machine = s.CreateMachineFrom(t, "nobody-answers", impatient)
	execution, asked := st.ask(t)
	require.IsType(t, workflow.ApprovalRequested{}, asked.Detail)
	require.Equal(t, 9, asked.Detail.(workflow.ApprovalRequested).AnswerWithinSeconds)
	first, last := st.inbox.Next(t), st.inbox.Next(t)
	require.Equal(t, workflow.ApprovalReminded{Attempt: 1, AnswerWithinSeconds: 6}, first.Detail)
	require.Equal(t, workflow.ApprovalReminded{Attempt: 2, AnswerWithinSeconds: 3, Escalate: true}, last.Detail)
	require.NotEqual(t, first.Token, last.Token)
	require.Equal(t, workflow.ApprovalExpired{}, st.inbox.Next(t).Detail)
	st.requireOutput(t, execution, `{"outcome":"expired","instance_id":"`+asked.InstanceID+`"}`)
}

func answeredAfterAReminder(t *testing.T, s mototest.Server) {
	st := stage{Server: s, inbox: s.CreateInbox(t, "answered-late")}
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN = st.inbox.TopicARN
	settings.Critical = workflow.Waiting{AnswerWithin: 3 * time.Minute, RemindAfter: []time.Duration{time.Minute}}
	definition, err := workflow.PatchApproval.Render(settings)
	require.NoError(t, err)
	st.machine = s.CreateMachineFrom(t, "answered-late", strings.Replace(string(definition), "[[0,60,180,false]", "[[0,3,180,false]", 1))
	execution, asked := st.ask(t)
	reminder := st.inbox.Next(t)
	require.IsType(t, workflow.ApprovalReminded{}, reminder.Detail)
	st.machine.Answer(t, reminder.Token, workflow.Decision{Verdict: workflow.Rejected})
	st.requireOutput(t, execution, `{"outcome":"rejected","instance_id":"`+asked.InstanceID+`"}`)
}

func failedInstall(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "failed-install")
	execution, asked := st.ask(t)
	id := asked.InstanceID
	node := mototest.MissingPatches(id, "kernel")
	node.Install = &mototest.Invocation{Status: "Failed", StatusDetails: "Failed", ResponseCode: 156, Output: "Patching\n----------ERROR-------\ndpkg: error"}
	s.SetNode(t, id, node)

	st.approve(t, asked)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	require.IsType(t, workflow.BackupFinished{}, st.inbox.Next(t).Detail)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	finished := st.inbox.Next(t).Detail.(workflow.PatchFinished)
	require.Equal(t, "Failed", finished.Status)
	ran, ok := finished.Ran()
	require.True(t, ok)
	require.Equal(t, 156, ran.ResponseCode)
	require.Equal(t, "dpkg: error", ran.LastError())
	require.True(t, st.inbox.Next(t).Detail.(workflow.NodeChecked).IsBack)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	checked := st.inbox.Next(t).Detail.(workflow.ComplianceChecked)
	require.Equal(t, workflow.StillNonCompliant, checked.Outcome)
	require.Equal(t, []string{"kernel"}, checked.Remaining.Titles)
	st.requireOutput(t, execution, `{"outcome":"still_non_compliant","instance_id":"`+id+`"}`)
}

func failedSnapshot(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "failed-snapshot")
	execution, asked := st.ask(t)
	node := mototest.MissingPatches(asked.InstanceID, "kernel")
	node.SnapshotState = "error"
	s.SetNode(t, asked.InstanceID, node)
	st.approve(t, asked)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})

	failed := st.inbox.Next(t).Detail.(workflow.WorkflowFailed)
	require.Equal(t, "Back Up Instance", failed.State)
	require.Equal(t, "BackupFailed", failed.Error)
	ended := st.machine.Await(t, execution)
	require.Equal(t, types.ExecutionStatusFailed, ended.Status)
	require.Equal(t, "BackupFailed", aws.ToString(ended.Error))
}

func failedCall(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "failed-call")
	execution, asked := st.ask(t)
	s.SetFault(t, "AmazonSSM.DescribeInstanceInformation", mototest.Fault{Code: "InvalidInstanceId", Message: "gone"})
	st.approve(t, asked)
	failed := st.inbox.Next(t).Detail.(workflow.WorkflowFailed)
	require.Equal(t, "Check Node Is Online", failed.State)
	require.Equal(t, "Ssm.InvalidInstanceIdException", failed.Error)
	require.Contains(t, failed.Cause, "gone")
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}

func requestAlreadyOpen(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "already-open")
	execution, asked := st.ask(t)
	_, err := sfn.NewFromConfig(s.Config()).SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{
		TaskToken: aws.String(asked.Token.Reveal()), Error: aws.String("RequestAlreadyOpen"), Cause: aws.String("arn:first"),
	})
	require.NoError(t, err)
	st.requireOutput(t, execution, `{"outcome":"ignored","reason":"a request for this instance is already open","open_execution":"arn:first"}`)
}

func restStopped(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "rest-stopped")
	execution, asked := st.ask(t)
	st.machine.Answer(t, asked.Token, approval)
	_, err := sfn.NewFromConfig(s.Config()).SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{
		TaskToken: aws.String(st.turn(t).Token.Reveal()), Error: aws.String("RestStopped"), Cause: aws.String("ada stopped the rest"),
	})
	require.NoError(t, err)
	st.requireOutput(t, execution, `{"outcome":"stopped","instance_id":"`+asked.InstanceID+`","reason":"ada stopped the rest"}`)
}

func turnNeverComes(t *testing.T, s mototest.Server) {
	st := stage{Server: s, inbox: s.CreateInbox(t, "turn-never-comes")}
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN, settings.TurnWithin = st.inbox.TopicARN, time.Minute
	definition, err := workflow.PatchApproval.Render(settings)
	require.NoError(t, err)
	// The deadline counts from before the publish, which moto may only take at the second try.
	st.machine = s.CreateMachineFrom(t, "turn-never-comes", strings.Replace(string(definition), "States.StringToJson('60')", "States.StringToJson('3')", 1))
	execution, asked := st.ask(t)
	st.machine.Answer(t, asked.Token, approval)
	st.turn(t)
	failed := st.inbox.Next(t).Detail.(workflow.WorkflowFailed)
	require.Equal(t, "Wait for Its Turn", failed.State)
	require.Equal(t, "TurnNeverCame", failed.Error)
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}

func answeredOnce(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "answered-once")
	execution, asked := st.ask(t)
	st.machine.Answer(t, asked.Token, workflow.Decision{Verdict: workflow.Rejected})
	again := func() error {
		_, err := sfn.NewFromConfig(s.Config()).SendTaskSuccess(t.Context(), &sfn.SendTaskSuccessInput{
			TaskToken: aws.String(asked.Token.Reveal()), Output: aws.String(`{"decision":"approved"}`),
		})
		return err
	}
	var gone *types.TaskTimedOut
	require.ErrorAs(t, again(), &gone)
	st.requireOutput(t, execution, `{"outcome":"rejected","instance_id":"`+asked.InstanceID+`"}`)
	require.ErrorAs(t, again(), &gone)
}

func stoppedExecution(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "stopped")
	execution, _ := st.ask(t)
	_, err := sfn.NewFromConfig(s.Config()).StopExecution(t.Context(), &sfn.StopExecutionInput{
		ExecutionArn: &execution, Error: aws.String("Stopped"), Cause: aws.String("by ada"),
	})
	require.NoError(t, err)
	ended := st.machine.Await(t, execution)
	require.Equal(t, types.ExecutionStatusAborted, ended.Status)
	require.Equal(t, "by ada", aws.ToString(ended.Cause))
}
