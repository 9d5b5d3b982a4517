package slacksim

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// click posts a button, clicks it as ada, and returns the message and the
// response URL that the app got.
func (o *office) click(t *testing.T, channel string) (Message, string) {
	t.Helper()
	m := o.postButton(t, channel)
	_, err := o.Click(t.Context(), o.ada.ID, channel, m.TS, "approve")
	require.NoError(t, err)
	return m, o.app.last().ResponseURL
}

func (o *office) respondTo(t *testing.T, address, body string) (int, string) {
	t.Helper()
	resp, got := o.postJSON(t, strings.TrimPrefix(address, o.server.URL), "", body)
	return resp.StatusCode, got.Error
}

func TestResponsesAreEphemeralByDefault(t *testing.T) {
	o := newOffice(t)
	m, address := o.click(t, o.ops.ID)
	_, _, err := o.client.PostMessage(o.ops.ID, text("only you"),
		slack.MsgOptionResponseURL(address, slack.ResponseTypeEphemeral))
	require.NoError(t, err)
	require.Equal(t, "only you", o.Ephemerals(o.ada.ID)[0].Text)

	status, _ := o.respondTo(t, address, `{"text":"everyone","response_type":"in_channel"}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "everyone", o.Messages(o.ops.ID)[1].Text)

	status, _ = o.respondTo(t, address, `{"text":"done","replace_original":true}`)
	require.Equal(t, http.StatusOK, status)
	now, _ := o.Message(o.ops.ID, m.TS)
	require.Equal(t, "done", now.Text)
	require.Equal(t, 1, now.Edited)

	status, _ = o.respondTo(t, address, `{"delete_original":true}`)
	require.Equal(t, http.StatusOK, status)
	_, there := o.Message(o.ops.ID, m.TS)
	require.False(t, there)
}

func TestResponsesReachChannelsWithoutTheBot(t *testing.T) {
	o := newOffice(t)
	foreign := o.AddChannel(Channel{Name: "foreign"})
	_, err := o.Command(t.Context(), o.ada.ID, foreign.ID, "/patch", "help")
	require.NoError(t, err)
	address := o.app.lastForm().Get("response_url")
	status, _ := o.respondTo(t, address, `{"text":"first"}`)
	require.Equal(t, http.StatusOK, status)
	status, _ = o.respondTo(t, address, `{"text":"second","replace_original":true}`)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, o.Ephemerals(o.ada.ID), 1)
	require.Equal(t, "second", o.Ephemerals(o.ada.ID)[0].Text)
}

func TestResponseURLsWorkFiveTimes(t *testing.T) {
	o := newOffice(t)
	_, address := o.click(t, o.ops.ID)
	for range 5 {
		status, _ := o.respondTo(t, address, `{"text":"hi"}`)
		require.Equal(t, http.StatusOK, status)
	}
	status, code := o.respondTo(t, address, `{"text":"hi"}`)
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, "used_url", code)
	require.Len(t, o.Ephemerals(o.ada.ID), 5)
}

func TestResponseURLsWorkThirtyMinutes(t *testing.T) {
	o := newOffice(t)
	_, address := o.click(t, o.ops.ID)
	o.clock.advance(30 * time.Minute)
	status, _ := o.respondTo(t, address, `{"text":"just in time"}`)
	require.Equal(t, http.StatusOK, status)
	o.clock.advance(time.Second)
	status, code := o.respondTo(t, address, `{"text":"too late"}`)
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, "expired_url", code)
	status, _ = o.respondTo(t, o.server.URL+"/actions/T/1/unknown", `{"text":"hi"}`)
	require.Equal(t, http.StatusNotFound, status)
}

func TestResponsesAreChecked(t *testing.T) {
	o := newOffice(t)
	m, address := o.click(t, o.ops.ID)
	for body, want := range map[string]string{
		`{"text":`:                        "invalid_payload",
		`{}`:                              "no_text",
		`{"blocks":[{"type":"banner"}]}`:  "invalid_blocks",
		`{"blocks":"none of it is JSON"}`: "invalid_blocks_format",
	} {
		status, code := o.respondTo(t, address, body)
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, want, code)
	}
	o.Delete(o.ops.ID, m.TS)
	_, code := o.respondTo(t, address, `{"delete_original":true}`)
	require.Equal(t, "message_not_found", code)
}

func TestResponseURLsFailOnDemand(t *testing.T) {
	o := newOffice(t)
	_, address := o.click(t, o.ops.ID)
	o.Fail(ResponseURLs, Fault{Times: 1, Error: "internal_error"}, Fault{Times: 1, Error: "fatal_error", AfterEffect: true})
	_, code := o.respondTo(t, address, `{"text":"lost"}`)
	require.Equal(t, "internal_error", code)
	_, code = o.respondTo(t, address, `{"text":"kept"}`)
	require.Equal(t, "fatal_error", code)
	require.Len(t, o.Ephemerals(o.ada.ID), 1)
}
