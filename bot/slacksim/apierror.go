package slacksim

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
)

// apiError is an answer of the form {"ok":false,"error":"CODE"}.
type apiError struct {
	code       string
	problems   []string      // what is wrong where, for invalid_blocks and invalid_arguments
	needed     string        // for missing_scope
	provided   string        // for missing_scope
	retryAfter time.Duration // above zero: HTTP 429
}

func (e apiError) Error() string { return e.code }

// asAPIError finds Slack's error in err; anything else is an internal_error.
func asAPIError(err error) apiError {
	var e apiError
	if errors.As(err, &e) {
		return e
	}
	return apiError{code: "internal_error"}
}

// serve writes the error; a rate limit overrides the status.
func (e apiError) serve(rw http.ResponseWriter, status int) {
	body := answer{"ok": false, "error": e.code}
	if e.needed != "" {
		body["needed"], body["provided"] = e.needed, e.provided
	}
	if len(e.problems) > 0 {
		messages := make([]string, len(e.problems))
		for i, p := range e.problems {
			messages[i] = "[ERROR] " + p
		}
		body["errors"] = e.problems
		body["response_metadata"] = answer{"messages": messages}
	}
	if e.retryAfter > 0 {
		status = http.StatusTooManyRequests
		rw.Header().Set("Retry-After", wholeSeconds(e.retryAfter))
	}
	writeJSON(rw, status, body)
}

// wholeSeconds rounds up to the unit of the Retry-After header, at least 1.
func wholeSeconds(d time.Duration) string {
	return fmt.Sprint(max(1, int(math.Ceil(d.Seconds()))))
}
