// Package installationtest gives a test an installation of its own, in a simulated AWS account
// and a local Slack workspace.
package installationtest

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// What Slack accepts, and the owner of the instances.
const (
	BotToken      = "xoxb-good"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	Secret        = `{"bot_token": "` + BotToken + `", "signing_secret": "` + SigningSecret + `"}`
	Owner         = "payments"
)

// Deployment is an installation in moto and a Slack workspace, in which all is well.
type Deployment struct {
	Moto         mototest.Server
	Account      installation.Account
	Slack        *slacksim.Workspace
	SlackURL     string // of the Web API
	Installation installation.Installation
	Payments     slacksim.Channel // the owner's

	t *testing.T
}

// Deploy makes a Deployment that ends with the test. Without moto it skips the test, as
// mototest.Start does.
func Deploy(t *testing.T) *Deployment {
	t.Helper()
	d := &Deployment{t: t, Moto: mototest.Start(t)}
	d.Account = installation.NewAccount(d.Moto.Config())
	d.Slack = slacksim.New(slacksim.Config{BotToken: BotToken, SigningSecret: SigningSecret, Scopes: slackchat.Scopes()})
	server := httptest.NewServer(d.Slack)
	t.Cleanup(server.Close)
	d.SlackURL = server.URL + "/api/"
	general := d.Slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
	d.Payments = d.Slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	d.Slack.AddUser(slacksim.User{ID: "U0ADA", Name: "ada"})

	d.Installation = installation.Installation{Table: "patchbot-requests", DefaultChannel: general.ID, Rules: []string{"patchbot-non-compliant"},
		Functions: map[string]string{"notify": "patchbot-notify", "progress": "patchbot-progress"},
		Machine: installation.MachineSettings{PolicyTagValue: workflow.DefaultSettings().PolicyTagValue, Severity: "critical", Backup: true,
			MachineWaiting: installation.MachineWaiting{AnswerWithinSeconds: 259200, RemindAfterSeconds: []int{86400}, EscalateAfterSeconds: 86400}, ScheduleWithinSeconds: 604800, TurnWithinSeconds: 604800, FreezeWithinSeconds: 5184000, BackupWithinSeconds: 3600, PatchWithinSeconds: 9000, ScanWithinSeconds: 3600,
			BackWithinSeconds: 1800, OutputLogGroup: "/patchbot/command-output"}}
	d.build()
	d.PutParameter()
	return d
}

// build makes what Terraform would have made.
func (d *Deployment) build() {
	t, ctx := d.t, d.t.Context()
	secret, err := d.Account.Secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("patchbot/slack")})
	require.NoError(t, err)
	d.Installation.SecretARN = *secret.ARN
	d.PutSecret(Secret)

	require.NoError(t, dynamostore.CreateTable(ctx, d.Account.DynamoDB, d.Installation.Table))
	d.PutOwner(d.Payments.ID, "payments@example.com")

	d.Installation.NotificationsTopicARN = d.Moto.CreateInbox(t, "notifications").TopicARN
	topic, err := d.Account.SNS.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("emails")})
	require.NoError(t, err)
	d.Installation.EmailsTopicARN = *topic.TopicArn
	_, err = d.Account.SNS.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &d.Installation.EmailsTopicARN, Protocol: aws.String("email"), Endpoint: aws.String("payments@example.com")})
	require.NoError(t, err)
	_, err = d.Account.Events.PutRule(ctx, &eventbridge.PutRuleInput{Name: &d.Installation.Rules[0], EventPattern: aws.String(`{"source": ["aws.ssm"]}`)})
	require.NoError(t, err)
	d.Installation.StateMachineARN = d.Moto.CreateMachine(t, workflow.PatchApproval, "patchbot-patch-approval", d.Installation.Settings()).ARN
	d.Installation.NotificationsQueueARN = "arn:aws:sqs:us-east-1:123456789012:notifications"
	d.Installation.DeadLetterQueues = map[string]string{}
	for _, kind := range []string{"notifications", "events", "progress"} {
		queue, err := d.Account.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(kind + "-dead-letters")})
		require.NoError(t, err)
		d.Installation.DeadLetterQueues[kind] = *queue.QueueUrl
	}
	d.Installation.DeadLetterQueues["channels"] = d.Moto.CreateSignals(t, "channels-dead-letters.fifo").QueueURL
	d.Installation.FindMissing = installation.FindMissing{StateMachineARN: d.Moto.CreateMachine(t, workflow.FindMissing, "patchbot-find-missing", d.Installation.Settings()).ARN, ScheduleGroup: "patchbot", Schedule: "patchbot-find-missing"}
	_, err = d.Account.Scheduler.CreateScheduleGroup(ctx, &scheduler.CreateScheduleGroupInput{Name: &d.Installation.FindMissing.ScheduleGroup})
	require.NoError(t, err)
	_, err = d.Account.Scheduler.CreateSchedule(ctx, &scheduler.CreateScheduleInput{Name: &d.Installation.FindMissing.Schedule, GroupName: &d.Installation.FindMissing.ScheduleGroup,
		ScheduleExpression: aws.String("rate(1 day)"), FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
		Target: d.ScheduleTarget()})
	require.NoError(t, err)
	instance := d.Moto.RunInstance(t, Tags(bot.TagOwner, Owner))
	d.Moto.SetNode(t, instance, mototest.MissingPatches(instance, "kernel"))
}

// ScheduleTarget is what the schedule starts.
func (d *Deployment) ScheduleTarget() *schedulertypes.Target {
	return &schedulertypes.Target{Arn: &d.Installation.FindMissing.StateMachineARN, RoleArn: aws.String("arn:aws:iam::123456789012:role/schedule")}
}

// Tags are the tags of an instance that patchbot asks about, and those that are given: a key
// and its value, and so on.
func Tags(pairs ...string) map[string]string {
	tags := map[string]string{workflow.PolicyTag: workflow.DefaultSettings().PolicyTagValue}
	for i := 0; i+1 < len(pairs); i += 2 {
		tags[pairs[i]] = pairs[i+1]
	}
	return tags
}

// PutParameter writes where the parts are, as Terraform does.
func (d *Deployment) PutParameter() { d.PutParameterOf("patchbot", d.Installation) }

// PutParameterOf writes the parameter of another installation.
func (d *Deployment) PutParameterOf(name string, where any) {
	value, err := json.Marshal(where)
	require.NoError(d.t, err)
	_, err = d.Account.SSM.PutParameter(d.t.Context(), &ssm.PutParameterInput{Name: aws.String("/" + name + "/installation"),
		Value: aws.String(string(value)), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	require.NoError(d.t, err)
}

// PutSecret writes the value of the secret.
func (d *Deployment) PutSecret(value string) {
	_, err := d.Account.Secrets.PutSecretValue(d.t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &d.Installation.SecretARN, SecretString: &value})
	require.NoError(d.t, err)
}

// PutOwner writes the owner into the directory.
func (d *Deployment) PutOwner(channel, email string) {
	text := func(s string) dynamotypes.AttributeValue { return &dynamotypes.AttributeValueMemberS{Value: s} }
	_, err := d.Account.DynamoDB.PutItem(d.t.Context(), &dynamodb.PutItemInput{TableName: &d.Installation.Table, Item: map[string]dynamotypes.AttributeValue{
		"pk": text("OWNERS"), "sk": text(Owner), "channel": text(channel), "email": text(email),
		"approver_users": &dynamotypes.AttributeValueMemberL{Value: []dynamotypes.AttributeValue{text("U0ADA")}}}})
	require.NoError(d.t, err)
}

// Environment points the program at moto and the local Slack.
func (d *Deployment) Environment(t *testing.T) {
	for _, variable := range d.Moto.Env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	t.Setenv("SLACK_API_URL", d.SlackURL)
}
