package local_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// post sends a request to the bot and returns status and body.
func (w *system) post(req *http.Request) (int, string) {
	w.t.Helper()
	response, err := w.HTTP.Do(req)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response.StatusCode, string(body)
}

// signed makes a correctly signed request to a path of the bot.
func (w *system) signed(path string, body []byte, at time.Time) *http.Request {
	w.t.Helper()
	req, err := w.Slack.SignedRequest(w.URL+path, body, at)
	require.NoError(w.t, err)
	return req
}

// recordedClick is a whole click on Approve, as Slack sent it, that never reached the bot.
func (w *system) recordedClick(user slacksim.User) []byte {
	w.t.Helper()
	urls := slacksim.App{Interactions: w.URL + "/slack/interactions", Commands: w.URL + "/slack/commands"}
	w.Slack.Install(slacksim.App{Interactions: w.URL + "/nowhere", Commands: urls.Commands})
	defer w.Slack.Install(urls)
	d, err := w.Slack.ClickOn(w.t.Context(), user.ID, w.question(), slackchat.ButtonApprove)
	require.Error(w.t, err)
	return d.Body
}

// edited changes the payload of a click.
func edited(t *testing.T, body []byte, edit func(payload map[string]any)) []byte {
	t.Helper()
	form, err := url.ParseQuery(string(body))
	require.NoError(t, err)
	var payload map[string]any
	require.NoError(t, json.Unmarshal([]byte(form.Get("payload")), &payload))
	edit(payload)
	data, err := json.Marshal(payload)
	require.NoError(t, err)
	form.Set("payload", string(data))
	return []byte(form.Encode())
}

func firstAction(payload map[string]any) map[string]any {
	return payload["actions"].([]any)[0].(map[string]any)
}

// askedOverSockets starts the story with real HTTP.
func askedOverSockets(t *testing.T) *system {
	t.Helper()
	w := startSystem(t, local.Config{Fleet: fast()})
	require.NoError(t, w.Fleet.Scan(web1))
	w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
	return w
}

func TestARequestThatSlackDidNotSignIsRefused(t *testing.T) {
	w := askedOverSockets(t)
	click := w.recordedClick(w.ada)
	const path = "/slack/interactions"
	for name, c := range map[string]struct {
		request func() *http.Request
		status  int
	}{
		"no signature": {func() *http.Request {
			req := w.signed(path, click, time.Now())
			req.Header.Del("X-Slack-Signature")
			return req
		}, http.StatusUnauthorized},
		"a wrong signature": {func() *http.Request {
			req := w.signed(path, click, time.Now())
			req.Header.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64))
			return req
		}, http.StatusUnauthorized},
		"a body changed after signing": {func() *http.Request {
			req := w.signed(path, click, time.Now())
			tampered := bytes.Replace(click, []byte(w.ada.ID), []byte(w.lin.ID), 1)
			req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(tampered)), int64(len(tampered))
			return req
		}, http.StatusUnauthorized},
		"301 s old":         {func() *http.Request { return w.signed(path, click, time.Now().Add(-301*time.Second)) }, http.StatusUnauthorized},
		"302 s ahead":       {func() *http.Request { return w.signed(path, click, time.Now().Add(302*time.Second)) }, http.StatusUnauthorized},
		"a body over 1 MiB": {func() *http.Request { return w.signed(path, make([]byte, 1<<20+1), time.Now()) }, http.StatusRequestEntityTooLarge},
		"a command, not signed": {func() *http.Request {
			req, err := http.NewRequest(http.MethodPost, w.URL+"/slack/commands", strings.NewReader("command=/patch"))
			require.NoError(t, err)
			return req
		}, http.StatusUnauthorized},
		"a GET": {func() *http.Request {
			req, err := http.NewRequest(http.MethodGet, w.URL+path, nil)
			require.NoError(t, err)
			return req
		}, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := w.post(c.request())
			require.Equal(t, c.status, status)
			require.Nil(t, w.request().Decision)
		})
	}
	status, _ := w.post(w.signed(path, click, time.Now().Add(-299*time.Second)))
	require.Equal(t, http.StatusOK, status, "the recorded click itself is a good one")
	require.NotNil(t, w.request().Decision)
}

func TestAPayloadThatCannotBeReadSaysWhatWasExpected(t *testing.T) {
	w := askedOverSockets(t)
	for name, body := range map[string]string{
		"null":       "payload=null",
		"no payload": "nothing=here",
		"not JSON":   "payload=%7B",
		"no type":    "payload=%7B%7D",
		"a list":     "payload=%5B%5D",
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := w.post(w.signed("/slack/interactions", []byte(body), time.Now()))
			require.Equal(t, http.StatusBadRequest, status)
			require.Contains(t, answer, "expected a JSON object with a type")
		})
	}
	require.Nil(t, w.request().Decision)
}

func TestAButtonThatIsNotKnownIsAnsweredAndChangesNothing(t *testing.T) {
	w := askedOverSockets(t)
	for name, c := range map[string]struct {
		edit func(map[string]any)
		want string
	}{
		"an unknown action":  {func(p map[string]any) { firstAction(p)["action_id"] = "explode" }, "I do not know this button"},
		"an unknown request": {func(p map[string]any) { firstAction(p)["value"] = "r-<unknown>" }, "I do not know the request `r-<unknown>`"},
		"no request at all":  {func(p map[string]any) { delete(firstAction(p), "value") }, "I do not know the request"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(w.toldAlone(w.ada))
			status, _ := w.post(w.signed("/slack/interactions", edited(t, w.recordedClick(w.ada), c.edit), time.Now()))
			require.Equal(t, http.StatusOK, status)
			require.Len(t, w.toldAlone(w.ada), before+1)
			require.Contains(t, w.toldAlone(w.ada)[before], c.want)
			require.Nil(t, w.request().Decision)
		})
	}
}

func TestAnElementTypeThatNobodyKnowsDoesNotBreakADecision(t *testing.T) {
	w := askedOverSockets(t)
	body := edited(t, w.recordedClick(w.ada), func(p map[string]any) {
		firstAction(p)["type"] = "hologram"
		firstAction(p)["text"] = []any{"not", "an", "object"}
		p["message"].(map[string]any)["blocks"] = []any{map[string]any{"type": "hologram", "elements": 7}}
		p["state"] = map[string]any{"values": map[string]any{"b": map[string]any{"a": map[string]any{"type": "hologram"}}}}
	})
	status, _ := w.post(w.signed("/slack/interactions", body, time.Now()))
	require.Equal(t, http.StatusOK, status)
	require.NotNil(t, w.request().Decision)
}

func TestAReplayedClickDecidesOnce(t *testing.T) {
	w := askedOverSockets(t)
	body := w.recordedClick(w.ada)
	for range 3 {
		status, _ := w.post(w.signed("/slack/interactions", body, time.Now()))
		require.Equal(t, http.StatusOK, status)
	}
	require.Equal(t, "compliant", outcome(t, w.end()))
	require.Equal(t, 1, w.installs())
	require.Len(t, w.toldAlone(w.ada), 2)
	require.Contains(t, w.toldAlone(w.ada)[0], "Too late: @ada approved this")
}

func TestOtherInteractionsAreAcknowledged(t *testing.T) {
	w := askedOverSockets(t)
	status, _ := w.post(w.signed("/slack/interactions", []byte("payload=%7B%22type%22%3A%22shortcut%22%7D"), time.Now()))
	require.Equal(t, http.StatusOK, status)
	status, _ = w.post(w.signed("/slack/events", []byte(`{"type":"event_callback","event":{"type":"app_mention"}}`), time.Now()))
	require.Equal(t, http.StatusOK, status)
}

func TestThePatchCommand(t *testing.T) {
	w := askedOverSockets(t)
	elsewhere := w.Slack.AddChannel(slacksim.Channel{Name: "elsewhere", BotIsMember: true})
	for name, c := range map[string]struct{ channel, text, want string }{
		"an instance":              {elsewhere.ID, "status " + web1, "6 patches to install on web-1"},
		"the channel's":            {w.payments.ID, "status", "1 open request in this channel:\n❔ *web-1* `" + web1 + "`  It waits for a decision until"},
		"a channel without any":    {elsewhere.ID, "status", "No request is open in this channel."},
		"an owner":                 {elsewhere.ID, "status payments", "1 open request of owner payments:"},
		"an unknown owner":         {elsewhere.ID, "status nobody", "No request is open for an owner `nobody`"},
		"an unknown instance":      {elsewhere.ID, "status i-0000000000000000f", "I have no request for `i-0000000000000000f`."},
		"markup is shown, not run": {elsewhere.ID, "status x<!channel>y", "No request is open for an owner `x<!channel>y`"},
		"an owner of two words":    {elsewhere.ID, "status “a b”", "No request is open for an owner `a b`"},
		"two instances":            {elsewhere.ID, "status i-0a i-0b", "I expected one instance such as `i-0933335a5598d1c2e`, or one owner, but got `i-0a, i-0b`."},
		"an unknown subcommand":    {elsewhere.ID, "explode", "I do not know `/patch explode`. These I know:\n`/patch status"},
		"a misspelt subcommand":    {elsewhere.ID, "aprove " + web1, "I do not know `/patch aprove`. Did you mean `/patch approve`? Nothing was done."},
		"an id alone":              {elsewhere.ID, web1 + ".", "Did you mean `/patch status " + web1 + "`? Nothing was done."},
		"no subcommand":            {elsewhere.ID, "", "`/patch status [i-… | name | owner]`"},
		"help":                     {elsewhere.ID, "help", "`/patch help [command]`  This list, or all about one of them."},
		"help of one":              {elsewhere.ID, "help Reject", "Who may: the owner's approvers"},
		"help of a misspelt one":   {elsewhere.ID, "help rejct", "Did you mean `/patch reject`?"},
		"capitals":                 {elsewhere.ID, "STATUS " + web1, "6 patches to install on web-1"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := w.Slack.Command(t.Context(), w.eve.ID, c.channel, "/patch", c.text)
			require.NoError(t, err)
			require.Contains(t, slacksim.PlainText(*d.Shown, w.reader()), c.want)
			require.Equal(t, w.eve.ID, d.Shown.Ephemeral)
		})
	}
	require.Nil(t, w.request().Decision)
}
