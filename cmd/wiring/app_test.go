package wiring

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/bot/webpage"
	"github.com/patchbot/patchbot/workflow"
)

// The events in testdata are about one execution; its token must not be seen anywhere.
const (
	execution = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1"
	taskToken = "AQDEAAAAKgAAAAMAAAAAAAAAAQsecret"
)

func event(t *testing.T, name string) json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

// lines keeps what is logged.
type lines struct{ bytes.Buffer }

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

func (l *lines) messages(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(l.String()) {
		var entry struct{ Msg string }
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		all = append(all, entry.Msg)
	}
	return all
}

// machine stands for Step Functions: it remembers what was answered. Nothing that it is
// asked about has ended, unless the status of executions is set.
type machine struct {
	completed map[workflow.Token]string
	status    string // of every execution; RUNNING when empty
}

func (m machine) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	m.completed[token] = string(output)
	return nil
}

func (machine) FailTask(context.Context, workflow.Token, string, string) error { return nil }

func (machine) ReplacementStatus(context.Context, string) (workflow.ReplacementStatus, error) {
	return workflow.ReplacementStatus{}, nil
}

func (machine) CommandStatus(context.Context, string, string) (workflow.CommandStatus, error) {
	return workflow.CommandStatus{Status: "InProgress"}, nil
}

func (machine) SnapshotsResult(context.Context, []string) (workflow.SnapshotsResult, error) {
	return workflow.SnapshotsResult{}, nil
}

func (m machine) ExecutionStatus(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	return workflow.ExecutionStatus{ExecutionARN: arn, Status: cmp.Or(m.status, "RUNNING")}, nil
}

func (machine) Past(context.Context, string) (workflow.Past, error) {
	return workflow.Past{Known: true}, nil
}

// testApp is an App with a Slack workspace, and a memory in place of AWS.
type testApp struct {
	*App
	slack   *slacksim.Workspace
	api     slackchat.API
	channel slacksim.Channel
	store   *memstore.Store
	machine machine
	fifo    *fifo
	manager *secretsManager
	clock   *clock // of the secrets
	log     *lines
}

func newTestApp(t *testing.T) testApp { return newTestAppUnder(t, "") }

// newTestAppUnder is a testApp whose paths have something before them.
func newTestAppUnder(t *testing.T, basePath string) testApp {
	t.Helper()
	s := testApp{store: memstore.New(), machine: machine{completed: map[workflow.Token]string{}}, fifo: newFIFO(), log: &lines{}}
	s.slack = slacksim.New(slacksim.Config{SigningSecret: "next"})
	server := httptest.NewServer(s.slack)
	t.Cleanup(server.Close)
	s.slack.SetURL(server.URL)
	s.channel = s.slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
	var secrets *Secrets
	secrets, s.manager, s.clock = readFirst(t, s.log.logger())
	s.api = slackAPI(secrets, server.URL+"/api/")
	chat := slackchat.NewChat(s.api, time.Now)
	queue := channelsQueue{s.fifo, "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo"}
	b := &bot.Bot{
		Channels: queue, Store: s.store, Chat: chat, Tasks: s.machine, Looker: s.machine,
		ApprovalPage: true, Owners: bot.Directory{}, DefaultChannel: s.channel.ID, Now: time.Now, Log: s.log.logger(),
	}
	s.App = newApp(b, &slackchat.App{Bot: b, Chat: chat, Log: b.Log, APIURL: server.URL}, secrets, queue, basePath)
	s.Serve(webpage.Path, (&webpage.App{Bot: b, Log: b.Log, URL: "https://patchbot.example.com"}).Handler())
	return s
}

// rotated is a testApp whose secrets are those of the workspace.
func rotated(t *testing.T) testApp {
	t.Helper()
	s := newTestApp(t)
	s.rotate()
	_, ok := s.Secrets.Renew(t.Context(), s.Secrets.Current())
	require.True(t, ok)
	s.log.Reset()
	return s
}

// rotate puts the workspace's secrets into Secrets Manager.
func (s testApp) rotate() {
	s.manager.put(nextKeys)
	s.clock.pass(renewEvery)
}

func (s testApp) request(t *testing.T) bot.Request {
	t.Helper()
	r, err := s.store.Get(t.Context(), bot.RequestID(execution))
	require.NoError(t, err)
	return r
}
