package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/slacksim"
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
	cloud    cloud
	slack    *slacksim.Workspace
	slackURL string
	where    installation
	payments slacksim.Channel
	instance string
}

func openClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{t: t, moto: mototest.Start(t)}
	c.cloud = newCloud(c.moto.Config())
	c.slack = slacksim.New(slacksim.Config{BotToken: goodToken, SigningSecret: signing, Scopes: bot.Scopes()})
	server := httptest.NewServer(c.slack)
	t.Cleanup(server.Close)
	c.slackURL = server.URL + "/api/"
	general := c.slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
	c.payments = c.slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})

	c.where = installation{Table: "patchbot-requests", DefaultChannel: general.ID, Rules: []string{"patchbot-non-compliant"},
		Machine: machineSettings{"critical", true, 259200, 3600, 9000, 3600}}
	c.build()
	c.putParameter()
	return c
}

// build makes what Terraform would have made.
func (c *clinic) build() {
	t, ctx := c.t, c.t.Context()
	secret, err := c.cloud.secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("patchbot/slack")})
	require.NoError(t, err)
	c.where.SecretARN = *secret.ARN
	c.putSecret(goodSecret)

	require.NoError(t, dynamostore.CreateTable(ctx, c.cloud.dynamodb, c.where.Table))
	c.putOwner(c.payments.ID, "payments@example.com")

	c.where.NotificationsTopicARN = c.topic("notifications")
	c.where.EmailsTopicARN = c.topic("emails")
	_, err = c.cloud.sns.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &c.where.EmailsTopicARN, Protocol: aws.String("email"), Endpoint: aws.String("payments@example.com")})
	require.NoError(t, err)
	_, err = c.cloud.events.PutRule(ctx, &eventbridge.PutRuleInput{Name: &c.where.Rules[0], EventPattern: aws.String(`{"source": ["aws.ssm"]}`)})
	require.NoError(t, err)
	c.where.StateMachineARN = c.moto.CreateMachine(t, "patchbot-patch-approval", c.where.settings()).ARN
	queue, err := c.cloud.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("dead-letters")})
	require.NoError(t, err)
	c.where.DeadLetterQueues = map[string]string{"notifications": *queue.QueueUrl}
	c.instance = c.moto.RunInstance(t, map[string]string{"patch-policy": "patch-on-approval", "owner": doctorOwner})
	c.moto.SetNode(t, c.instance, mototest.MissingPatches(c.instance, "kernel"))
}

func (c *clinic) topic(name string) string {
	out, err := c.cloud.sns.CreateTopic(c.t.Context(), &sns.CreateTopicInput{Name: &name})
	require.NoError(c.t, err)
	return *out.TopicArn
}

func (c *clinic) putParameter() {
	value, err := json.Marshal(c.where)
	require.NoError(c.t, err)
	_, err = c.cloud.ssm.PutParameter(c.t.Context(), &ssm.PutParameterInput{Name: aws.String("/patchbot/installation"),
		Value: aws.String(string(value)), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	require.NoError(c.t, err)
}

func (c *clinic) putSecret(value string) {
	_, err := c.cloud.secrets.PutSecretValue(c.t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &c.where.SecretARN, SecretString: &value})
	require.NoError(c.t, err)
}

func (c *clinic) putOwner(channel, email string) {
	text := func(s string) dynamotypes.AttributeValue { return &dynamotypes.AttributeValueMemberS{Value: s} }
	_, err := c.cloud.dynamodb.PutItem(c.t.Context(), &dynamodb.PutItemInput{TableName: &c.where.Table, Item: map[string]dynamotypes.AttributeValue{
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

func TestDoctor(t *testing.T) {
	c := openClinic(t)
	require.Empty(t, c.examine(), "a good installation")

	for name, sick := range map[string]struct {
		harm, heal func(ctx context.Context)
		check      string
		verdict    verdict
		found      string
	}{
		"a secret without a value":        {func(context.Context) { c.putSecret(`{}`) }, func(context.Context) { c.putSecret(goodSecret) }, "secret", failure, "bot_token is missing"},
		"a token that was revoked":        {func(context.Context) { c.slack.Fail("auth.test", slacksim.Fault{Error: "token_revoked"}) }, func(context.Context) { c.slack.Heal("auth.test") }, "token", failure, "token_revoked"},
		"the bot outside a channel":       {func(context.Context) { c.edit(func(ch *slacksim.Channel) { ch.BotIsMember = false }) }, func(context.Context) { c.edit(func(ch *slacksim.Channel) { ch.BotIsMember = true }) }, "channels", failure, "The bot is not in #payments"},
		"an archived channel":             {func(context.Context) { c.edit(func(ch *slacksim.Channel) { ch.Archived = true }) }, func(context.Context) { c.edit(func(ch *slacksim.Channel) { ch.Archived = false }) }, "channels", failure, "is archived"},
		"an unknown channel":              {func(context.Context) { c.putOwner("C0NOWHERE", "payments@example.com") }, func(context.Context) { c.putOwner(c.payments.ID, "payments@example.com") }, "channels", failure, "channel_not_found"},
		"an address without subscription": {func(context.Context) { c.putOwner(c.payments.ID, "new@example.com") }, func(context.Context) { c.putOwner(c.payments.ID, "payments@example.com") }, "emails", failure, "new@example.com of payments is not subscribed"},
		"a disabled rule": {func(ctx context.Context) {
			_, err := c.cloud.events.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: &c.where.Rules[0]})
			require.NoError(t, err)
		}, func(ctx context.Context) {
			_, err := c.cloud.events.EnableRule(ctx, &eventbridge.EnableRuleInput{Name: &c.where.Rules[0]})
			require.NoError(t, err)
		}, "rules", failure, "is disabled"},
		"another version's state machine": {func(ctx context.Context) {
			_, err := c.cloud.sfn.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &c.where.StateMachineARN,
				Definition: aws.String(`{"StartAt": "Old", "States": {"Old": {"Type": "Succeed"}}}`)})
			require.NoError(t, err)
		}, func(ctx context.Context) {
			definition, err := workflow.Render(c.where.settings())
			require.NoError(t, err)
			_, err = c.cloud.sfn.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &c.where.StateMachineARN, Definition: aws.String(string(definition))})
			require.NoError(t, err)
		}, "state machine", failure, "not the one of this patchbot"},
		"a dead letter": {func(ctx context.Context) {
			_, err := c.cloud.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(c.where.DeadLetterQueues["notifications"]), MessageBody: aws.String("lost")})
			require.NoError(t, err)
		}, func(ctx context.Context) {
			_, err := c.cloud.sqs.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: aws.String(c.where.DeadLetterQueues["notifications"])})
			require.NoError(t, err)
		}, "dead letters", failure, "notifications holds 1 messages"},
		"an instance without an owner": {func(context.Context) {
			id := c.moto.RunInstance(t, map[string]string{"patch-policy": "patch-on-approval"})
			c.moto.SetNode(t, id, mototest.MissingPatches(id))
			c.instance = id
		}, c.terminate, "instances", warning, "has neither an owner nor a channel"},
		"an instance with an unknown owner": {func(context.Context) {
			id := c.moto.RunInstance(t, map[string]string{"patch-policy": "patch-on-approval", "owner": "nobody"})
			c.moto.SetNode(t, id, mototest.MissingPatches(id))
			c.instance = id
		}, c.terminate, "instances", warning, `has the owner "nobody"`},
		"an instance that is offline": {func(context.Context) {
			c.instance = c.moto.RunInstance(t, map[string]string{"patch-policy": "patch-on-approval", "owner": doctorOwner})
		}, c.terminate, "instances", warning, "is not online"},
	} {
		t.Run(name, func(t *testing.T) {
			sick.harm(t.Context())
			complaints := c.examine()
			sick.heal(t.Context())
			require.NotEmpty(t, complaints)
			require.Equal(t, sick.check, complaints[0].Check)
			require.Equal(t, sick.verdict, complaints[0].Verdict)
			require.Contains(t, complaints[0].Found, sick.found)
			require.Empty(t, c.examine(), "healed")
		})
	}
	t.Run("prints findings for people and for machines", c.commandLine)
	t.Run("setup stores what Slack accepts", c.setup)
}

func (c *clinic) edit(f func(*slacksim.Channel)) { c.slack.EditChannel(c.payments.ID, f) }

func (c *clinic) terminate(ctx context.Context) {
	_, err := c.cloud.ec2.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{c.instance}})
	require.NoError(c.t, err)
}

// environment points the program at moto and the local Slack.
func (c *clinic) environment(t *testing.T) {
	for _, variable := range c.moto.Env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	t.Setenv("SLACK_API_URL", c.slackURL)
}

func (c *clinic) commandLine(t *testing.T) {
	c.environment(t)
	status, out, errs := runCommand(t, nil, "doctor")
	require.Zero(t, status, "%s%s", out, errs)
	require.Contains(t, out, "✅ token")

	c.slack.Fail("auth.test", slacksim.Fault{Error: "invalid_auth"})
	defer c.slack.Heal("auth.test")
	status, out, errs = runCommand(t, nil, "doctor", "--json")
	require.Equal(t, 1, status)
	require.Contains(t, errs, "1 of 9 findings need you")
	var findings []finding
	require.NoError(t, json.Unmarshal([]byte(out), &findings))
	require.NotContains(t, out, goodToken)

	status, _, errs = runCommand(t, nil, "doctor", "--name", "other")
	require.Equal(t, 1, status)
	require.Contains(t, errs, "no SSM parameter /other/installation")
}

func (c *clinic) setup(t *testing.T) {
	c.environment(t)
	c.putSecret(`{}`)
	for name, refused := range map[string]struct {
		typed string
		want  string
	}{
		"one line":                {goodToken + "\n", "read the signing secret"},
		"a token of another kind": {"xoxp-user\n" + signing + "\n", "does not begin with xoxb-"},
		"a token Slack refuses":   {"xoxb-other\n" + signing + "\n", "slack does not accept the token"},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, errs := runCommand(t, strings.NewReader(refused.typed), "setup")
			require.NotZero(t, status)
			require.Contains(t, errs, refused.want)
			require.NotContains(t, out+errs, signing)
			require.Equal(t, "secret", c.examine()[0].Check, "nothing was stored")
		})
	}

	status, out, errs := runCommand(t, strings.NewReader(goodToken+"\n"+signing+"\n"), "setup")
	require.Zero(t, status, errs)
	require.Contains(t, out, "Posted a test message")
	require.NotContains(t, out+errs, signing)
	messages := c.slack.Messages(c.where.DefaultChannel)
	require.Contains(t, messages[len(messages)-1].Text, "patchbot is installed")
	require.Empty(t, c.examine())

	status, out, _ = runCommand(t, strings.NewReader(goodToken+"\nrotated\n"), "setup")
	require.Zero(t, status)
	require.Contains(t, out, "The previous signing secret is accepted, too")
	stored, err := c.cloud.secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &c.where.SecretARN})
	require.NoError(t, err)
	require.True(t, bytes.Contains([]byte(*stored.SecretString), []byte(`"previous_signing_secret":"`+signing+`"`)))
}

func TestSetupAndDoctorNeedARegion(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	for _, command := range []string{"setup", "doctor"} {
		status, _, errs := runCommand(t, nil, command)
		require.Equal(t, 2, status)
		require.Contains(t, errs, "expected AWS_REGION")
	}
}
