package asl

import "time"

// expires is when the machine's timeout ends the execution, or zero.
func (e *execution) expires() time.Time {
	timeout := e.interpreter.config.Machine.timeout
	if timeout == 0 {
		return time.Time{}
	}
	if e.redrive != nil {
		return e.redrive.at.Add(timeout)
	}
	return e.started.Add(timeout)
}

// arm sets the timer to the next moment at which something is due.
func (e *execution) arm() {
	if e.status != StatusRunning {
		return
	}
	next := earliest(e.main.soonest(), e.expires())
	switch {
	case next.IsZero():
		e.disarm()
	case e.timer == nil:
		e.timer = e.interpreter.config.Clock.AfterFunc(next.Sub(e.now()), e.fire)
	default:
		e.timer.Reset(next.Sub(e.now()))
	}
}

func (e *execution) disarm() {
	if e.timer != nil {
		e.timer.Stop()
	}
}

func earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// fire is called by the timer. What is due is decided anew under the lock, so that a
// timer that fires late or twice does no harm.
func (e *execution) fire() {
	i := e.interpreter
	i.mu.Lock()
	if i.closed() || e.status != StatusRunning {
		i.mu.Unlock()
		return
	}
	i.work.Add(1)
	defer i.work.Done()
	e.elapse(e.now())
	e.proceed()
	i.release()
}

// soonest is the next moment at which something is due in the branch, or zero.
func (b *branch) soonest() time.Time {
	next := earliest(b.due, b.beat)
	for c := range b.active() {
		next = earliest(next, c.soonest())
	}
	return next
}

// elapse does what is due at a moment. The machine's own timeout has no error and no cause.
func (e *execution) elapse(now time.Time) {
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	if due(e.expires()) {
		e.end(StatusTimedOut, EventExecutionTimedOut, nil, nil)
	}
	for e.status == StatusRunning {
		next := e.main.soonest()
		if !due(next) {
			return
		}
		e.main.find(func(b *branch) bool { return next.Equal(b.due) || next.Equal(b.beat) }).elapse(next)
	}
}

// elapse does what is due in the branch itself at a moment.
func (b *branch) elapse(now time.Time) {
	due := !b.due.IsZero() && !now.Before(b.due)
	switch {
	case due && b.phase == pausing:
		b.phase, b.due = ready, time.Time{}
		b.resume()
	case due && b.phase == backing:
		b.phase, b.due = ready, time.Time{}
	default: // a missed heartbeat too is States.Timeout
		b.completed(EventTaskTimedOut, nil, &failure{name: ErrorTimeout})
	}
}
