package bot

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// changeRequest is what Apply, Observe and Decide have in common, once everything but
// the request is bound.
type changeRequest func(r Request) Change

// change loads a request, lets f change it, and saves it; on a conflict it does all of
// that again. Then it performs what the change left in the outbox. Its error is of loading
// and saving: a returned nil means that the change is durable.
func (b *Bot) change(ctx context.Context, id string, f changeRequest) (Change, error) {
	r, err := b.load(ctx, id)
	if err != nil {
		return Change{}, err
	}
	return b.changeLoaded(ctx, r, f)
}

// changeLoaded is change for a request that was loaded just now.
func (b *Bot) changeLoaded(ctx context.Context, r Request, f changeRequest) (Change, error) {
	k, err := b.keep(ctx, r, f)
	return b.follow(ctx, k), err
}

// savedChange is a change as it was saved, and what is left to whoever saved it. If they do not come to
// it, the sweep does.
type savedChange struct {
	Change
	mine bool // they have the claim on the outbox, and are to perform it
	news bool // the channel has more to see, and its writer is to be woken
}

// follow does what is left of a change that was saved, at the same time.
func (b *Bot) follow(ctx context.Context, k savedChange) Change {
	var woken sync.WaitGroup
	if saved := k.Request; k.news {
		woken.Go(func() { b.wake(ctx, saved) })
	}
	if k.mine {
		k.Request = b.perform(ctx, k.Request)
	}
	woken.Wait()
	return k.Change
}

// keep is changeLoaded but for what follows.
func (b *Bot) keep(ctx context.Context, r Request, f changeRequest) (savedChange, error) {
	for {
		k, err := b.saveChange(ctx, r, f)
		if errors.Is(err, ErrConflict) {
			if r, err = b.load(ctx, r.ID); err == nil {
				continue
			}
			return savedChange{Change: Change{Request: r}}, err
		}
		if err != nil {
			return savedChange{Change: Change{Request: r}}, fmt.Errorf("save request %s: %w", r.ID, err)
		}
		return k, nil
	}
}

func (b *Bot) load(ctx context.Context, id string) (Request, error) {
	r, err := b.Store.Get(ctx, id)
	if err != nil {
		return Request{ID: id}, fmt.Errorf("load request %s: %w", id, err)
	}
	return r, nil
}

// saveChange applies f once, saves the result, and claims the outbox when nobody else has it.
// The returned change is of the request as it was saved.
func (b *Bot) saveChange(ctx context.Context, r Request, f changeRequest) (savedChange, error) {
	c := f(r)
	if c.Nothing() {
		b.log(r).Info("nothing changed", "status", r.Status)
		return savedChange{Change: r.with()}, nil
	}
	now := b.Now()
	changed := c.filled(now)
	mine := changed.Claim(now)
	if !mine && reflect.DeepEqual(changed, r) {
		return savedChange{Change: c}, b.record(ctx, r, c.Audit)
	}
	saved, err := b.save(ctx, r, changed, c.Audit)
	if err != nil {
		return savedChange{}, err
	}
	c.Request = saved
	return savedChange{Change: c, mine: mine, news: saved.newsFor(r)}, nil
}

// wake wakes the writer of a request's channel.
func (b *Bot) wake(ctx context.Context, r Request) {
	b.signal(ctx, Signal{Channel: r.Place.Channel, Request: r.ID, Version: r.Version})
}

// newsFor reports whether a channel has more to see than before, and its writer may not be about
// to look: while it has yet to show what came before, it was woken for that.
func (r Request) newsFor(before Request) bool {
	now, any := r.Unshown()
	if !any || now.Channel == "" {
		return false
	}
	last, waits := before.Unshown()
	return !waits || last.Channel != now.Channel || !last.After.IsZero() ||
		now.Kind.order() < last.Kind.order() || last.Merges && !now.Merges
}

// save writes a change with its audit entries.
func (b *Bot) save(ctx context.Context, before, changed Request, entries []AuditEntry) (Request, error) {
	saved, err := b.Store.Save(ctx, changed, entries...)
	if err != nil {
		return Request{}, err
	}
	b.tell(before, saved, entries)
	return saved, nil
}

// record writes audit entries alone, as of a refused try.
func (b *Bot) record(ctx context.Context, r Request, entries []AuditEntry) error {
	if err := b.Store.Record(ctx, r, entries...); err != nil {
		return err
	}
	b.tell(r, r, entries)
	return nil
}

// tell counts what was saved, and logs a line an entry.
func (b *Bot) tell(before, saved Request, entries []AuditEntry) {
	b.report(metricsOf(before, saved, entries)...)
	for _, e := range entries {
		b.log(saved).Info("request changed", "actor", e.Actor, "action", e.Action, "from", e.From, "to", e.To, "refused", e.Refused)
	}
}
