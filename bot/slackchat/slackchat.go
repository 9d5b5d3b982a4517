// Package slackchat is patchbot's conversation in Slack: it shows requests as messages and
// threads, takes clicks and commands, and knows Slack's signatures, error codes, scopes and
// limits, so that package bot need not.
package slackchat

import (
	"context"
	"log/slog"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// API calls Slack's Web API: it hands f a client whose token Slack accepts, as far as is
// known, and returns f's error.
type API func(ctx context.Context, f func(*slack.Client) error) error

// With returns an API that always uses one client.
func With(client *slack.Client) API {
	return func(_ context.Context, f func(*slack.Client) error) error { return f(client) }
}

// Chat is a bot.Chat in Slack.
type Chat struct {
	api API
	now func() time.Time

	installed knownInstallation
	groups    cache[[]string] // members of user groups
	channels  cache[[]string] // members of channels
	outsiders cache[bool]     // whether a user is one
}

var _ bot.Chat = (*Chat)(nil)

// NewChat returns a chat; it takes the time from now.
func NewChat(api API, now func() time.Time) *Chat { return &Chat{api: api, now: now} }

// App answers what Slack sends; see Handler.
type App struct {
	Bot  *bot.Bot
	Chat *Chat // the Bot's
	Log  *slog.Logger
	// APIURL is the address of the Web API, where it is not Slack's own; response URLs may
	// have its host, too.
	APIURL string

	public cache[bool] // whether a channel is
}

// Show posts a request's message.
func (c *Chat) Show(ctx context.Context, r bot.Request) (bot.Place, error) {
	place, err := c.post(ctx, r.Place.Channel, shownRequest(r)...)
	return place, refusedPost(err)
}

// Update makes a request's message say what the request says now.
func (c *Chat) Update(ctx context.Context, r bot.Request) error {
	return refusedUpdate(c.api(ctx, func(s *slack.Client) error {
		_, _, _, err := s.UpdateMessageContext(ctx, r.Place.Channel, r.Place.Message, shownRequest(r)...)
		return err
	}))
}

// AddLine adds one line to the thread of a request's message.
func (c *Chat) AddLine(ctx context.Context, r bot.Request, line bot.Line) error {
	_, err := c.post(ctx, r.Place.Channel, slack.MsgOptionText(threadLine(r, line), false), slack.MsgOptionTS(r.Place.Message))
	return refusedLine(err)
}

func shownRequest(r bot.Request) []slack.MsgOption {
	return []slack.MsgOption{slack.MsgOptionText(RequestText(r), false), slack.MsgOptionBlocks(RequestBlocks(r)...)}
}

func (c *Chat) post(ctx context.Context, channel string, options ...slack.MsgOption) (bot.Place, error) {
	var place bot.Place
	err := c.api(ctx, func(s *slack.Client) (err error) {
		place.Channel, place.Message, err = s.PostMessageContext(ctx, channel, options...)
		return err
	})
	return place, err
}
