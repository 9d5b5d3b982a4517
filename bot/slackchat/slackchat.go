// Package slackchat is patchbot's conversation in Slack: it shows requests as messages and
// threads, takes clicks and commands, and knows Slack's signatures, error codes, scopes and
// limits, so that package bot need not.
package slackchat

import (
	"context"
	"fmt"
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
	users     cache[*slack.User]
	people    cache[addressee] // by address, in lower case
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

// Show posts a message.
func (c *Chat) Show(ctx context.Context, m bot.Message) (bot.Place, error) {
	place, err := c.post(ctx, m.Place.Channel, shownMessage(m)...)
	return place, refusedPost(err)
}

// Update makes a message say what its requests say now.
func (c *Chat) Update(ctx context.Context, m bot.Message) error {
	return refusedUpdate(c.api(ctx, func(s *slack.Client) error {
		_, _, _, err := s.UpdateMessageContext(ctx, m.Place.Channel, m.Place.Message, shownMessage(m)...)
		return err
	}))
}

// AddLine adds one line to a message's thread, and shows it in the channel, too, if it tells what
// the approvers should hear of. If the message is gone, Slack would have posted the line alone in
// the channel: it is taken back.
func (c *Chat) AddLine(ctx context.Context, m bot.Message, line bot.Line) error {
	options := append(says(messageLine(m, line)), slack.MsgOptionTS(m.Place.Message))
	if broadcasts(line) {
		options = append(options, slack.MsgOptionBroadcast())
	}
	return refusedLine(c.api(ctx, func(s *slack.Client) error {
		channel, ts, line, err := s.PostMessageWithResponseContext(ctx, m.Place.Channel, options...)
		if err != nil || line.ThreadTimestamp != "" {
			return err
		}
		if _, _, err := s.DeleteMessageContext(ctx, channel, ts); err != nil {
			return fmt.Errorf("take back a line that came without its thread: %w", err)
		}
		return slack.SlackErrorResponse{Err: codeMessageGone}
	}))
}

// says is a message of sections, in which mentions notify and nothing is taken for a link or a
// mention that only looks like one; text is what notifications and screen readers give.
func says(text string) []slack.MsgOption {
	return []slack.MsgOption{slack.MsgOptionText(text, false), slack.MsgOptionBlocks(sections(text)...)}
}

func shownMessage(m bot.Message) []slack.MsgOption {
	if r, alone := m.Alone(); alone {
		return []slack.MsgOption{slack.MsgOptionText(RequestText(r), false), slack.MsgOptionBlocks(RequestBlocks(r)...)}
	}
	return []slack.MsgOption{slack.MsgOptionText(DigestText(m), false), slack.MsgOptionBlocks(DigestBlocks(m)...)}
}

func messageLine(m bot.Message, line bot.Line) string {
	text := digestLine(line)
	if r, alone := m.Alone(); alone {
		text = threadLine(r, line)
	}
	if who := mentioning(m, line); who != "" {
		text += "\n" + who
	}
	return text
}

// Pace is how fast Slack lets an app write: it takes a post a second in a channel, some hundreds
// a minute in all, and some 50 edits a minute; of edits that only show progress fewer are made, so
// that there is room for those that people wait for. The windows are short, since nobody knows
// where Slack's minute begins.
func Pace() bot.Pace {
	return bot.Pace{Gather: 5 * time.Second, GatherAtMost: time.Minute, Posts: time.Second, Edits: 10 * time.Second, Lines: 10 * time.Second,
		Window: 10 * time.Second, PostsInWindow: 40, EditsInWindow: 7, ProgressIn: 5}
}

func (c *Chat) post(ctx context.Context, channel string, options ...slack.MsgOption) (bot.Place, error) {
	var place bot.Place
	err := c.api(ctx, func(s *slack.Client) (err error) {
		place.Channel, place.Message, err = s.PostMessageContext(ctx, channel, options...)
		return err
	})
	return place, err
}
