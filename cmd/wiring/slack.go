package wiring

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

// slackTimeout bounds one call of Slack. A person's click has less time anyway.
const slackTimeout = 10 * time.Second

// slackClient calls Slack with the current bot token. When Slack does not accept the token
// and there is a newer one, the call is made once more with that.
type slackClient struct {
	secrets *Secrets
	options []slack.Option
}

func newSlackClient(secrets *Secrets, apiURL string) slackClient {
	return slackClient{secrets, []slack.Option{
		slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(&http.Client{Timeout: slackTimeout}),
	}}
}

// isTokenError reports whether Slack says that the token is not right.
func isTokenError(err error) bool {
	var response slack.SlackErrorResponse
	return errors.As(err, &response) && slices.Contains(
		[]string{"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"}, response.Err)
}

// call makes one call, and another when the token was replaced.
func (c slackClient) call(ctx context.Context, f func(*slack.Client) error) error {
	secret := c.secrets.Current()
	err := f(slack.New(secret.BotToken, c.options...))
	if !isTokenError(err) {
		return err
	}
	newer, ok := c.secrets.Renew(ctx, secret)
	if !ok || newer.BotToken == secret.BotToken {
		return err
	}
	return f(slack.New(newer.BotToken, c.options...))
}

func (c slackClient) PostMessageContext(ctx context.Context, channel string, options ...slack.MsgOption) (channelID, ts string, err error) {
	err = c.call(ctx, func(s *slack.Client) (err error) {
		channelID, ts, err = s.PostMessageContext(ctx, channel, options...)
		return err
	})
	return channelID, ts, err
}

func (c slackClient) UpdateMessageContext(ctx context.Context, channel, ts string, options ...slack.MsgOption) (channelID, newTS, text string, err error) {
	err = c.call(ctx, func(s *slack.Client) (err error) {
		channelID, newTS, text, err = s.UpdateMessageContext(ctx, channel, ts, options...)
		return err
	})
	return channelID, newTS, text, err
}

func (c slackClient) GetPermalinkContext(ctx context.Context, params *slack.PermalinkParameters) (link string, err error) {
	err = c.call(ctx, func(s *slack.Client) (err error) {
		link, err = s.GetPermalinkContext(ctx, params)
		return err
	})
	return link, err
}

func (c slackClient) GetUserGroupMembersContext(ctx context.Context, group string, options ...slack.GetUserGroupMembersOption) (members []string, err error) {
	err = c.call(ctx, func(s *slack.Client) (err error) {
		members, err = s.GetUserGroupMembersContext(ctx, group, options...)
		return err
	})
	return members, err
}
