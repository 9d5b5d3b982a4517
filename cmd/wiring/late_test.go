package wiring

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

func TestAnswerBy(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		took int64         // by the gateway
		want time.Duration // from now
	}{
		"the gateway took it just now":           {now.UnixMilli(), 2500 * time.Millisecond},
		"a cold start took 1.4 s":                {now.Add(-1400 * time.Millisecond).UnixMilli(), 1100 * time.Millisecond},
		"a start that left hardly anything":      {now.Add(-2400 * time.Millisecond).UnixMilli(), time.Second},
		"a clock that is off, or Slack has gone": {now.Add(-time.Hour).UnixMilli(), time.Second},
		"a clock that is off the other way":      {now.Add(time.Hour).UnixMilli(), 2500 * time.Millisecond},
		"nobody says when it was taken":          {0, 2500 * time.Millisecond},
		"a time before all clocks":               {-1, 2500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, answerBy(c.took, now).Sub(now)) })
	}
}

// speed is what each call takes.
type speed struct{ slack, table, queue, steps time.Duration }

// lateBot is interact within simulated time, in a workspace where a question stands that the members
// of a group decide.
type lateBot struct {
	*App
	speed     speed
	slack     *slacksim.Workspace
	ada       slacksim.User
	store     *memstore.Store
	question  bot.Request
	machine   machine
	start     time.Duration // of the program, after the gateway took the request
	clockLate time.Duration // how much the gateway's clock is behind
	took      time.Duration // from the click to its answer
}

// slowTable is a bot.Store, and slowAWS the rest of AWS. They take their time, or what the caller has.
type (
	slowTable struct {
		bot.Store
		*speed
	}
	slowAWS struct {
		machine
		*speed
	}
)

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (s slowTable) Get(ctx context.Context, id string) (bot.Request, error) {
	if err := wait(ctx, s.table); err != nil {
		return bot.Request{}, err
	}
	return s.Store.Get(ctx, id)
}

func (s slowTable) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	if err := wait(ctx, s.table); err != nil {
		return bot.Request{}, err
	}
	return s.Store.Save(ctx, r, audit...)
}

func (s slowAWS) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	if err := wait(ctx, s.steps); err != nil {
		return err
	}
	return s.machine.CompleteTask(ctx, token, output)
}

func (s slowAWS) Signal(ctx context.Context, _ bot.Signal) error { return wait(ctx, s.queue) }

// RoundTrip is Slack's Web API.
func (b *lateBot) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := wait(req.Context(), b.speed.slack); err != nil {
		return nil, err
	}
	return inProcess{b.slack}.RoundTrip(req)
}

func newLateBot(t *testing.T) *lateBot {
	t.Helper()
	b := &lateBot{store: memstore.New(), machine: machine{completed: map[workflow.Token]string{}}}
	b.slack = slacksim.New(slacksim.Config{SigningSecret: "next", URL: "http://slack.local", Client: &http.Client{Transport: inProcess{http.HandlerFunc(b.serve)}}})
	b.slack.Install(slacksim.App{Interactions: "http://bot.local/slack/interactions"})
	b.ada = b.slack.AddUser(slacksim.User{Name: "ada"})
	group := b.slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{b.ada.ID}})
	channel := b.slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	client := slack.New("xoxb-slacksim", slack.OptionAPIURL("http://slack.local/api/"), slack.OptionHTTPClient(&http.Client{Transport: b}))
	chat := slackchat.NewChat(slackchat.With(client), time.Now)
	aws := slowAWS{b.machine, &b.speed}
	core := &bot.Bot{Store: slowTable{b.store, &b.speed}, Chat: chat, Tasks: aws, Looker: aws, Channels: aws, Owners: bot.Directory{},
		DefaultApprovers: bot.Approvers{Groups: []string{group.ID}}, DefaultChannel: channel.ID, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	secrets := &Secrets{current: Secret{SigningSecret: "next"}, now: time.Now, log: core.Log, readAt: time.Now()}
	b.App = newApp(core, &slackchat.App{Bot: core, Chat: chat, Log: core.Log, APIURL: "http://slack.local"}, secrets, channelsQueue{}, "")

	b.question = coldQuestion(1)
	b.question.Owner = ""
	place, err := chat.Show(t.Context(), bot.Message{Place: bot.Place{Channel: channel.ID}, Requests: []bot.Request{b.question}})
	require.NoError(t, err)
	b.question.Place = place
	b.question, err = b.store.Save(t.Context(), b.question)
	require.NoError(t, err)
	return b
}

// serve is API Gateway in front of a function that Lambda has to start.
func (b *lateBot) serve(w http.ResponseWriter, req *http.Request) {
	took := time.Now()
	time.Sleep(b.start)
	gateway(func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		event.RequestContext.TimeEpoch = took.Add(-b.clockLate).UnixMilli()
		return b.Interact(context.WithoutCancel(ctx), event) // it goes on when Slack has gone
	}).ServeHTTP(w, req)
	b.took = time.Since(took)
}

// approve clicks on Approve, and returns the request as it stands then, and what the person was told.
func (b *lateBot) approve(t *testing.T) (r bot.Request, told string) {
	t.Helper()
	click, err := b.slack.Click(t.Context(), b.ada.ID, b.question.Place.Channel, b.question.Place.Message, slackchat.ButtonApprove)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, click.Status)
	r, err = b.store.Get(t.Context(), b.question.ID)
	require.NoError(t, err)
	for _, m := range b.slack.Ephemerals(b.ada.ID) {
		told = m.Text
	}
	return r, told
}

const ms = time.Millisecond

// TestALateClick is about clicks of which little time is left when the program sees them.
func TestALateClick(t *testing.T) {
	const never = time.Hour
	for name, c := range map[string]struct {
		start, clockLate time.Duration
		speed            speed
		decided          bool
		told             string
		answered         time.Duration // at the latest, after the click
	}{
		"after a cold start, with all of Slack and AWS slow": {1400 * ms, 0, speed{150 * ms, 60 * ms, 100 * ms, 150 * ms}, true, "", slackchat.AnswerTime},
		"after a cold start, with Step Functions and SQS away": {1400 * ms, 0, speed{100 * ms, 50 * ms, never, never}, true,
			"I could not reach AWS just now. Your decision is recorded and will be delivered.", slackchat.AnswerTime},
		"after a cold start, with Slack away: it decides nothing": {1400 * ms, 0, speed{never, 10 * ms, 10 * ms, 10 * ms}, false, "", slackchat.AnswerTime},
		"after Slack has given up":                                {2800 * ms, 0, speed{100 * ms, 50 * ms, 10 * ms, 10 * ms}, true, "", never},
		"with the gateway's clock far behind":                     {0, never, speed{100 * ms, 50 * ms, 10 * ms, 10 * ms}, true, "", slackchat.AnswerTime},
		"with the gateway's clock far ahead":                      {0, -never, speed{100 * ms, 50 * ms, 10 * ms, never}, true, "I could not reach AWS just now. Your decision is recorded and will be delivered.", slackchat.AnswerTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newLateBot(t)
				b.speed, b.start, b.clockLate = c.speed, c.start, c.clockLate
				r, told := b.approve(t)
				require.Equal(t, c.told, told)
				require.LessOrEqual(t, b.took, c.answered)
				if !c.decided {
					require.Nil(t, r.Decision)
					return
				}
				require.NotNil(t, r.Decision)
				require.Equal(t, workflow.Approved, r.Decision.Verdict)
				require.Equal(t, c.told == "", r.Delivered, "the execution goes on")
			})
		})
	}
}

// TestAClickWaitsForWhatItNeedsAtTheSameTime holds how long the longest chain of calls is.
func TestAClickWaitsForWhatItNeedsAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newLateBot(t)
		b.speed = speed{slack: 250 * ms, table: 8 * ms, queue: 12 * ms, steps: 50 * ms}
		const decided = 8*ms + 50*ms + 8*ms // saved, the execution resumed while the queue is told, that noted
		b.start = 40 * ms
		go b.Prepare(t.Context())
		_, _ = b.approve(t)
		require.Equal(t, 2*250*ms+decided, b.took, "two questions which app this is, from the start on; the others meanwhile")
	})
	synctest.Test(t, func(t *testing.T) {
		b := newLateBot(t)
		b.Prepare(t.Context())
		b.speed = speed{slack: 250 * ms, table: 8 * ms, queue: 12 * ms, steps: 50 * ms}
		_, _ = b.approve(t)
		require.Equal(t, 8*ms+250*ms+8*ms+50*ms+8*ms, b.took, "loaded; the group and the person asked after; decided")
	})
}
