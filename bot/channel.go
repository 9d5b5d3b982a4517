package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// lingerTime is how long a channel's writer waits for what is to be shown next, rather than be
// woken for it by the sweep: longer than Pace's Gather, Edits and Lines.
const lingerTime = 15 * time.Second

// writer is the one who writes to a channel, while it does.
type writer struct {
	*Bot
	channel    string
	hints      []string             // requests that an index may not show yet
	escalating []string             // requests of other channels that nobody answers
	known      map[string]known     // requests as they were loaded or saved here
	later      map[string]time.Time // by topic: not before
	free       time.Time            // when the channel takes another post
	calls      atomic.Int64         // of the chat, or that saved what was shown
}

// known is what is certain of a request: what an index says may be older.
type known struct {
	version int64
	unshown Unshown
	any     bool // whether there is something to show
}

// errLater says that there is more to show, but no time for it.
var errLater = errors.New("the rest is shown later")

// ServeChannel shows what a channel must still see, at the pace of the chat, until there is
// nothing left, or the time of ctx is over: then it signals itself. It is to be called by
// nobody else for the same channel at the same time. A nil error means that the signals need no
// second delivery, an *UntoldError that those from some place on do.
func (b *Bot) ServeChannel(ctx context.Context, channel string, signals ...Signal) error {
	w := &writer{Bot: b, channel: channel, known: map[string]known{}, later: map[string]time.Time{}}
	err := w.waitWhileHeld(ctx)
	untold := w.hear(ctx, signals, err)
	if err == nil {
		err = w.tellEscalations(ctx)
	}
	for err == nil {
		var more bool
		if more, err = w.showNext(ctx); !more {
			break
		}
	}
	w.sleep(context.WithoutCancel(ctx), w.free.Sub(w.Now())) // whoever comes next cannot know
	switch over := ctx.Err() != nil || errors.Is(err, errLater); {
	case untold != nil:
		return untold
	case errors.Is(err, errHeld):
		return nil // the sweep signals when that is over
	case over:
		b.signal(ctx, Signal{Channel: channel, Version: b.Now().UnixNano()})
		return nil
	case err != nil:
		return fmt.Errorf("show channel %s: %w", channel, err)
	}
	return nil
}

// showNext shows what is due first. It reports whether to go on.
func (w *writer) showNext(ctx context.Context) (more bool, err error) {
	entries, err := w.look(ctx)
	if err != nil || len(entries) == 0 {
		return false, err
	}
	next := topics(entries, w.Pace, w.Now())[0]
	if wait := next.due(w.Pace).Sub(w.Now()); wait > 0 {
		if wait > lingerTime {
			return false, nil
		}
		if !w.sleep(ctx, wait) {
			return false, errLater
		}
		return true, nil // more may have come
	}
	before := w.calls.Load()
	err = w.show(ctx, next)
	if key := next.entries[0].key(); err == nil && w.calls.Load() == before && !w.later[key].After(w.Now()) {
		w.Log.Error("a channel has something to see that cannot be shown", "channel", w.channel, "request", next.entries[0].ID)
		w.later[key] = w.Now().Add(faultTime)
	}
	return true, err
}

// faultTime is how long what can neither be shown nor saved is left alone: longer than
// lingerTime, so that a fault of ours does not keep the writer from going home.
const faultTime = 30 * time.Second

// look lists what the channel must still see: what an index shows, put right by what is known.
func (w *writer) look(ctx context.Context) ([]Unshown, error) {
	found, err := w.Store.Unshown(ctx, w.channel)
	if err != nil {
		return nil, fmt.Errorf("list what is not shown: %w", err)
	}
	if _, err := w.load(ctx, w.hints); err != nil {
		return nil, err
	}
	w.hints = nil
	var entries []Unshown
	listed := map[string]bool{}
	for _, u := range found {
		if k, ok := w.known[u.ID]; ok && k.version >= u.Version {
			continue
		}
		listed[u.ID] = true
		entries = append(entries, u)
	}
	for id, k := range w.known {
		if !listed[id] && k.any && k.unshown.Channel == w.channel {
			entries = append(entries, k.unshown)
		}
	}
	slices.SortFunc(entries, Unshown.Compare)
	for i, u := range entries {
		if later := w.later[u.key()]; u.After.Before(later) {
			entries[i].After = later
		}
	}
	return entries, nil
}

// load loads requests as they are saved, those that are gone left out.
func (w *writer) load(ctx context.Context, ids []string) ([]Request, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	loaded, err := w.Store.GetAll(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	for _, id := range ids {
		w.known[id] = known{version: math.MaxInt64} // it is gone, unless it was loaded
	}
	for _, r := range loaded {
		w.note(r)
	}
	return loaded, nil
}

func (w *writer) note(r Request) {
	u, any := r.Unshown()
	w.known[r.ID] = known{version: r.Version, unshown: u, any: any}
}

// waitWhileHeld waits until the chat takes something in this channel again.
func (w *writer) waitWhileHeld(ctx context.Context) error {
	held, err := w.Store.HeldUntil(ctx, w.channel)
	if err != nil {
		return fmt.Errorf("look whether the channel is held: %w", err)
	}
	if !w.sleep(ctx, held.Sub(w.Now())) {
		return errHeld
	}
	return nil
}

// errHeld says that the chat takes nothing in the channel for longer than there is time. The
// sweep signals when that is over.
var errHeld = fmt.Errorf("the chat asked to wait: %w", errLater)

// hold leaves the channel alone for a while.
func (w *writer) hold(ctx context.Context, d time.Duration) error {
	until := w.Now().Add(d)
	if w.sleep(ctx, d) {
		return nil
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	if err := w.Store.Hold(saving, w.channel, until); err != nil {
		return fmt.Errorf("hold the channel: %w", err)
	}
	return errHeld
}

// postTime is how much time must be left to call the chat: a post that is cut off when the chat
// has taken it already is made twice. Nearly all of Slack's answers come sooner.
const postTime = 1200 * time.Millisecond

// hasFor reports whether so much time is left.
func hasFor(ctx context.Context, d time.Duration) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) >= d)
}

// beforePost waits until the channel, and the chat as a whole, take another post.
func (w *writer) beforePost(ctx context.Context) error {
	for ok := false; !ok; {
		if !w.sleep(ctx, w.free.Sub(w.Now())) || !hasFor(ctx, postTime) {
			return errLater
		}
		var again time.Time
		var err error
		if again, ok, err = w.spend(ctx, usePost, ShowQuestion); err != nil {
			return fmt.Errorf("count a post: %w", err)
		}
		if !ok && !w.sleep(ctx, again.Sub(w.Now())) {
			return errLater
		}
	}
	return nil
}

// called notes that a post was made, or tried.
func (w *writer) called() {
	w.calls.Add(1)
	w.free = w.Now().Add(w.Pace.Posts)
}

// signal wakes the writer of a channel. What it does not hear of, the sweep finds.
func (b *Bot) signal(ctx context.Context, s Signal) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signalTime)
	defer cancel()
	if err := b.Channels.Signal(ctx, s); err != nil {
		b.Log.Error("could not wake a channel's writer, the sweep will", "channel", s.Channel, "request", s.Request, "error", err)
		b.report(countMetric(MetricSignalErrors))
	}
}

// signalTime bounds a signal, so that a click does not wait for a queue that hangs.
const signalTime = 500 * time.Millisecond
