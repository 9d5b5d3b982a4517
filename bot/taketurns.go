package bot

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// takeTurns has the record of a request's group follow where the request stands, and everybody
// of the group learn what follows from it. It can be done again at any point: the record says
// who has yet to learn something, and the effect is done when nobody has.
func (b *Bot) takeTurns(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	now := b.Now()
	t, err := b.changeTurns(ctx, r.Group, func(t Turns) Turns { return r.inTurns(t, now) })
	if err != nil {
		return b.done(e, err)
	}
	news := t.newsFor(r.ID)
	err = b.spread(ctx, t, r.ID)
	settled, _ := b.done(e, err)
	return func(r Request) Change {
		return settled(r).then(func(r Request) Change { return r.learnTurn(news, now) })
	}, err
}

// changeTurns loads a group's record, lets f change it, and saves it; on a conflict it does all
// of that again. A returned nil means that the change is durable.
func (b *Bot) changeTurns(ctx context.Context, group string, f func(Turns) Turns) (Turns, error) {
	for {
		loaded, err := b.Store.Turns(ctx, group)
		if err != nil {
			return Turns{}, fmt.Errorf("load turns: %w", err)
		}
		changed := f(loaded)
		if reflect.DeepEqual(changed, loaded) {
			return loaded, nil
		}
		saved, err := b.Store.SaveTurns(ctx, changed)
		if !errors.Is(err, ErrConflict) {
			return saved, err
		}
	}
}

// spread has every request of a group learn where it stands in the record, but for one, which
// its caller tells. Those that are gone from the store leave the record.
func (b *Bot) spread(ctx context.Context, t Turns, but string) error {
	for {
		untold := slices.DeleteFunc(t.untold(), func(id string) bool { return id == but })
		if len(untold) == 0 {
			return nil
		}
		failed := b.tellTurns(ctx, t, untold)
		told := func(latest Turns) Turns {
			for i, id := range untold {
				switch {
				case failed[i] == nil:
					latest = latest.told(id, t)
				case errors.Is(failed[i], ErrNotFound):
					latest = latest.leave(id, StatusStopped, b.Now()).next()
				}
			}
			return latest
		}
		latest, err := b.recordTold(ctx, t.Group, told)
		if err = errors.Join(err, errors.Join(slices.DeleteFunc(failed, func(err error) bool { return errors.Is(err, ErrNotFound) })...)); err != nil {
			return fmt.Errorf("tell requests of group %q whose turn it is: %w", t.Group, err)
		}
		t = latest
	}
}

// tellTurns tells requests where they stand, and says of each how that went.
func (b *Bot) tellTurns(ctx context.Context, t Turns, ids []string) []error {
	errs, now := make([]error, len(ids)), b.Now()
	eachAtOnce(len(ids), sweepAtOnce, func(i int) {
		news := t.newsFor(ids[i])
		_, errs[i] = b.change(ctx, ids[i], func(r Request) Change { return r.learnTurn(news, now) })
	})
	return errs
}

// recordTold goes on when the caller's time is up: whom the record does not know to have been
// told is told again.
func (b *Bot) recordTold(ctx context.Context, group string, f func(Turns) Turns) (Turns, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return b.changeTurns(ctx, group, f)
}

// Placed is a request with its place in the queue as it is now, where it waits for its turn.
func (b *Bot) Placed(ctx context.Context, r Request) (Request, error) {
	placed, err := b.allPlaced(ctx, []Request{r})
	if err != nil {
		return r, err
	}
	return placed[0], nil
}

// allPlaced is Placed for many, each group's record being looked up once.
func (b *Bot) allPlaced(ctx context.Context, requests []Request) ([]Request, error) {
	groups, placed := map[string]Turns{}, slices.Clone(requests)
	for i, r := range requests {
		if r.Status != StatusQueued || r.Turn == nil {
			continue
		}
		t, known := groups[r.Group]
		if !known {
			var err error
			if t, err = b.Store.Turns(ctx, r.Group); err != nil {
				return nil, fmt.Errorf("look up who waits in group %q: %w", r.Group, err)
			}
			groups[r.Group] = t
		}
		placed[i] = r.placed(t, b.Now())
	}
	return placed, nil
}

// placed is a waiting request with its place as a record has it.
func (r Request) placed(t Turns, now time.Time) Request {
	turn := *r.Turn
	turn.Place, turn.PlaceAt, turn.AtOnce = t.Place(r.ID), now, t.AtOnce()
	r.Turn = &turn
	return r
}

// errorRestStopped is the error by which the machine knows that an approver stopped the rest;
// its cause is a sentence for whoever reads the execution.
const errorRestStopped = "RestStopped"

// stopTurn ends the execution of a request that was stopped while it waited. When the token is
// gone, an earlier try may have worked whose answer was lost, or the execution goes on or has
// ended: look at it.
func (b *Bot) stopTurn(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if r.Turn == nil || r.Turn.Stop == nil {
		return b.done(e, nil)
	}
	ctx, cancel := Share(ctx, completePart, completeTime)
	defer cancel()
	stop := r.Turn.Stop
	err := b.Tasks.FailTask(ctx, e.Token, errorRestStopped, fmt.Sprintf("%s (%s) stopped the rest at %s, after %d failed; nothing was installed",
		stop.By.Name, actorOf(stop.By), stop.At.UTC().Format(time.RFC3339), stop.Failed))
	gone := errors.Is(err, workflow.ErrTaskGone)
	if err != nil && !gone {
		return b.done(e, err)
	}
	return func(r Request) Change {
		r.without(e)
		switch {
		case r.Turn == nil || r.Turn.Token != e.Token:
			return r.with()
		case gone:
			return r.with(lookExecution)
		}
		turn := *r.Turn
		turn.StopTaken = true
		r.Turn = &turn
		return r.with(render) // now it is known that nothing was installed
	}, nil
}
