package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// saveTime bounds the saves that record what was performed. They go on when the caller's
// time is up: forgetting a performed effect would repeat it.
const saveTime = 3 * time.Second

// perform works through a claimed outbox, but for what the channel's writer performs, and mail. What
// fails stays for the next sweep. The save that records the last effect gives the claim back.
func (b *Bot) perform(ctx context.Context, r Request) Request {
	failed := map[int]bool{}
	for {
		settled := unchanged
		if e, ok := r.next(b.Now(), failed); ok && ctx.Err() == nil {
			var err error
			if settled, err = b.performOne(ctx, r, e); err != nil {
				b.log(r).Error("effect failed, will be tried again", "effect", e.Kind, "error", err)
				b.report(metricsOfRetry(e)...)
				failed[e.Seq] = true
			}
		}
		var ok bool
		if r, ok = b.settle(ctx, r, failed, settled); !ok || !r.claimed() {
			return r
		}
	}
}

func unchanged(r Request) Change { return r.with() }

// settle saves what performing an effect changed, on top of whatever was saved in the
// meantime, and gives the claim back when nothing more can be done now. It reports false when
// the store fails: the claim stays until it runs out.
func (b *Bot) settle(caller context.Context, r Request, failed map[int]bool, f changeRequest) (Request, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), saveTime)
	defer cancel()
	for {
		c := f(r)
		changed := c.filled(b.Now())
		if _, more := changed.next(b.Now(), failed); !more || caller.Err() != nil {
			changed.release()
		}
		saved, err := b.save(ctx, r, changed, c.Audit)
		if errors.As(err, new(*InstanceBusyError)) {
			saved, err = b.save(ctx, r, changed.giveWay(b.Now()).with().filled(b.Now()), c.Audit)
		}
		if err == nil {
			if saved.newsFor(r) {
				b.wake(ctx, saved)
			}
			return saved, true
		}
		if errors.Is(err, ErrConflict) {
			var reloaded Request
			if reloaded, err = b.Store.Get(ctx, r.ID); err == nil {
				r = reloaded
				continue
			}
		}
		b.log(r).Error("could not record a performed effect", "error", err)
		return r, false
	}
}

// performOne does one effect. It returns the change that records it; where err is not
// nil, the effect itself stays in the outbox.
func (b *Bot) performOne(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	switch e.Kind {
	case EffectCompleteDecision:
		return b.completeDecision(ctx, r, e)
	case EffectCompleteWait:
		err := b.Tasks.CompleteTask(ctx, e.Token, r.waitAnswer(e.Token))
		if errors.Is(err, workflow.ErrTaskGone) {
			err = nil // the wait timed out, and the machine asks AWS itself
		}
		return b.done(e, err)
	case EffectTurns:
		return b.takeTurns(ctx, r, e)
	case EffectStopTurn:
		return b.stopTurn(ctx, r, e)
	case EffectStartRollBack:
		return b.startRollBack(ctx, r, e)
	case EffectLook:
		return b.look(ctx, r, e)
	case EffectLookFreeze:
		return b.lookFreeze(ctx, r, e)
	case EffectFreezeOver:
		return b.freezeOver(e)
	case EffectLookExecution:
		status, err := b.execution(ctx, r)
		return b.learn(e, status, err)
	case EffectEscalate:
		return b.escalate(ctx, r, e)
	case EffectEmail, EffectRender, EffectReply: // which next never picks: the sweep and the channel's writer perform them
	}
	return b.done(e, fmt.Errorf("effect %q is of a newer version, which will perform it", e.Kind))
}

// waitAnswer is the output that completes a token of this request which waits for no decision.
func (r Request) waitAnswer(token workflow.Token) json.RawMessage {
	if r.Turn != nil && r.Turn.Token == token {
		return r.turnAnswer().JSON()
	}
	return json.RawMessage(`{}`)
}

// done takes the effect out, or leaves it for a later try when there was an error.
func (b *Bot) done(e Effect, err error) (changeRequest, error) {
	now := b.Now()
	return func(r Request) Change {
		if err != nil {
			r.postpone(e, now)
		} else {
			r.without(e)
		}
		return r.with()
	}, err
}

// completeTime bounds one call of Step Functions, and completePart, of the time there is: a click
// still has to be answered when AWS hangs.
const (
	completeTime = time.Second
	completePart = 0.8
)

// completeDecision resumes the execution. When the token is gone although it is the
// newest, an earlier try may have worked whose answer was lost, somebody else may have
// answered, or the execution may have ended: ask it what it took.
func (b *Bot) completeDecision(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if r.Decision == nil {
		return b.done(e, nil)
	}
	ctx, cancel := Share(ctx, completePart, completeTime)
	defer cancel()
	sent := *r.Decision
	output, err := json.Marshal(sent.Waiting(b.Now()))
	if err == nil {
		err = b.Tasks.CompleteTask(ctx, e.Token, output)
	}
	gone := errors.Is(err, workflow.ErrTaskGone)
	if err != nil && !gone {
		return b.done(e, err)
	}
	return func(r Request) Change {
		r.without(e)
		if e.Token != r.ApprovalToken || r.Decision == nil || !r.Decision.Same(sent) {
			return r.with() // a schedule was changed meanwhile: the next token takes that
		}
		r.Delivered = r.Delivered || !gone
		if gone {
			return r.with(lookExecution)
		}
		return r.with()
	}, nil
}
