package slackchat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

// inProcess calls a handler without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, req)
	return answer.Result(), nil
}

// taken is a Step Functions that takes every answer.
type taken struct {
	instant
	mu      sync.Mutex
	answers map[workflow.Token]string
}

func (t *taken) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers[token] = string(output)
	return nil
}

func (*taken) Signal(context.Context, bot.Signal) error { return nil }

// desk is a bot in a local Slack, where ada may decide, and lin and eve may not.
type desk struct {
	t       *testing.T
	slack   *slacksim.Workspace
	api     *slack.Client
	chat    *slackchat.Chat
	store   *memstore.Store
	tasks   *taken
	app     http.Handler
	ada     slacksim.User
	lin     slacksim.User
	channel slacksim.Channel
	digest  bot.Message
	longest time.Duration // that Slack waited for an answer
}

// newDesk is asked about some instances in one message; slow is what each call of the store
// takes.
func newDesk(t *testing.T, questions int, slow time.Duration) *desk {
	d := &desk{t: t, store: memstore.New(), tasks: &taken{answers: map[workflow.Token]string{}}}
	const address = "http://slack.local"
	d.slack = slacksim.New(slacksim.Config{SigningSecret: signingSecret, URL: address, Client: &http.Client{Transport: inProcess{http.HandlerFunc(d.serve)}}})
	d.slack.Install(slacksim.App{Interactions: "http://bot.local/slack/interactions", Commands: "http://bot.local/slack/commands"})
	d.ada, d.lin = d.slack.AddUser(slacksim.User{Name: "ada"}), d.slack.AddUser(slacksim.User{Name: "lin"})
	d.channel = d.slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	d.api = slack.New("xoxb-slacksim", slack.OptionHTTPClient(&http.Client{Transport: inProcess{d.slack.Handler()}}), slack.OptionAPIURL(address+"/api/"))
	d.chat = slackchat.NewChat(slackchat.With(d.api), time.Now)
	b := &bot.Bot{Store: slowStore{d.store, slow}, Chat: d.chat, Tasks: d.tasks, Looker: d.tasks, Channels: d.tasks, Owners: bot.Directory{},
		DefaultApprovers: bot.Approvers{Users: []string{d.ada.ID}}, DefaultChannel: d.channel.ID, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	app := slackchat.App{Bot: b, Chat: d.chat, Log: b.Log, APIURL: address}
	d.app = app.Handler(func(context.Context) ([]string, error) { return []string{signingSecret}, nil })
	d.post(questions)
	return d
}

func (d *desk) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	d.app.ServeHTTP(w, r)
	d.longest = max(d.longest, time.Since(start))
}

// slowStore takes its time for what deciding needs.
type slowStore struct {
	bot.Store
	takes time.Duration
}

func (s slowStore) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	time.Sleep(s.takes)
	return s.Store.Save(ctx, r, audit...)
}

func (s slowStore) GetAll(ctx context.Context, ids []string) ([]bot.Request, error) {
	time.Sleep(s.takes)
	return s.Store.GetAll(ctx, ids)
}

func (s slowStore) Digest(ctx context.Context, id string) (bot.Digest, error) {
	time.Sleep(s.takes)
	return s.Store.Digest(ctx, id)
}

// asked is a question about an instance of a number.
func asked(i int) bot.Request {
	execution := fmt.Sprintf("e%d", i)
	n := workflow.Notification{
		ID:           execution + "/Prompt User for Approval/2026-11-23T10:00:00Z/0",
		ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:" + execution, InstanceID: fmt.Sprintf("i-%017x", i),
		OccurredAt: time.Now(), Token: workflow.Token("token-" + execution),
		Detail: workflow.ApprovalRequested{Severity: workflow.SeverityCritical, AnswerWithinSeconds: 3600, ScheduleWithinSeconds: 7 * 24 * 3600,
			Counts: workflow.Counts{Missing: 2, Critical: i % 2}, Patches: []workflow.Patch{{Title: fmt.Sprint("kernel-", i), Severity: "Critical"}}},
	}
	return bot.Apply(bot.Request{}, n, time.Now()).Request
}

// post asks questions in one message.
func (d *desk) post(questions int) {
	m := bot.Message{Digest: "d-5xq3zk7m2ptqa6dh", Place: bot.Place{Channel: d.channel.ID}}
	for i := range questions {
		m.Requests = append(m.Requests, asked(i))
	}
	var err error
	m.Place, err = d.chat.Show(d.t.Context(), m)
	require.NoError(d.t, err)
	kept := bot.Digest{ID: m.Digest, Place: m.Place, CreatedAt: time.Now(), Asks: true}
	for i := range m.Requests {
		r := &m.Requests[i]
		r.Place, r.Digest = m.Place, m.Digest
		*r, err = d.store.Save(d.t.Context(), *r)
		require.NoError(d.t, err)
		kept.Requests = append(kept.Requests, r.ID)
	}
	_, err = d.store.SaveDigest(d.t.Context(), kept)
	require.NoError(d.t, err)
	d.digest = m
}

// now is a request as it is saved.
func (d *desk) now(i int) bot.Request {
	r, err := d.store.Get(d.t.Context(), d.digest.Requests[i].ID)
	require.NoError(d.t, err)
	return r
}

// change saves a request anew.
func (d *desk) change(i int, change func(r *bot.Request)) {
	r := d.now(i)
	change(&r)
	_, err := d.store.Save(d.t.Context(), r)
	require.NoError(d.t, err)
}

// statuses counts the requests by their status.
func (d *desk) statuses() map[bot.Status]int {
	count := map[bot.Status]int{}
	for i := range d.digest.Requests {
		count[d.now(i).Status]++
	}
	return count
}

// audited counts what was recorded of people's tries.
func (d *desk) audited() (decided, refused int) {
	for _, r := range d.digest.Requests {
		entries, err := d.store.Audit(d.t.Context(), r.ID)
		require.NoError(d.t, err)
		for _, e := range entries {
			if _, user := e.Person(); user == "" {
				continue
			}
			if e.Refused == "" {
				decided++
			} else {
				refused++
			}
		}
	}
	return decided, refused
}

// click presses a button of the digest's message, and gives what the person is told.
func (d *desk) click(user, button string) string {
	d.t.Helper()
	before := len(d.slack.Ephemerals(user))
	_, err := d.slack.Click(d.t.Context(), user, d.channel.ID, d.digest.Place.Message, button)
	require.NoError(d.t, err)
	told := d.slack.Ephemerals(user)
	if len(told) == before {
		return ""
	}
	return told[len(told)-1].Text
}

// open presses a button that opens a modal.
func (d *desk) open(user, button string) slacksim.View {
	d.t.Helper()
	require.Empty(d.t, d.click(user, button))
	views := d.slack.Views(user)
	require.Len(d.t, views, 1)
	return views[0]
}

// submit submits the modal, and gives what is shown next.
func (d *desk) submit(user string, inputs slacksim.Inputs) string {
	d.t.Helper()
	views := d.slack.Views(user)
	got, err := d.slack.SubmitView(d.t.Context(), user, views[len(views)-1].ID, inputs)
	require.NoError(d.t, err)
	require.Empty(d.t, got.FieldErrors)
	views = d.slack.Views(user)
	require.Len(d.t, views, 1)
	require.Empty(d.t, views[0].Submit.Text, "it can only be closed")
	return string(views[0].Blocks)
}

// send posts a payload as Slack does, signed, and gives the answer.
func (d *desk) send(payload map[string]any) string {
	d.t.Helper()
	data, err := json.Marshal(payload)
	require.NoError(d.t, err)
	answer := httptest.NewRecorder()
	d.app.ServeHTTP(answer, signed("/slack/interactions", form, []byte(url.Values{"payload": {string(data)}}.Encode())))
	require.Equal(d.t, http.StatusOK, answer.Code)
	return strings.TrimSpace(answer.Body.String())
}
