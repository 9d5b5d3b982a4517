package slackchat

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSlacksPublishedSignatureVectorIsAccepted uses the example of
// docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSlacksPublishedSignatureVectorIsAccepted(t *testing.T) {
	const (
		secret = "8f742231b10e8888abcd99yyyzzz85a5"
		body   = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	)
	header := http.Header{}
	header.Set("X-Slack-Request-Timestamp", "1531420618")
	header.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	sent := time.Unix(1531420618, 0)
	for name, c := range map[string]struct {
		at      time.Time
		secrets []string
		good    bool
	}{
		"in time": {sent.Add(299 * time.Second), []string{secret}, true},
		"with the previous secret, while rotating": {sent, []string{"new", secret}, true},
		"301 s later":         {sent.Add(301 * time.Second), []string{secret}, false},
		"with another secret": {sent, []string{"other"}, false},
		"without any secret":  {sent, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.at)) // simulated: it is c.at now
				err := verify(header, []byte(body), c.secrets)
				require.Equal(t, c.good, err == nil, "%v", err)
			})
		})
	}
}

func TestARefusalIsLoggedInFixedWords(t *testing.T) {
	const secret = "8f742231b10e8888abcd99yyyzzz85a5"
	long := strings.Repeat("A", 8000)
	now := strconv.FormatInt(time.Now().Unix(), 10)
	for name, c := range map[string]struct{ timestamp, signature, want string }{
		"no headers":           {"", "", "the signature's headers are missing"},
		"a long timestamp":     {long, "v0=" + strings.Repeat("0", 64), "the signature's headers are malformed"},
		"a long signature":     {now, "v0=" + long, "the signature fits no signing secret"},
		"another signature":    {now, "v0=" + strings.Repeat("0", 64), "the signature fits no signing secret"},
		"an old signature":     {"1531420618", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", "the signature is older than five minutes, or from the future"},
		"a line break in them": {now, "v0=\nforged: entry", "the signature's headers are malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			app := App{Log: slog.New(slog.NewJSONHandler(&log, nil))}
			req := httptest.NewRequest(http.MethodPost, "/slack/interactions", strings.NewReader("payload=x"))
			if c.timestamp != "" {
				req.Header["X-Slack-Request-Timestamp"], req.Header["X-Slack-Signature"] = []string{c.timestamp}, []string{c.signature}
			}
			answer := httptest.NewRecorder()
			app.Handler(func(context.Context) ([]string, error) { return []string{secret}, nil }).ServeHTTP(answer, req)
			require.Equal(t, http.StatusUnauthorized, answer.Code)
			var line struct{ Reason string }
			require.NoError(t, json.Unmarshal(log.Bytes(), &line))
			require.Equal(t, c.want, line.Reason)
			require.Less(t, log.Len(), 300)
		})
	}
}
