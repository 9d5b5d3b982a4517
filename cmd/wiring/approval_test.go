package wiring

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

const mailKey = "abcdefghijklmnopqrstuvwxyz-_0123"

// mailed has somebody asked who got a link by mail.
func (s testApp) mailed(t *testing.T) (id string) {
	t.Helper()
	s.Bot.Owners = bot.Directory{"payments": {Name: "payments", Email: "payments@example.com"}}
	_, err := s.Notify(t.Context(), event(t, "sqs_envelope.json"))
	require.NoError(t, err)
	r := s.request(t)
	sum := sha256.Sum256([]byte(mailKey))
	r.Owner, r.Mail.Keys, r.AnswerBy = "payments", []string{hex.EncodeToString(sum[:])}, time.Now().Add(time.Hour)
	r, err = s.store.Save(t.Context(), r)
	require.NoError(t, err)
	s.log.Reset()
	return r.ID
}

// browsed is a browser's request as API Gateway hands it over: a form comes encoded.
func browsed(t *testing.T, method, path, query string, form url.Values) events.APIGatewayV2HTTPRequest {
	t.Helper()
	e := under(gatewayEvent(t, "apigateway_healthz.json"), path)
	e.RawQueryString, e.RequestContext.HTTP.Method = query, method
	if form != nil {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(form.Encode())), true
		e.Headers["content-type"] = "application/x-www-form-urlencoded"
	}
	return e
}

func TestAMailsLinkDecidesThroughAPIGateway(t *testing.T) {
	for _, basePath := range []string{"", "/patchbot"} {
		s := newTestAppUnder(t, basePath)
		path := basePath + "/approvals/" + s.mailed(t)
		for range 3 {
			answer, err := s.Interact(t.Context(), browsed(t, http.MethodGet, path, "key="+mailKey, nil))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.Contains(t, answer.Body, "<form")
			require.Equal(t, "no-store", answer.Headers["Cache-Control"])
			require.Nil(t, s.request(t).Decision)
		}
		form := url.Values{"key": {mailKey}, "name": {"Ada Lovelace"}, "decision": {"approved"}}
		answer, err := s.Interact(t.Context(), browsed(t, http.MethodPost, path, "", form))
		require.NoError(t, err)
		require.Equal(t, http.StatusSeeOther, answer.StatusCode)
		require.Equal(t, workflow.Decider{Via: "email", Name: "Ada Lovelace"}, s.request(t).Decision.By)
		require.Contains(t, s.machine.completed[taskToken], `"via":"email"`)

		form.Set("key", mailKey[1:]+"x")
		answer, err = s.Interact(t.Context(), browsed(t, http.MethodPost, path, "", form))
		require.NoError(t, err)
		require.Equal(t, http.StatusNotFound, answer.StatusCode)
		require.NotContains(t, s.log.String(), mailKey, "a key comes into no log")
		require.NotContains(t, s.log.String(), "approvals/", "nor an address that has one")
	}
}
