package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

const (
	// lastWords is how long after its execution's end a request may wait for the
	// notification that tells the end.
	lastWords = 10 * time.Minute
	// echoTime is how long after a request's end an event may still come from that
	// request's own scan.
	echoTime = 10 * time.Minute
)

// errorRequestAlreadyOpen is the error's name by which the machine knows that another
// request speaks for the instance; the cause is the ARN of that request's execution.
const errorRequestAlreadyOpen = "RequestAlreadyOpen"

// open makes the request of an execution that is heard of for the first time.
func (b *Bot) open(ctx context.Context, n workflow.Notification) error {
	switch n.Detail.(type) {
	case workflow.ApprovalRequested:
	case workflow.WorkflowFailed: // it failed before anybody was asked
		return b.create(ctx, n, nil)
	default:
		return ErrTooEarly
	}
	newest, err := b.Store.ByInstance(ctx, n.InstanceID, 1)
	if err != nil {
		return fmt.Errorf("look for an earlier request: %w", err)
	}
	if len(newest) == 0 {
		return b.ask(ctx, n)
	}
	return b.askAfter(ctx, n, newest[0])
}

// ask makes a request, unless the instance turns out to have an open one.
func (b *Bot) ask(ctx context.Context, n workflow.Notification) error {
	err := b.create(ctx, n, n.Detail.(workflow.ApprovalRequested).Instance.Tags)
	var busy *InstanceBusyError
	if !errors.As(err, &busy) {
		return err
	}
	holder, err := b.Store.Get(ctx, busy.RequestID)
	if err != nil {
		return fmt.Errorf("load open request %s: %w", busy.RequestID, err)
	}
	return b.askAfter(ctx, n, holder)
}

// create saves a new request and performs what follows from it.
func (b *Bot) create(ctx context.Context, n workflow.Notification, tags []workflow.Tag) error {
	fresh, effects := Apply(Request{}, n, b.Now())
	if err := b.route(ctx, &fresh, tags); err != nil {
		return err
	}
	_, _, err := b.saveChange(ctx, Request{}, func(Request) (Request, []Effect) { return fresh, effects })
	if errors.Is(err, ErrConflict) { // opened by another delivery at the same time
		return b.Notify(ctx, n)
	}
	return err
}

// askAfter asks about an instance that had a request before. While that one speaks for
// the instance, the new execution is turned away; one whose execution ended unheard is
// closed, and the new one takes its place.
func (b *Bot) askAfter(ctx context.Context, n workflow.Notification, last Request) error {
	started := n.Detail.(workflow.ApprovalRequested).Started
	switch {
	case echoes(last, started):
		return b.turnAway(ctx, n, last)
	case !last.Status.Open():
		return b.ask(ctx, n)
	}
	execution, err := b.Looker.Execution(ctx, last.ExecutionARN)
	if err != nil {
		return fmt.Errorf("look at execution of open request %s: %w", last.ID, err)
	}
	now := b.Now()
	switch {
	case !execution.Ended(), !execution.Broken() && scansNow(last, started):
		return b.turnAway(ctx, n, last)
	case !execution.Broken() && now.Before(execution.StoppedAt().Add(lastWords)):
		return fmt.Errorf("open request %s has not heard how its execution ended: %w", last.ID, ErrTooEarly)
	}
	if _, _, err := b.change(ctx, last.ID, func(r Request) (Request, []Effect) { return Abandon(r, execution, now) }); err != nil {
		return err
	}
	return b.ask(ctx, n)
}

// echoes reports whether an execution was started by the scan at the end of the
// instance's last request: its event tells nothing that the owner was not just told.
func echoes(last Request, started workflow.Started) bool {
	return started.By == "event" && last.After != nil && started.At.Before(last.EndedAt.Add(echoTime))
}

// scansNow is echoes of a request that has not heard yet what its own scan found.
func scansNow(last Request, started workflow.Started) bool {
	return started.By == "event" && last.Status == StatusScanning
}

// turnAway ends a new execution, and points it to the request that speaks for the
// instance.
func (b *Bot) turnAway(ctx context.Context, n workflow.Notification, r Request) error {
	err := b.Tasks.FailTask(ctx, n.Token, errorRequestAlreadyOpen, r.ExecutionARN)
	if err != nil && !errors.Is(err, workflow.ErrTaskGone) {
		return fmt.Errorf("turn away execution %s: %w", n.ExecutionARN, err)
	}
	now := b.Now()
	_, _, err = b.change(ctx, r.ID, func(r Request) (Request, []Effect) {
		return r, []Effect{audit(now, "workflow", n.Detail.Kind(), r.Status, r.Status, "turned away: "+n.ExecutionARN)}
	})
	return err
}
