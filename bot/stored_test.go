package bot_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/workflow"
)

// recorder is a chat and a Step Functions that take everything, and keep it.
type recorder struct {
	bot.Chat
	queue
	updates int
	lines   []bot.Line
	taking  sync.Mutex // outputs: decisions are delivered several at once
	outputs map[workflow.Token]string
}

func (c *recorder) Update(context.Context, bot.Message) error {
	c.updates++
	return nil
}

func (c *recorder) AddLine(_ context.Context, _ bot.Message, l bot.Line) error {
	c.lines = append(c.lines, l)
	return nil
}

func (c *recorder) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	c.taking.Lock()
	defer c.taking.Unlock()
	c.outputs[token] = string(output)
	return nil
}

func (c *recorder) FailTask(context.Context, workflow.Token, string, string) error { return nil }

// TestAnOutboxOfTheVersionBeforeIsPerformedOnce takes a request as the first version stored
// it, decided and nothing performed.
func TestAnOutboxOfTheVersionBeforeIsPerformedOnce(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "stored", "approved.json"))
	require.NoError(t, err)
	var r bot.Request
	require.NoError(t, json.Unmarshal(data, &r))
	r.Version = 0
	store, world := memstore.New(), &recorder{outputs: map[workflow.Token]string{}}
	_, err = store.Save(t.Context(), r)
	require.NoError(t, err)

	now := time.Date(2026, 11, 22, 17, 5, 0, 0, time.UTC)
	b := bot.Bot{Store: store, Chat: world, Channels: world, Tasks: world, Looker: running{}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	for range 2 {
		require.NoError(t, b.Sweep(t.Context()))
		world.serve(t, &b)
		require.Len(t, world.lines, 1)
		require.Equal(t, "Approved by <@U0ADA>.", world.lines[0].Stored)
		require.Equal(t, 1, world.updates)
		require.JSONEq(t, `{"decision": "approved", "by": {"via": "slack", "user": "U0ADA", "name": "ada"},
			"at": "2026-11-22T17:02:00Z", "reason": "", "wait_seconds": 0}`, world.outputs["token-approval_requested-0"])
	}
	r, err = store.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.True(t, r.Delivered)
	require.Equal(t, []bot.EffectKind{bot.EffectLookExecution}, r.Kinds(), "the execution goes on")
}

// running is an AWS that says of every execution that it runs.
type running struct{ bot.Looker }

func (running) ExecutionStatus(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	return workflow.ExecutionStatus{ExecutionARN: arn, Status: "RUNNING"}, nil
}

func (running) CommandStatus(_ context.Context, _, id string) (workflow.CommandStatus, error) {
	return workflow.CommandStatus{CommandID: id, Status: "InProgress"}, nil
}

func (running) Past(context.Context, string) (workflow.Past, error) { return workflow.Past{}, nil }
