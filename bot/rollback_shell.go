package bot

import (
	"context"
	"errors"
	"fmt"
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

// MayRollBack says why a person may not have a request's instance rolled back now, given as it was
// loaded: empty for those who may. It returns what RollBack does.
func (b *Bot) MayRollBack(ctx context.Context, r Request, actor Actor) (Request, Refusal, error) {
	return b.rollBack(ctx, r, actor, "", func(r Request, a Actor, w Way, now time.Time) Change {
		if c := GoBack(r, a, w, now); c.Answer != "" {
			return c
		}
		return r.with()
	})
}

// RollBack has a request's instance rolled back, given as it was loaded: those may who may decide it.
// It returns the request as it stands then, and what only the acting person is told; of
// RefusedOtherOpen and RefusedInstalledLater the request is the other one. An error says that it may
// not be recorded.
func (b *Bot) RollBack(ctx context.Context, r Request, actor Actor, reason string) (Request, Refusal, error) {
	return b.rollBack(ctx, r, actor, reason, GoBack)
}

func (b *Bot) rollBack(ctx context.Context, r Request, actor Actor, reason string, do func(Request, Actor, Way, time.Time) Change) (Request, Refusal, error) {
	if b.RollBacks == nil {
		return r, "", ErrCannotRollBack
	}
	m := b.mandateOf(ctx, r, actor)
	if m.err != nil {
		return r, "", m.err
	}
	other, beside, err := b.beside(ctx, r)
	if err != nil {
		return r, "", err
	}
	w, now := Way{Reason: reason, Execution: b.RollBacks.ExecutionARN, Beside: beside}, b.Now()
	if m.unchecked != nil {
		b.log(r).Error("could not check an approver", "user", m.actor.User, "error", m.unchecked)
	}
	c, err := b.changeLoaded(ctx, r, func(r Request) Change {
		if m.unchecked != nil {
			return r.refuse(now, m.actor.String(), ActionRollBack, unchecked(m.unchecked))
		}
		r.Approvers = m.approvers
		return do(r, m.actor, w, now)
	})
	var busy *InstanceBusyError
	switch {
	case errors.As(err, &busy): // it was opened just now
		other, err := b.load(ctx, busy.RequestID)
		return other, RefusedOtherOpen, err
	case err == nil && c.Answer != "" && c.Answer == beside:
		return other, c.Answer, nil
	}
	return c.Request, c.Answer, err
}

// beside finds another request of the instance that is in the way: an open one, or a later one whose
// install the snapshot would undo as well.
func (b *Bot) beside(ctx context.Context, r Request) (Request, Refusal, error) {
	newest, err := b.Store.ByInstance(ctx, r.Instance.ID, earlierRequests)
	if err != nil {
		return Request{}, "", fmt.Errorf("look for other requests of %s: %w", r.Instance.ID, err)
	}
	for _, other := range newest {
		switch {
		case other.ID == r.ID:
		case other.Status.Open():
			return other, RefusedOtherOpen, nil
		case other.CreatedAt.After(r.CreatedAt) && other.Stands():
			return other, RefusedInstalledLater, nil
		}
	}
	return Request{}, "", nil
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
