// Package webpage serves the approval page: what a mail's link opens, and what decides there, for
// owners whom the chat does not reach.
//
// The link is what allows it, so it is guarded as such: it stands in no log, a page carries it in a
// form's body alone, and whoever does not have it is told the same of every request.
package webpage

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// App serves the approval pages of a bot.
type App struct {
	Bot *bot.Bot
	Log *slog.Logger
	URL string // where pages are reached, e.g. "https://patchbot.example.com"
}

// Path is what all pages are below.
const Path = "/approvals/"

// maxBody is the largest form that is read, in bytes: a name and a reason are far smaller.
const maxBody = 16 << 10

// answerTime bounds the work on one request. What is not done by then stays in the outbox.
const answerTime = 5 * time.Second

// Members of the form.
const (
	fieldKey      = "key" // in the link, too
	fieldName     = "name"
	fieldReason   = "reason"
	fieldDecision = "decision"
)

// What ids and keys look like. Others are not looked up.
var (
	idShape  = regexp.MustCompile(`^r-[a-z2-7]{16}$`)
	keyShape = regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`)
)

// Handler serves GET and POST below Path. A GET changes nothing: mail scanners follow links.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(Path+"{id...}", a.serve)
	return mux
}

func (a *App) serve(w http.ResponseWriter, req *http.Request) {
	a.setHeaders(w.Header())
	ctx, cancel := context.WithTimeout(req.Context(), answerTime)
	defer cancel()
	var answer answer
	switch req = req.WithContext(ctx); req.Method {
	case http.MethodGet, http.MethodHead:
		answer = a.show(req)
	case http.MethodPost:
		answer = a.decide(w, req)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		answer = failure(http.StatusMethodNotAllowed, wrongMethod)
	}
	answer.write(w, req)
}

// setHeaders keeps the page and its link from caches, frames, other sites and search engines.
func (a *App) setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if strings.HasPrefix(a.URL, "https:") {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// show answers how a request stands, and asks while it waits for a decision.
func (a *App) show(req *http.Request) answer {
	link, ok := linkOf(req, req.URL.Query())
	if !ok {
		return failure(http.StatusNotFound, noLink)
	}
	r, err := a.Bot.ByMailKey(req.Context(), link.id, link.key)
	if err != nil {
		return a.failed(link, notShown, err)
	}
	return answer{status: http.StatusOK, page: pageOf(r, link, a.Bot.Now())}
}

// decide records what the form says.
func (a *App) decide(w http.ResponseWriter, req *http.Request) answer {
	if refused, ok := readForm(w, req); !ok {
		return refused
	}
	link, ok := linkOf(req, req.PostForm)
	if !ok {
		return failure(http.StatusNotFound, noLink)
	}
	said := saidIn(req.PostForm)
	if said.wrong() {
		r, err := a.Bot.ByMailKey(req.Context(), link.id, link.key)
		if err != nil {
			return a.failed(link, notShown, err)
		}
		return answer{status: http.StatusUnprocessableEntity, page: pageOf(r, link, a.Bot.Now()).again(said)}
	}
	r, refused, err := a.Bot.DecideByMail(req.Context(), link.id, link.key, said.Name, bot.Action{Verdict: said.verdict, Reason: said.Reason})
	switch {
	case err != nil:
		return a.failed(link, notRecorded, err)
	case refused != "":
		return answer{status: http.StatusConflict, page: pageOf(r, link, a.Bot.Now()).refused(refusal(r, refused))}
	}
	a.Log.Info("decided by mail", "request", r.ID, "instance", r.Instance.ID, "verdict", said.verdict)
	return answer{status: http.StatusSeeOther, location: link.relative()}
}

// readForm reads a form that the page itself has sent. A page elsewhere does not know the key; that
// browsers say where a form comes from is a second wall. Origin says nothing here: a page without
// a referrer has none.
func readForm(w http.ResponseWriter, req *http.Request) (refused answer, ok bool) {
	if site := req.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return failure(http.StatusForbidden, otherSite), false
	}
	if media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return failure(http.StatusUnsupportedMediaType, notAForm), false
	}
	req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	switch err := req.ParseForm(); {
	case errors.As(err, new(*http.MaxBytesError)):
		return failure(http.StatusRequestEntityTooLarge, tooLarge), false
	case err != nil:
		return failure(http.StatusBadRequest, notAForm), false
	}
	return answer{}, true
}

// failed answers that a link leads nowhere, or that the store does not say.
func (a *App) failed(l link, what message, err error) answer {
	if errors.Is(err, bot.ErrNotFound) {
		return failure(http.StatusNotFound, noLink)
	}
	a.Log.Error("an approval page failed", "request", l.id, "error", err)
	return failure(http.StatusServiceUnavailable, what)
}

// link is what a mail's link says.
type link struct {
	id  string // of the request
	key bot.MailKey
}

// linkOf reads a link whose id is in the path and whose key is among values; false when it can be
// no link of ours.
func linkOf(req *http.Request, values url.Values) (link, bool) {
	l := link{id: req.PathValue("id"), key: bot.MailKey(values.Get(fieldKey))}
	return l, idShape.MatchString(l.id) && keyShape.MatchString(l.key.Reveal())
}

// relative is the link's address seen from its own page, whatever stands before Path.
func (l link) relative() string { return l.id + "?" + url.Values{fieldKey: {l.key.Reveal()}}.Encode() }

// said is what somebody put into the form.
type said struct {
	Name, Reason string
	verdict      workflow.Verdict
	NameError    string // what is wrong with the name, empty: nothing is
	VerdictError string
}

func saidIn(form url.Values) said {
	s := said{Name: bot.Tidy(form.Get(fieldName), bot.NameLength), Reason: bot.Tidy(form.Get(fieldReason), bot.ReasonLength),
		verdict: workflow.Verdict(form.Get(fieldDecision))}
	if s.Name == "" {
		s.NameError = "Please enter your name: it is recorded with the decision."
	}
	if s.verdict != workflow.Approved && s.verdict != workflow.Rejected {
		s.VerdictError = "Please press Approve or Reject."
	}
	return s
}

func (s said) wrong() bool { return s.NameError != "" || s.VerdictError != "" }
