package bot

import (
	"context"
	"time"
)

// Pace is how fast a chat is written to. The zero value is as fast as can be.
type Pace struct {
	// An owner's questions are gathered for one message until none came for Gather, at most for
	// GatherAtMost.
	Gather, GatherAtMost time.Duration
	Posts                time.Duration // what passes between two posts in a channel, at least
	Edits                time.Duration // what passes between two edits that only show progress, at least
	Lines                time.Duration // how long lines about good ends are gathered for one line of a digest's thread
	// What all channels together take within Window; the least urgent edits get a part of it.
	// Zero: any number.
	Window                                   time.Duration
	PostsInWindow, EditsInWindow, ProgressIn int
}

// The uses that a store counts; see Store.Spend.
const (
	usePost = "post"
	useEdit = "edit"
)

// spend takes one use of what all channels share, or says when to try again.
func (b *Bot) spend(ctx context.Context, use string, kind ShowKind) (again time.Time, ok bool, err error) {
	p := b.Pace
	atMost := p.PostsInWindow
	if use == useEdit {
		atMost = p.EditsInWindow
		if kind == ShowProgress {
			atMost = p.ProgressIn
		}
	}
	if p.Window == 0 || atMost == 0 {
		return time.Time{}, true, nil
	}
	window := b.Now().Truncate(p.Window)
	ok, err = b.Store.Spend(ctx, use, window, atMost)
	return window.Add(p.Window), ok, err
}

// sleep waits by the bot's clock; false says that the caller's time is over.
func (b *Bot) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	if b.Sleep != nil {
		return b.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
