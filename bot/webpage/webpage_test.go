package webpage_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/webpage"
	"github.com/patchbot/patchbot/workflow"
)

const key = "abcdefghijklmnopqrstuvwxyz-_0123"

// noon is some minutes after everything in the golden requests began, and before any deadline.
var noon = time.Date(2026, 11, 22, 17, 3, 0, 0, time.UTC)

// store keeps one request; it counts what is asked of it.
type store struct {
	*memstore.Store
	fail  error
	calls int
}

func (s *store) Get(ctx context.Context, id string) (bot.Request, error) {
	s.calls++
	if s.fail != nil {
		return bot.Request{}, s.fail
	}
	return s.Store.Get(ctx, id)
}

func (s *store) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	s.calls++
	return s.Store.Save(ctx, r, audit...)
}

func (s *store) Record(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) error {
	s.calls++
	return s.Store.Record(ctx, r, audit...)
}

// unheard is a queue, and Step Functions, that nothing comes of.
type unheard struct{}

func (unheard) Signal(context.Context, bot.Signal) error { return nil }

func (unheard) CompleteTask(context.Context, workflow.Token, json.RawMessage) error { return nil }

func (unheard) FailTask(context.Context, workflow.Token, string, string) error { return nil }

// site is the approval page of one request.
type site struct {
	http.Handler
	store *store
	bot   *bot.Bot
	id    string
	now   time.Time
	log   strings.Builder
}

// open has a request in a state of the golden files, whose owner was mailed a link.
func open(t *testing.T, state string, change ...func(*bot.Request)) *site {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "requests", state+".json"))
	require.NoError(t, err)
	var r bot.Request
	require.NoError(t, json.Unmarshal(data, &r))
	sum := sha256.Sum256([]byte(key))
	r.Owner = "payments"
	r.Emailed, r.Mail, r.Version = true, bot.Mail{Why: bot.MailUnreached, SentAt: noon, Keys: []string{hex.EncodeToString(sum[:])}}, 0
	for _, c := range change {
		c(&r)
	}
	s := &site{store: &store{Store: memstore.New()}, id: r.ID, now: noon}
	_, err = s.store.Store.Save(t.Context(), r)
	require.NoError(t, err)
	s.bot = &bot.Bot{Store: s.store, Tasks: unheard{}, Channels: unheard{}, ApprovalPage: true,
		Owners: bot.Directory{"payments": {Name: "payments", Email: "payments@example.com", Approvers: bot.Approvers{Users: []string{"U0LIN"}}}},
		Now:    func() time.Time { return s.now }, Log: slog.New(slog.NewTextHandler(&s.log, nil))}
	s.Handler = (&webpage.App{Bot: s.bot, Log: s.bot.Log, URL: "https://patchbot.example.com"}).Handler()
	return s
}

func (s *site) ask(req *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, req)
	return answer
}

func (s *site) get(id, key string) *httptest.ResponseRecorder {
	return s.ask(httptest.NewRequest(http.MethodGet, "/approvals/"+id+"?key="+url.QueryEscape(key), nil))
}

// form is what the page sends.
func form(decision, name, reason string) url.Values {
	return url.Values{"key": {key}, "name": {name}, "reason": {reason}, "decision": {decision}}
}

func posted(id string, form url.Values) *http.Request {
	req := httptest.NewRequest(http.MethodPost, "/approvals/"+id, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

func (s *site) request(t *testing.T) bot.Request {
	t.Helper()
	r, err := s.store.Store.Get(t.Context(), s.id)
	require.NoError(t, err)
	return r
}

func TestEveryState(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "requests", "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		state := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(state, func(t *testing.T) {
			s := open(t, state)
			before := s.request(t)
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
				answer := s.ask(httptest.NewRequest(method, "/approvals/"+s.id+"?key="+key, nil))
				require.Equal(t, http.StatusOK, answer.Code)
				if method == http.MethodHead {
					require.Empty(t, answer.Body.String())
					continue
				}
				require.Equal(t, before.Status == bot.StatusAsked, strings.Contains(answer.Body.String(), "<form"))
				if token := before.ApprovalToken.Reveal(); token != "" {
					require.NotContains(t, answer.Body.String(), token)
				}
				golden(t, state, answer)
			}
			require.Equal(t, before, s.request(t), "scanners change nothing")
		})
	}
}

// golden compares a page, but for its style, with a file.
func golden(t *testing.T, name string, answer *httptest.ResponseRecorder) {
	t.Helper()
	goldentest.Text(t, filepath.Join("testdata", name+".html"), withoutStyle.ReplaceAllString(answer.Body.String(), "<style></style>"))
}

var withoutStyle = regexp.MustCompile(`(?s)<style>.*</style>`)

func TestAnswersToWhatSomebodyDid(t *testing.T) {
	expired := func(s *site) { s.now = noon.Add(73 * time.Hour) }
	for name, c := range map[string]struct {
		state  string
		before func(*site)
		form   url.Values
		status int
	}{
		"no name":                      {"asked", nil, form("approved", " \u200b\t", "since <b>Friday</b>"), http.StatusUnprocessableEntity},
		"no button":                    {"asked", nil, form("", "Ada Lovelace", ""), http.StatusUnprocessableEntity},
		"too late by decision":         {"approved", nil, form("rejected", "Lin", ""), http.StatusConflict},
		"too late by time":             {"asked", expired, form("approved", "Lin", ""), http.StatusConflict},
		"too late since it has ended":  {"stopped", nil, form("approved", "Lin", ""), http.StatusConflict},
		"no name, and too late":        {"approved", nil, form("approved", "", ""), http.StatusUnprocessableEntity},
		"the store fails":              {"asked", func(s *site) { s.store.fail = errors.New("503") }, form("approved", "Lin", ""), http.StatusServiceUnavailable},
		"the form is too long":         {"asked", nil, form("approved", "Lin", strings.Repeat("x", 20_000)), http.StatusRequestEntityTooLarge},
		"the key is not in the form":   {"asked", nil, url.Values{"name": {"Lin"}, "decision": {"approved"}}, http.StatusNotFound},
		"the key is of something else": {"asked", nil, url.Values{"key": {strings.Repeat("x", 32)}, "name": {"Lin"}, "decision": {"approved"}}, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.state)
			if c.before != nil {
				c.before(s)
			}
			before := s.request(t)
			answer := s.ask(posted(s.id, c.form))
			require.Equal(t, c.status, answer.Code)
			after := s.request(t)
			require.Equal(t, before.Status, after.Status)
			require.Equal(t, before.Decision, after.Decision)
			require.NotContains(t, s.log.String(), key)
			if c.status != http.StatusNotFound {
				golden(t, strings.ReplaceAll(name, " ", "_"), answer)
			}
		})
	}
}

func TestADecisionIsMadeOnceAndItsReloadIsAGet(t *testing.T) {
	for _, verdict := range []workflow.Verdict{workflow.Approved, workflow.Rejected} {
		s := open(t, "asked")
		answer := s.ask(posted(s.id, form(string(verdict), "  Ada\u202e\r\nLovelace ", "Go\x00 on")))
		require.Equal(t, http.StatusSeeOther, answer.Code)
		require.Equal(t, s.id+"?key="+key, answer.Header().Get("Location"), "relative, whatever stands before the path")
		d := s.request(t).Decision
		require.Equal(t, verdict, d.Verdict)
		require.Equal(t, workflow.Decider{Via: "email", Name: "Ada Lovelace"}, d.By)
		require.Equal(t, "Go on", d.Reason)
		require.Contains(t, s.get(s.id, key).Body.String(), "by Ada Lovelace (by mail), Sun 22 Nov 2026, 17:03 UTC. Reason: Go on")

		answer = s.ask(posted(s.id, form("rejected", "Eve", "")))
		require.Equal(t, http.StatusConflict, answer.Code)
		require.Contains(t, answer.Body.String(), "Too late: Ada Lovelace (by mail) was first")
		require.Equal(t, d, s.request(t).Decision)
		audit, err := s.store.Audit(t.Context(), s.id)
		require.NoError(t, err)
		require.Len(t, audit, 2)
		require.Equal(t, []string{"email:Ada Lovelace", "email:Eve"}, []string{audit[0].Actor, audit[1].Actor})
	}
}
