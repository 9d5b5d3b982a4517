package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// TriedAgain says who had a request tried again after its end.
type TriedAgain struct {
	By      workflow.Decider
	At      time.Time
	Request string // the id of the request that asks anew, if something is still missing
}

// ActionTryAgain is recorded when a person has a request tried again, or may not.
const ActionTryAgain = "try_again"

// CanTryAgain reports whether a request can be tried again: it has ended, it did not come to what was
// approved, there is still an instance in our care, and nobody has tried it again. What its owner did not want, or did not answer, is not tried
// again but asked again.
func (r Request) CanTryAgain() bool {
	switch r.Status {
	case StatusNonCompliant, StatusFailed, StatusStopped, StatusNotStarted:
		return !r.Rehearsal && r.TriedAgain == nil && r.NextLife == "" && !r.OutOfCare()
	case StatusAsked, StatusScheduled, StatusApproved, StatusFrozen, StatusQueued, StatusBackingUp, StatusPatching, StatusScanning,
		StatusRejected, StatusExpired, StatusCompliant, StatusRehearsed,
		StatusRollingBack, StatusRolledBack, StatusRollBackFailed:
	}
	return false
}

// tryAgainName names the execution that tries a request again, so that of several clicks one starts it,
// e.g. "again-r-5xq3zk7m2ptqa6dh-1764460800". A request that was redriven can end again.
func tryAgainName(r Request) string {
	return fmt.Sprintf("again-%s-%d", r.ID, r.EndedAt.Unix())
}

// TryAgain starts an execution about a request's instance, which asks anew. Those may who may decide
// about it now. It returns the request as it was saved.
func (b *Bot) TryAgain(ctx context.Context, r Request, actor Actor) (Request, Refusal, error) {
	if b.Executions == nil {
		return r, "", ErrCannotAsk
	}
	now, m := b.Now(), b.mandateOf(ctx, r, actor)
	why, err := b.mayTryAgain(ctx, r, m)
	if err != nil {
		return r, "", err
	}
	if why != "" {
		err := b.record(ctx, r, r.refuse(now, m.actor.String(), ActionTryAgain, why).Audit)
		return r, why, err
	}
	arn, err := b.Executions.Start(ctx, tryAgainName(r), r.Instance.ID)
	if err != nil {
		return r, "", fmt.Errorf("start an execution about %s again: %w", r.Instance.ID, err)
	}
	c, err := b.change(ctx, r.ID, func(r Request) Change {
		if !r.CanTryAgain() { // somebody else has clicked at the same time
			return r.refuse(now, m.actor.String(), ActionTryAgain, RefusedTriedAgain)
		}
		from := r.Status
		r.TriedAgain = &TriedAgain{By: m.actor.decider(), At: now, Request: RequestID(arn)}
		again := r.with(render, reply(LineTriedAgain)).record(now, m.actor.String(), ActionTryAgain, from)
		again.Audit[len(again.Audit)-1].Execution = arn
		return again
	})
	return c.Request, c.Answer, err
}

// mayTryAgain says why somebody may not have a request tried again, "" for those who may.
func (b *Bot) mayTryAgain(ctx context.Context, r Request, m mandate) (Refusal, error) {
	switch {
	case m.err != nil:
		return "", m.err
	case m.unchecked != nil:
		b.Log.Error("could not check who wants a request tried again", "request", r.ID, "error", m.unchecked)
		return unchecked(m.unchecked), nil
	case m.actor.mayNot() != "":
		return m.actor.mayNot(), nil
	case r.TriedAgain != nil:
		return RefusedTriedAgain, nil
	case r.Status.Open():
		return RefusedAlreadyOpen, nil
	case !r.CanTryAgain():
		return RefusedEnded, nil
	}
	last, err := b.lastRequest(ctx, r.Instance.ID, false)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("look for an open request of %s: %w", r.Instance.ID, err)
	}
	if last.Status.Open() {
		return RefusedAlreadyOpen, nil
	}
	return "", nil
}
