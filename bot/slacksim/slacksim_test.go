package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// client ends a call that is not answered.
var client = &http.Client{Timeout: 20 * time.Second}

// finish waits for goroutines that do what is named.
func finish(t *testing.T, what string, all *sync.WaitGroup) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		all.Wait()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		require.Fail(t, "they have not finished: "+what)
	}
}

// office is a workspace with an app, and a few people in a few channels.
type office struct {
	*Workspace
	app      *app
	server   *httptest.Server
	client   *slack.Client
	clock    *clock
	ada, lin User
	ops      Channel
}

func newOffice(t *testing.T, edit ...func(*Config)) *office {
	t.Helper()
	o := &office{clock: &clock{now: time.Now()}, app: &app{t: t, status: http.StatusOK}}
	cfg := Config{SigningSecret: secret, Now: o.clock.Now}
	for _, e := range edit {
		e(&cfg)
	}
	o.Workspace = New(cfg)
	o.server = httptest.NewServer(o.Handler())
	t.Cleanup(o.server.Close)
	o.SetURL(o.server.URL)
	behind := httptest.NewServer(o.app)
	t.Cleanup(behind.Close)
	o.Install(App{Interactions: behind.URL, Commands: behind.URL, Events: behind.URL})
	o.client = o.clientWith(o.cfg.BotToken)
	o.ada = o.AddUser(User{Name: "ada", Email: "ada@example.com", TZ: "Europe/Berlin"})
	o.lin = o.AddUser(User{Name: "lin", Email: "lin@example.com"})
	o.ops = o.AddChannel(Channel{Name: "ops", BotIsMember: true})
	return o
}

func (o *office) clientWith(token string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(o.server.URL+"/api/"))
}

// postButton posts a message with one button and returns it.
func (o *office) postButton(t *testing.T, channel string, options ...slack.MsgOption) Message {
	t.Helper()
	options = append(options, slack.MsgOptionText("3 patches are missing", false), approveBlocks())
	_, ts, err := o.client.PostMessage(channel, options...)
	require.NoError(t, err)
	m, ok := o.Message(channel, ts)
	require.True(t, ok)
	return m
}

func approveBlocks() slack.MsgOption {
	label := slack.NewTextBlockObject(slack.PlainTextType, "Approve", false, false)
	return slack.MsgOptionBlocks(slack.NewActionBlock("decide",
		slack.NewButtonBlockElement("approve", "request-1", label).WithStyle(slack.StylePrimary)))
}

// raw posts a message whose blocks are JSON as written.
func (o *office) raw(t *testing.T, blocks string) answerBody {
	return o.call(t, "chat.postMessage", url.Values{"channel": {o.ops.ID}, "blocks": {blocks}})
}

// answerBody is what the Web API says about success and failure.
type answerBody struct {
	OK       bool `json:"ok"`
	Error    string
	Errors   []string
	Needed   string
	Provided string
	Metadata struct{ Messages []string } `json:"response_metadata"`
}

func (o *office) call(t *testing.T, method string, form url.Values) answerBody {
	t.Helper()
	form.Set("token", o.cfg.BotToken)
	resp, err := client.PostForm(o.server.URL+"/api/"+method, form)
	require.NoError(t, err)
	return readAnswer(t, resp)
}

func (o *office) postJSON(t *testing.T, path, token, body string) (*http.Response, answerBody) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, o.server.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(r)
	require.NoError(t, err)
	return resp, readAnswer(t, resp)
}

func readAnswer(t *testing.T, resp *http.Response) answerBody {
	t.Helper()
	defer func() { _ = resp.Body.Close() }()
	var body answerBody
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	return body
}

// code is the error code of a slack-go call, empty for success.
func code(err error) string {
	var e slack.SlackErrorResponse
	if errors.As(err, &e) {
		return e.Err
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// clock is a clock that tests set.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// app plays the app: it verifies every delivery with slack-go and answers as
// the test told it.
type app struct {
	t      *testing.T
	status int
	kind   string // content type of the answer
	body   string
	before func(form url.Values) // runs before the answer
	got    []url.Values          // forms, or {"json": body}
	errors []error               // what the verifier said
}

func (a *app) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	verifier, err := slack.NewSecretsVerifier(r.Header, secret)
	if err == nil {
		_, _ = verifier.Write(body)
		err = verifier.Ensure()
	}
	a.errors = append(a.errors, err)
	form := url.Values{"json": {string(body)}}
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, _ = url.ParseQuery(string(body))
	}
	a.got = append(a.got, form)
	if a.before != nil {
		a.before(form)
	}
	if a.kind != "" {
		rw.Header().Set("Content-Type", a.kind)
	}
	rw.WriteHeader(a.status)
	_, _ = io.Copy(rw, bytes.NewBufferString(a.body))
}

// last is the latest interaction, decoded by slack-go, after every signature so
// far was checked.
func (a *app) last() slack.InteractionCallback {
	a.t.Helper()
	for _, err := range a.errors {
		require.NoError(a.t, err)
	}
	var ic slack.InteractionCallback
	require.NoError(a.t, json.Unmarshal([]byte(a.lastForm().Get("payload")), &ic))
	return ic
}

func (a *app) lastForm() url.Values {
	a.t.Helper()
	require.NotEmpty(a.t, a.got, "the app got nothing")
	return a.got[len(a.got)-1]
}

// payload is the latest interaction as plain JSON.
func (a *app) payload() map[string]any {
	var p map[string]any
	require.NoError(a.t, json.Unmarshal([]byte(a.lastForm().Get("payload")), &p))
	return p
}

func TestIDsAreStableAndOfSlacksShape(t *testing.T) {
	one, two := New(Config{}), New(Config{})
	two.AddUser(User{Name: "someone else"})
	require.Equal(t, one.AddUser(User{Name: "ada"}).ID, two.AddUser(User{Name: "ada"}).ID)
	require.Regexp(t, `^U0[A-Z2-7]{9}$`, one.AddUser(User{Name: "ada"}).ID)
	require.Regexp(t, `^C0[A-Z2-7]{9}$`, one.AddChannel(Channel{Name: "ops"}).ID)
	require.Regexp(t, `^G0[A-Z2-7]{9}$`, one.AddChannel(Channel{Name: "ops", Private: true}).ID)
	require.Regexp(t, `^S0[A-Z2-7]{9}$`, one.AddUserGroup(UserGroup{Handle: "oncall"}).ID)
	require.Equal(t, "U1", one.AddUser(User{ID: "U1", Name: "fixed"}).ID)
}

func TestOtherPathsAreNotFound(t *testing.T) {
	o := newOffice(t)
	resp, err := client.Get(o.server.URL + "/elsewhere")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
}
