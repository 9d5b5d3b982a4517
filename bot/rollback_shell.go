package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// RollBacks starts executions of the state machine roll-back.
type RollBacks interface {
	// ExecutionARN is the ARN that the execution of a name has, or would have.
	ExecutionARN(name string) string
	// Start starts one execution of a name, however often it is called within 90 days: it replaces the
	// root volume of an instance by a snapshot.
	Start(ctx context.Context, name, instanceID, snapshotID string) error
}

// ErrCannotRollBack says that this bot starts no roll backs.
var ErrCannotRollBack = errors.New("no state machine is known that rolls back")

// RollBack has a request's instance rolled back, given as it was loaded: those may who may decide it.
// It returns the request as it stands then, and what only the acting person is told; of
// RefusedOtherOpen and RefusedInstalledLater the request is the other one.
func (b *Bot) RollBack(ctx context.Context, r Request, actor Actor, reason string) (Request, Refusal, error) {
	if b.RollBacks == nil {
		return r, "", ErrCannotRollBack
	}
	m := b.mandateOf(ctx, r, actor)
	if m.err != nil {
		return r, "", m.err
	}
	later, err := b.installedLater(ctx, r)
	if err != nil {
		return r, "", err
	}
	c, err := b.changeLoaded(ctx, r, b.goingBack(r, m, Way{Reason: reason, Execution: b.RollBacks.ExecutionARN, Later: later != nil}))
	var busy *InstanceBusyError
	switch {
	case errors.As(err, &busy):
		return b.refuseBeside(ctx, r, m, busy.RequestID)
	case err == nil && c.Answer == RefusedInstalledLater:
		return *later, c.Answer, nil
	}
	return c.Request, c.Answer, err
}

// goingBack is what a person's wish to go back does to a request.
func (b *Bot) goingBack(r Request, m mandate, w Way) changeRequest {
	now := b.Now()
	if m.unchecked != nil {
		b.log(r).Error("could not check an approver", "user", m.actor.User, "error", m.unchecked)
	}
	return func(r Request) Change {
		if m.unchecked != nil {
			return r.refuse(now, m.actor.String(), ActionRollBack, unchecked(m.unchecked))
		}
		r.Approvers = m.approvers
		return GoBack(r, m.actor, w, now)
	}
}

// refuseBeside refuses a roll back while another request of the instance is open, and returns that
// one.
func (b *Bot) refuseBeside(ctx context.Context, r Request, m mandate, open string) (Request, Refusal, error) {
	now := b.Now()
	if _, err := b.changeLoaded(ctx, r, func(r Request) Change {
		return r.refuse(now, m.actor.String(), ActionRollBack, RefusedOtherOpen)
	}); err != nil {
		return r, "", err
	}
	other, err := b.load(ctx, open)
	return other, RefusedOtherOpen, err
}

// installedLater finds a later request of the instance whose install the snapshot would undo as well;
// nil: there is none.
func (b *Bot) installedLater(ctx context.Context, r Request) (*Request, error) {
	newest, err := b.Store.ByInstance(ctx, r.Instance.ID, earlierRequests)
	if err != nil {
		return nil, fmt.Errorf("look for later requests of %s: %w", r.Instance.ID, err)
	}
	i := slices.IndexFunc(newest, func(other Request) bool {
		return other.CreatedAt.After(r.CreatedAt) && !other.Status.Open() && other.Status != StatusRolledBack &&
			(other.Installed() == InstallBegan || other.Installed() == InstallEnded)
	})
	if i < 0 {
		return nil, nil
	}
	return &newest[i], nil
}

// startWithin is how long starting a roll back is tried.
const startWithin = time.Hour

// startRollBack starts the execution. When that does not work for long, it is asked for: an answer may
// have been lost.
func (b *Bot) startRollBack(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if r.Status != StatusRollingBack {
		return b.done(e, nil)
	}
	ctx, cancel := Share(ctx, completePart, completeTime)
	defer cancel()
	back, err := *r.RollBack, ErrCannotRollBack
	if b.RollBacks != nil {
		err = b.RollBacks.Start(ctx, RollBackName(r.ID, back.Number), r.Instance.ID, back.SnapshotID)
	}
	now := b.Now()
	if err == nil || now.Before(e.Since.Add(startWithin)) {
		return b.done(e, err)
	}
	status, lookErr := b.Looker.ExecutionStatus(ctx, back.ExecutionARN)
	if lookErr != nil || status.Error != workflow.ErrorNoExecution {
		return b.done(e, err)
	}
	b.log(r).Error("a roll back could not be started", "error", err)
	return func(r Request) Change {
		r.without(e)
		if r.Status != StatusRollingBack {
			return r.with()
		}
		back := *r.RollBack
		back.Began, r.RollBack = BeganNo, &back
		return r.rollBackOver(Failure{Error: errorNeverStarted, Cause: "Step Functions took no execution of roll-back. The logs say why."}, errorNeverStarted, now)
	}, nil
}

// rollBackOf is the request that an execution of roll-back belongs to, by its name; false of any other
// execution.
func (b *Bot) rollBackOf(executionARN string) (requestID string, ok bool) {
	if b.RollBacks == nil {
		return "", false
	}
	name := executionARN[strings.LastIndexByte(executionARN, ':')+1:]
	if b.RollBacks.ExecutionARN(name) != executionARN {
		return "", false
	}
	requestID, _ = requestOfRollBack(name)
	return requestID, true
}

// notifyRollBack takes a notification of an execution of roll-back. One that belongs to no request was
// not started by us, and is told to nobody.
func (b *Bot) notifyRollBack(ctx context.Context, id string, n workflow.Notification) error {
	apply := func(r Request) Change { return applyRollBack(r, n, b.Now()) }
	_, err := b.change(ctx, id, apply)
	if errors.As(err, new(*InstanceBusyError)) { // it goes on after its end, beside a newer request
		now := b.Now()
		_, err = b.change(ctx, id, func(r Request) Change {
			c := apply(r)
			c.Request = c.Request.giveWay(now)
			return c
		})
	}
	if errors.Is(err, ErrNotFound) {
		b.Log.Error("a roll back that nobody asked for", "execution", n.ExecutionARN, "kind", n.Kind())
		return nil
	}
	return err
}
