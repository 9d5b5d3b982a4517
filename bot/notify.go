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
	now := b.Now()
	_, _, err := b.change(ctx, RequestID(n.ExecutionARN), func(r Request) (Request, []Effect) { return Apply(r, n, now) })
	if errors.Is(err, ErrNotFound) {
		err = b.open(ctx, n)
	}
	if err != nil {
		return fmt.Errorf("notification %s: %w", n.ID, err)
	}
	return nil
}

// Observe takes one EventBridge event. Events about what no request waits for are
// ignored. A nil error means that it needs no second delivery.
func (b *Bot) Observe(ctx context.Context, e workflow.Event) error {
	id, err := b.concerned(ctx, e.Detail)
	if err == nil {
		now := b.Now()
		_, _, err = b.change(ctx, id, func(r Request) (Request, []Effect) { return Observe(r, e.Detail, now) })
	}
	if errors.Is(err, ErrNotFound) {
		b.Log.Info("an event about no request", "subject", e.Detail.Subject())
		return nil
	}
	if err != nil {
		return fmt.Errorf("event about %s: %w", e.Detail.Subject(), err)
	}
	return nil
}

// concerned finds the request that an event is about.
func (b *Bot) concerned(ctx context.Context, d workflow.EventDetail) (string, error) {
	if execution, ok := d.(workflow.ExecutionStatus); ok {
		return RequestID(execution.ExecutionARN), nil
	}
	r, err := b.Store.WaitingFor(ctx, d.Subject())
	return r.ID, err
}
