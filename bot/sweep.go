package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A sweep works on several requests at once, each for a bounded time, those first that have
// waited longest: a few that hang must not keep the others waiting. It goes on as long as the
// caller's time allows.
const (
	sweepLimit   = 100
	sweepAtOnce  = 8
	sweepTime    = 5 * time.Second
	sweepReserve = 2 * sweepTime // no new batch is begun with less time left
)

// Sweep performs what crashes and failures left undone, wakes the writers of channels, and looks
// again at what is waited for, the most urgent first. It is to be called about once a minute, and
// returns the errors of loading and saving.
func (b *Bot) Sweep(ctx context.Context) error {
	errs := []error{b.wakeWriters(ctx)}
	seen := map[string]bool{}
	for _, u := range Urgencies() {
		for more := true; more && hasFor(ctx, sweepReserve); {
			found, err := b.Store.Due(ctx, u, b.Now(), sweepLimit)
			if err != nil {
				return errors.Join(append(errs, fmt.Errorf("list requests with work left: %w", err))...)
			}
			found = slices.DeleteFunc(found, func(r Request) bool { return seen[r.ID] })
			for _, r := range found {
				seen[r.ID] = true
			}
			work := b.sweepBatch
			if u == UrgencyMail {
				work = b.mailBatch
			}
			errs, more = append(errs, work(ctx, found)), len(found) > 0
		}
	}
	return errors.Join(errs...)
}

// wakeWriters signals every channel that must still see something: a signal may have been lost.
func (b *Bot) wakeWriters(ctx context.Context) error {
	channels, err := b.Store.UnshownChannels(ctx)
	if err != nil {
		return fmt.Errorf("list channels that must still see something: %w", err)
	}
	now := b.Now().UnixNano()
	eachAtOnce(len(channels), sweepAtOnce, func(i int) { b.signal(ctx, Signal{Channel: channels[i], Version: now}) })
	return nil
}

func (b *Bot) sweepBatch(ctx context.Context, found []Request) error {
	errs := make([]error, len(found))
	eachAtOnce(len(found), sweepAtOnce, func(i int) {
		ctx, cancel := context.WithTimeout(ctx, sweepTime)
		defer cancel()
		errs[i] = b.flush(ctx, found[i])
	})
	return errors.Join(errs...)
}

// eachAtOnce calls f with every number below n, in order, some at once.
func eachAtOnce(n, atOnce int, f func(i int)) {
	places := make(chan struct{}, atOnce)
	var work sync.WaitGroup
	for i := range n {
		places <- struct{}{}
		work.Go(func() {
			defer func() { <-places }()
			f(i)
		})
	}
	work.Wait()
}

// flush performs one request's outbox, as far as it is due. It is given as it was loaded.
func (b *Bot) flush(ctx context.Context, r Request) error {
	if _, due := r.Due(); !due { // a version before this one stored that its channel has something to see
		b.signal(ctx, Signal{Channel: r.Place.Channel, Request: r.ID, Version: b.Now().UnixNano()}) // no save has this version
		return nil
	}
	if !r.Claim(b.Now()) {
		return nil
	}
	r, err := b.Store.Save(ctx, r)
	switch {
	case errors.Is(err, ErrConflict):
		return nil // somebody is at it
	case err != nil:
		return fmt.Errorf("claim request %s: %w", r.ID, err)
	}
	b.perform(ctx, r)
	return nil
}
