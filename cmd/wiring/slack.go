package wiring

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot/slackchat"
)

// slackTimeout bounds one call of Slack. A person's click has less time anyway.
const slackTimeout = 10 * time.Second

// slackAPI returns a slackchat.API that calls Slack with the current bot token. When Slack
// does not accept the token and there is a newer one, the call is made once more with that.
func slackAPI(secrets *Secrets, apiURL string) slackchat.API {
	options := []slack.Option{slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(&http.Client{Timeout: slackTimeout})}
	return func(ctx context.Context, f func(*slack.Client) error) error {
		secret := secrets.Current()
		err := f(slack.New(secret.BotToken, options...))
		if !isTokenError(err) {
			return err
		}
		newer, ok := secrets.Renew(ctx, secret)
		if !ok || newer.BotToken == secret.BotToken {
			return err
		}
		return f(slack.New(newer.BotToken, options...))
	}
}

// isTokenError reports whether Slack says that the token is not right.
func isTokenError(err error) bool {
	var response slack.SlackErrorResponse
	return errors.As(err, &response) && slices.Contains(
		[]string{"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"}, response.Err)
}
