package awsapi_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awsapi"
)

func TestAgainstMoto(t *testing.T) {
	server := mototest.Start(t)
	t.Run("one execution can be followed with nothing but this package", func(t *testing.T) { oneExecution(t, server) })
	t.Run("what AWS does not know is no error where it may only be late", func(t *testing.T) { unknownThings(t, server) })
	t.Run("an email reaches only its owner", func(t *testing.T) { emailsByOwner(t, server) })
}

func oneExecution(t *testing.T, server mototest.Server) {
	config := server.Config()
	machines := sfn.NewFromConfig(config)
	tasks := awsapi.NewTasks(machines)
	looker := awsapi.NewLooker(ssm.NewFromConfig(config), ec2.NewFromConfig(config), machines)

	inbox := server.CreateInbox(t, "notifications")
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN = inbox.TopicARN
	machine := server.CreateMachine(t, workflow.PatchApproval, "patch-approval", settings)
	id := server.RunInstance(t, map[string]string{"patch-policy": "patch-on-approval"})
	node := mototest.MissingPatches(id, "kernel")
	node.Install = &mototest.Invocation{Status: "InProgress", StatusDetails: "InProgress", ResponseCode: -1}
	server.SetNode(t, id, node)
	arn := machine.Start(t, "e1", mototest.ComplianceEvent(id, "non_compliant"))

	asked := inbox.Next(t)
	status, err := looker.ExecutionStatus(t.Context(), arn)
	require.NoError(t, err)
	require.Equal(t, "RUNNING", status.Status)
	require.Equal(t, id, status.InstanceID())
	past, err := looker.Past(t.Context(), arn)
	require.NoError(t, err)
	require.Equal(t, workflow.Past{Known: true}, past, "it asks")

	approved, err := json.Marshal(workflow.Decision{Verdict: workflow.Approved, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	require.NoError(t, tasks.CompleteTask(t.Context(), asked.Token, approved))
	err = tasks.CompleteTask(t.Context(), asked.Token, approved)
	require.ErrorIs(t, err, workflow.ErrTaskGone)
	require.NotContains(t, err.Error(), asked.Token.Reveal())

	turn := inbox.Next(t)
	require.IsType(t, workflow.TurnRequested{}, turn.Detail)
	require.NoError(t, tasks.CompleteTask(t.Context(), turn.Token, workflow.TurnAnswer{RequestID: "r-1", Backup: true}.JSON()))

	backup := inbox.Next(t)
	ids := backup.Detail.(workflow.BackupStarted).SnapshotIDs
	result, err := looker.SnapshotsResult(t.Context(), ids)
	require.NoError(t, err)
	require.Equal(t, workflow.SnapshotsResult{Result: "succeeded", SnapshotIDs: ids}, result)
	require.NoError(t, tasks.CompleteTask(t.Context(), backup.Token, json.RawMessage(`{}`)))
	require.IsType(t, workflow.BackupFinished{}, inbox.Next(t).Detail)

	install := inbox.Next(t)
	command := install.Detail.(workflow.PatchStarted).CommandID
	stands, err := looker.CommandStatus(t.Context(), id, command)
	require.NoError(t, err)
	require.Equal(t, workflow.CommandStatus{CommandID: command, InstanceID: id, Status: "InProgress"}, stands)

	past, err = looker.Past(t.Context(), arn)
	require.NoError(t, err)
	require.True(t, past.InstallBegan)
	require.Equal(t, workflow.Approved, past.Decision.Verdict)

	require.NoError(t, tasks.FailTask(t.Context(), install.Token, "RequestAlreadyOpen", "by the test"))
	machine.Await(t, arn)
}

func unknownThings(t *testing.T, server mototest.Server) {
	config := server.Config()
	machines := sfn.NewFromConfig(config)
	looker := awsapi.NewLooker(ssm.NewFromConfig(config), ec2.NewFromConfig(config), machines)

	snapshots, err := looker.SnapshotsResult(t.Context(), []string{"snap-0123456789abcdef0"})
	require.NoError(t, err)
	require.False(t, snapshots.Ended())
	execution, err := looker.ExecutionStatus(t.Context(), "arn:aws:states:us-east-1:123456789012:execution:patch-approval:e0")
	require.NoError(t, err)
	require.True(t, execution.Broken())
	err = awsapi.NewTasks(machines).CompleteTask(t.Context(), token, json.RawMessage(`{}`))
	require.Error(t, err)
	require.NotContains(t, err.Error(), token.Reveal())
}

// emailsByOwner subscribes two queues in place of mailboxes.
func emailsByOwner(t *testing.T, server mototest.Server) {
	config := server.Config()
	topics, queues := sns.NewFromConfig(config), sqs.NewFromConfig(config)
	topic, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("emails")})
	require.NoError(t, err)
	mailbox := map[string]*string{}
	for _, owner := range []string{"payments", "search"} {
		queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &owner})
		require.NoError(t, err)
		_, err = topics.Subscribe(t.Context(), &sns.SubscribeInput{
			TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:123456789012:" + owner),
			Attributes: map[string]string{"FilterPolicy": `{"owner": ["` + owner + `"]}`},
		})
		require.NoError(t, err)
		mailbox[owner] = queue.QueueUrl
	}

	require.NoError(t, awsapi.NewEmails(topics, aws.ToString(topic.TopicArn)).Email(t.Context(), "payments", "subject", "body"))
	for owner, want := range map[string]int{"payments": 1, "search": 0} {
		out, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: mailbox[owner]})
		require.NoError(t, err)
		require.Len(t, out.Messages, want, owner)
	}
}
