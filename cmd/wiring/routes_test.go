package wiring

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"
)

// under is a recorded request that came under another path.
func under(e events.APIGatewayV2HTTPRequest, path string) events.APIGatewayV2HTTPRequest {
	e.RawPath, e.RequestContext.HTTP.Path = path, path
	return e
}

func TestABasePathStandsBeforeThePaths(t *testing.T) {
	s := newTestAppUnder(t, "/patchbot")
	for name, path := range map[string]string{
		"as the custom domain's mapping puts it": "/patchbot/healthz",
		"at the API's own address":               "/healthz",
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := s.Interact(t.Context(), under(gatewayEvent(t, "apigateway_healthz.json"), path))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.StatusCode)
		})
	}
	require.Empty(t, s.log.String())
}

func TestARequestUnderAnUnknownPathIsToldWhichThereAre(t *testing.T) {
	for name, c := range map[string]struct{ basePath, path, expected string }{
		"a base path that is not set":      {"", "/patchbot/healthz", "/healthz"},
		"a stage":                          {"", "/prod/slack/commands", "/slack/commands"},
		"a slash at the end":               {"", "/slack/commands/", "/slack/commands"},
		"another base path":                {"/patchbot", "/bot/healthz", "/patchbot/healthz"},
		"what only begins as the base":     {"/patchbot", "/patchbots/healthz", "/patchbot/healthz"},
		"the base path alone":              {"/patchbot", "/patchbot", "/patchbot/slack/interactions /patchbot/slack/commands /patchbot/slack/events /patchbot/approvals/{id} /patchbot/healthz"},
		"a path that resembles none of us": {"", "/favicon.ico", "/slack/interactions /slack/commands /slack/events /approvals/{id} /healthz"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestAppUnder(t, c.basePath)
			answer, err := s.Interact(t.Context(), under(gatewayEvent(t, "apigateway_healthz.json"), c.path))
			require.NoError(t, err)
			require.Equal(t, http.StatusNotFound, answer.StatusCode)
			require.Equal(t, "patchbot has no "+c.path+". There are:\n"+
				"POST "+c.basePath+"/slack/interactions\nPOST "+c.basePath+"/slack/commands\n"+
				"POST "+c.basePath+"/slack/events\nGET "+c.basePath+"/approvals/{id}\nPOST "+c.basePath+"/approvals/{id}\nGET "+c.basePath+"/healthz\n", answer.Body)
			require.Equal(t, []string{"a request came under an unknown path"}, s.log.messages(t))
			var line struct{ Method, Path, Expected string }
			require.NoError(t, json.Unmarshal(s.log.Bytes(), &line))
			require.Equal(t, "GET", line.Method)
			require.Equal(t, c.path, line.Path)
			require.Equal(t, c.expected, line.Expected)
		})
	}
}

func TestEveryEndpointIsServed(t *testing.T) {
	s := newTestApp(t)
	for _, e := range endpoints {
		method, path, _ := strings.Cut(e, " ")
		event := under(gatewayEvent(t, "apigateway_healthz.json"), path)
		event.RequestContext.HTTP.Method = method
		answer, err := s.Interact(t.Context(), event)
		require.NoError(t, err)
		require.NotEqual(t, http.StatusMethodNotAllowed, answer.StatusCode, e)
		require.NotContains(t, answer.Body, "patchbot has no", e)
	}
}

func TestWhatAKnownPathDoesNotFindIsItsOwnBusiness(t *testing.T) {
	mux, log := http.NewServeMux(), &lines{}
	mux.HandleFunc("GET /approvals/{id}", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such request", http.StatusNotFound) })
	for path, want := range map[string]string{"/approvals/7": "no such request\n", "/approvals": "patchbot has no /approvals."} {
		answer := httptest.NewRecorder()
		routed{Handler: mux, log: log.logger()}.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Contains(t, answer.Body.String(), want)
	}
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("\n")))
}
