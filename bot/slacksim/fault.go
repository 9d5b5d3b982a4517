package slacksim

import (
	"cmp"
	"net/http"
	"time"
)

const (
	// EveryMethod makes a fault apply to all methods of the Web API.
	EveryMethod = "*"
	// ResponseURLs makes a fault apply to posts to response URLs.
	ResponseURLs = "response_url"
)

// Fault is a way in which Slack fails to answer. Exactly one of Status, Error
// and Drop says how.
type Fault struct {
	Times       int           // how many requests it hits; 0 means until Heal
	Status      int           // HTTP status without a Slack answer, e.g. 429, 500, 503
	RetryAfter  time.Duration // sent with status 429, in whole seconds, rounded up
	Error       string        // answer 200 with {"ok":false,"error":Error}, e.g. "token_revoked"
	Drop        bool          // close the connection without an answer
	AfterEffect bool          // perform the call first: only the answer is lost
}

// Fail makes a method fail: each fault in turn, every one for its number of
// Times. It replaces what the method was told before. The name may be
// EveryMethod or ResponseURLs.
func (w *Workspace) Fail(method string, faults ...Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	queue := make([]*Fault, len(faults))
	for i := range faults {
		queue[i] = &faults[i]
	}
	w.faults[method] = queue
}

// Heal ends the faults of a method.
func (w *Workspace) Heal(method string) { w.Fail(method) }

// nextFault takes the fault for one request to a method, nil when there is none.
func (w *Workspace) nextFault(method string) *Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := method
	if len(w.faults[name]) == 0 && name != ResponseURLs {
		name = EveryMethod
	}
	queue := w.faults[name]
	if len(queue) == 0 {
		return nil
	}
	hit := *queue[0]
	if queue[0].Times == 1 {
		w.faults[name] = queue[1:]
	} else if queue[0].Times > 1 {
		queue[0].Times--
	}
	return &hit
}

// serve answers a request in the way of the fault.
func (f Fault) serve(rw http.ResponseWriter) {
	switch {
	case f.Drop:
		drop(rw)
	case f.Error != "":
		apiError{code: f.Error}.serve(rw, http.StatusOK)
	case f.Status == http.StatusTooManyRequests:
		if f.RetryAfter > 0 {
			rw.Header().Set("Retry-After", wholeSeconds(f.RetryAfter))
		}
		apiError{code: "ratelimited"}.serve(rw, f.Status)
	default:
		// Slack sends a page of HTML with its server errors.
		rw.Header().Set("Content-Type", "text/html")
		rw.WriteHeader(cmp.Or(f.Status, http.StatusInternalServerError))
		_, _ = rw.Write([]byte("<html><body>Server Error</body></html>"))
	}
}

// drop closes the connection under the caller. Where there is none to close,
// in process, the answer is what a broken proxy would give.
func drop(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		http.Error(rw, "connection dropped", http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}
