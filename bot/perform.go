package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// saveTime bounds the saves that record what was performed. They go on when the caller's
// time is up: forgetting a performed effect would repeat it.
const saveTime = 3 * time.Second

// perform works through a claimed outbox: task tokens first, then Slack in order. What
// fails stays for the next sweep. At the end, or when nothing more can be done, it gives
// the claim back.
func (b *Bot) perform(ctx context.Context, r Request) Request {
	failed := map[int]bool{}
	for {
		e, ok := r.next(b.Now(), failed)
		if !ok {
			if r, ok = b.release(ctx, r, failed); ok {
				continue
			}
			return r
		}
		settled, err := b.performOne(ctx, r, e)
		if err != nil {
			b.log(r).Error("effect failed, will be tried again", "effect", e.Kind, "error", err)
			b.measure(countMetric(MetricEffectRetries))
			failed[e.Seq] = true
		}
		if r, ok = b.settle(ctx, r, settled); !ok {
			return r
		}
		if ctx.Err() != nil {
			failed = allOf(r.Outbox)
		}
	}
}

// release gives the claim back, unless something to do was saved in the meantime: then it
// reports true.
func (b *Bot) release(ctx context.Context, r Request, failed map[int]bool) (Request, bool) {
	more := false
	r, ok := b.settle(ctx, r, func(r Request) (Request, []Effect) {
		if _, more = r.next(b.Now(), failed); !more || ctx.Err() != nil {
			r.ClaimedUntil = time.Time{}
		}
		return r, nil
	})
	return r, ok && more && ctx.Err() == nil
}

// next picks the effect to perform now. Task tokens do not wait for Slack; a Slack
// effect waits for those before it, so that the thread stays in order.
func (r Request) next(now time.Time, failed map[int]bool) (Effect, bool) {
	for _, e := range r.Outbox {
		if !e.talks() && !failed[e.Seq] && !now.Before(e.NotBefore) {
			return e, true
		}
	}
	i := slices.IndexFunc(r.Outbox, Effect.talks)
	if i < 0 || failed[r.Outbox[i].Seq] || now.Before(r.SlackAfter) {
		return Effect{}, false
	}
	return r.Outbox[i], true
}

func allOf(effects []Effect) map[int]bool {
	all := map[int]bool{}
	for _, e := range effects {
		all[e.Seq] = true
	}
	return all
}

// settle saves what performing an effect changed, on top of whatever was saved in the
// meantime. It reports false when the store fails: nothing more is to be done then, and
// the claim stays until it runs out.
func (b *Bot) settle(ctx context.Context, r Request, f changeRequest) (Request, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	for {
		changed, effects := f(r)
		changed, _, entries := changed.stow(effects, b.Now())
		saved, err := b.save(ctx, r, changed, entries)
		if errors.As(err, new(*InstanceBusyError)) {
			changed = changed.giveWay(b.Now())
			saved, err = b.save(ctx, r, changed, entries)
		}
		if err == nil {
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

// without removes a performed effect.
func (r Request) without(e Effect) Request {
	r.Outbox = slices.DeleteFunc(slices.Clone(r.Outbox), func(o Effect) bool { return o.Seq == e.Seq })
	return r
}

// performOne does one effect. It returns the change that records it; where err is not
// nil, the effect itself stays in the outbox.
func (b *Bot) performOne(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	switch e.Kind {
	case EffectRender:
		return b.renderMessage(ctx, r, e)
	case EffectReply:
		return b.postReply(ctx, r, e)
	case EffectCompleteDecision:
		return b.completeDecision(ctx, e)
	case EffectCompleteWait:
		err := b.Tasks.CompleteTask(ctx, e.Token, e.Output)
		if errors.Is(err, workflow.ErrTaskGone) {
			err = nil // the wait timed out, and the machine asks AWS itself
		}
		return b.done(e, err)
	case EffectLook:
		return b.look(ctx, r, e)
	case EffectEmail:
		return b.mail(ctx, r, e)
	default: // EffectLookExecution
		status, err := b.execution(ctx, r)
		return b.learn(e, status, err)
	}
}

// execution asks AWS how a request's execution stands, and what it took and did where that
// matters.
func (b *Bot) execution(ctx context.Context, r Request) (workflow.ExecutionStatus, error) {
	status, err := b.Looker.Execution(ctx, r.ExecutionARN)
	if err != nil {
		return status, err
	}
	status.Past = &workflow.Past{}
	if status.Ended() || r.Decision != nil && !r.Delivered || r.Decision == nil && r.Status != StatusAsked {
		past, err := b.Looker.Past(ctx, r.ExecutionARN)
		if err != nil {
			return status, err
		}
		status.Past = &past
	}
	return status, nil
}

// done removes the effect, or leaves it for a later try when there was an error.
func (b *Bot) done(e Effect, err error) (changeRequest, error) {
	now := b.Now()
	return func(r Request) (Request, []Effect) {
		if err != nil {
			return r.postpone(e, now), nil
		}
		return r.without(e), nil
	}, err
}

// An effect that failed is tried again after a pause that grows from tryAgainFirst to
// tryAgainAtMost, so that those which cannot succeed leave the sweep to the others. What is said
// in Slack keeps its order and pauses as a whole instead; see Request.SlackAfter.
const (
	tryAgainFirst  = 20 * time.Second
	tryAgainAtMost = 10 * time.Minute
)

func (r Request) postpone(failed Effect, now time.Time) Request {
	r.Outbox = slices.Clone(r.Outbox)
	for i, e := range r.Outbox {
		if e.Seq == failed.Seq && !e.talks() {
			r.Outbox[i].Tries++
			r.Outbox[i].NotBefore = now.Add(min(tryAgainFirst<<min(e.Tries, 10), tryAgainAtMost))
		}
	}
	return r
}

// completeTime bounds one call of Step Functions, so that a click still has time to show
// the decision when AWS hangs.
const completeTime = time.Second

// completeDecision resumes the execution. When the token is gone although it is the
// newest, an earlier try may have worked whose answer was lost, somebody else may have
// answered, or the execution may have ended: ask it what it took.
func (b *Bot) completeDecision(ctx context.Context, e Effect) (changeRequest, error) {
	ctx, cancel := context.WithTimeout(ctx, completeTime)
	defer cancel()
	err := b.Tasks.CompleteTask(ctx, e.Token, e.Output)
	gone := errors.Is(err, workflow.ErrTaskGone)
	if err != nil && !gone {
		return b.done(e, err)
	}
	return func(r Request) (Request, []Effect) {
		r = r.without(e)
		if e.Token != r.Prompt {
			return r, nil
		}
		r.Delivered = r.Delivered || !gone
		if gone {
			return r, []Effect{{Kind: EffectLookExecution}}
		}
		return r, nil
	}, nil
}

// lookEvery is how often AWS is asked about what a request waits for, in case that the
// event about its end is lost.
const lookEvery = 5 * time.Minute

// look asks AWS about what the request waits for.
func (b *Bot) look(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	switch {
	case r.Wait == nil:
		return b.done(e, nil)
	case r.Wait.CommandID != "":
		status, err := b.Looker.Command(ctx, r.Instance.ID, r.Wait.CommandID)
		return b.learnOrWait(e, status, status.Ended(), err)
	default:
		result, err := b.Looker.Snapshots(ctx, r.Wait.SnapshotIDs)
		return b.learnOrWait(e, result, result.Ended(), err)
	}
}

// learnOrWait takes the news, or looks again later.
func (b *Bot) learnOrWait(e Effect, detail workflow.EventDetail, ended bool, err error) (changeRequest, error) {
	if err != nil || ended {
		return b.learn(e, detail, err)
	}
	again := b.Now().Add(lookEvery)
	return func(r Request) (Request, []Effect) {
		r.Outbox = slices.Clone(r.Outbox)
		for i := range r.Outbox {
			if r.Outbox[i].Seq == e.Seq {
				r.Outbox[i].NotBefore = again
			}
		}
		return r, nil
	}, nil
}

func (b *Bot) learn(e Effect, detail workflow.EventDetail, err error) (changeRequest, error) {
	if err != nil {
		return b.done(e, err)
	}
	now := b.Now()
	return func(r Request) (Request, []Effect) { return Observe(r.without(e), detail, now) }, nil
}
