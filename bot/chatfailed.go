package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// chatPause is how long a request leaves the chat alone after an error that says nothing.
const chatPause = 30 * time.Second

// refusedBy is what a chat says of an error, or what holds where it says nothing.
func refusedBy(err error) *ChatError {
	refused := &ChatError{Remedy: RemedyLater, After: chatPause, Err: err}
	errors.As(err, &refused)
	return refused
}

// failed goes on after the chat did not take a message, an edit, or, where there are any, these
// lines.
func (w *writer) failed(ctx context.Context, m Message, told pendingLines, err error) error {
	if ctx.Err() != nil {
		return errLater // it says nothing of the chat
	}
	refused := refusedBy(err)
	remedy := w.remedy(refused.Remedy, told)
	w.report(countMetric(MetricChatErrors), countMetric(MetricEffectRetries))
	w.log(m.Requests[0]).Error("the chat did not take something", "channel", w.channel, "requests", len(m.Requests), "remedy", remedy, "error", err)
	until := w.Now().Add(refused.After)
	switch remedy {
	case RemedyHold:
		return w.hold(ctx, refused.After)
	case RemedyElsewhere:
		return w.move(ctx, m, told, w.DefaultChannel, &Moved{From: w.channel, Code: refused.Code})
	case RemedyAnew:
		return w.move(ctx, m, told, w.channel, nil)
	case RemedyDrop:
		return w.each(ctx, m.Requests, dropLines(told))
	case RemedyNever:
		return w.each(ctx, m.Requests, func(r Request) Change {
			if _, any := r.Unshown(); !any {
				return r.with()
			}
			r.pauseChat(until)
			return r.mailed(MailUnreached)
		})
	case RemedyLater:
	}
	return w.each(ctx, m.Requests, func(r Request) Change {
		u, any := r.Unshown()
		if !any {
			return r.with()
		}
		r.pauseChat(until)
		if !u.Posted && w.Now().Sub(u.Since) >= outOfReach {
			return r.mailed(MailUnreached)
		}
		return r.with()
	})
}

// outOfReach is how long a question waits for a chat whose fault would pass by itself, before its
// owner is asked by mail.
const outOfReach = time.Hour

// remedy is what is done: not every remedy helps everywhere.
func (w *writer) remedy(r Remedy, told pendingLines) Remedy {
	switch {
	case r == RemedyElsewhere && (w.DefaultChannel == "" || w.channel == w.DefaultChannel):
		return RemedyNever // there is no other place
	case r == RemedyAnew && told.tries() > 0:
		return RemedyDrop // not even the new message has a thread
	}
	return r
}

// tries is how often the lines have failed.
func (l pendingLines) tries() (n int) {
	for _, e := range l {
		n = max(n, e.Tries)
	}
	return n
}

// move has a message posted anew, before anything else of its requests is. Nobody joins the old
// one any more.
func (w *writer) move(ctx context.Context, m Message, told pendingLines, channel string, why *Moved) error {
	if err := w.abandon(ctx, m); err != nil {
		return err
	}
	shown := lastSeqs(m.Requests)
	return w.each(ctx, m.Requests, func(r Request) Change {
		r.shown(shown[r.ID])
		if e, ok := told[r.ID]; ok {
			r.tried(e)
		}
		r.Place, r.Digest = Place{Channel: channel}, ""
		if why != nil {
			r.Moved = why
		}
		r.putFirst(Effect{Kind: EffectRender, Since: w.Now()})
		if channel != w.channel {
			return r.mailed(MailMoved)
		}
		return r.with()
	})
}

// abandon notes that a message is gone.
func (w *writer) abandon(ctx context.Context, m Message) error {
	d, err := w.Store.NewestDigest(ctx, w.channel, m.Requests[0].Owner)
	if m.Digest != "" {
		d, err = w.Store.Digest(ctx, m.Digest)
	}
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !d.has(m.Requests[0].ID):
		return nil
	case err != nil:
		return fmt.Errorf("load a digest: %w", err)
	}
	d.Requests = nil
	if _, err := w.Store.SaveDigest(ctx, d); err != nil {
		return fmt.Errorf("save digest %s: %w", d.ID, err)
	}
	return nil
}
