package bot

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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
	c, mine, err := b.keep(ctx, r, f)
	if mine {
		c.Request = b.perform(ctx, c.Request)
	}
	return c, err
}

// keep is changeLoaded but for performing the outbox. It reports whether that is left to the
// caller, who has the claim on it; if the caller does not come to it, the sweep does once the
// claim has run out.
func (b *Bot) keep(ctx context.Context, r Request, f changeRequest) (c Change, mine bool, err error) {
	for {
		c, mine, err = b.saveChange(ctx, r, f)
		if errors.Is(err, ErrConflict) {
			if r, err = b.load(ctx, r.ID); err == nil {
				continue
			}
			return Change{Request: r}, false, err
		}
		if err != nil {
			return Change{Request: r}, false, fmt.Errorf("save request %s: %w", r.ID, err)
		}
		return c, mine, nil
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
func (b *Bot) saveChange(ctx context.Context, r Request, f changeRequest) (c Change, mine bool, err error) {
	c = f(r)
	if c.Nothing() {
		b.log(r).Info("nothing changed", "status", r.Status)
		return r.with(), false, nil
	}
	now := b.Now()
	changed := c.filled(now)
	mine = changed.Claim(now)
	if !mine && reflect.DeepEqual(changed, r) {
		return c, false, b.record(ctx, r, c.Audit)
	}
	saved, err := b.save(ctx, r, changed, c.Audit)
	if err != nil {
		return Change{}, false, err
	}
	c.Request = saved
	return c, mine, nil
}

// save writes a change with its audit entries, and wakes the writer of the channel that has
// something new to see.
func (b *Bot) save(ctx context.Context, before, changed Request, entries []AuditEntry) (Request, error) {
	saved, err := b.write(ctx, before, changed, entries)
	if err == nil && saved.newsFor(before) {
		b.signal(ctx, Signal{Channel: saved.Place.Channel, Request: saved.ID, Version: saved.Version})
	}
	return saved, err
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

// write writes a change with its audit entries.
func (b *Bot) write(ctx context.Context, before, changed Request, entries []AuditEntry) (Request, error) {
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
