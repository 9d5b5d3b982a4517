package slacksim

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestCommandsAnswer(t *testing.T) {
	o := newOffice(t)
	status := func() Delivery {
		d, err := o.Command(t.Context(), o.ada.ID, o.ops.ID, "/patch", "status i-0933335a5598d1c2e")
		require.NoError(t, err)
		return d
	}

	require.Nil(t, status().Shown, "an empty answer shows nothing")
	parsed, err := slack.SlashCommandParse(&http.Request{Method: http.MethodPost, PostForm: o.app.lastForm(), Form: o.app.lastForm()})
	require.NoError(t, err)
	require.Equal(t, "/patch", parsed.Command)
	require.Equal(t, "status i-0933335a5598d1c2e", parsed.Text)
	require.Equal(t, o.ada.ID, parsed.UserID)
	require.Equal(t, o.ops.ID, parsed.ChannelID)
	require.Equal(t, "ops", parsed.ChannelName)
	require.False(t, parsed.IsEnterpriseInstall)
	require.Contains(t, parsed.ResponseURL, o.server.URL+"/commands/")

	o.app.body = "Nothing is missing."
	require.Equal(t, "Nothing is missing.", status().Shown.Text)
	require.Equal(t, o.ada.ID, o.Ephemerals(o.ada.ID)[0].Ephemeral)

	o.app.body = `{"response_type":"in_channel","text":"Look","blocks":[{"type":"divider"}]}`
	require.Equal(t, "Look", status().Shown.Text)
	require.Len(t, o.Messages(o.ops.ID), 1)
}

func TestCommandsFail(t *testing.T) {
	o := newOffice(t)
	closed := o.AddChannel(Channel{Name: "closed", Members: []string{o.lin.ID}})
	_, err := o.Command(t.Context(), o.ada.ID, closed.ID, "/patch", "")
	require.ErrorIs(t, err, ErrNotShown)
	_, err = o.Command(t.Context(), "U404", o.ops.ID, "/patch", "")
	require.ErrorIs(t, err, ErrNotShown)

	var seen *DeliveryError
	for _, body := range []string{`{"text":`, `{"blocks":[{"type":"banner"}]}`, `{}`} {
		o.app.body = body
		_, err = o.Command(t.Context(), o.ada.ID, o.ops.ID, "/patch", "")
		require.ErrorAs(t, err, &seen)
		require.Equal(t, "dispatch_failed", seen.Code)
	}
	o.app.status = http.StatusNotFound
	_, err = o.Command(t.Context(), o.ada.ID, o.ops.ID, "/patch", "")
	require.ErrorAs(t, err, &seen)
	require.Equal(t, 404, seen.Status)
	require.Empty(t, o.Ephemerals(o.ada.ID))
}

func TestSSLChecksAreNotSigned(t *testing.T) {
	o := newOffice(t)
	_, err := o.CheckSSL(t.Context())
	require.NoError(t, err)
	require.Equal(t, url.Values{"ssl_check": {"1"}, "token": o.app.lastForm()["token"]}, o.app.lastForm())
	require.Len(t, o.app.errors, 1)
	require.ErrorIs(t, o.app.errors[0], slack.ErrMissingHeaders)
}
