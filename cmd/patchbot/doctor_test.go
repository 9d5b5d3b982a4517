package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// sickness is something that is wrong with an installation.
type sickness struct {
	harm, heal func(t *testing.T)
	checks     string // those that complain, once for each complaint
	verdict    verdict
	found      string // the first complaint
}

func TestDoctor(t *testing.T) {
	c := openClinic(t)
	require.Empty(t, c.examine(), "a good installation")

	for _, sicknesses := range []map[string]sickness{c.inSlack(), c.inAWS(), c.inQueues(), c.inTheFleet(), c.inBaselines(), c.besides(), c.outOfSight()} {
		for _, name := range slices.Sorted(maps.Keys(sicknesses)) {
			t.Run(name, func(t *testing.T) {
				sick := sicknesses[name]
				sick.harm(t)
				complaints := c.examine()
				sick.heal(t)
				var checks []string
				for _, f := range complaints {
					checks = append(checks, f.Check)
				}
				require.Equal(t, sick.checks, strings.Join(checks, ", "), "%+v", complaints)
				require.Equal(t, sick.verdict, complaints[0].Verdict)
				require.Contains(t, complaints[0].Found, sick.found)
				require.Empty(t, c.examine(), "healed")
			})
		}
	}
	t.Run("reads the patch states of a large fleet", c.largeFleet)
	t.Run("says nothing about owners that it cannot read", c.ownersOutOfSight)
	t.Run("says what AWS takes for each queue of dead letters", c.whatToDo)
	t.Run("prints findings for people and for machines", c.commandLine)
	t.Run("setup stores what Slack accepts", c.setup)
	t.Run("rehearse asks without anything being installed", c.rehearse)
}

func (c *clinic) inSlack() map[string]sickness {
	edit := func(f func(*slacksim.Channel)) func(*testing.T) {
		return func(*testing.T) { c.slack.EditChannel(c.payments.ID, f) }
	}
	owner := func(channel, email string) func(*testing.T) {
		return func(*testing.T) { c.putOwner(channel, email) }
	}
	healOwner := owner(c.payments.ID, "payments@example.com")
	lonely := c.slack.AddChannel(slacksim.Channel{Name: "lonely"})
	tagged := func(channel string) func(*testing.T) {
		return func(*testing.T) { c.run(inCare(bot.TagOwner, doctorOwner, bot.TagChannel, channel)) }
	}
	return map[string]sickness{
		"a secret without a value": {func(*testing.T) { c.putSecret(`{}`) }, func(*testing.T) { c.putSecret(goodSecret) },
			"secret, token, channels", failure, "bot_token is missing"},
		"a token that was revoked": {func(*testing.T) { c.slack.Fail("auth.test", slacksim.Fault{Error: "token_revoked"}) },
			func(*testing.T) { c.slack.Heal("auth.test") }, "token, channels", failure, "token_revoked"},
		"the bot outside a channel": {edit(func(ch *slacksim.Channel) { ch.BotIsMember = false }), edit(func(ch *slacksim.Channel) { ch.BotIsMember = true }),
			"channels", failure, "The bot is not in #payments, the channel of the owner payments."},
		"an archived channel": {edit(func(ch *slacksim.Channel) { ch.Archived = true }), edit(func(ch *slacksim.Channel) { ch.Archived = false }),
			"channels", failure, "is archived"},
		"an unknown channel":                 {owner("C0NOWHERE", "payments@example.com"), healOwner, "channels", failure, "channel_not_found"},
		"an address without subscription":    {owner(c.payments.ID, "new@example.com"), healOwner, "emails", failure, "new@example.com of payments is not subscribed"},
		"the bot outside a tag's channel":    {tagged(lonely.ID), c.remove, "channels", failure, "The bot is not in #lonely, the tag patch-channel of i-"},
		"an unknown channel of a tag":        {tagged("C0ELSEWHERE"), c.remove, "channels", failure, "C0ELSEWHERE, the tag patch-channel of i-"},
		"the bot outside a hybrid's channel": {func(*testing.T) { c.enrol("mi-0000000000000000a", inCare(bot.TagChannel, lonely.ID)) }, c.remove, "channels", failure, "The bot is not in #lonely, the tag patch-channel of mi-"},
		"a channel is asked about only once": {func(t *testing.T) { tagged(lonely.ID)(t); tagged(lonely.ID)(t) }, c.remove, "channels", failure, "#lonely"},
		"an untagged hybrid node's channel is nobody's": {func(*testing.T) {
			c.enrol("mi-0000000000000000b", map[string]string{bot.TagChannel: lonely.ID})
			tagged("C0ELSEWHERE")(c.t)
		}, c.remove, "channels", failure, "C0ELSEWHERE"},
	}
}

func (c *clinic) inAWS() map[string]sickness {
	topic := &c.where.NotificationsTopicARN
	inbox := func(t *testing.T) { c.moto.CreateInbox(t, "notifications") }
	update := func(t *testing.T, definition string) {
		_, err := c.cloud.SFN.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &c.where.StateMachineARN, Definition: &definition})
		require.NoError(t, err)
	}
	return map[string]sickness{
		"nobody hears of notifications but a mailbox": {func(t *testing.T) {
			subscriptions, err := listSubscriptions(t.Context(), c.cloud.SNS, *topic)
			require.NoError(t, err)
			for _, s := range subscriptions {
				_, err := c.cloud.SNS.Unsubscribe(t.Context(), &sns.UnsubscribeInput{SubscriptionArn: s.SubscriptionArn})
				require.NoError(t, err)
			}
			_, err = c.cloud.SNS.Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("email"), Endpoint: aws.String("curious@example.com")})
			require.NoError(t, err)
		}, inbox, "notifications", failure, "No queue is subscribed"},
		"no notifications topic": {func(t *testing.T) {
			_, err := c.cloud.SNS.DeleteTopic(t.Context(), &sns.DeleteTopicInput{TopicArn: topic})
			require.NoError(t, err)
		}, inbox, "notifications", failure, "The notifications topic cannot be read"},
		"a disabled rule": {func(t *testing.T) {
			_, err := c.cloud.Events.DisableRule(t.Context(), &eventbridge.DisableRuleInput{Name: &c.where.Rules[0]})
			require.NoError(t, err)
		}, func(t *testing.T) {
			_, err := c.cloud.Events.EnableRule(t.Context(), &eventbridge.EnableRuleInput{Name: &c.where.Rules[0]})
			require.NoError(t, err)
		}, "rules", failure, "is disabled"},
		"another version's state machine": {func(t *testing.T) {
			update(t, `{"StartAt": "Old", "States": {"Old": {"Type": "Succeed"}}}`)
		}, func(t *testing.T) {
			definition, err := workflow.PatchApproval.Render(c.where.Settings())
			require.NoError(t, err)
			update(t, string(definition))
		}, "state machines", failure, "not the one of this patchbot"},
	}
}

func (c *clinic) inTheFleet() map[string]sickness {
	run := func(tags map[string]string, changes ...func(*mototest.Node)) func(*testing.T) {
		return func(*testing.T) { c.run(tags, changes...) }
	}
	hybrids := 0
	enrol := func(tags map[string]string, changes ...func(*mototest.Node)) func(*testing.T) {
		hybrids++
		id := fmt.Sprintf("mi-%017d", hybrids)
		return func(*testing.T) { c.enrol(id, tags, changes...) }
	}
	owned := inCare(bot.TagOwner, doctorOwner)
	return map[string]sickness{
		"an instance without an owner":         {run(inCare()), c.remove, "instances", warning, "has neither an owner nor a channel"},
		"an instance with an unknown owner":    {run(inCare(bot.TagOwner, "nobody")), c.remove, "instances", warning, `has the owner "nobody"`},
		"an instance that is offline":          {run(owned, offline), c.remove, "instances", warning, "is not online"},
		"an instance that was never scanned":   {run(owned, neverScanned), c.remove, "instances", warning, "has never been scanned with AWS-RunPatchBaseline, so nothing is ever asked"},
		"an instance without an SSM Agent":     {run(owned, neverScanned, unmanaged), c.remove, "instances, instances", warning, "is not online"},
		"a hybrid node without an owner":       {enrol(inCare()), c.remove, "instances", warning, "has neither an owner nor a channel"},
		"a hybrid node with an unknown owner":  {enrol(inCare(bot.TagOwner, "nobody")), c.remove, "instances", warning, `has the owner "nobody"`},
		"a hybrid node that is offline":        {enrol(owned, offline), c.remove, "instances", warning, "mi-"},
		"a hybrid node that was never scanned": {enrol(owned, neverScanned), c.remove, "instances", warning, "has never been scanned"},
	}
}

// outOfSight is what the credentials do not allow to see.
func (c *clinic) outOfSight() map[string]sickness {
	deny := func(call string) (harm, heal func(*testing.T)) {
		return func(t *testing.T) {
				c.moto.SetFault(t, call, mototest.Fault{Code: "AccessDeniedException", Message: "no"})
			}, func(t *testing.T) {
				c.moto.SetFault(t, call, mototest.Fault{})
			}
	}
	hideSecret, showSecret := deny("secretsmanager.GetSecretValue")
	hideNodes, showNodes := deny("AmazonSSM.DescribeInstanceInformation")
	hideScans, showScans := deny("AmazonSSM.DescribeInstancePatchStates")
	hideParameters, showParameters := deny("AmazonSSM.DescribeParameters")
	hideBaselines, showBaselines := deny("AmazonSSM.DescribePatchBaselines")
	return map[string]sickness{
		"a secret that one may not read":           {hideSecret, showSecret, "secret, token, channels", failure, "You cannot read the secret"},
		"nodes that one may not list":              {hideNodes, showNodes, "instances, baselines, channels", failure, "The instances cannot be listed: list managed nodes"},
		"other installations that one may not see": {hideParameters, showParameters, "installations", warning, "Other installations cannot be looked for"},
		"baselines that one may not see":           {hideBaselines, showBaselines, "baselines", warning, "cannot be checked"},
		"scans that one may not see":               {hideScans, showScans, "instances, baselines, channels", failure, "The instances cannot be listed: read patch states"},
	}
}

// largeFleet has more instances than DescribeInstancePatchStates takes at once; only the
// last one was never scanned.
func (c *clinic) largeFleet(t *testing.T) {
	defer c.remove(t)
	for range maxPatchStates + 1 {
		c.run(inCare(bot.TagOwner, doctorOwner))
	}
	last := slices.Max(c.extra)
	n := mototest.MissingPatches(last)
	neverScanned(&n)
	c.moto.SetNode(t, last, n)
	complaints := c.examine()
	require.Len(t, complaints, 1)
	require.Contains(t, complaints[0].Found, last+" has never been scanned")
}

func (c *clinic) ownersOutOfSight(t *testing.T) {
	c.run(inCare(bot.TagOwner, "nobody"), offline)
	lost := *c
	lost.where.Table = "nowhere"
	lost.putParameter()
	defer c.putParameter()
	defer c.remove(t)

	found := map[string]verdict{}
	for _, f := range c.examine() {
		found[f.Check+": "+f.Found] = f.Verdict
		require.NotContains(t, f.Found, "nobody")
		require.NotContains(t, f.Found, "not subscribed")
	}
	require.Len(t, found, 5)
	require.Equal(t, skipped, found["emails: not checked: the owners cannot be read"])
	require.Equal(t, skipped, found["channels: not checked: the owners' channels (the owners cannot be read)"])
	require.Equal(t, skipped, found["instances: not checked: the owners of the instances (the directory cannot be read)"])
	require.Contains(t, slices.Collect(maps.Values(found)), failure)
	require.Equal(t, warning, found["instances: "+c.extra[0]+" is not online in Systems Manager."])
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
	require.Contains(t, errs, "1 of 14 findings need you")
	var findings []finding
	require.NoError(t, json.Unmarshal([]byte(out), &findings))
	require.NotContains(t, out, goodToken)

	status, _, errs = runCommand(t, nil, "doctor", "--name", "other")
	require.Equal(t, 1, status)
	require.Contains(t, errs, "no SSM parameter /other/installation")
}

// moto confirms every subscription at once.
func TestAPendingSubscriptionIsNotConfirmed(t *testing.T) {
	require.False(t, confirmed(types.Subscription{SubscriptionArn: aws.String("PendingConfirmation")}))
	require.True(t, confirmed(types.Subscription{SubscriptionArn: aws.String("arn:aws:sns:us-east-1:111122223333:emails:8a21d249")}))
}
