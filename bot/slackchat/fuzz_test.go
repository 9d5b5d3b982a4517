package slackchat_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/memstore"
)

// A fuzz target runs its seeds with every `go test`; `go test -fuzz FuzzInteractions`
// looks for more. Requests are signed, so that what is fuzzed is what comes after.

// post sends a signed body to a bot that has one open request, and gives the status.
func post(t *testing.T, path, contentType string, body []byte) int {
	t.Helper()
	store := memstore.New()
	_, err := store.Save(t.Context(), openRequest())
	require.NoError(t, err)
	answer := httptest.NewRecorder()
	appOn(store, newInstant()).ServeHTTP(answer, signed(path, contentType, body))
	require.Less(t, answer.Code, http.StatusInternalServerError, "%s", answer.Body)
	require.NotEqual(t, http.StatusUnauthorized, answer.Code, "the signature is valid")
	return answer.Code
}

const form = "application/x-www-form-urlencoded"

// FuzzInteractions sends payloads, which are JSON in a form.
func FuzzInteractions(f *testing.F) {
	recorded, err := os.ReadFile("testdata/click.json")
	require.NoError(f, err)
	id := openRequest().ID
	for _, payload := range []string{
		string(recorded), ``, `{}`, `null`, `[]`, `{"type": 1}`, `{"type": "view_submission"}`,
		strings.ReplaceAll(string(recorded), "r-bnfpihd6r23vytxt", id),
		`{"type": "block_actions", "user": {"id": "U1", "name": "ada"}, "actions": [{"action_id": "approve", "value": "` + id + `"}, {"action_id": "reject", "value": "` + id + `"}]}`,
		`{"type": "block_actions", "response_url": "https://hooks.slack.com/x", "user": null, "actions": [{"action_id": "postpone", "value": ""}]}`,
		`{"type": "block_actions", "actions": null}`,
		`{"type": "view_submission", "view": {"id": "V1", "callback_id": "review", "private_metadata": "{}", "state": {"values": {"a": null}}}}`,
		`{"type": "view_submission", "view": {"callback_id": "reject_all", "private_metadata": "{\"user\": \"U1\"}", "state": null}, "user": {"id": "U1"}}`,
		`{"type": "block_actions", "view": {"id": "V1", "callback_id": "review", "private_metadata": "null"}, "actions": []}`,
		`{"type": "view_closed", "view": null}`,
	} {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		code := post(t, "/slack/interactions", form, []byte(url.Values{"payload": {payload}}.Encode()))
		if !json.Valid([]byte(payload)) {
			require.Equal(t, http.StatusBadRequest, code)
		}
	})
}

// FuzzCommands sends what a person types after /patch, in what channel and as whom.
func FuzzCommands(f *testing.F) {
	for _, text := range []string{"", "help", "status", "status i-0933335a5598d1c2e", "status payments", "status i-", "STATUS  mi-1", "status a b", "list", "list failed payments", "list open waiting", "list `", "history", "history i-0933335a5598d1c2e", "history mi-", "report", "report 7", "report 99999999999999999999", "approve `x` <@U1>", "approve web-1 (i-0a), “web team” 'b'", "schedule web-1, i-0a in 24 h", "request <http://i-0a|i-0a>", "help aprove", "aprove", "\x00", "é\u2028"} {
		f.Add("/patch", text, "U1", "C1")
	}
	f.Add("/other", "", "", "")
	f.Fuzz(func(t *testing.T, command, text, user, channel string) {
		body := url.Values{"command": {command}, "text": {text}, "user_id": {user}, "channel_id": {channel}}.Encode()
		require.Equal(t, http.StatusOK, post(t, "/slack/commands", form, []byte(body)))
	})
}

// FuzzBodies sends bytes to every path of the bot that Slack calls.
func FuzzBodies(f *testing.F) {
	for _, path := range []string{"/slack/interactions", "/slack/commands", "/slack/events"} {
		for _, body := range []string{"", "payload=%7B%7D", "payload=%", "payload=a;b", "command=%2Fpatch&text=status", "ssl_check=1", `{"type": "url_verification", "challenge": "c"}`, `{"type": "event_callback"}`, "\xff\x00"} {
			f.Add(path, form, []byte(body))
		}
		f.Add(path, "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{}\r\n--x--"))
	}
	f.Fuzz(func(t *testing.T, path, contentType string, body []byte) {
		switch path {
		case "/slack/interactions", "/slack/commands", "/slack/events":
			post(t, path, contentType, body)
		}
	})
}
