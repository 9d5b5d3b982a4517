package bot

import (
	"cmp"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Observe changes a request by what EventBridge, or a look at AWS, says of something
// that the request waits for. A change of nothing means that nothing was learned, except of an
// execution that was looked at, where what is known of it may have changed.
func Observe(r Request, detail workflow.EventDetail, now time.Time) Change {
	switch d := detail.(type) {
	case workflow.CommandStatus:
		if d.Ended() {
			return r.endWait(d, d.Status, now)
		}
	case workflow.SnapshotsResult:
		if d.Ended() {
			return r.endWait(d, d.Result, now)
		}
	case workflow.ReplacementStatus:
		if d.Ended() {
			return r.endWait(d, d.State, now)
		}
	case workflow.ExecutionStatus:
		switch {
		case r.RollBack != nil && d.ExecutionARN == r.RollBack.ExecutionARN:
			return r.observeRollBack(d, now)
		case r.Status == StatusRollingBack: // the machine that asked was over before
			return r.with()
		}
		return r.observeExecution(d, now)
	}
	return r.with()
}

// endWait resumes the execution when the event is about what it waits for. The machine
// asks AWS itself how it ended, so the event's word is not passed on.
func (r Request) endWait(d workflow.EventDetail, how string, now time.Time) Change {
	if r.Wait == nil || r.Wait.Subject != d.Subject() {
		return r.with()
	}
	token := r.Wait.Token
	r = r.stopWaiting()
	return r.with(completeWait(token)).record(now, ActorEventBridge, how, r.Status)
}

// observeExecution learns how the execution stands. An event only says that it ended; what
// it took and did is asked for before anybody is told.
func (r Request) observeExecution(d workflow.ExecutionStatus, now time.Time) Change {
	switch {
	case d.ExecutionARN != r.ExecutionARN || r.Over:
		return r.with()
	case d.Past == nil:
		if d.Ended() && r.needsExecution() {
			r.EndTold = true
			return r.with(lookExecution)
		}
		return r.with()
	}
	c := r.learnPast(*d.Past, now)
	if !d.Ended() {
		return c
	}
	return c.then(func(r Request) Change {
		if r.Began == BeganUnknown && d.Past.Known {
			r.Began = BeganNo
		}
		return r.executionEnded(d, now)
	})
}

// tellTime is how long after its execution's end a request may wait for the notification that
// tells the end.
const tellTime = 10 * time.Minute

// executionEnded ends a request whose execution has ended, unless the notification that
// tells the end may still be on its way.
func (r Request) executionEnded(d workflow.ExecutionStatus, now time.Time) Change {
	switch {
	case !r.Status.Open():
		r.Over = true
		return r.with(render) // what it left is certain now
	case d.Broken():
		return r.broken(d, now)
	case d.Past.Known && (r.Decision == nil || !r.Delivered):
		return r.over(StatusExpired, LineExpired, succeeded, now, now)
	case now.Before(d.StoppedAt().Add(tellTime)):
		return r.with(Effect{Kind: EffectLookExecution, NotBefore: d.StoppedAt().Add(tellTime)})
	}
	return r.endUnheard(now)
}

// succeeded is the status of an execution that ended well.
const succeeded = "SUCCEEDED"

// broken ends a request whose execution ended without telling its story.
func (r Request) broken(d workflow.ExecutionStatus, now time.Time) Change {
	at := d.StoppedAt()
	if at.IsZero() {
		at = now
	}
	if d.Status == "ABORTED" {
		return r.over(StatusStopped, LineStopped, d.Status, at, now)
	}
	r.Failure = &Failure{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}
	return r.over(StatusFailed, LineFailed, d.Status, at, now)
}

// endUnheard ends a request whose execution ended well, although its last notification never
// came.
func (r Request) endUnheard(now time.Time) Change {
	return r.over(StatusStopped, LineEndUnheard, succeeded, now, now)
}

// over ends a request whose execution has ended.
func (r Request) over(s Status, line LineKind, told string, at, now time.Time) Change {
	from := r.Status
	r.finish(s, at)
	r.Over = true
	return r.with(render, reply(line)).record(now, ActorEventBridge, told, from)
}

// Abandon ends an open request whose execution has ended, without waiting for its last
// notification any longer, so that a new execution may ask about the same instance.
func Abandon(r Request, d workflow.ExecutionStatus, now time.Time) Change {
	if !r.Status.Open() || !d.Ended() {
		return r.with()
	}
	c := Observe(r, d, now)
	if !c.Request.Status.Open() {
		return c
	}
	return c.then(func(r Request) Change {
		if r.Status == StatusRollingBack {
			return r.rollBackUnheard(now)
		}
		return r.endUnheard(now)
	})
}
