package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/wiring"
)

const runSetup = "Run patchbot setup."

// checkSecret asks whether the functions can read Slack's token and signing secret.
func checkSecret(ctx context.Context, x *examination) []finding {
	out, err := x.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &x.SecretARN})
	if err != nil {
		return failed(runSetup, "The secret cannot be read: %v", err)
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
	client := newSlack(x.secret.BotToken, x.apiURL)
	identity, missing, err := identify(ctx, client)
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

// identify asks who the token is, and which scopes it lacks.
func identify(ctx context.Context, client slackAPI) (identity *slack.AuthTestResponse, missing []string, err error) {
	if identity, err = client.AuthTestContext(ctx); err != nil {
		return nil, nil, err
	}
	granted := strings.Split(identity.Header.Get("X-OAuth-Scopes"), ",")
	for i := range granted {
		granted[i] = strings.TrimSpace(granted[i])
	}
	for _, scope := range bot.Scopes() {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	return identity, missing, nil
}

// checkChannels asks whether the bot is in every channel that it is to ask in.
func checkChannels(ctx context.Context, x *examination) []finding {
	if x.slack == nil {
		return skip("the token is not valid")
	}
	channels := map[string]string{x.DefaultChannel: "the default channel"}
	for _, o := range x.owners {
		if o.Channel != "" {
			channels[o.Channel] = "the channel of " + o.Name
		}
	}
	var findings []finding
	for id, of := range channels {
		info, err := x.slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		switch {
		case err != nil:
			findings = append(findings, failed("Correct the channel's id, or invite the bot there: /invite @patchbot.", "%s, %s: %v", id, of, err)...)
		case info.IsArchived:
			findings = append(findings, failed("Name another channel in Terraform.", "#%s, %s, is archived.", info.Name, of)...)
		case !info.IsMember:
			findings = append(findings, failed(fmt.Sprintf("Type /invite @patchbot in #%s.", info.Name), "The bot is not in #%s, %s.", info.Name, of)...)
		}
	}
	if len(findings) == 0 {
		return ok("The bot is in all %d channels.", len(channels))
	}
	slices.SortFunc(findings, func(a, b finding) int { return strings.Compare(a.Found, b.Found) })
	return findings
}

func newSlack(token, apiURL string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(strings.TrimSuffix(apiURL, "/")+"/"), slack.OptionHTTPClient(&http.Client{Timeout: 15 * time.Second}))
}
