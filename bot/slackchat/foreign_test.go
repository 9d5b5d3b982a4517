package slackchat_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
)

type payload = map[string]any

// clicked lets a recorded click on Approve be made after a change to its payload, correctly
// signed all the same. It gives the request after it, and what Slack was asked.
func clicked(t *testing.T, slackAndAWS *instant, change func(p payload)) (bot.Request, map[string]int) {
	t.Helper()
	recorded, err := os.ReadFile("testdata/click.json")
	require.NoError(t, err)
	var p payload
	require.NoError(t, json.Unmarshal(recorded, &p))
	store, request := memstore.New(), openRequest()
	p["actions"].([]any)[0].(payload)["value"] = request.ID
	change(p)
	compact, err := json.Marshal(p)
	require.NoError(t, err)
	_, err = store.Save(t.Context(), request)
	require.NoError(t, err)
	answer := httptest.NewRecorder()
	appOn(store, slackAndAWS).ServeHTTP(answer, signed("/slack/interactions", form, []byte(url.Values{"payload": {string(compact)}}.Encode())))
	require.Equal(t, http.StatusOK, answer.Code)
	request, err = store.Get(t.Context(), request.ID)
	require.NoError(t, err)
	return request, slackAndAWS.calls
}

func at(p payload, path ...string) payload {
	for _, name := range path {
		p = p[name].(payload)
	}
	return p
}

func TestASignedClickFromElsewhereDecidesNothing(t *testing.T) {
	for name, change := range map[string]func(p payload){
		"of another app":               func(p payload) { p["api_app_id"] = "A0OTHER" },
		"that names no app":            func(p payload) { delete(p, "api_app_id") },
		"in another workspace":         func(p payload) { at(p, "team")["id"] = "T0OTHER" },
		"that names no workspace":      func(p payload) { p["team"] = nil },
		"with another organisation":    func(p payload) { p["team"], p["enterprise"] = nil, payload{"id": "E0OTHER"} },
		"in another message":           func(p payload) { at(p, "container")["message_ts"] = "1795397406.999999" },
		"in another channel":           func(p payload) { at(p, "container")["channel_id"] = "C0OTHER" },
		"in no message at all":         func(p payload) { delete(p, "container") },
		"of nobody":                    func(p payload) { delete(at(p, "user"), "id") },
		"of a request that is not one": func(p payload) { p["actions"].([]any)[0].(payload)["value"] = "r-other" },
	} {
		t.Run(name, func(t *testing.T) {
			r, calls := clicked(t, newInstant(), change)
			require.Nil(t, r.Decision)
			require.Zero(t, calls["CompleteTask"])
		})
	}
	r, _ := clicked(t, newInstant(), func(payload) {})
	require.NotNil(t, r.Decision, "unchanged, it decides")
}

func TestAnOrganisationWideInstallGoesOnWorking(t *testing.T) {
	grid := func() *instant {
		i := newInstant()
		i.enterprise = "E0ACME"
		return i
	}
	for name, change := range map[string]func(p payload){
		"without a team": func(p payload) {
			p["team"], p["enterprise"], p["is_enterprise_install"] = nil, payload{"id": "E0ACME"}, true
			at(p, "user")["team_id"] = "E0ACME"
		},
		"in a workspace of the organisation": func(p payload) {
			at(p, "team")["id"], p["enterprise"], p["is_enterprise_install"] = "T0SISTER", payload{"id": "E0ACME"}, true
			at(p, "user")["team_id"] = "T0SISTER"
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := clicked(t, grid(), change)
			require.NotNil(t, r.Decision)
		})
	}
	r, _ := clicked(t, grid(), func(p payload) {
		p["team"], p["enterprise"], p["is_enterprise_install"] = nil, payload{"id": "E0OTHER"}, true
	})
	require.Nil(t, r.Decision)
	r, _ = clicked(t, grid(), func(p payload) { at(p, "team")["id"], p["enterprise"] = "T0SISTER", payload{"id": "E0ACME"} })
	require.Nil(t, r.Decision, "an install in one workspace is none in its sister")
}

func TestOnlySlacksOwnHostsAreAnswered(t *testing.T) {
	for responseURL, answered := range map[string]bool{
		"https://hooks.slack.com/actions/T0/1/x":              true,
		"https://hooks.slack-gov.com/actions/T0/1/x":          true,
		"http://127.0.0.1:41563/actions/T0TZMUWYEKK/7/x":      true, // what stands in Slack's place
		"http://hooks.slack.com/actions/T0/1/x":               false,
		"https://hooks.slack.com.evil.example/actions/T0/1/x": false,
		"https://evil.example/hooks.slack.com":                false,
		"https://hooks.slack.com@evil.example/x":              false,
		"https://user:word@hooks.slack.com/x":                 false,
		"http://127.0.0.1:80/latest/meta-data/":               false,
		"http://169.254.169.254/latest/meta-data/iam/":        false,
		"https://hooks.slack.com:8443/actions/T0/1/x":         false,
		"file:///etc/passwd":                                  false,
		"\x7f":                                                false,
	} {
		t.Run(responseURL, func(t *testing.T) {
			r, calls := clicked(t, newInstant(), func(p payload) {
				p["response_url"] = responseURL
				at(p, "user")["id"] = "U0EVE" // who may not decide, and would be told
			})
			require.Nil(t, r.Decision)
			require.Equal(t, answered, calls["x"]+calls["meta-data"]+calls["iam"]+calls["hooks.slack.com"]+calls["passwd"] > 0, "%v", calls)
		})
	}
}
