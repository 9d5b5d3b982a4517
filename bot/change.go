package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	if len(effects) == 0 && !r.due(now) {
		return r, nil, nil
	}
	changed, answers, entries := changed.stow(effects)
	mine := changed.claim(now)
	saved, err := b.Store.Save(ctx, changed, entries...)
	if err != nil {
		return Request{}, nil, err
	}
	b.measure(measure(r, saved)...)
	if mine {
		saved = b.perform(ctx, saved)
	}
	return saved, answers, nil
}

// stow puts durable effects into the outbox, and hands back the others.
func (r Request) stow(effects []Effect) (_ Request, answers []Effect, entries []AuditEntry) {
	outbox := append([]Effect(nil), r.Outbox...)
	for _, e := range effects {
		switch {
		case e.durable():
			r.NextSeq++
			e.Seq = r.NextSeq
			outbox = append(outbox, e)
		case e.Kind == EffectAudit:
			entries = append(entries, *e.Entry)
		default:
			answers = append(answers, e)
		}
	}
	r.Outbox = outbox
	return r, answers, entries
}

// due reports whether the outbox waits for somebody to perform it.
func (r Request) due(now time.Time) bool {
	return len(r.Outbox) > 0 && !now.Before(r.ClaimedUntil)
}

// claim takes the outbox for the caller, unless it is empty or somebody else has it.
func (r *Request) claim(now time.Time) bool {
	if !r.due(now) {
		return false
	}
	r.ClaimedUntil = now.Add(claimTime)
	return true
}

// Sweep performs what crashes and failures left undone. It is to be called about once a
// minute, and returns the errors of loading and saving.
func (b *Bot) Sweep(ctx context.Context) error {
	ids, err := b.Store.Unperformed(ctx, 100)
	if err != nil {
		return fmt.Errorf("list requests with work left: %w", err)
	}
	var errs []error
	for _, id := range ids {
		_, _, err := b.change(ctx, id, func(r Request) (Request, []Effect) { return r, nil })
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (b *Bot) log(r Request) *slog.Logger {
	return b.Log.With("request", r.ID, "instance", r.Instance.ID, "execution", r.ExecutionARN)
}
