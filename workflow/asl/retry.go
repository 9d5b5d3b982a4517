package asl

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// retrier says how often and when a task that failed is tried again.
type retrier struct {
	errors   errorEquals
	interval time.Duration
	attempts int
	backoff  float64
	most     time.Duration // MaxDelaySeconds; 0 is none
	jitter   bool
}

// maxDelay is the longest MaxDelaySeconds, exclusive (one leap year, Step Functions
// developer guide, "Handling errors").
const maxDelay = 31_622_400

func (f *fields) retriers(s *state) {
	objects := f.objects("Retry")
	for i, r := range objects {
		s.retry = append(s.retry, r.retrier(i == len(objects)-1))
	}
}

func (f *fields) retrier(last bool) retrier {
	r := retrier{errors: f.errorEquals(last), interval: time.Second, attempts: 3, backoff: 2}
	f.text("Comment")
	if n, ok := f.integer("IntervalSeconds", 1, maxSeconds); ok {
		r.interval = time.Duration(n) * time.Second
	}
	if n, ok := f.integer("MaxAttempts", 0, maxSeconds); ok {
		r.attempts = int(n)
	}
	if raw, ok := f.raw("BackoffRate"); ok {
		if r.backoff, ok = asFloat(raw.value); !ok || r.backoff < 1 {
			f.refuse("BackoffRate", "must be a number of at least 1.0")
		}
	}
	if n, ok := f.integer("MaxDelaySeconds", 1, maxDelay-1); ok {
		if r.most = time.Duration(n) * time.Second; r.most <= r.interval {
			f.refuse("MaxDelaySeconds", "must be greater than IntervalSeconds")
		}
	}
	if strategy, ok := f.text("JitterStrategy"); ok {
		if r.jitter = strategy == "FULL"; !r.jitter && strategy != "NONE" {
			f.refuse("JitterStrategy", "must be FULL or NONE")
		}
	}
	f.finish()
	return r
}

// delay is the time before the next try when the retrier was used this often before.
// With jitter it is anything from zero up to that.
func (r retrier) delay(used int) time.Duration {
	d := float64(r.interval)
	for range used {
		if d *= r.backoff; d > maxSeconds*float64(time.Second) {
			d = maxSeconds * float64(time.Second)
			break
		}
	}
	if r.most > 0 {
		d = min(d, float64(r.most))
	}
	if r.jitter {
		d *= rand.Float64() // #nosec G404 -- a pause is no secret
	}
	return time.Duration(d)
}

// catcher says where an execution goes on when a task failed.
type catcher struct {
	errors     errorEquals
	resultPath resultPath
	assign     *template
	next       *state
}

func (f *fields) catchers(s *state) {
	objects := f.objects("Catch")
	for i, o := range objects {
		c := &catcher{errors: o.errorEquals(i == len(objects)-1), resultPath: o.resultPath(), assign: o.assign()}
		o.text("Comment")
		o.target("Next", &c.next)
		o.finish()
		s.catch = append(s.catch, c)
	}
}

// errorEquals takes ErrorEquals. States.ALL has to stand alone and in the last place,
// for what follows it could never match.
func (f *fields) errorEquals(last bool) errorEquals {
	if !f.has("ErrorEquals") {
		f.refuse("ErrorEquals", "is missing")
		return nil
	}
	var names errorEquals
	for _, raw := range f.list("ErrorEquals") {
		name, ok := raw.value.(string)
		if !ok {
			f.refuse("ErrorEquals", "must be strings")
			continue
		}
		if strings.HasPrefix(name, "States.") && !knownError(name) {
			f.refuse("ErrorEquals", "%q is no error of the language", name)
		}
		names = append(names, name)
	}
	if slices.Contains(names, ErrorAll) && (len(names) > 1 || !last) {
		f.refuse("ErrorEquals", "%s must be alone and in the last place", ErrorAll)
	}
	return names
}

func knownError(name string) bool {
	return slices.Contains([]string{
		ErrorAll, ErrorTimeout, ErrorHeartbeatTimeout, ErrorTaskFailed, ErrorPermissions, ErrorRuntime, ErrorResultPath,
		ErrorParameterPath, ErrorBranchFailed, ErrorNoChoiceMatched, ErrorIntrinsicFailure, ErrorDataLimitExceeded, ErrorToleranceExceeded,
	}, name)
}
