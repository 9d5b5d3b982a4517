package bot

import (
	"cmp"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Observe changes a request by what EventBridge, or a look at AWS, says of something
// that the request waits for. No effects at all means that nothing changed, except of an
// execution that was looked at, where what is known of it may have.
func Observe(r Request, detail workflow.EventDetail, now time.Time) (Request, []Effect) {
	switch d := detail.(type) {
	case workflow.CommandStatus:
		if d.Ended() {
			return r.endWait(d, d.Status, now)
		}
	case workflow.SnapshotsResult:
		if d.Ended() {
			return r.endWait(d, d.Result, now)
		}
	case workflow.ExecutionStatus:
		return r.observeExecution(d, now)
	}
	return r, nil
}

// endWait resumes the execution when the event is about what it waits for. The machine
// asks AWS itself how it ended, so the event's word is not passed on.
func (r Request) endWait(d workflow.EventDetail, how string, now time.Time) (Request, []Effect) {
	if r.Wait == nil || r.Wait.Subject != d.Subject() {
		return r, nil
	}
	token := r.Wait.Token
	r = r.stopWaiting()
	return r, []Effect{completeWait(token), audit(now, "eventbridge", how, r.Status, r.Status, "")}
}

// observeExecution learns how the execution stands. An event only says that it ended; what
// it took and did is asked for before anybody is told.
func (r Request) observeExecution(d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	switch {
	case d.ExecutionARN != r.ExecutionARN || r.Over:
		return r, nil
	case d.Past == nil:
		if d.Ended() && r.needsExecution() {
			r.EndTold = true
			return r, []Effect{{Kind: EffectLookExecution}}
		}
		return r, nil
	}
	r, effects := r.learnPast(*d.Past, now)
	if !d.Ended() {
		return r, effects
	}
	if r.Began == BeganUnknown && d.Past.Known {
		r.Began = BeganNo
	}
	r, end := r.executionEnded(d, now)
	return r, append(effects, end...)
}

// lastWords is how long after its execution's end a request may wait for the notification
// that tells the end.
const lastWords = 10 * time.Minute

// executionEnded ends a request whose execution has ended, unless the notification that
// tells the end may still be on its way.
func (r Request) executionEnded(d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	switch {
	case !r.Status.Open():
		r.Over = true
		return r, []Effect{render()} // what it left is certain now
	case d.Broken():
		return r.broken(d, now)
	case d.Past.Known && (r.Decision == nil || !r.Delivered):
		return r.unanswered(now)
	case now.Before(d.StoppedAt().Add(lastWords)):
		return r, []Effect{{Kind: EffectLookExecution, NotBefore: d.StoppedAt().Add(lastWords)}}
	}
	return r.unheard(now)
}

// broken ends a request whose execution ended without telling its story.
func (r Request) broken(d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	from, status, at := r.Status, StatusFailed, d.StoppedAt()
	if at.IsZero() {
		at = now
	}
	if d.Status == "ABORTED" {
		status = StatusStopped
	} else {
		r.Failure = &Failure{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}
	}
	r.finish(status, at)
	r.Over = true
	return r, []Effect{render(), r.line(brokenLine(r)), audit(now, "eventbridge", d.Status, from, r.Status, "")}
}

// unanswered ends a request whose execution ended without taking a decision.
func (r Request) unanswered(now time.Time) (Request, []Effect) {
	from := r.Status
	r.finish(StatusExpired, now)
	r.Over = true
	line := threadLine(r, workflow.ApprovalExpired{})
	return r, []Effect{render(), r.line(line), audit(now, "eventbridge", "SUCCEEDED", from, r.Status, "")}
}

// unheard ends a request whose execution ended well, although its last notification never
// came.
func (r Request) unheard(now time.Time) (Request, []Effect) {
	from := r.Status
	r.finish(StatusStopped, now)
	r.Over = true
	return r, []Effect{render(), r.line(unheardLine(r)), audit(now, "eventbridge", "SUCCEEDED", from, r.Status, "")}
}

// Abandon ends an open request whose execution has ended, without waiting for its last
// notification any longer, so that a new execution may ask about the same instance.
func Abandon(r Request, d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	if !r.Status.Open() || !d.Ended() {
		return r, nil
	}
	r, effects := Observe(r, d, now)
	if !r.Status.Open() {
		return r, effects
	}
	r, end := r.unheard(now)
	return r, append(effects, end...)
}
