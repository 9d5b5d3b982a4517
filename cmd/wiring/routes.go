package wiring

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
)

// endpoints are the requests that interact answers.
var endpoints = []string{
	"POST /slack/interactions",
	"POST /slack/commands",
	"POST /slack/events",
	"GET /approvals/{id}",
	"POST /approvals/{id}",
	"GET /healthz",
}

// routed takes what API Gateway puts before a path away, and says which paths there are when
// none fits. Of an HTTP API's payload the path has all that the address has: the key of a
// custom domain's mapping and a named stage, too.
type routed struct {
	http.Handler        // the bot's
	basePath     string // e.g. "/patchbot"; may be empty
	log          *slog.Logger
}

func (r routed) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	came := req.URL.Path
	if below, ok := strings.CutPrefix(came, r.basePath); ok && strings.HasPrefix(below, "/") {
		req = req.Clone(req.Context())
		req.URL.Path, req.URL.RawPath = below, ""
	}
	answer := &unlessMissing{ResponseWriter: w, request: req}
	r.Handler.ServeHTTP(answer, req)
	if answer.missing {
		r.refuse(w, req.Method, came)
	}
}

// refuse answers a request under an unknown path, for whoever set the address up.
func (r routed) refuse(w http.ResponseWriter, method, came string) {
	expected := r.closest(came)
	r.log.Warn("a request came under an unknown path", "method", bot.Tidy(method, 10), "path", bot.Tidy(came, 200), "expected", expected, "base_path", r.basePath)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, "patchbot has no %s. There are:\n", bot.Tidy(came, 200)) // #nosec G705 -- it is plain text, and said to be
	for _, e := range endpoints {
		method, path, _ := strings.Cut(e, " ")
		_, _ = fmt.Fprintf(w, "%s %s\n", method, r.basePath+path)
	}
}

// closest are the endpoints' paths that a path ends in, whatever stands before it and
// whether or not it ends in a slash; all of them when there is none.
func (r routed) closest(came string) string {
	var all []string
	for _, e := range endpoints {
		_, path, _ := strings.Cut(e, " ")
		if strings.HasSuffix(strings.TrimRight(came, "/"), path) {
			return r.basePath + path
		}
		all = append(all, r.basePath+path)
	}
	return strings.Join(slices.Compact(all), " ")
}

// unlessMissing passes an answer on, but for that of a mux which has no such path.
type unlessMissing struct {
	http.ResponseWriter
	request *http.Request // the mux notes in it which pattern fitted
	missing bool
}

func (u *unlessMissing) WriteHeader(status int) {
	if status == http.StatusNotFound && u.request.Pattern == "" {
		u.missing = true
		return
	}
	u.ResponseWriter.WriteHeader(status)
}

func (u *unlessMissing) Write(data []byte) (int, error) {
	if u.missing {
		return len(data), nil
	}
	return u.ResponseWriter.Write(data)
}
