package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

// slackPause is how long a request leaves Slack alone after an error that names no time,
// and operatorPause after one that only an operator can mend.
const (
	slackPause    = 30 * time.Second
	operatorPause = 5 * time.Minute
)

// Slack's error codes, by what can be done about them. Every other code is an operator's.
var (
	// The channel does not take messages: use another one.
	channelErrors = []string{"channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action"}
	// The message cannot be changed any more: post it anew.
	messageErrors = []string{"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
	// Slack will never take this content.
	contentErrors = []string{"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments"}
	// Trying again later may heal these.
	passingErrors = []string{"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)

func isSlackError(err error, codes []string) bool {
	var response slack.SlackErrorResponse
	return errors.As(err, &response) && slices.Contains(codes, response.Err)
}

// renderMessage posts the request's message, or updates it to what the saved request
// says.
func (b *Bot) renderMessage(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if r.Message.TS != "" && slices.ContainsFunc(r.Outbox, func(o Effect) bool { return o.Kind == EffectRender && o.Seq > e.Seq }) {
		return b.done(e, nil) // a later one renders the same
	}
	options := []slack.MsgOption{slack.MsgOptionText(RequestText(r), false), slack.MsgOptionBlocks(RequestBlocks(r)...)}
	if r.Message.TS != "" {
		_, _, _, err := b.Slack.UpdateMessageContext(ctx, r.Message.Channel, r.Message.TS, options...)
		if err != nil {
			return b.slackFailed(r, e, err)
		}
		return b.done(e, nil)
	}
	channel, ts, err := b.Slack.PostMessageContext(ctx, r.Message.Channel, options...)
	if err != nil {
		return b.slackFailed(r, e, err)
	}
	return func(r Request) (Request, []Effect) {
		r.Message = Message{Channel: channel, TS: ts}
		return r.without(e), nil
	}, nil
}

// postTime is how much time must be left to start a post: one that is cut off when Slack
// has taken it already would be posted twice.
const postTime = 1200 * time.Millisecond

var errNoTime = errors.New("no time left to post")

// postReply adds one line to the thread.
func (b *Bot) postReply(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < postTime {
		return b.done(e, errNoTime)
	}
	_, _, err := b.Slack.PostMessageContext(ctx, r.Message.Channel,
		slack.MsgOptionText(e.Text, false), slack.MsgOptionTS(r.Message.TS))
	if err != nil {
		return b.slackFailed(r, e, err)
	}
	return b.done(e, nil)
}

// slackFailed says how to go on after Slack refused a message: elsewhere, anew, or later.
func (b *Bot) slackFailed(r Request, e Effect, err error) (changeRequest, error) {
	b.measure(countMetric(MetricSlackErrors))
	var limited *slack.RateLimitedError
	pause, hopeless := slackPause, false
	switch {
	case isSlackError(err, contentErrors) && e.Kind == EffectReply:
		b.log(r).Error("Slack refuses a line of the thread, it is left out", "error", err)
		return b.done(e, nil)
	case isSlackError(err, channelErrors) && r.Message.Channel != b.DefaultChannel && b.DefaultChannel != "":
		return moveTo(b.DefaultChannel, e), err
	case isSlackError(err, messageErrors):
		return moveTo(r.Message.Channel, e), err
	case errors.As(err, &limited):
		pause = limited.RetryAfter
	case errors.As(err, new(slack.SlackErrorResponse)) && !isSlackError(err, passingErrors):
		pause, hopeless = operatorPause, true
	}
	until := b.Now().Add(pause)
	return func(r Request) (Request, []Effect) {
		r.SlackAfter = until
		if !hopeless || r.Emailed {
			return r, nil
		}
		r.Emailed = true
		return r, []Effect{{Kind: EffectEmail}}
	}, err
}

// moveTo has the message posted anew, before anything else of the request is.
func moveTo(channel string, failed Effect) changeRequest {
	return func(r Request) (Request, []Effect) {
		if failed.Kind == EffectRender {
			r = r.without(failed)
		}
		r.Message = Message{Channel: channel}
		r.NextSeq++
		first := render()
		first.Seq = r.NextSeq
		r.Outbox = append([]Effect{first}, r.Outbox...)
		return r, nil
	}
}

// tell answers one person, visible only to them, through the response URL of what they
// did.
func (b *Bot) tell(ctx context.Context, responseURL, text string) error {
	_, _, err := b.Slack.PostMessageContext(ctx, "", slack.MsgOptionText(text, false),
		slack.MsgOptionResponseURL(responseURL, slack.ResponseTypeEphemeral))
	return err
}

// replaceCopy puts the true state, and a link, in the place of a message that shows the
// request a second time.
func (b *Bot) replaceCopy(ctx context.Context, responseURL string, r Request) error {
	text := fmt.Sprintf("*%s*\nThis was a copy of the question, so its buttons decided nothing.", slackEscapes.Replace(headline(r)))
	if link := b.messageLink(ctx, r); link != "" {
		text += fmt.Sprintf(" <%s|Open the one that counts>", link)
	}
	_, _, err := b.Slack.PostMessageContext(ctx, "", slack.MsgOptionText(text, false),
		slack.MsgOptionBlocks(section(text)), slack.MsgOptionReplaceOriginal(responseURL))
	return err
}
