package bot

import (
	"context"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// lookEvery is how often AWS is asked about what a request waits for, in case that the
// event about its end is lost.
const lookEvery = 5 * time.Minute

// look asks AWS about what the request waits for.
func (b *Bot) look(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	switch {
	case r.Wait == nil:
		return b.done(e, nil)
	case r.Wait.CommandID != "":
		status, err := b.Looker.CommandStatus(ctx, r.Instance.ID, r.Wait.CommandID)
		return b.learnOrWait(e, status, status.Ended(), lookEvery, err)
	case r.Wait.TaskID != "":
		status, err := b.Looker.ReplacementStatus(ctx, r.Wait.TaskID)
		return b.learnOrWait(e, status, status.Ended(), replacementPause(b.Now().Sub(r.Wait.Since)), err)
	}
	result, err := b.Looker.SnapshotsResult(ctx, r.Wait.SnapshotIDs)
	return b.learnOrWait(e, result, result.Ended(), lookEvery, err)
}

// replacementPause is how long after a look at a root volume that is replaced the next one comes. No
// event tells its end, which comes within minutes as a rule.
func replacementPause(waited time.Duration) time.Duration {
	if waited < 10*time.Minute {
		return time.Minute
	}
	return lookEvery
}

// learnOrWait takes the news, or looks again later.
func (b *Bot) learnOrWait(e Effect, detail workflow.EventDetail, ended bool, pause time.Duration, err error) (changeRequest, error) {
	if err != nil || ended {
		return b.learn(e, detail, err)
	}
	again := b.Now().Add(pause)
	return func(r Request) Change {
		r.reschedule(e, again)
		return r.with()
	}, nil
}

func (b *Bot) learn(e Effect, detail workflow.EventDetail, err error) (changeRequest, error) {
	if err != nil {
		return b.done(e, err)
	}
	now := b.Now()
	return func(r Request) Change {
		r.without(e)
		return Observe(r, detail, now)
	}, nil
}

// execution asks AWS how a request's execution stands, and what it took and did where that
// matters.
func (b *Bot) execution(ctx context.Context, r Request) (workflow.ExecutionStatus, error) {
	arn := r.ExecutionARN
	switch {
	case r.Status == StatusRollingBack && r.Has(EffectStartRollBack): // it is about to be
		return workflow.ExecutionStatus{ExecutionARN: r.RollBack.ExecutionARN, Status: "RUNNING"}, nil
	case r.Status == StatusRollingBack:
		arn = r.RollBack.ExecutionARN
	}
	status, err := b.Looker.ExecutionStatus(ctx, arn)
	if err != nil {
		return status, err
	}
	status.Past = &workflow.Past{}
	if status.Ended() || r.Decision != nil && !r.Delivered || r.Decision == nil && r.Status != StatusAsked || r.Status == StatusScheduled || r.Status == StatusFrozen {
		past, err := b.Looker.Past(ctx, arn)
		if err != nil {
			return status, err
		}
		status.Past = &past
	}
	return status, nil
}
