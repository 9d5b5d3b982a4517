package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// ErrTooEarly says that a notification came before the one that opens its request.
// Deliver it again later.
var ErrTooEarly = errors.New("the request of this notification is not open yet")

// echoTime is how long after a request's end an event may still come from that request's
// own scan.
const echoTime = 10 * time.Minute

// errorRequestAlreadyOpen is the error's name by which the machine knows that another
// execution has the instance; the cause is that execution's ARN.
const errorRequestAlreadyOpen = "RequestAlreadyOpen"

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

// open makes the request of an execution that is heard of for the first time.
func (b *Bot) open(ctx context.Context, n workflow.Notification) error {
	var tags []workflow.Tag
	switch d := n.Detail.(type) {
	case workflow.ApprovalRequested:
		tags = d.Instance.Tags
		last, err := b.Store.ByInstance(ctx, n.InstanceID, 1)
		if err != nil {
			return fmt.Errorf("look for an earlier request: %w", err)
		}
		if len(last) > 0 && echoes(last[0], d.Started) {
			return b.turnAway(ctx, n, last[0])
		}
	case workflow.WorkflowFailed: // it failed before anybody was asked
	default:
		return ErrTooEarly
	}
	now := b.Now()
	fresh, effects := Apply(Request{}, n, now)
	if err := b.route(ctx, &fresh, tags); err != nil {
		return err
	}
	_, _, err := b.saveChange(ctx, Request{}, func(Request) (Request, []Effect) { return fresh, effects })
	var busy *InstanceBusyError
	switch {
	case errors.As(err, &busy):
		return b.yieldOrTakeOver(ctx, n, busy.RequestID)
	case errors.Is(err, ErrConflict): // opened by another delivery at the same time
		return b.Notify(ctx, n)
	}
	return err
}

// yieldOrTakeOver answers an execution that asks about an instance whose request is
// open. While the open request's execution runs, the new one is told to end; otherwise
// the open request is closed and the new one takes its place.
func (b *Bot) yieldOrTakeOver(ctx context.Context, n workflow.Notification, holderID string) error {
	holder, err := b.Store.Get(ctx, holderID)
	if err != nil {
		return fmt.Errorf("load open request %s: %w", holderID, err)
	}
	status, err := b.Looker.Execution(ctx, holder.ExecutionARN)
	if err != nil {
		return fmt.Errorf("look at execution of open request %s: %w", holderID, err)
	}
	if status.Ended() {
		now := b.Now()
		if _, _, err := b.change(ctx, holderID, func(r Request) (Request, []Effect) { return Abandon(r, status, now) }); err != nil {
			return err
		}
		return b.open(ctx, n)
	}
	return b.turnAway(ctx, n, holder)
}

// turnAway ends a new execution, and points it to the request that speaks for the
// instance.
func (b *Bot) turnAway(ctx context.Context, n workflow.Notification, r Request) error {
	b.log(r).Info("this request speaks for the instance, the new execution ends", "new_execution", n.ExecutionARN)
	err := b.Tasks.FailTask(ctx, n.Token, errorRequestAlreadyOpen, r.ExecutionARN)
	if errors.Is(err, workflow.ErrTaskGone) {
		return nil
	}
	return err
}

// echoes reports whether an execution was started by the scan at the end of the
// instance's last request: its event tells nothing that the owner was not just told.
func echoes(last Request, started workflow.Started) bool {
	return started.By == "event" && last.After != nil && !last.Status.Open() && started.At.Before(last.EndedAt.Add(echoTime))
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
