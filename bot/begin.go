package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// begin makes the request of an execution, or of another life of one, that is heard of for
// the first time.
func (b *Bot) begin(ctx context.Context, id string, n workflow.Notification) error {
	asked, ok := n.Detail.(workflow.ApprovalRequested)
	if !ok {
		if _, failed := n.Detail.(workflow.WorkflowFailed); failed { // before anybody was asked
			return b.create(ctx, id, n, nil, nil)
		}
		return ErrTooEarly
	}
	last, err := b.lastRequest(ctx, n.InstanceID, asked.Rehearsal)
	switch {
	case errors.Is(err, ErrNotFound):
		return b.ask(ctx, id, n, nil)
	case err != nil:
		return fmt.Errorf("look for an earlier request: %w", err)
	}
	return b.askAfter(ctx, id, n, last)
}

// earlierRequests is how many requests of an instance are looked at for the one that matters:
// rehearsals do not, to a question that is none.
const earlierRequests = 10

// lastRequest finds the instance's request that a new question has to respect: the open one,
// else the newest. It returns ErrNotFound when there is none.
func (b *Bot) lastRequest(ctx context.Context, instanceID string, rehearsal bool) (Request, error) {
	newest, err := b.Store.ByInstance(ctx, instanceID, earlierRequests)
	if err != nil {
		return Request{}, err
	}
	for _, matters := range []func(Request) bool{
		func(r Request) bool { return r.Status.Open() },
		func(r Request) bool { return r.Rehearsal == rehearsal && !r.AnswerBy.IsZero() },
	} {
		if i := slices.IndexFunc(newest, matters); i >= 0 {
			return newest[i], nil
		}
	}
	return Request{}, ErrNotFound
}

// ask makes a request, unless the instance turns out to have an open one.
func (b *Bot) ask(ctx context.Context, id string, n workflow.Notification, last *Request) error {
	err := b.create(ctx, id, n, n.Detail.(workflow.ApprovalRequested).Instance.Tags, last)
	var busy *InstanceBusyError
	if !errors.As(err, &busy) {
		return err
	}
	holder, err := b.Store.Get(ctx, busy.RequestID)
	if err != nil {
		return fmt.Errorf("load open request %s: %w", busy.RequestID, err)
	}
	return b.askAfter(ctx, id, n, holder)
}

// create saves the request that a notification opens, and performs what follows from it. last is the request that
// the instance had before; nil: none.
func (b *Bot) create(ctx context.Context, id string, n workflow.Notification, tags []workflow.Tag, last *Request) error {
	c := Apply(Request{}, n, b.Now())
	c.Request.ID = id
	if last != nil {
		c.Request.EarlierRollBack, c.Request.Hooks = last.toldLater(), c.Request.Hooks.after(last.Hooks)
	}
	err := b.saveNew(ctx, c, tags)
	if errors.Is(err, ErrConflict) { // opened by another delivery at the same time
		return b.Notify(ctx, n)
	}
	return err
}

func (b *Bot) saveNew(ctx context.Context, c Change, tags []workflow.Tag) error {
	c.Request.AskAgainAfter, c.Request.AfterNoAnswer = b.AskAgainAfter, b.AfterNoAnswer
	if err := b.route(ctx, &c.Request, tags); err != nil {
		return err
	}
	if c.Request.Mail.Why == MailAlways {
		c = c.then(func(r Request) Change { return r.mailed(MailAlways) })
	}
	k, err := b.saveChange(ctx, Request{}, func(Request) Change { return c })
	b.follow(ctx, k)
	return err
}

// askAfter asks about an instance that had a request before. While that one speaks for
// the instance, the new execution is turned away; one whose execution ended unheard is
// closed, and the new one takes its place.
func (b *Bot) askAfter(ctx context.Context, id string, n workflow.Notification, last Request) error {
	if last.ID == id { // opened by another delivery since this one looked: nobody turns an execution away for itself
		return b.notify(ctx, n)
	}
	asked := n.Detail.(workflow.ApprovalRequested)
	if last.Status.Open() {
		err := b.free(ctx, &last, n, asked)
		if err != nil || last.Status.Open() {
			return err
		}
	}
	if why := askAgain(last, asked, b.AskAgainAfter, b.Now()); why != "" {
		return b.turnAway(ctx, n, last, why)
	}
	return b.ask(ctx, id, n, &last)
}

// free closes an open request whose execution has ended, or turns the new execution away
// while the open request speaks for the instance.
func (b *Bot) free(ctx context.Context, open *Request, n workflow.Notification, asked workflow.ApprovalRequested) error {
	execution, err := b.execution(ctx, *open)
	if err != nil {
		return fmt.Errorf("look at execution of open request %s: %w", open.ID, err)
	}
	scansNow := asked.Started.By == workflow.StartedByEvent && (open.Status == StatusScanning || open.Status == StatusRollingBack)
	now := b.Now()
	switch {
	case !execution.Ended(), !execution.Broken() && scansNow:
		return b.turnAway(ctx, n, *open, RefusedAlreadyOpen)
	case !execution.Broken() && now.Before(execution.StoppedAt().Add(tellTime)):
		return fmt.Errorf("open request %s has not heard how its execution ended: %w", open.ID, ErrTooEarly)
	}
	closed, err := b.change(ctx, open.ID, func(r Request) Change { return Abandon(r, execution, now) })
	if err == nil {
		*open = closed.Request
	}
	return err
}

// giveWay ends a request that would be open again, for its execution goes on, while another
// one speaks for the instance. What the machine waits for is still watched, so that a command
// which runs is not left alone.
func (r Request) giveWay(now time.Time) Request {
	if !r.Status.Open() {
		return r
	}
	failure := &Failure{Error: errorRequestAlreadyOpen, Cause: "The execution goes on, but a newer request speaks for the instance."}
	if r.Status == StatusRollingBack {
		back := *r.RollBack
		back.Failure, r.RollBack = failure, &back
		r.Status, r.EndedAt = StatusRollBackFailed, now
		return r
	}
	r.Failure = failure
	r.Status, r.EndedAt = StatusFailed, now
	return r
}
