package asl

import (
	"math"
	"time"
)

// wait is what a Wait state adds: one of four ways to say how long.
type wait struct {
	seconds     int64
	until       time.Time
	secondsPath *path
	untilPath   *path
}

func (f *fields) wait(s *state) {
	f.io(s)
	f.transition(s)
	s.assign = f.assign()
	s.wait = &wait{}
	ways := 0
	for _, name := range []string{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} {
		if f.has(name) {
			ways++
		}
	}
	if ways != 1 {
		f.refuse("Seconds", "exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is needed")
	}
	s.wait.seconds, _ = f.integer("Seconds", 0, maxSeconds)
	s.wait.secondsPath = f.path("SecondsPath", true)
	s.wait.untilPath = f.path("TimestampPath", true)
	if text, ok := f.text("Timestamp"); ok {
		t, ok := timestamp(text)
		if !ok {
			f.refuse("Timestamp", "%q is no timestamp such as 2026-11-25T17:00:00Z", text)
		}
		s.wait.until = t
	}
}

// longestDelay is the longest wait until a time, in seconds: recorded were 24,855 days,
// which pass, and 24,856 days, which do not.
const longestDelay = math.MaxInt32 * time.Second

// end tells when a wait that begins now is over. The causes are worded as was recorded.
func (w *wait) end(s *scope, now time.Time) (time.Time, error) {
	switch {
	case w.secondsPath != nil:
		n, err := s.delay(w.secondsPath)
		return now.Add(n), err
	case w.untilPath != nil:
		v, err := s.parameter(w.untilPath, "TimestampPath")
		if err != nil {
			return now, err
		}
		t, ok := timestamp(v)
		switch {
		case !ok:
			return now, failf(ErrorRuntime, "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s",
				w.untilPath.text, plain(v))
		case t.Sub(now) > longestDelay:
			return now, failf(ErrorRuntime, "Wait state delay is too long.")
		}
		return t, nil
	case !w.until.IsZero():
		return w.until, nil
	}
	return now.Add(time.Duration(w.seconds) * time.Second), nil
}

// delay evaluates SecondsPath.
func (s *scope) delay(p *path) (time.Duration, error) {
	v, err := s.parameter(p, "SecondsPath")
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	switch {
	case !ok:
		return 0, failf(ErrorRuntime, "The SecondsPath parameter cannot be parsed as a long value: %s == %s", p.text, plain(v))
	case n < 0:
		return 0, failf(ErrorRuntime, "The SecondsPath parameter references a negative value: %s == %d", p.text, n)
	case n > maxSeconds:
		return 0, failf(ErrorRuntime, "Wait state delay is too long.")
	}
	return time.Duration(n) * time.Second, nil
}

// parameter evaluates a path of a Wait state.
func (s *scope) parameter(p *path, field string) (any, error) {
	v, ok, err := s.find(p)
	if err == nil && !ok {
		err = failf(ErrorRuntime, "The %s parameter does not reference an input value: %s", field, p.text)
	}
	return v, err
}

// plain writes a value for a cause: text without quotes, anything else as JSON.
func plain(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return string(encode(v))
}
