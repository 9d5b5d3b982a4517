package slackchat_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/workflow"
)

// instant is a Slack and an AWS that answer at once, whatever they are asked, and count it.
type instant struct {
	enterprise string // of an organisation-wide install
	mu         sync.Mutex
	calls      map[string]int // by Slack's method, e.g. "chat.update"; or "CompleteTask"
}

func (i *instant) called(what string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls[what]++
}

func newInstant() *instant { return &instant{calls: map[string]int{}} }

// Do is Slack's Web API.
func (i *instant) Do(req *http.Request) (*http.Response, error) {
	method := path.Base(req.URL.Path)
	i.called(method)
	answer := `{"ok":true,"channel":"C0HUJGSQOWH","ts":"1795397406.237096","permalink":"https://example.slack.com/archives/C1/p1"}`
	switch method {
	case "auth.test":
		answer = `{"ok":true,"team_id":"T0TZMUWYEKK","bot_id":"B0SLACKSIM","enterprise_id":"` + i.enterprise + `"}`
	case "bots.info":
		answer = `{"ok":true,"bot":{"app_id":"A0SLACKSIM"}}`
	case "usergroups.users.list":
		answer = `{"ok":false,"error":"no_such_subteam"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(answer)), Request: req}, nil
}

func (i *instant) CompleteTask(context.Context, workflow.Token, json.RawMessage) error {
	i.called("CompleteTask")
	return nil
}

// Signal wakes nobody: what a channel must see stays in the outbox.
func (i *instant) Signal(context.Context, bot.Signal) error {
	i.called("Signal")
	return nil
}

func (*instant) FailTask(context.Context, workflow.Token, string, string) error { return nil }

func (*instant) ReplacementStatus(context.Context, string) (workflow.ReplacementStatus, error) {
	return workflow.ReplacementStatus{}, nil
}

func (*instant) CommandStatus(context.Context, string, string) (workflow.CommandStatus, error) {
	return workflow.CommandStatus{}, nil
}

func (*instant) SnapshotsResult(context.Context, []string) (workflow.SnapshotsResult, error) {
	return workflow.SnapshotsResult{}, nil
}

func (*instant) ExecutionStatus(context.Context, string) (workflow.ExecutionStatus, error) {
	return workflow.ExecutionStatus{}, nil
}

func (*instant) Past(context.Context, string) (workflow.Past, error) { return workflow.Past{}, nil }

// counting counts what a store is asked.
type counting struct {
	bot.Store
	reads, writes int
}

func (c *counting) Get(ctx context.Context, id string) (bot.Request, error) {
	c.reads++
	return c.Store.Get(ctx, id)
}

func (c *counting) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	c.writes++
	return c.Store.Save(ctx, r, audit...)
}

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// appOn serves what Slack sends, on a store and an instant Slack and AWS.
func appOn(store bot.Store, i *instant) http.Handler {
	api := slackchat.With(slack.New("xoxb-instant", slack.OptionHTTPClient(i)))
	chat := slackchat.NewChat(api, time.Now)
	b := &bot.Bot{Store: store, Chat: chat, Tasks: i, Looker: i, Channels: i, Owners: bot.Directory{}, DefaultApprovers: bot.Approvers{Users: []string{"U0WJSSHGHVE"}},
		DefaultChannel: "C0HUJGSQOWH", Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	app := slackchat.App{Bot: b, Chat: chat, Log: b.Log, APIURL: "http://127.0.0.1:41563"}
	return app.Handler(func(context.Context) ([]string, error) { return []string{signingSecret}, nil })
}

// openRequest is asked in the message that testdata/click.json was clicked in.
func openRequest() bot.Request {
	n := workflow.Notification{
		ID:           "e1/Prompt User for Approval/2026-11-23T10:00:00Z/0",
		ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1", InstanceID: "i-0933335a5598d1c2e",
		OccurredAt: time.Now(), Token: "token",
		Detail: workflow.ApprovalRequested{Severity: workflow.SeverityCritical, AnswerWithinSeconds: 3600,
			Counts: workflow.Counts{Missing: 2}},
	}
	r := bot.Apply(bot.Request{}, n, time.Now()).Request
	r.Place = bot.Place{Channel: "C0HUJGSQOWH", Message: "1795397406.237096"}
	return r
}
