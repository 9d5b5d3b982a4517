package wiring

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func gatewayEvent(t *testing.T, name string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	var e events.APIGatewayV2HTTPRequest
	require.NoError(t, json.Unmarshal(event(t, name), &e))
	return e
}

// signed is a recorded request of Slack, signed now with a secret.
func signed(t *testing.T, name, secret string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	e := gatewayEvent(t, name)
	body, err := base64.StdEncoding.DecodeString(e.Body)
	require.NoError(t, err)
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	e.Headers["x-slack-request-timestamp"] = timestamp
	e.Headers["x-slack-signature"] = slacksim.Sign(secret, timestamp, body)
	return e
}

func TestInteract(t *testing.T) {
	for name, c := range map[string]struct {
		event  events.APIGatewayV2HTTPRequest
		status int
	}{
		"the health check needs no signature":     {gatewayEvent(t, "apigateway_healthz.json"), http.StatusOK},
		"the probe of a command is not signed":    {gatewayEvent(t, "apigateway_ssl_check.json"), http.StatusOK},
		"a request that was signed now":           {signed(t, "apigateway_url_verification.json", "next"), http.StatusOK},
		"a request signed with the previous":      {signed(t, "apigateway_url_verification.json", "first"), http.StatusOK},
		"a request signed with another secret":    {signed(t, "apigateway_url_verification.json", "other"), http.StatusUnauthorized},
		"a recorded request that is played again": {gatewayEvent(t, "apigateway_url_verification.json"), http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			s := rotated(t)
			answer, err := s.Interact(t.Context(), c.event)
			require.NoError(t, err)
			require.Equal(t, c.status, answer.StatusCode)
			require.NotContains(t, s.log.String(), "deprecated", "a body is not logged")
		})
	}
}

func TestInteractReadsTheSecretAgainWhenNoneFits(t *testing.T) {
	s := newTestApp(t)
	request := signed(t, "apigateway_url_verification.json", "next")
	answer, err := s.Interact(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
	require.Equal(t, 1, s.manager.reads, "it was read less than a minute ago")

	s.rotate()
	answer, err = s.Interact(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, 2, s.manager.reads)
}

func TestBadSignaturesDoNotCallSecretsManagerAllTheTime(t *testing.T) {
	s := rotated(t)
	s.clock.pass(renewEvery)
	for range 100 {
		answer, err := s.Interact(t.Context(), signed(t, "apigateway_url_verification.json", "guessed"))
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
	}
	require.Equal(t, 3, s.manager.reads)
}

func TestInteractRefusesABodyThatIsNotBase64(t *testing.T) {
	e := gatewayEvent(t, "apigateway_url_verification.json")
	e.Body = "%"
	_, err := rotated(t).Interact(t.Context(), e)
	require.Error(t, err)
}
