package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// claimTime is how long one process may perform an outbox alone. It only matters after a
// crash: whoever finishes gives the claim back at once.
const claimTime = 30 * time.Second

// changeRequest is what Apply, Observe and Decide have in common, once everything but
// the request is bound.
type changeRequest func(r Request) (Request, []Effect)

// change loads a request, lets f change it, and saves it; on a conflict it does all of
// that again. Then it performs what the change left in the outbox. It returns what only
// the acting person is told. Its error is of loading and saving: a returned nil means
// that the change is durable.
func (b *Bot) change(ctx context.Context, id string, f changeRequest) (Request, []Effect, error) {
	for {
		r, err := b.Store.Get(ctx, id)
		if err != nil {
			return Request{}, nil, fmt.Errorf("load request %s: %w", id, err)
		}
		r, answers, err := b.saveChange(ctx, r, f)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return Request{}, nil, fmt.Errorf("save request %s: %w", id, err)
		}
		return r, answers, nil
	}
}

// saveChange applies f once, saves the result, and performs the outbox when nobody else
// does.
func (b *Bot) saveChange(ctx context.Context, r Request, f changeRequest) (Request, []Effect, error) {
	now := b.Now()
	changed, effects := f(r)
	if len(effects) == 0 {
		b.log(r).Info("nothing changed", "status", r.Status)
		return r, nil, nil
	}
	changed, answers, entries := changed.stow(effects, now)
	mine := changed.claim(now)
	saved, err := b.save(ctx, r, changed, entries)
	if err != nil {
		return Request{}, nil, err
	}
	if mine {
		saved = b.perform(ctx, saved)
	}
	return saved, answers, nil
}

// save writes a change with its audit entries, counts it, and logs a line an entry.
func (b *Bot) save(ctx context.Context, before, changed Request, entries []AuditEntry) (Request, error) {
	saved, err := b.Store.Save(ctx, changed, entries...)
	if err != nil {
		return Request{}, err
	}
	b.measure(measure(before, saved)...)
	for _, e := range entries {
		b.log(saved).Info("request changed", "actor", e.Actor, "action", e.Action, "from", e.From, "to", e.To, "refused", e.Refused)
	}
	return saved, nil
}

// stow puts durable effects into the outbox, and hands back the others. It also sees to it
// that the execution of a request which needs it is looked at some time.
func (r Request) stow(effects []Effect, now time.Time) (_ Request, answers []Effect, entries []AuditEntry) {
	r.Outbox = slices.Clone(r.Outbox)
	for _, e := range effects {
		switch {
		case e.Kind == EffectLookExecution:
			r.lookAtExecution(e.NotBefore)
		case e.durable():
			r.put(e)
		case e.Kind == EffectAudit:
			entries = append(entries, *e.Entry)
		default:
			answers = append(answers, e)
		}
	}
	if r.needsExecution() {
		r.lookAtExecution(r.nextWatch(now))
	} else {
		r.Outbox = slices.DeleteFunc(r.Outbox, func(e Effect) bool { return e.Kind == EffectLookExecution })
	}
	return r, answers, entries
}

func (r *Request) put(e Effect) {
	r.NextSeq++
	e.Seq = r.NextSeq
	r.Outbox = append(r.Outbox, e)
}

// lookAtExecution plans the one look at the execution, the earliest of those asked for.
func (r *Request) lookAtExecution(at time.Time) {
	for i, e := range r.Outbox {
		if e.Kind == EffectLookExecution {
			if at.Before(e.NotBefore) {
				r.Outbox[i].NotBefore = at
			}
			return
		}
	}
	r.put(Effect{Kind: EffectLookExecution, NotBefore: at})
}

// Due is when the outbox next has something to perform, the zero time for at once. It
// reports false when the outbox is empty.
func (r Request) Due() (time.Time, bool) {
	var due time.Time
	for i, e := range r.Outbox {
		at := e.NotBefore
		if e.talks() {
			at = r.SlackAfter
		}
		if i == 0 || at.Before(due) {
			due = at
		}
	}
	if due.Before(r.ClaimedUntil) {
		due = r.ClaimedUntil
	}
	return due, len(r.Outbox) > 0
}

// due reports whether the outbox has work that can be done now, and nobody is at it.
func (r Request) due(now time.Time) bool {
	_, ok := r.next(now, nil)
	return ok && !now.Before(r.ClaimedUntil)
}

// claim takes the outbox for the caller, unless there is nothing to do or somebody else
// has it.
func (r *Request) claim(now time.Time) bool {
	if !r.due(now) {
		return false
	}
	r.ClaimedUntil = now.Add(claimTime)
	return true
}

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
	places := make(chan struct{}, sweepAtOnce)
	var work sync.WaitGroup
	for i, id := range ids {
		places <- struct{}{}
		work.Go(func() {
			defer func() { <-places }()
			ctx, cancel := context.WithTimeout(ctx, sweepTime)
			defer cancel()
			errs[i] = b.flush(ctx, id)
		})
	}
	work.Wait()
	return errs
}

// flush performs one request's outbox, as far as it is due.
func (b *Bot) flush(ctx context.Context, id string) error {
	r, err := b.Store.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("load request %s: %w", id, err)
	}
	if claimed := r; claimed.claim(b.Now()) {
		if r, err = b.Store.Save(ctx, claimed); err == nil {
			b.perform(ctx, r)
		}
	}
	if errors.Is(err, ErrConflict) {
		return nil // somebody is at it
	}
	return err
}

func (b *Bot) log(r Request) *slog.Logger {
	return b.Log.With("request", r.ID, "instance", r.Instance.ID, "execution", r.ExecutionARN)
}
