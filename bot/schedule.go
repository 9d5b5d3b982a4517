package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// ScheduleAhead is how far ahead a scheduled time has to lie: what is nearer than the delivery of
// a decision may take is decided by patching now.
const ScheduleAhead = 5 * time.Minute

// LatestSchedule is the latest time for which patching can be scheduled.
func (r Request) LatestSchedule(now time.Time) time.Time { return now.Add(r.ScheduleWithin) }

// Unschedulable says why patching cannot be scheduled for a time, "" when it can.
func (r Request) Unschedulable(until, now time.Time) Refusal {
	switch {
	case r.ScheduleWithin <= 0:
		return RefusedNoSchedules
	case until.Before(now.Add(ScheduleAhead)):
		return RefusedTooSoon
	case until.After(r.LatestSchedule(now)):
		return RefusedTooFar
	}
	return ""
}

// decidedStatus is where a verdict takes a request.
func decidedStatus(v workflow.Verdict) Status {
	switch v {
	case workflow.Approved:
		return StatusApproved
	case workflow.Scheduled:
		return StatusScheduled
	case workflow.Rejected:
	}
	return StatusRejected
}

// scheduleDrift is how much later than the scheduled time the machine may go on without being
// told to wait less.
const scheduleDrift = 5 * time.Minute

// waitForSchedule takes the token with which the machine waits for a scheduled time, and which
// takes another decision until then. What was decided before the token came is delivered to it at
// once; so is the schedule itself where the machine would go on too late, for a step that is
// retried or redriven waits all over again.
func (r Request) waitForSchedule(n workflow.Notification, d workflow.ScheduleWaiting, now time.Time) Change {
	from := r.Status
	r = r.stopWaiting()
	r.EndTold, r.ApprovalToken = false, n.Token
	known := r.Decision != nil && r.Decision.Verdict == workflow.Scheduled && r.Decision.Until.Equal(d.Until)
	if known || r.Decision == nil {
		r.Status = StatusScheduled
	}
	var c Change
	switch {
	case known:
		drift := time.Duration(d.WaitSeconds-r.Decision.Waiting(now).WaitSeconds) * time.Second
		if r.Delivered = drift <= scheduleDrift; !r.Delivered {
			c.Effects = append(c.Effects, completeDecision(n.Token))
		}
	case r.changesWait():
		c.Effects = append(c.Effects, completeDecision(n.Token))
	default:
		c.Effects = append(c.Effects, lookExecution) // somebody answered past us
	}
	if r.Status != from {
		c.Effects = append(c.Effects, render)
	}
	c.Request = r
	return c
}

// awaitsSchedule reports whether the execution of a request may still be waiting with the token of
// a notification: a cancelled schedule ends a request before the machine has taken that.
func (r Request) awaitsSchedule(n workflow.Notification) bool {
	return r.Status.Open() || r.goesOn(n) || r.Status == StatusRejected && !r.Over
}

// changesWait reports whether what was decided last changes what the execution waits for, a schedule or
// the end of a freeze, and the execution has yet to take it.
func (r Request) changesWait() bool { return r.Changed != nil && !r.Delivered }

// tookSchedule is what follows from an execution that has, or had, a schedule which was changed
// here since, or that waits, or waited, for the end of a freeze. While its time has not come, the token that takes the change is on its way, or the
// history does not show yet that it was taken.
func (r Request) tookSchedule(p workflow.Past) (c Change, ok bool) {
	switch {
	case r.Changed == nil || p.Decision.Verdict != workflow.Scheduled && !r.Changed.Same(*p.Decision):
		return Change{}, false
	case p.Frozen && (!r.Delivered || p.Decision.At.Before(r.Decision.At)):
		return r.with(), true
	case p.Scheduled && (!r.Delivered || p.Decision.At.Before(r.Decision.At)):
		return r.with(), true
	case !p.Scheduled && !r.Delivered && r.Decision.Verdict == workflow.Approved:
		r.Delivered = true // it has begun, as was wanted
		return r.with(), true
	}
	return Change{}, false
}

// begun takes a request on whose scheduled time has come, before the machine says so itself. One that is frozen
// waits for the machine's word: the history may not show yet that it waits.
func (r Request) begun(p workflow.Past) Change {
	if r.Status != StatusScheduled || p.Scheduled || p.Frozen {
		return r.with()
	}
	r.Status = StatusApproved
	return r.with(render)
}
