package bot

import (
	"cmp"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// applyRollBack changes a request by what its execution of roll-back said. A change of nothing means
// that the notification was doubled, or late.
func applyRollBack(r Request, n workflow.Notification, now time.Time) Change {
	if r.RollBack == nil || r.RollBack.ExecutionARN != n.ExecutionARN {
		return r.with()
	}
	step := Step{Kind: n.Kind(), ID: n.Step(), Retry: n.Retry(), At: n.OccurredAt, Token: n.Token}
	from, latest := r.Status, r.RollBack.Latest
	var c Change
	switch {
	case step.ID == latest.ID && !step.another(latest), step.ID != latest.ID && !step.after(latest):
		return r.with()
	case r.Status != StatusRollingBack && !r.rollBackGoesOn(n):
		return r.with()
	case step.Kind == latest.Kind && r.Status == StatusRollingBack:
		c = r.waitFor(n) // once more for what has not ended
	default:
		c = r.advanceRollBack(n)
	}
	back := *c.Request.RollBack
	back.Latest = step
	c.Request.RollBack = &back
	return c.record(now, ActorWorkflow, step.Kind, from)
}

// rollBackGoesOn reports whether a notification shows that an ended roll back is not over, or tells
// more of its end than AWS did.
func (r Request) rollBackGoesOn(n workflow.Notification) bool {
	if r.Status != StatusRolledBack && r.Status != StatusRollBackFailed {
		return false
	}
	failure := r.RollBack.Failure
	return n.OccurredAt.After(r.EndedAt) || failure != nil && failure.State == "" && !workflow.Waits(n.Detail)
}

// advanceRollBack takes a roll back to the step that the notification tells of.
func (r Request) advanceRollBack(n workflow.Notification) Change {
	r = r.stopWaiting()
	back := *r.RollBack
	r.RollBack, r.EndTold = &back, false
	effects := []Effect{render}
	switch d := n.Detail.(type) {
	case workflow.RollBackStarted:
		back.TaskID, back.ReplacedVolumeID, back.Failure = d.TaskID, d.Instance.RootVolumeID(), nil
		r.Status, r.EndedAt = StatusRollingBack, time.Time{}
		effects = append(effects, reply(LineReplacing))
	case workflow.ScanStarted:
		r.Status, r.EndedAt, back.Failure = StatusRollingBack, time.Time{}, nil
		if back.ReplacedAt.IsZero() {
			effects = append(effects, reply(LineReplaced))
		}
		back.ReplacedAt = n.OccurredAt
	case workflow.RollBackFinished:
		if back.ReplacedAt.IsZero() {
			back.ReplacedAt = n.OccurredAt
		}
		back.After = &d.After
		r.endRollBack(StatusRolledBack, nil, n.OccurredAt)
		effects = append(effects, reply(LineRolledBack))
	case workflow.WorkflowFailed:
		told := r.Status == StatusRollBackFailed
		r.endRollBack(StatusRollBackFailed, failureOf(d), n.OccurredAt)
		if !told {
			effects = append(effects, reply(LineRollBackFailed))
		}
	default:
		return r.with()
	}
	return r.with(effects...).then(func(r Request) Change { return r.waitFor(n) })
}

// observeRollBack learns how the execution of roll-back stands. As for patch-approval, an event only
// says that it ended; how far it came is asked for before anybody is told.
func (r Request) observeRollBack(d workflow.ExecutionStatus, now time.Time) Change {
	switch {
	case r.Status != StatusRollingBack || !d.Ended():
		return r.with()
	case d.Past == nil:
		r.EndTold = true
		return r.with(lookExecution)
	}
	back := *r.RollBack
	r.RollBack = &back
	if d.Past.ReplaceBegan {
		back.Began = BeganYes
	} else if d.Past.Known {
		back.Began = BeganNo
	}
	if d.Broken() {
		return r.rollBackOver(Failure{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}, d.Status, now)
	}
	if told := d.StoppedAt().Add(tellTime); now.Before(told) {
		return r.with(Effect{Kind: EffectLookExecution, NotBefore: told})
	}
	return r.rollBackUnheard(now)
}

// rollBackUnheard ends a roll back whose execution ended well, although its last notification never
// came.
func (r Request) rollBackUnheard(now time.Time) Change {
	return r.rollBackOver(Failure{Error: "EndUnheard", Cause: "The execution ended, but how was never told."}, succeeded, now)
}

func (r Request) rollBackOver(failure Failure, told string, now time.Time) Change {
	from := r.Status
	r.endRollBack(StatusRollBackFailed, &failure, now)
	return r.with(render, reply(LineRollBackFailed)).record(now, ActorEventBridge, told, from)
}
