package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/patchbot/patchbot/workflow"
)

// ErrTooEarly says that a notification overtook another one that has to come first: the
// one that opens its request, or the last one of the instance's request before. Deliver it
// again later.
var ErrTooEarly = errors.New("another notification has to come first")

// Notify takes one notification of the state machine. A nil error means that it is
// durable and needs no second delivery; deliver it again after any other.
func (b *Bot) Notify(ctx context.Context, n workflow.Notification) error {
	if err := b.notify(ctx, n); err != nil {
		return fmt.Errorf("notification %s: %w", n.ID, err)
	}
	return nil
}

func (b *Bot) notify(ctx context.Context, n workflow.Notification) error {
	if id, ok := b.rollBackOf(n.ExecutionARN); ok {
		return b.notifyRollBack(ctx, id, n)
	}
	current, err := b.life(ctx, n.ExecutionARN)
	if errors.Is(err, ErrNotFound) {
		return b.begin(ctx, RequestID(n.ExecutionARN), n)
	}
	if err != nil {
		return err
	}
	if current.livesAgain(n) {
		return b.nextLife(ctx, current, n)
	}
	now := b.Now()
	apply, err := b.applying(ctx, current, n, now)
	if err != nil {
		return err
	}
	_, err = b.change(ctx, current.ID, apply)
	if errors.As(err, new(*InstanceBusyError)) {
		// It goes on after its end, while a newer request speaks for the instance.
		_, err = b.change(ctx, current.ID, func(r Request) Change {
			c := apply(r)
			c.Request = c.Request.giveWay(now)
			return c
		})
	}
	return err
}

// livesAgain reports whether a question is of another life than this request's: asked later,
// or once more, as the same try with another token, when that one was over.
func (r Request) livesAgain(n workflow.Notification) bool {
	switch {
	case !asks(n):
		return false
	case n.Step() != r.Latest.ID:
		return n.OccurredAt.After(r.CreatedAt)
	}
	return !r.Status.Open() && r.Status != StatusRejected && n.Retry() == r.Latest.Retry && r.Latest.Token != "" && n.Token != r.Latest.Token
}

// life finds the request of an execution's newest life that has one, or returns ErrNotFound.
func (b *Bot) life(ctx context.Context, executionARN string) (Request, error) {
	r, err := b.Store.Get(ctx, RequestID(executionARN))
	for err == nil && r.NextLife != "" {
		next, missing := b.Store.Get(ctx, r.NextLife)
		if errors.Is(missing, ErrNotFound) {
			return r, nil // it was turned away, or is about to be made
		}
		r, err = next, missing
	}
	return r, err
}

// nextLife asks anew for an execution that lives again: redriven, or another one under the
// same name. The request of the life before points to the new one.
func (b *Bot) nextLife(ctx context.Context, before Request, n workflow.Notification) error {
	id, now := RequestID(before.ID+"/"+n.Step()), b.Now()
	_, err := b.change(ctx, before.ID, func(r Request) Change { return r.giveOver(id, now) })
	if err != nil {
		return err
	}
	return b.begin(ctx, id, n)
}
