package asl

import "time"

// task is what a Task state adds.
type task struct {
	resource                 string // ARN without ".waitForTaskToken"
	partition                string // of the ARN, e.g. "aws" or "aws-us-gov"
	callback                 bool
	timeout, heartbeat       time.Duration // heartbeat 0 is none
	timeoutPath, heartbeatAt *path
}

func (f *fields) task(s *state) {
	s.task = &task{timeout: maxSeconds * time.Second}
	f.resource(s.task)
	f.io(s)
	f.transition(s)
	s.parameters = f.template("Parameters")
	s.selector = f.template("ResultSelector")
	s.resultPath = f.resultPath()
	s.assign = f.assign()
	f.timeouts(s.task)
	f.retriers(s)
	f.catchers(s)
}

func (f *fields) timeouts(t *task) {
	f.both("TimeoutSeconds", "TimeoutSecondsPath")
	f.both("HeartbeatSeconds", "HeartbeatSecondsPath")
	if n, ok := f.integer("TimeoutSeconds", 1, maxSeconds); ok {
		t.timeout = time.Duration(n) * time.Second
	}
	t.timeoutPath = f.path("TimeoutSecondsPath", true)
	t.heartbeatAt = f.path("HeartbeatSecondsPath", true)
	if n, ok := f.integer("HeartbeatSeconds", 1, maxSeconds); ok {
		t.heartbeat = time.Duration(n) * time.Second
		if t.timeoutPath == nil && t.heartbeat >= t.timeout {
			f.refuse("HeartbeatSeconds", "must be less than TimeoutSeconds")
		}
	}
	if !t.callback && (f.has("HeartbeatSeconds") || f.has("HeartbeatSecondsPath")) {
		f.refuse("HeartbeatSeconds", "only a task with %s can have heartbeats", callbackSuffix)
	}
}

// limits evaluates the timeout and the heartbeat (0 is none) of a task.
func (t *task) limits(s *scope) (timeout, heartbeat time.Duration, err error) {
	timeout, heartbeat = t.timeout, t.heartbeat
	if t.timeoutPath != nil {
		if timeout, err = s.seconds(t.timeoutPath, "TimeoutSecondsPath"); err != nil {
			return 0, 0, err
		}
	}
	if t.heartbeatAt != nil {
		if heartbeat, err = s.seconds(t.heartbeatAt, "HeartbeatSecondsPath"); err != nil {
			return 0, 0, err
		}
	}
	return timeout, heartbeat, nil
}

// seconds evaluates a path to a whole number of seconds, at least one.
func (s *scope) seconds(p *path, field string) (time.Duration, error) {
	v, err := s.selected(p, field)
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	if !ok || n < 1 || n > maxSeconds {
		return 0, failf(ErrorRuntime, "The %s '%s' must lead to an integer from %d to %d, not to %s",
			field, p.text, 1, maxSeconds, encode(v))
	}
	return time.Duration(n) * time.Second, nil
}
