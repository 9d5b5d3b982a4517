package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Executions starts executions of the state machine that asks.
type Executions interface {
	// Start starts an execution about an instance, and gives its ARN. A name of at most 80 letters,
	// digits, "-" and "_" starts one execution, however often it is used within 90 days.
	Start(ctx context.Context, name, instanceID string) (arn string, err error)
}

// ErrCannotAsk says that this bot starts no executions.
var ErrCannotAsk = errors.New("no state machine is known to start")

// ActionAskNow is recorded when a person has an instance looked at anew, or may not.
const ActionAskNow = "ask_now"

// AskNow has an instance looked at now, so that its owner is asked if something is missing. Those
// may who may decide the instance's newest request, given as it was loaded; of an instance without
// any, which is the zero request but for the instance's id, the members of the platform channel.
// Several times within a minute is once.
func (b *Bot) AskNow(ctx context.Context, newest Request, actor Actor) (Refusal, error) {
	if b.Executions == nil {
		return "", ErrCannotAsk
	}
	now, instance := b.Now(), newest.Instance.ID
	why, err := b.mayAskNow(ctx, newest, actor)
	if err != nil {
		return "", err
	}
	if why == "" && newest.Status.Open() {
		why = RefusedAlreadyOpen
	}
	entry := AuditEntry{At: now, Actor: actor.String(), Action: ActionAskNow, From: newest.Status, To: newest.Status, Refused: why}
	if why == "" {
		if entry.Execution, err = b.Executions.Start(ctx, askNowName(instance, now), instance); err != nil {
			return "", fmt.Errorf("start an execution about %s: %w", instance, err)
		}
	}
	b.Log.Info("somebody wants an instance looked at", "instance", instance, "user", actor.User, "refused", why, "execution", entry.Execution)
	if newest.ID == "" {
		if why != "" {
			return why, nil // there is nothing that it could be recorded of
		}
		newest = Request{ID: RequestID(entry.Execution), Instance: newest.Instance, CreatedAt: now}
	}
	if err := b.Store.Record(ctx, newest, entry); err != nil {
		return why, fmt.Errorf("record who wants %s looked at: %w", instance, err)
	}
	return why, nil
}

// askNowName names an execution after its instance and the minute, so that a doubled click or a
// retry starts no other, e.g. "ask-i-0933335a5598d1c2e-20261130T0014".
func askNowName(instanceID string, now time.Time) string {
	return "ask-" + instanceID + "-" + now.UTC().Format("20060102T1504")
}

// mayAskNow says why somebody may not have an instance looked at, "" for those who may.
func (b *Bot) mayAskNow(ctx context.Context, newest Request, actor Actor) (Refusal, error) {
	m := mandate{approvers: Approvers{Channel: cmp.Or(b.PlatformChannel, b.DefaultChannel), Default: true}}
	if newest.ID != "" {
		m = b.mandateOf(ctx, newest, actor)
	} else {
		m.actor, m.unchecked = b.authorise(ctx, m.approvers, actor)
	}
	switch {
	case m.err != nil:
		return "", m.err
	case m.unchecked != nil:
		b.Log.Error("could not check who wants an instance looked at", "instance", newest.Instance.ID, "user", actor.User, "error", m.unchecked)
		return unchecked(m.unchecked), nil
	}
	return m.actor.mayNot(), nil
}
