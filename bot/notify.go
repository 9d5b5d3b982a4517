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
		return b.open(ctx, RequestID(n.ExecutionARN), n)
	}
	if err != nil {
		return err
	}
	if current.livesAgain(n) {
		return b.nextLife(ctx, current, n)
	}
	now := b.Now()
	apply := func(r Request) (Request, []Effect) { return Apply(r, n, now) }
	_, _, err = b.change(ctx, current.ID, apply)
	if errors.As(err, new(*InstanceBusyError)) {
		// It goes on after its end, while a newer request speaks for the instance.
		_, _, err = b.change(ctx, current.ID, func(r Request) (Request, []Effect) {
			r, effects := apply(r)
			return r.giveWay(now), effects
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
	return nil // its own word came in the meantime
}

// failedUnheard is what the machine would have said, had it come to it.
func failedUnheard(d workflow.ExecutionStatus, at time.Time) workflow.Notification {
	if stopped := d.StoppedAt(); !stopped.IsZero() {
		at = stopped
	}
	return workflow.Notification{ExecutionARN: d.ExecutionARN, InstanceID: d.InstanceID(), OccurredAt: at,
		Detail: workflow.WorkflowFailed{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}}
}
