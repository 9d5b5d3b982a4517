package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
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
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

const (
	goodToken   = "xoxb-good"
	goodSecret  = `{"bot_token": "xoxb-good", "signing_secret": "8f742231b10e8888abcd99yyyzzz85a5"}`
	signing     = "8f742231b10e8888abcd99yyyzzz85a5"
	doctorOwner = "payments"
)

// clinic is an installation in moto and a Slack workspace, in good health.
type clinic struct {
	t        *testing.T
	moto     mototest.Server
	cloud    installation.Account
	slack    *slacksim.Workspace
	slackURL string
	where    installation.Installation
	payments slacksim.Channel
	extra    []string // instances that a test added
}

func openClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{t: t, moto: mototest.Start(t)}
	c.cloud = installation.NewAccount(c.moto.Config())
	c.slack = slacksim.New(slacksim.Config{BotToken: goodToken, SigningSecret: signing, Scopes: bot.Scopes()})
	server := httptest.NewServer(c.slack)
	t.Cleanup(server.Close)
	c.slackURL = server.URL + "/api/"
	general := c.slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
	c.payments = c.slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})

	c.where = installation.Installation{Table: "patchbot-requests", DefaultChannel: general.ID, Rules: []string{"patchbot-non-compliant"},
		Functions: map[string]string{"notify": "patchbot-notify", "progress": "patchbot-progress"},
		Machine: installation.MachineSettings{PolicyTagValue: workflow.DefaultSettings().PolicyTagValue, Severity: "critical", Backup: true,
			AnswerWithinSeconds: 259200, BackupWithinSeconds: 3600, PatchWithinSeconds: 9000, ScanWithinSeconds: 3600}}
	c.build()
	c.putParameter()
	return c
}

// build makes what Terraform would have made.
func (c *clinic) build() {
	t, ctx := c.t, c.t.Context()
	secret, err := c.cloud.Secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("patchbot/slack")})
	require.NoError(t, err)
	c.where.SecretARN = *secret.ARN
	c.putSecret(goodSecret)

	require.NoError(t, dynamostore.CreateTable(ctx, c.cloud.DynamoDB, c.where.Table))
	c.putOwner(c.payments.ID, "payments@example.com")

	c.where.NotificationsTopicARN = c.moto.CreateInbox(t, "notifications").TopicARN
	topic, err := c.cloud.SNS.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("emails")})
	require.NoError(t, err)
	c.where.EmailsTopicARN = *topic.TopicArn
	_, err = c.cloud.SNS.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &c.where.EmailsTopicARN, Protocol: aws.String("email"), Endpoint: aws.String("payments@example.com")})
	require.NoError(t, err)
	_, err = c.cloud.Events.PutRule(ctx, &eventbridge.PutRuleInput{Name: &c.where.Rules[0], EventPattern: aws.String(`{"source": ["aws.ssm"]}`)})
	require.NoError(t, err)
	c.where.StateMachineARN = c.moto.CreateMachine(t, workflow.PatchApproval, "patchbot-patch-approval", c.where.Settings()).ARN
	c.where.NotificationsQueueARN = "arn:aws:sqs:us-east-1:123456789012:notifications"
	c.where.DeadLetterQueues = map[string]string{}
	for _, kind := range []string{"notifications", "events", "progress"} {
		queue, err := c.cloud.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(kind + "-dead-letters")})
		require.NoError(t, err)
		c.where.DeadLetterQueues[kind] = *queue.QueueUrl
	}
	c.where.FindMissing = installation.FindMissing{StateMachineARN: c.moto.CreateMachine(t, workflow.FindMissing, "patchbot-find-missing", c.where.Settings()).ARN, ScheduleGroup: "patchbot", Schedule: "patchbot-find-missing"}
	_, err = c.cloud.Scheduler.CreateScheduleGroup(ctx, &scheduler.CreateScheduleGroupInput{Name: &c.where.FindMissing.ScheduleGroup})
	require.NoError(t, err)
	_, err = c.cloud.Scheduler.CreateSchedule(ctx, &scheduler.CreateScheduleInput{Name: &c.where.FindMissing.Schedule, GroupName: &c.where.FindMissing.ScheduleGroup,
		ScheduleExpression: aws.String("rate(1 day)"), FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
		Target: c.target()})
	require.NoError(t, err)
	instance := c.moto.RunInstance(t, inCare(bot.TagOwner, doctorOwner))
	c.moto.SetNode(t, instance, mototest.MissingPatches(instance, "kernel"))
}

// target is what the schedule starts.
func (c *clinic) target() *schedulertypes.Target {
	return &schedulertypes.Target{Arn: &c.where.FindMissing.StateMachineARN, RoleArn: aws.String("arn:aws:iam::123456789012:role/schedule")}
}

// inCare are the tags of an instance in patchbot's care, and those that are given.
func inCare(pairs ...string) map[string]string {
	tags := map[string]string{workflow.PolicyTag: workflow.DefaultSettings().PolicyTagValue}
	for i := 0; i < len(pairs); i += 2 {
		tags[pairs[i]] = pairs[i+1]
	}
	return tags
}

func (c *clinic) putParameter() { c.putParameterOf("patchbot", c.where) }

func (c *clinic) putParameterOf(name string, where any) {
	value, err := json.Marshal(where)
	require.NoError(c.t, err)
	_, err = c.cloud.SSM.PutParameter(c.t.Context(), &ssm.PutParameterInput{Name: aws.String("/" + name + "/installation"),
		Value: aws.String(string(value)), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	require.NoError(c.t, err)
}

func (c *clinic) putSecret(value string) {
	_, err := c.cloud.Secrets.PutSecretValue(c.t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &c.where.SecretARN, SecretString: &value})
	require.NoError(c.t, err)
}

func (c *clinic) putOwner(channel, email string) {
	text := func(s string) dynamotypes.AttributeValue { return &dynamotypes.AttributeValueMemberS{Value: s} }
	_, err := c.cloud.DynamoDB.PutItem(c.t.Context(), &dynamodb.PutItemInput{TableName: &c.where.Table, Item: map[string]dynamotypes.AttributeValue{
		"pk": text("OWNERS"), "sk": text(doctorOwner), "channel": text(channel), "email": text(email),
		"approver_users": &dynamotypes.AttributeValueMemberL{Value: []dynamotypes.AttributeValue{text("U0ADA")}}}})
	require.NoError(c.t, err)
}

// examine runs the doctor and returns what is not fine.
func (c *clinic) examine() (complaints []finding) {
	c.t.Helper()
	findings, err := diagnose(c.t.Context(), c.cloud, "patchbot", c.slackURL)
	require.NoError(c.t, err)
	for _, f := range findings {
		if f.Verdict != fine {
			complaints = append(complaints, f)
			require.True(c.t, f.Verdict == skipped || f.Do != "", "every complaint says what to do: %+v", f)
		}
	}
	return complaints
}

// run adds an instance, as changed from one that is online and was scanned.
func (c *clinic) run(tags map[string]string, changes ...func(*mototest.Node)) {
	id := c.moto.RunInstance(c.t, tags)
	c.extra = append(c.extra, id)
	c.setNode(id, changes)
}

// enrol adds a hybrid node in the same way.
func (c *clinic) enrol(id string, tags map[string]string, changes ...func(*mototest.Node)) {
	c.extra = append(c.extra, id)
	c.setNode(id, changes)
	var list []ssmtypes.Tag
	for key, value := range tags {
		list = append(list, ssmtypes.Tag{Key: &key, Value: &value})
	}
	_, err := c.cloud.SSM.AddTagsToResource(c.t.Context(), &ssm.AddTagsToResourceInput{
		ResourceType: ssmtypes.ResourceTypeForTaggingManagedInstance, ResourceId: &id, Tags: list})
	require.NoError(c.t, err)
}

func (c *clinic) setNode(id string, changes []func(*mototest.Node)) {
	n := mototest.MissingPatches(id)
	for _, change := range changes {
		change(&n)
	}
	c.moto.SetNode(c.t, id, n)
}

func offline(n *mototest.Node)      { n.Information.PingStatus = ssmtypes.PingStatusConnectionLost }
func neverScanned(n *mototest.Node) { n.State = nil }
func unmanaged(n *mototest.Node)    { n.Information = nil }

// remove takes the added instances away again.
func (c *clinic) remove(t *testing.T) {
	for _, id := range c.extra {
		c.moto.SetNode(t, id, mototest.Node{})
		if !strings.HasPrefix(id, "mi-") {
			_, err := c.cloud.EC2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
			require.NoError(t, err)
		}
	}
	c.extra = nil
}

// environment points the program at moto and the local Slack.
func (c *clinic) environment(t *testing.T) {
	for _, variable := range c.moto.Env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	t.Setenv("SLACK_API_URL", c.slackURL)
}
