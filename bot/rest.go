package bot

import (
	"context"
)

// GoOn lets the rest of a request's group go on, which was held after failures. It returns the
// request as it stands then, and what only the acting person is told. The first answer wins.
// An error says that the answer may not be recorded.
func (b *Bot) GoOn(ctx context.Context, r Request, actor Actor) (Request, Refusal, error) {
	return b.answerRest(ctx, r, actor, ActionGoOn, Turns.goOn)
}

// StopRest ends every request of a request's group that waits for its turn, when the rest is
// held after failures. It returns what GoOn does.
func (b *Bot) StopRest(ctx context.Context, r Request, actor Actor) (Request, Refusal, error) {
	return b.answerRest(ctx, r, actor, ActionStopRest, Turns.stopRest)
}

// answerRest saves the answer in the group's record, where the first one wins, and tells it to
// all who wait, who keep it in their audit trail. What a crash leaves of that is done by an
// effect, which is in the outbox before the record changes.
func (b *Bot) answerRest(ctx context.Context, r Request, actor Actor, action string, answer func(Turns, RestAnswer) Turns) (Request, Refusal, error) {
	m := b.mandateOf(ctx, r, actor)
	if m.err != nil {
		return r, "", m.err
	}
	c, err := b.changeLoaded(ctx, r, b.answering(r, m, action))
	if err != nil || c.Answer != "" {
		return c.Request, c.Answer, err
	}
	first := false
	t, err := b.changeTurns(ctx, r.Group, func(t Turns) Turns {
		if first = t.Held != nil && t.State(r.ID) == TurnWaits; !first {
			return t
		}
		return answer(t, RestAnswer{By: m.actor.decider(), At: b.Now()})
	})
	if err != nil {
		return c.Request, "", err
	}
	if err := b.spread(ctx, t, ""); err != nil {
		b.log(r).Error("the answer about the rest is recorded, and will be told", "action", action, "error", err)
	}
	r, err = b.load(ctx, r.ID)
	if err != nil || first {
		return r, "", err
	}
	c, err = b.changeLoaded(ctx, r, func(r Request) Change { return r.refuse(b.Now(), m.actor.String(), action, RefusedNotHeld) })
	return c.Request, c.Answer, err
}

// answering leaves the effect that tells an answer, or refuses it.
func (b *Bot) answering(r Request, m mandate, action string) changeRequest {
	now := b.Now()
	if m.unchecked != nil {
		b.log(r).Error("could not check an approver", "user", m.actor.User, "error", m.unchecked)
	}
	return func(r Request) Change {
		why := m.actor.mayNot()
		switch {
		case m.unchecked != nil:
			why = unchecked(m.unchecked)
		case why == "" && (r.Status != StatusQueued || r.Turn.Held == nil):
			why = RefusedNotHeld
		}
		r.Approvers = m.approvers
		if why != "" {
			return r.refuse(now, m.actor.String(), action, why)
		}
		return r.with(Effect{Kind: EffectTurns, NotBefore: now.Add(ClaimTime)})
	}
}
