package bot_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/workflow"
)

const benchSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// instant is a Slack and a Step Functions that answer at once.
type instant struct{ bot.Slack }

func (instant) PostMessageContext(context.Context, string, ...slack.MsgOption) (string, string, error) {
	return "C1", "1.2", nil
}

func (instant) UpdateMessageContext(context.Context, string, string, ...slack.MsgOption) (string, string, string, error) {
	return "C1", "1.2", "", nil
}

func (instant) CompleteTask(context.Context, workflow.Token, json.RawMessage) error { return nil }
func (instant) FailTask(context.Context, workflow.Token, string, string) error      { return nil }

// BenchmarkClick is one click on Approve, from the signed request to its 200: verified,
// parsed, authorised, decided, saved with its audit entry, the execution resumed, message
// and thread written. Store, Slack and Step Functions answer at once, so what is measured
// is what the bot itself does.
func BenchmarkClick(b *testing.B) {
	recorded, err := os.ReadFile("testdata/click.json")
	require.NoError(b, err)
	request := openRequest()
	var payload map[string]any
	require.NoError(b, json.Unmarshal(recorded, &payload))
	payload["actions"].([]any)[0].(map[string]any)["value"] = request.ID
	compact, err := json.Marshal(payload)
	require.NoError(b, err)
	body := []byte(url.Values{"payload": {string(compact)}}.Encode())

	p := &bot.Bot{Slack: instant{}, Tasks: instant{}, Owners: bot.Directory{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	handler := p.Handler(func(context.Context) ([]string, error) { return []string{benchSecret}, nil })
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		b.StopTimer()
		store := memstore.New()
		_, err := store.Save(b.Context(), request)
		require.NoError(b, err)
		p.Store = store
		req := signedRequest(body)
		answer := httptest.NewRecorder()
		b.StartTimer()
		handler.ServeHTTP(answer, req)
		b.StopTimer()
		require.Equal(b, http.StatusOK, answer.Code)
		saved, err := store.Get(b.Context(), request.ID)
		require.NoError(b, err)
		require.True(b, saved.Delivered)
		b.StartTimer()
	}
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
	r, _ := bot.Apply(bot.Request{}, n, time.Now())
	r.Message = bot.Message{Channel: "C0HUJGSQOWH", TS: "1795397406.237096"}
	return r
}

func signedRequest(body []byte) *http.Request {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	req := httptest.NewRequest(http.MethodPost, "/slack/interactions", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", timestamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return req
}
