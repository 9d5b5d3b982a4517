package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

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
	current, err := b.life(ctx, n.ExecutionARN)
	if errors.Is(err, ErrNotFound) {
		return b.open(ctx, current.ID, n)
	}
	if err != nil {
		return err
	}
	if asks(n) && n.OccurredAt.After(current.CreatedAt) && n.Step() != current.Latest.ID {
		return b.nextLife(ctx, current, n)
	}
	now := b.Now()
	_, _, err = b.change(ctx, current.ID, func(r Request) (Request, []Effect) { return Apply(r, n, now) })
	if busy := new(InstanceBusyError); errors.As(err, &busy) && n.Detail.Waits() {
		holder, err := b.Store.Get(ctx, busy.RequestID)
		if err != nil {
			return err
		}
		return b.turnAway(ctx, n, holder, errorRequestAlreadyOpen, holder.ExecutionARN)
	}
	return err
}

// life finds the request of an execution's newest life. When it is not there yet, it returns
// ErrNotFound and a request that holds nothing but the id to make.
func (b *Bot) life(ctx context.Context, executionARN string) (Request, error) {
	id := RequestID(executionARN)
	for {
		r, err := b.Store.Get(ctx, id)
		if err != nil {
			return Request{ID: id}, err
		}
		if r.NextLife == "" {
			return r, nil
		}
		id = r.NextLife
	}
}

// nextLife asks anew for an execution that lives again: redriven, or another one under the
// same name. The request of the life before points to the new one.
func (b *Bot) nextLife(ctx context.Context, before Request, n workflow.Notification) error {
	id, now := RequestID(n.ExecutionARN+"/"+n.Step()), b.Now()
	_, _, err := b.change(ctx, before.ID, func(r Request) (Request, []Effect) { return r.succeeded(id, now) })
	if err != nil {
		return err
	}
	return b.open(ctx, id, n)
}

// Observe takes one EventBridge event. Events about what no request waits for are
// ignored, but for an execution that failed before anybody was asked: that is told. A nil
// error means that it needs no second delivery.
func (b *Bot) Observe(ctx context.Context, e workflow.Event) error {
	r, err := b.concerned(ctx, e.Detail)
	if err == nil {
		now := b.Now()
		_, _, err = b.change(ctx, r.ID, func(r Request) (Request, []Effect) { return Observe(r, e.Detail, now) })
	}
	if errors.Is(err, ErrNotFound) {
		err = b.observeUnknown(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("event about %s: %w", e.Detail.Subject(), err)
	}
	return nil
}

// concerned finds the request that an event is about.
func (b *Bot) concerned(ctx context.Context, d workflow.EventDetail) (Request, error) {
	if execution, ok := d.(workflow.ExecutionStatus); ok {
		return b.life(ctx, execution.ExecutionARN)
	}
	return b.Store.WaitingFor(ctx, d.Subject())
}

// observeUnknown tells of an execution that failed without having said so itself, as when
// what it carried grew beyond what Step Functions allows. Everything else is somebody else's.
func (b *Bot) observeUnknown(ctx context.Context, e workflow.Event) error {
	d, ok := e.Detail.(workflow.ExecutionStatus)
	if !ok || d.Status != "FAILED" && d.Status != "TIMED_OUT" || d.InstanceID() == "" {
		b.Log.Info("an event about no request", "subject", e.Detail.Subject())
		return nil
	}
	fresh, effects := Apply(Request{}, failedUnheard(d, e.Time), b.Now())
	fresh.Latest = Step{} // should the machine's own word come after all, it says more
	if err := b.saveNew(ctx, fresh, effects, nil); !errors.Is(err, ErrConflict) {
		return err
	}
	return b.Observe(ctx, e) // its own word came in the meantime
}

// failedUnheard is what the machine would have said, had it come to it.
func failedUnheard(d workflow.ExecutionStatus, at time.Time) workflow.Notification {
	if stopped := d.StoppedAt(); !stopped.IsZero() {
		at = stopped
	}
	return workflow.Notification{ExecutionARN: d.ExecutionARN, InstanceID: d.InstanceID(), OccurredAt: at,
		Detail: workflow.WorkflowFailed{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}}
}
