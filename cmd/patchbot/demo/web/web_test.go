package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/web"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
)

// waitAtMost is how long a test waits for one thing.
const waitAtMost = time.Minute

// brisk leaves the bot some real time of the 30 seconds for which it claims a request.
const brisk = 60

// page is a client that does what the app does.
type page struct {
	t   testing.TB
	url string
	*world.World
}

// open starts a world, in which the first question is about to be asked, and its server.
func open(t testing.TB, speed float64) page {
	t.Helper()
	w, err := world.Start(time.Now(), speed, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(w.Close)
	s, err := web.Listen(w, 0)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, w.MakeNonCompliant([]string{world.FirstInstance}))
	return page{t, s.URL, w}
}

// request sends a request as the page does, changed by edit.
func (p page) request(method, path, body string, edit func(*http.Request)) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Origin", "http://"+r.Host)
	r.Header.Set("Content-Type", "application/json")
	if edit != nil {
		edit(r)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	data, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, answer.Body.Close())
	return answer.StatusCode, string(data)
}

// act does something on the page and returns the answer.
func (p page) act(path string, body any) string {
	p.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(p.t, err)
	status, text := p.request(http.MethodPost, path, string(data), nil)
	require.Equal(p.t, http.StatusOK, status, text)
	return strings.TrimSpace(text)
}

type fields = map[string]any

// message is a message as a page hears of it.
type message struct {
	Channel, TS, Text, Ephemeral, Thread string
	Edited                               int
	Blocks                               json.RawMessage
}

// heard is what a page has heard, by kind and key.
type heard struct {
	Reset bool
	World *struct {
		App      struct{ Commands []fields }
		Channels []fields
	}
	Messages   []message
	Instances  []fields
	Executions []struct {
		Machine, Name, Status, Outcome, Instance string
		States                                   []string
		Events                                   int
	}
	Gone   []string
	Emails []struct{ Subject, Body string }
	Clock  *struct {
		Speed float64
		Now   time.Time
		Next  *struct {
			At   time.Time
			What string
		}
	}
}

// until listens until something was heard.
func (p page) until(what string, is func(heard) bool) heard {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), waitAtMost)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"events", nil)
	require.NoError(p.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(p.t, "text/event-stream", answer.Header.Get("Content-Type"))
	lines := bufio.NewReader(answer.Body)
	for {
		line, err := lines.ReadString('\n')
		require.NoError(p.t, err, "never heard: %s", what)
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var h heard
			require.NoError(p.t, json.Unmarshal([]byte(data), &h))
			require.False(p.t, strings.Contains(data, `"task_token":`), "a task token has left the system") // a definition has "task_token.$"
			if is(h) {
				return h
			}
		}
	}
}

// question waits for the first question.
func (p page) question() (channel, ts string, edited int) {
	p.t.Helper()
	h := p.until("the question", func(h heard) bool { return len(h.Messages) > 0 })
	m := h.Messages[0]
	require.Contains(p.t, m.Text, "6 patches to install on web-1")
	return m.Channel, m.TS, m.Edited
}

// patchDay starts a patch day, and waits until each of four owners is asked in two messages.
func (p page) patchDay() {
	p.t.Helper()
	require.NoError(p.t, p.PatchDay())
	require.Eventually(p.t, func() bool {
		n := 0
		for _, ch := range p.Slack.Channels() {
			n += len(p.Slack.Messages(ch.ID))
		}
		return n == 8
	}, waitAtMost, 10*time.Millisecond, "not all owners were asked")
}

func TestAPageSeesTheStory(t *testing.T) {
	p := open(t, brisk)
	channel, ts, edited := p.question()
	first := p.until("everything", func(h heard) bool { return h.Reset })
	require.Len(t, first.Instances, 6)
	require.Len(t, first.World.Channels, 6)
	require.Len(t, first.World.App.Commands, len(slackchat.Commands()), "the page offers each subcommand")
	require.Contains(t, first.Clock.Next.What, "web-1")
	approve := fields{"user": "U0ADA", "channel": channel, "ts": ts, "seen": edited, "actionId": slackchat.ButtonApprove}
	require.Equal(t, "{}", p.act("slack/act", approve))
	done := p.until("the end", func(h heard) bool {
		return len(h.Executions) == 1 && h.Executions[0].Outcome == "compliant"
	})
	require.Equal(t, "SUCCEEDED", done.Executions[0].Status)
	require.Equal(t, world.FirstInstance, done.Executions[0].Instance)

	approve["user"] = "U0LIN" // whose screen still shows the button
	require.Equal(t, "{}", p.act("slack/act", approve))
	p.until("that it was too late", func(h heard) bool {
		for _, m := range h.Messages {
			if m.Ephemeral == "U0LIN" && strings.Contains(m.Text, "Too late: <@U0ADA> approved this") {
				return true
			}
		}
		return false
	})

	_, history := p.request(http.MethodGet, "executions/patch-approval/"+done.Executions[0].Name, "", nil)
	var steps struct {
		Steps []struct{ State, Type, Exited string }
	}
	require.NoError(t, json.Unmarshal([]byte(history), &steps))
	require.Equal(t, "Read Settings", steps.Steps[0].State)
	require.Equal(t, "Succeed", steps.Steps[len(steps.Steps)-1].Type)
	require.False(t, strings.Contains(history, `"task_token":`), "a task token is in the history")
}

func TestWhatIsTypedReachesTheBotOrTheChannel(t *testing.T) {
	p := open(t, brisk)
	channel, ts, _ := p.question()
	typed := func(text, thread string) string {
		return p.act("slack/type", fields{"user": "U0EVE", "channel": channel, "text": text, "thread": thread})
	}
	require.Equal(t, "{}", typed("/patch status "+world.FirstInstance, ""))
	require.Equal(t, "{}", typed("is <this> safe?", ts))
	require.Contains(t, typed("/patch status", ts), "not supported in threads")
	require.Contains(t, typed("/path status", ""), "/path is not a valid command")
	require.Contains(t, p.act("slack/type", fields{"user": "U0GUS", "channel": p.Bot.DefaultChannel, "text": "hello"}), "not in this channel")
	h := p.until("everything", func(h heard) bool { return h.Reset })
	require.Len(t, h.Messages, 3)
	require.Contains(t, h.Messages[1].Text+string(h.Messages[1].Blocks), "It waits for a decision until")
	require.Equal(t, "is &lt;this&gt; safe?", h.Messages[2].Text)
	require.Equal(t, ts, h.Messages[2].Thread)
}

func TestTheFleetAndTheClockObey(t *testing.T) {
	p := open(t, 1)
	p.question()
	ids := []string{"i-05d1f0c2b7a94e318"}
	instance := func(is func(fields) bool) func(heard) bool {
		return func(h heard) bool {
			for _, i := range h.Instances {
				if i["id"] == ids[0] && is(i) {
					return true
				}
			}
			return false
		}
	}
	require.Equal(t, "{}", p.act("fleet/online", fields{"ids": ids, "online": false}))
	p.until("that it is offline", instance(func(i fields) bool { return i["online"] == false }))
	require.Equal(t, "{}", p.act("fleet/online", fields{"ids": ids, "online": true}))
	require.Equal(t, "{}", p.act("fleet/fail", fields{"ids": ids, "fail": true}))
	p.until("that it will fail", instance(func(i fields) bool { return i["online"] == true && i["failNext"] == true }))
	require.Equal(t, "{}", p.act("fleet/non-compliant", fields{"ids": ids}))
	p.until("that it misses patches", instance(func(i fields) bool { return i["missing"].(float64) > 0 }))
	require.Contains(t, p.act("fleet/non-compliant", fields{"ids": []string{"i-0"}}), "not in the fleet")

	require.Equal(t, "{}", p.act("clock/speed", fields{"speed": 2}))
	p.until("the speed", func(h heard) bool { return h.Clock != nil && h.Clock.Speed == 2 })
	require.Contains(t, p.act("clock/speed", fields{"speed": 5000}), "expected 0 to 100")
	for range 3 {
		p.until("that a reminder is due", func(h heard) bool {
			return h.Clock != nil && h.Clock.Next != nil && h.Clock.Next.At.Sub(h.Clock.Now) > time.Hour && strings.HasPrefix(h.Clock.Next.What, "a reminder about")
		})
		require.Equal(t, "{}", p.act("clock/skip", fields{}))
	}
	p.until("that an answer is due", func(h heard) bool {
		return h.Clock != nil && h.Clock.Next != nil && strings.HasPrefix(h.Clock.Next.What, "the answer about")
	})
	require.Equal(t, "{}", p.act("clock/skip", fields{}))
	p.until("that it expired", func(h heard) bool { return len(h.Executions) > 0 && h.Executions[0].Outcome == "expired" })

	require.Equal(t, "{}", p.act("clock/speed", fields{"speed": brisk})) // mails go out once a minute
	require.Equal(t, "{}", p.act("slack/away", fields{"away": true}))
	require.Equal(t, "{}", p.act("fleet/non-compliant", fields{"ids": []string{"i-0a7b93d14e5f26c80"}}))
	p.until("a mail", func(h heard) bool { // of the last news, which Slack did not take, there may be one, too
		return slices.ContainsFunc(h.Emails, func(m struct{ Subject, Body string }) bool { return strings.Contains(m.Subject, "search-1") })
	})
}

func TestWhatEndedLongAgoIsForgotten(t *testing.T) {
	p := open(t, brisk)
	p.question()
	for range 520 { // 500 are kept
		arn, err := p.Machine.Start("", []byte(`{"source": "somebody else"}`))
		require.NoError(t, err)
		_, err = p.Machine.Wait(t.Context(), arn)
		require.NoError(t, err)
	}
	require.Len(t, p.until("all", func(h heard) bool { return h.Reset }).Executions, 521)
	p.Clock.Skip(p.Clock.Now().Add(2 * time.Hour))
	p.until("what is gone", func(h heard) bool { return len(h.Gone) == 20 || h.Reset && len(h.Executions) == 501 })
	left := p.until("what is left", func(h heard) bool { return h.Reset }).Executions
	require.Len(t, left, 501)
	require.Equal(t, "RUNNING", left[0].Status, "what runs stays, as old as it is")
}

func TestTheViewsAreThoseOfTheGoldenFiles(t *testing.T) {
	p := open(t, 0)
	status, text := p.request(http.MethodGet, "views", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, `"name":"failed_while_patching"`)
}

func TestAPortThatIsTakenGivesAnother(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	w, err := world.Start(time.Now(), 0, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(w.Close)
	s, err := web.Listen(w, taken.Addr().(*net.TCPAddr).Port)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NotContains(t, s.URL, taken.Addr().String())
}
