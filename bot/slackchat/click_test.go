package slackchat_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
)

// approval is a recorded click on Approve of a request, as Slack posts it.
func approval(t testing.TB, requestID string) []byte {
	t.Helper()
	recorded, err := os.ReadFile("testdata/click.json")
	require.NoError(t, err)
	var payload map[string]any
	require.NoError(t, json.Unmarshal(recorded, &payload))
	payload["actions"].([]any)[0].(map[string]any)["value"] = requestID
	compact, err := json.Marshal(payload)
	require.NoError(t, err)
	return []byte(url.Values{"payload": {string(compact)}}.Encode())
}

// signed is a request that Slack signed just now.
func signed(path, contentType string, body []byte) *http.Request {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(signingSecret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Slack-Request-Timestamp", timestamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return req
}

// newClick prepares one click on the only request of a store.
func newClick(t testing.TB) (*counting, *instant, func()) {
	t.Helper()
	store, slackAndAWS := &counting{Store: memstore.New()}, newInstant()
	request := openRequest()
	_, err := store.Store.Save(t.Context(), request)
	require.NoError(t, err)
	handler := appOn(store, slackAndAWS)
	warm := signed("/slack/commands", form, []byte("command=/patch&text=help&api_app_id=A0SLACKSIM&team_id=T0TZMUWYEKK"))
	handler.ServeHTTP(httptest.NewRecorder(), warm) // a function asks once in its life which app it is
	clear(slackAndAWS.calls)
	req, answer := signed("/slack/interactions", form, approval(t, request.ID)), httptest.NewRecorder()
	return store, slackAndAWS, func() {
		handler.ServeHTTP(answer, req)
		require.Equal(t, http.StatusOK, answer.Code)
	}
}

// TestAClickCosts holds what a click waits for: each of these is a round trip.
func TestAClickCosts(t *testing.T) {
	store, slackAndAWS, click := newClick(t)
	click()
	require.Equal(t, 1, store.reads, "the request is loaded once")
	require.Equal(t, 2, store.writes, "the decision, and that the token was answered, which gives the claim back")
	require.Equal(t, map[string]int{"CompleteTask": 1, "Signal": 1}, maps.Clone(slackAndAWS.calls), "no call of Slack: the channel's writer shows it")
	saved, err := store.Get(t.Context(), openRequest().ID)
	require.NoError(t, err)
	require.True(t, saved.Delivered)
	require.Equal(t, []bot.EffectKind{bot.EffectRender, bot.EffectReply, bot.EffectLookExecution}, saved.Kinds(), "it is shown, and its end is watched")
	require.False(t, saved.Undelivered())
	due, _ := saved.Due()
	require.True(t, due.After(time.Now()), "nobody holds it")
}

// BenchmarkClick is one click on Approve, from the signed request to its 200: verified,
// parsed, authorised, decided, saved with its audit entry, the execution resumed, the channel's
// writer woken. Store, Slack and Step Functions answer at once, so what is measured
// is what the bot itself does; how often it asks them is counted beside.
func BenchmarkClick(b *testing.B) {
	b.ReportAllocs()
	var reads, writes, calls int
	for b.Loop() {
		b.StopTimer()
		store, slackAndAWS, click := newClick(b)
		b.StartTimer()
		click()
		b.StopTimer()
		reads, writes = reads+store.reads, writes+store.writes
		for _, n := range slackAndAWS.calls {
			calls += n
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(reads)/float64(b.N), "reads/op")
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
}
