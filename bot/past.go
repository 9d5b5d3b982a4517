package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// learnPast takes over what the execution itself says: which decision it took, and whether
// the install began. A call whose answer was lost may have worked, and whoever holds a token
// can answer past us, so this overrules what was thought here.
func (r Request) learnPast(p workflow.Past, now time.Time) Change {
	if p.InstallBegan {
		r.Began = BeganYes
	}
	switch {
	case p.Decision == nil:
		return r.with()
	case r.Decision != nil && r.Decision.Same(*p.Decision):
		if r.Delivered {
			return r.begun(p)
		}
		r.Delivered = true
		if r.Status == StatusRejected {
			return r.with(render) // now it is known that nothing was installed
		}
		return r.begun(p)
	}
	if c, ok := r.tookSchedule(p); ok {
		return c
	}
	return r.overrule(p, now)
}

// overrule takes the decision that the execution took, which nobody took here.
func (r Request) overrule(p workflow.Past, now time.Time) Change {
	from, taken := r.Status, *p.Decision
	r.Decision, r.Overruled, r.Changed, r.Delivered = &taken, r.Decision, nil, true
	yes := taken.Verdict == workflow.Approved || taken.Verdict == workflow.Scheduled
	undone := r.Status == StatusAsked || r.Status == StatusRejected || r.Status == StatusExpired || r.Status == StatusScheduled || r.Status == StatusFrozen
	switch {
	case !yes && (r.Status == StatusAsked || r.Status == StatusScheduled || r.Status == StatusFrozen || r.Status == StatusApproved):
		r.finish(StatusRejected, now)
	case p.Scheduled && (undone || r.Status == StatusApproved):
		r.Status, r.EndedAt = StatusScheduled, time.Time{}
	case p.Frozen && r.Status == StatusFrozen: // it goes on waiting
	case yes && undone:
		r.Status, r.EndedAt = StatusApproved, time.Time{}
	}
	return r.with(render, reply(LineOverruled)).record(now, ActorExecution, string(taken.Verdict), from)
}

// watchEvery is how often the execution of an open request is looked at, in case that the
// event about its end is lost, and watchAsked how often while the question stands, or a turn is
// waited for: somebody may have answered past us; watchGrace is how long after the deadline it may
// still tell by itself, and watchSoon how soon again where AWS has yet to show what it told:
// DescribeExecution and GetExecutionHistory are eventually consistent.
const (
	watchEvery = 10 * time.Minute
	watchAsked = time.Hour
	watchGrace = 2 * time.Minute
	watchSoon  = time.Minute
)

// needsExecution reports whether the execution still has something to tell that matters.
func (r Request) needsExecution() bool {
	if r.Status == StatusRollingBack {
		return !r.Has(EffectStartRollBack)
	}
	return !r.Over && (r.Status.Open() || r.Decision != nil && !r.Delivered || r.stopUntaken())
}

// nextWatch is when the execution is to be looked at if nothing is heard until then.
func (r Request) nextWatch(now time.Time) time.Time {
	switch {
	case r.Decision != nil && !r.Delivered, r.EndTold, r.stopUntaken():
		return now.Add(watchSoon)
	case r.Status == StatusAsked && now.Add(watchAsked).Before(r.AnswerBy):
		return now.Add(watchAsked)
	case r.Status == StatusQueued, r.Status == StatusFrozen:
		return now.Add(watchAsked)
	case r.Status == StatusScheduled && r.Decision != nil && now.Before(r.Decision.Until):
		return earlier(now.Add(watchAsked), r.Decision.Until.Add(watchGrace))
	case r.Status == StatusAsked && now.Before(r.AnswerBy):
		return r.AnswerBy.Add(watchGrace)
	}
	return now.Add(watchEvery)
}

// giveOver hands over to the request of the execution's next life.
func (r Request) giveOver(next string, now time.Time) Change {
	if r.NextLife == next {
		return r.with()
	}
	from := r.Status
	r.NextLife = next
	var effects []Effect
	if r.Status.Open() && r.Status != StatusRollingBack {
		r.finish(StatusStopped, now)
		effects = []Effect{render, reply(LineAskedAnew)}
	}
	r.Over = true
	return r.with(effects...).record(now, ActorWorkflow, ActionNextLife, from)
}
