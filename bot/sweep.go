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

// Sweep performs what crashes and failures left undone, and looks again at what is waited
// for. It is to be called about once a minute, and returns the errors of loading and
// saving.
func (b *Bot) Sweep(ctx context.Context) error {
	var errs []error
	seen := map[string]bool{}
	for {
		ids, err := b.Store.Due(ctx, b.Now(), sweepLimit)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("list requests with work left: %w", err))...)
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return seen[id] })
		if len(ids) == 0 {
			return errors.Join(errs...)
		}
		for _, id := range ids {
			seen[id] = true
		}
		errs = append(errs, b.sweepBatch(ctx, ids)...)
		if end, ok := ctx.Deadline(); ctx.Err() != nil || ok && time.Until(end) < sweepReserve {
			return errors.Join(errs...)
		}
	}
}

func (b *Bot) sweepBatch(ctx context.Context, ids []string) []error {
	errs := make([]error, len(ids))
	eachAtOnce(len(ids), sweepAtOnce, func(i int) {
		ctx, cancel := context.WithTimeout(ctx, sweepTime)
		defer cancel()
		errs[i] = b.flush(ctx, ids[i])
	})
	return errs
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

// flush performs one request's outbox, as far as it is due.
func (b *Bot) flush(ctx context.Context, id string) error {
	r, err := b.Store.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("load request %s: %w", id, err)
	}
	if claimed := r; claimed.Claim(b.Now()) {
		if r, err = b.Store.Save(ctx, claimed); err == nil {
			b.perform(ctx, r)
		}
	}
	if errors.Is(err, ErrConflict) {
		return nil // somebody is at it
	}
	return err
}
