package slacksim

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEvents(t *testing.T) {
	o := newOffice(t)
	d, err := o.OpenHome(t.Context(), o.ada.ID)
	require.NoError(t, err)
	require.Contains(t, string(d.Body), `"type":"event_callback"`)
	require.Contains(t, string(d.Body), `"type":"app_home_opened"`)
	require.Contains(t, string(d.Body), o.ada.ID)
	require.Equal(t, "application/json", d.Header.Get("Content-Type"))

	again, err := o.Redeliver(t.Context(), d, 1)
	require.NoError(t, err)
	require.Equal(t, d.Body, again.Body)
	require.Equal(t, "1", again.Header.Get("X-Slack-Retry-Num"))
	require.Equal(t, []error{nil, nil}, o.app.errors)
}

func TestURLVerificationWantsItsChallengeBack(t *testing.T) {
	o := newOffice(t)
	_, err := o.VerifyURL(t.Context())
	require.ErrorContains(t, err, "is not the challenge")

	o.app.before = func(form url.Values) { o.app.body = form.Get("json") }
	_, err = o.VerifyURL(t.Context())
	require.NoError(t, err)
	o.app.status = http.StatusForbidden
	_, err = o.VerifyURL(t.Context())
	require.ErrorContains(t, err, "dispatch_failed")
}

func TestAnEventMustBeJSON(t *testing.T) {
	o := newOffice(t)
	_, err := o.Event(t.Context(), func() {})
	require.ErrorContains(t, err, "encode event")
}
