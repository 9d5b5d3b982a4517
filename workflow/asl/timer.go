package asl

import "time"

// expires is when the machine's timeout ends the execution, or zero.
func (e *execution) expires() time.Time {
	timeout := e.interpreter.config.Machine.timeout
	if timeout == 0 {
		return time.Time{}
	}
	return e.started.Add(timeout)
}

// arm sets the timer to the next moment at which something is due.
func (e *execution) arm() {
	if e.status != StatusRunning {
		return
	}
	next := earliest(e.due, e.beat, e.expires())
	switch {
	case next.IsZero():
		e.disarm()
	case e.timer == nil:
		e.timer = time.AfterFunc(time.Until(next), e.fire)
	default:
		e.timer.Reset(time.Until(next))
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
	e.elapse(time.Now())
	e.proceed()
	i.release()
}

// elapse does what is due at a moment.
func (e *execution) elapse(now time.Time) {
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch {
	case due(e.expires()):
		e.end(StatusTimedOut, EventExecutionTimedOut, nil, &failure{name: ErrorTimeout})
	case due(e.due) && e.phase == pausing:
		e.phase, e.due = ready, time.Time{}
		e.resume()
	case due(e.due) && e.phase == backing:
		e.phase, e.due = ready, time.Time{}
	case due(e.due):
		e.completed(EventTaskTimedOut, nil, &failure{name: ErrorTimeout})
	case due(e.beat):
		e.completed(EventTaskTimedOut, nil, &failure{name: ErrorHeartbeatTimeout})
	}
}
