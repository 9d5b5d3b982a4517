package wiring

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// TestBootstrap runs the bootstraps of the three functions as Lambda does.
func TestBootstrap(t *testing.T) {
	programs := bundled(t)

	t.Run("without settings a program ends and names all that are missing", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*functionTime)
		defer cancel()
		for _, name := range []string{"notify", "interact", "progress"} {
			program := exec.CommandContext(ctx, filepath.Join(programs, name))
			program.WaitDelay = functionTime // its output may be held open by a child of its own
			program.Env = []string{"AWS_REGION=us-east-1"}
			out, err := program.CombinedOutput()
			require.NoError(t, ctx.Err(), "%s has not ended; it printed %s", name, out)
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 1, exit.ExitCode())
			for _, variable := range []string{"PATCHBOT_TABLE", "PATCHBOT_SECRET_ARN", "PATCHBOT_DEFAULT_CHANNEL", "PATCHBOT_DEFAULT_APPROVERS", "PATCHBOT_CHANNELS_QUEUE_URL"} {
				require.Contains(t, string(out), variable+" is missing")
			}
		}
	})
	t.Run("the three carry a conversation from the question to the compliant instance", func(t *testing.T) {
		newDeployment(t, programs).story(t)
	})
}

// deployment is a patchbot on AWS, with a Slack workspace around it.
type deployment struct {
	aws     mototest.Server
	inbox   mototest.Inbox
	signals mototest.Signals
	machine mototest.Machine
	store   *dynamostore.Store

	slack   *slacksim.Workspace
	ada     slacksim.User
	channel slacksim.Channel
	gateway *httptest.Server
	asked   chan struct{} // closed when a function asks Slack which app it is

	notify, interact, progress *function
}

func newDeployment(t *testing.T, programs string) *deployment {
	t.Helper()
	c := &deployment{aws: mototest.Start(t), asked: make(chan struct{})}
	c.inbox = c.aws.CreateInbox(t, "notifications")
	c.signals = c.aws.CreateSignals(t, "channels.fifo")
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN, settings.Backup = c.inbox.TopicARN, false
	c.machine = c.aws.CreateMachine(t, workflow.PatchApproval, "patch-approval", settings)
	table := dynamodb.NewFromConfig(c.aws.Config())
	require.NoError(t, dynamostore.CreateTable(t.Context(), table, "patchbot-requests"))
	c.store = dynamostore.New(table, "patchbot-requests")
	secret, err := secretsmanager.NewFromConfig(c.aws.Config()).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("patchbot-slack"), SecretString: aws.String(nextKeys),
	})
	require.NoError(t, err)

	c.slack = slacksim.New(slacksim.Config{SigningSecret: "next"})
	asked := sync.OnceFunc(func() { close(c.asked) })
	workspace := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if path.Base(req.URL.Path) == "auth.test" {
			asked()
		}
		c.slack.ServeHTTP(w, req)
	}))
	t.Cleanup(workspace.Close)
	c.slack.SetURL(workspace.URL)
	c.ada = c.slack.AddUser(slacksim.User{Name: "ada"})
	c.channel = c.slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})

	env := append(c.aws.Env(), "PATCHBOT_TABLE=patchbot-requests", "PATCHBOT_SECRET_ARN="+aws.ToString(secret.ARN),
		"PATCHBOT_DEFAULT_CHANNEL="+c.channel.ID, "PATCHBOT_DEFAULT_APPROVERS=default-channel-members",
		"PATCHBOT_CHANNELS_QUEUE_URL="+c.signals.QueueURL, "SLACK_API_URL="+workspace.URL+"/api")
	c.notify = startFunction(t, filepath.Join(programs, "notify"), env)
	c.interact = startFunction(t, filepath.Join(programs, "interact"), env)
	c.progress = startFunction(t, filepath.Join(programs, "progress"), env)
	c.gateway = httptest.NewServer(gateway(c.interact.answer))
	t.Cleanup(c.gateway.Close)
	c.slack.Install(slacksim.App{Interactions: c.gateway.URL + "/slack/interactions"})
	return c
}

func (c *deployment) story(t *testing.T) {
	select {
	case <-c.asked:
	case <-time.After(functionTime):
		require.Fail(t, "interact does not ask Slack which app it is before its first request")
	}
	id := c.aws.RunInstance(t, map[string]string{"Name": "web-1", "patch-policy": "patch-on-approval"})
	node := mototest.MissingPatches(id, "kernel")
	node.Install = &mototest.Invocation{Status: "InProgress", StatusDetails: "InProgress", ResponseCode: -1}
	c.aws.SetNode(t, id, node)
	execution := c.machine.Start(t, "e1", mototest.ComplianceEvent(id, "non_compliant"))

	asked := c.inbox.Next(t)
	failed := c.deliver(t, envelope(t, asked), `{"schema": 2}`)
	require.Equal(t, []events.SQSBatchItemFailure{{ItemIdentifier: "message-2"}}, failed)
	c.serveChannels(t)
	messages := c.slack.Messages(c.channel.ID)
	require.Len(t, messages, 1)
	require.Equal(t, bot.StatusAsked, c.request(t, execution).Status)

	c.requireHealthy(t)
	click, err := c.slack.Click(t.Context(), c.ada.ID, c.channel.ID, messages[0].TS, slackchat.ButtonApprove)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, click.Status)
	require.Equal(t, "null", c.progress.invoke(t, event(t, "schedule.json")), "what the click had no time for is done")
	decided := c.request(t, execution)
	require.Equal(t, workflow.Approved, decided.Decision.Verdict)
	require.Equal(t, c.ada.ID, decided.Decision.By.User)
	require.True(t, decided.Delivered)

	turn := c.inbox.Next(t)
	require.Equal(t, workflow.TurnRequested{}, turn.Detail)
	require.Empty(t, c.deliver(t, envelope(t, turn)))
	require.Equal(t, bot.StatusApproved, c.request(t, execution).Status, "nobody else is in the group")

	install := c.inbox.Next(t)
	require.Empty(t, c.deliver(t, envelope(t, install)))
	require.Equal(t, bot.StatusPatching, c.request(t, execution).Status)
	c.aws.SetNode(t, id, mototest.MissingPatches(id))
	ended := strings.ReplaceAll(string(event(t, "command.json")), "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b", install.Detail.(workflow.PatchStarted).CommandID)
	require.Equal(t, "null", c.progress.invoke(t, json.RawMessage(ended)))

	for _, kind := range []string{"patch_finished", "node_checked", "scan_started", "compliance_checked"} {
		n := c.inbox.Next(t)
		require.Equal(t, kind, n.Kind())
		require.Empty(t, c.deliver(t, envelope(t, n)))
	}
	require.Equal(t, types.ExecutionStatusSucceeded, c.machine.Await(t, execution).Status)
	require.Equal(t, bot.StatusCompliant, c.request(t, execution).Status)
	c.serveChannels(t)
	_, unshown := c.request(t, execution).Unshown()
	require.False(t, unshown, "the channel has seen all of it")
	c.requireQuietLogs(t, asked.Token, turn.Token, install.Token)
}

func (c *deployment) request(t *testing.T, execution string) bot.Request {
	t.Helper()
	r, err := c.store.Get(t.Context(), bot.RequestID(execution))
	require.NoError(t, err)
	return r
}

// envelope is a notification as SNS wraps it.
func envelope(t *testing.T, n workflow.Notification) string {
	t.Helper()
	message, err := json.Marshal(n)
	require.NoError(t, err)
	data, err := json.Marshal(map[string]string{"Type": "Notification", "MessageId": "m1", "TopicArn": "arn:aws:sns:us-east-1:123456789012:notifications", "Message": string(message)})
	require.NoError(t, err)
	return string(data)
}

// deliver hands a batch of the queue to notify, and returns which messages failed.
func (c *deployment) deliver(t *testing.T, bodies ...string) []events.SQSBatchItemFailure {
	t.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: "message-" + string(rune('1'+i)), EventSource: "aws:sqs", Body: body})
	}
	var answer events.SQSEventResponse
	require.NoError(t, json.Unmarshal([]byte(c.notify.invoke(t, batch)), &answer))
	return answer.BatchItemFailures
}

// serveChannels hands what waits in the queue of channels to notify, as Lambda does, until it is
// empty.
func (c *deployment) serveChannels(t *testing.T) {
	t.Helper()
	for range 20 {
		batch := c.signals.Receive(t)
		if len(batch.Records) == 0 {
			return
		}
		require.JSONEq(t, noFailures, c.notify.invoke(t, batch))
		c.signals.Delete(t, batch)
	}
	require.Fail(t, "the queue of channels does not become empty")
}

func (c *deployment) requireHealthy(t *testing.T) {
	t.Helper()
	answer, err := (&http.Client{Timeout: 2 * functionTime}).Get(c.gateway.URL + "/healthz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// requireQuietLogs stops the functions and looks at all that they printed: JSON without
// a token or secret, metrics apart from logs.
func (c *deployment) requireQuietLogs(t *testing.T, tokens ...workflow.Token) {
	t.Helper()
	for _, f := range []*function{c.notify, c.interact, c.progress} {
		f.stop()
		for line := range strings.Lines(f.stdout.String()) {
			require.True(t, json.Valid([]byte(line)), line)
			require.Contains(t, line, `"_aws"`)
		}
		for line := range strings.Lines(f.stderr.String()) {
			require.True(t, json.Valid([]byte(line)), line)
			for _, token := range tokens {
				require.NotContains(t, line, token.Reveal())
			}
			require.NotContains(t, line, "xoxb-")
		}
	}
	require.Contains(t, c.interact.stdout.String(), `"Decisions":1`)
	require.Contains(t, c.notify.stdout.String(), `"Requests":1`)
}
