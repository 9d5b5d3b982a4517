package bot

import (
	"context"
	"errors"
	"time"
)

// show posts the request's message, or updates it to what the saved request says.
func (b *Bot) show(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if !r.Place.Shown() {
		place, err := b.Chat.Show(ctx, r)
		if err != nil {
			return b.chatFailed(r, e, err)
		}
		return func(r Request) Change {
			r.Place = place
			r.without(e)
			return r.with()
		}, nil
	}
	if r.shownLater(e) {
		return b.done(e, nil) // it will say the same
	}
	if err := b.Chat.Update(ctx, r); err != nil {
		return b.chatFailed(r, e, err)
	}
	return b.done(e, nil)
}

// lineTime is how much time must be left to start a line: one that is cut off when the chat
// has taken it already would be posted twice.
const lineTime = 1200 * time.Millisecond

var errNoTime = errors.New("no time left to post")

// addLine adds one line to the thread.
func (b *Bot) addLine(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < lineTime {
		return b.done(e, errNoTime)
	}
	if err := b.Chat.AddLine(ctx, r, e.line()); err != nil {
		return b.chatFailed(r, e, err)
	}
	return b.done(e, nil)
}

// chatPause is how long a request leaves the chat alone after an error that says nothing.
const chatPause = 30 * time.Second

// chatFailed says how to go on after the chat did not take something.
func (b *Bot) chatFailed(r Request, e Effect, err error) (changeRequest, error) {
	b.report(countMetric(MetricChatErrors))
	refused := &ChatError{Remedy: RemedyLater, After: chatPause, Err: err}
	errors.As(err, &refused)
	remedy := refused.Remedy
	if remedy == RemedyElsewhere && (b.DefaultChannel == "" || r.Place.Channel == b.DefaultChannel) {
		remedy = RemedyNever // there is no other place
	}
	until := b.Now().Add(refused.After)
	switch remedy {
	case RemedyElsewhere:
		return showAnew(b.DefaultChannel, e), err
	case RemedyAnew:
		if e.Kind == EffectReply && e.Tries > 0 {
			return b.dropLine(r, e, err) // not even the new message has a thread
		}
		return showAnew(r.Place.Channel, e), err
	case RemedyDrop:
		return b.dropLine(r, e, err)
	case RemedyNever:
		return func(r Request) Change {
			r.pauseChat(until)
			if r.Emailed {
				return r.with()
			}
			r.Emailed = true
			return r.with(email)
		}, err
	case RemedyLater:
	}
	return func(r Request) Change {
		r.pauseChat(until)
		return r.with()
	}, err
}

func (b *Bot) dropLine(r Request, e Effect, err error) (changeRequest, error) {
	b.log(r).Error("the chat refuses a line of the thread, it is left out", "error", err)
	return b.done(e, nil)
}

// showAnew has the message posted anew, before anything else of the request is.
func showAnew(channel string, failed Effect) changeRequest {
	return func(r Request) Change {
		if failed.Kind == EffectRender {
			r.without(failed)
		}
		r.tried(failed)
		r.Place = Place{Channel: channel}
		r.putFirst(render)
		return r.with()
	}
}
