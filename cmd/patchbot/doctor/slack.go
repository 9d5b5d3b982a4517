package doctor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/cmd/wiring"
)

const runSetup = "Run patchbot setup."

// checkSecret reads Slack's token and signing secret with the credentials of whoever runs
// the doctor, for the checks that need them. It does not show that the functions may.
func checkSecret(ctx context.Context, x *examination) []finding {
	out, err := x.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &x.SecretARN})
	if err != nil {
		return failed(runSetup+" If you are denied access, let your credentials allow secretsmanager:GetSecretValue.", "You cannot read the secret: %v", err)
	}
	secret, err := wiring.ParseSecret(aws.ToString(out.SecretString))
	if err != nil {
		return failed(runSetup, "%v", err)
	}
	x.secret = &secret
	return ok("The secret holds a bot token and a signing secret.")
}

// checkToken asks Slack whether the token is valid and may do all that patchbot does.
func checkToken(ctx context.Context, x *examination) []finding {
	if x.secret == nil {
		return skip("the secret is not readable")
	}
	client := installation.NewSlack(x.secret.BotToken, x.apiURL)
	identity, missing, err := installation.Identify(ctx, client)
	if err != nil {
		return failed("Copy the bot token from the Slack app's page “Install App”, then run patchbot setup.", "Slack does not accept the token: %v", err)
	}
	x.slack = client
	if len(missing) > 0 {
		return failed("Add the scopes on the Slack app's page “OAuth & Permissions”, install the app again, then run patchbot setup.",
			"The token lacks the scopes %s.", strings.Join(missing, ", "))
	}
	return ok("The token is valid for @%s in %s and has every scope.", identity.User, identity.Team)
}

// checkChannels asks whether the bot is in every channel that it is to ask in.
func checkChannels(ctx context.Context, x *examination) []finding {
	if x.slack == nil {
		return skip("the token is not valid")
	}
	channels := x.channels()
	var findings []finding
	for _, id := range slices.Sorted(maps.Keys(channels)) {
		of := channels[id]
		info, err := x.slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		switch {
		case err != nil:
			findings = append(findings, failed("Correct the channel's id, or invite the bot there: `/invite @patchbot`.", "%s, %s: %v", id, of, err)...)
		case info.IsArchived:
			findings = append(findings, failed("Name another channel there.", "#%s, %s, is archived.", info.Name, of)...)
		case !info.IsMember:
			findings = append(findings, failed(fmt.Sprintf("Type `/invite @patchbot` in #%s.", info.Name), "The bot is not in #%s, %s.", info.Name, of)...)
		}
	}
	if len(findings) == 0 {
		findings = ok("The bot is in all %d channels.", len(channels))
	}
	if x.owners == nil {
		findings = append(findings, skip("the owners' channels (the owners cannot be read)")...)
	}
	if x.nodes == nil {
		findings = append(findings, skip("the instances' channels (the instances cannot be listed)")...)
	}
	return findings
}

// channels says, for each channel that requests are asked in, or that hears of what nobody answers, who or what names it.
func (x *examination) channels() map[string]string {
	channels := map[string]string{x.DefaultChannel: "the Terraform variable default_channel"}
	add := func(id, of string) {
		if _, known := channels[id]; id != "" && !known {
			channels[id] = of
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.owners)) {
		add(x.owners[name].Channel, "the channel of the owner "+name)
		add(x.owners[name].Escalation.Channel, "the escalation channel of the owner "+name)
	}
	for _, id := range slices.Sorted(maps.Keys(x.nodes)) {
		add(x.nodes[id].channel, "the tag "+bot.TagChannel+" of "+id)
	}
	return channels
}

// movedWithin is how far back the doctor looks for questions that had to move.
const movedWithin = 7 * 24 * time.Hour

// checkMoved tells which channels did not take questions, which then were asked in the default
// channel: Slack does not say beforehand who may post where.
func checkMoved(ctx context.Context, x *examination) []finding {
	now := time.Now()
	requests, err := dynamostore.New(x.DynamoDB, x.Table).CreatedBetween(ctx, now.Add(-movedWithin), now)
	if err != nil {
		return failed(applyAgain+" If you are denied access, let your credentials allow dynamodb:Query on the table's indexes.", "The requests cannot be read: %v", err)
	}
	moved := map[string]int{} // by channel and why
	for _, r := range requests {
		if r.MovedFrom != "" {
			moved[r.MovedFrom+": "+cmp.Or(r.MovedCode, "no reason")]++
		}
	}
	var findings []finding
	for _, why := range slices.Sorted(maps.Keys(moved)) {
		findings = append(findings, warn("Invite the bot there and let it post: `/invite @patchbot`. Or name another channel in the Terraform variable owners, or in the tag "+bot.TagChannel+".",
			"Slack did not take %s of the last 7 days in %s; asked in the default channel instead.", wording.Count(moved[why], "question", "questions"), why))
	}
	if len(findings) == 0 {
		return ok("No question of the last 7 days had to move to the default channel.")
	}
	return findings
}
