package bot

import (
	"cmp"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Observe changes a request by what EventBridge, or a look at AWS, says of something
// that the request waits for. No effects at all means that nothing changed.
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
		switch {
		case d.ExecutionARN != r.ExecutionARN || !r.Status.Open():
		case d.Broken():
			return r.broken(d, now)
		case d.Ended() && !r.Delivered:
			// It ended well without a decision: its deadline has passed.
			return r.unanswered(now)
		}
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

// broken ends a request whose execution ended without telling its story.
func (r Request) broken(d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	from := r.Status
	if d.Status == "ABORTED" {
		r.finish(StatusStopped, now)
	} else {
		r.Failure = &Failure{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}
		r.finish(StatusFailed, now)
	}
	return r, []Effect{render(), reply(brokenLine(r)), audit(now, "eventbridge", d.Status, from, r.Status, "")}
}

// Abandon ends an open request whose execution has ended, so that a new execution may
// ask about the same instance.
func Abandon(r Request, d workflow.ExecutionStatus, now time.Time) (Request, []Effect) {
	if !r.Status.Open() || !d.Ended() {
		return r, nil
	}
	if changed, effects := Observe(r, d, now); len(effects) > 0 {
		return changed, effects
	}
	from := r.Status
	r.finish(StatusStopped, now)
	return r, []Effect{render(), reply(unheardLine(r)), audit(now, "workflow", "abandoned", from, r.Status, "")}
}

// unanswered ends a request whose execution ended without taking a decision.
func (r Request) unanswered(now time.Time) (Request, []Effect) {
	from := r.Status
	r.finish(StatusExpired, now)
	line := threadLine(r, workflow.ApprovalExpired{})
	return r, []Effect{render(), reply(line), audit(now, "eventbridge", "SUCCEEDED", from, r.Status, "")}
}
