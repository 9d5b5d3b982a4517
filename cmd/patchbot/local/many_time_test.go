package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
)

// slowLists is a slowStore whose lists are slow, too.
type slowLists struct{ slowStore }

func (s slowLists) ByInstance(ctx context.Context, id string, limit int) ([]bot.Request, error) {
	s.wait()
	return s.Store.ByInstance(ctx, id, limit)
}

func (s slowLists) AllOpen(ctx context.Context) ([]bot.Summary, error) {
	s.wait()
	return s.Store.AllOpen(ctx)
}

// slowSlack is a transport that takes as long as Slack's Web API.
type slowSlack struct{ http.RoundTripper }

func (s slowSlack) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.Contains(req.URL.Path, "/api/") {
		select {
		case <-time.After(250 * time.Millisecond): // simulated
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	return s.RoundTripper.RoundTrip(req)
}

// slowTasks is a Step Functions that takes 50 ms a call, and counts the decisions that it got.
type slowTasks struct {
	bot.Tasks
	decisions atomic.Int32
}

func (s *slowTasks) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	if strings.Contains(string(output), `"decision"`) {
		s.decisions.Add(1)
	}
	time.Sleep(50 * time.Millisecond) // simulated
	return s.Tasks.CompleteTask(ctx, token, output)
}

// slowly makes a system with 46 questions whose store, Step Functions and Slack take their time.
func slowly(t *testing.T, config local.Config, test func(t *testing.T, w *system, tasks *slowTasks, ids []string)) {
	tasks := &slowTasks{}
	config.Tasks = func(real bot.Tasks) bot.Tasks { tasks.Tasks = real; return tasks }
	var asked atomic.Bool
	config.Requests = func(s bot.Store) bot.Store { return slowLists{slowStore{s, &asked}} }
	simulated(t, config, func(t *testing.T, w *system) {
		w.Bot.TurnLimit = allAtOnce(t)
		ids := w.askMany(1, 47, nil)
		asked.Store(true)
		w.HTTP.Transport = slowSlack{w.HTTP.Transport}
		test(t, w, tasks, ids)
	})
}

// withinThreeSeconds holds that Slack's time is kept.
func withinThreeSeconds(t *testing.T, do func()) {
	t.Helper()
	start := time.Now()
	do()
	require.Less(t, time.Since(start), 3*time.Second)
}

// goesWell holds that each of these decisions was delivered and told once.
func (w *system) goesWell(tasks *slowTasks, by slacksim.User, ids []string) {
	w.t.Helper()
	time.Sleep(3 * time.Hour) // simulated; Slack takes one line a second in a channel
	for _, id := range ids {
		r := w.of(id)
		require.True(w.t, r.Delivered)
		lines := 0
		name := regexp.MustCompile(`\b` + r.Instance.Name + `\b`)
		for _, m := range w.Slack.Thread(r.Place.Channel, r.Place.Message) { // of a digest
			if line := w.read(m); strings.Contains(line, "Approved by @"+by.Name) && name.MatchString(line) {
				lines++
			}
		}
		require.Equal(w.t, 1, lines)
	}
	require.Equal(w.t, len(ids), w.installs())
	require.GreaterOrEqual(w.t, int(tasks.decisions.Load()), len(ids))
}

func TestFortyFiveInstancesAreDecidedWithinThreeSeconds(t *testing.T) {
	for name, c := range map[string]struct {
		config  local.Config
		user    func(w *system) slacksim.User
		channel string
	}{
		"by somebody who is named, in the questions' channel":   {local.Config{}, func(w *system) slacksim.User { return w.ada }, ""},
		"by a member of a group, in another channel":            {local.Config{}, func(w *system) slacksim.User { return w.lin }, "lobby"},
		"while Slack takes no more than its limits in a minute": {local.Config{RateLimits: true}, func(w *system) slacksim.User { return w.ada }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			slowly(t, c.config, func(t *testing.T, w *system, tasks *slowTasks, ids []string) {
				user, channel := c.user(w), w.payments.ID
				if c.channel != "" {
					channel = w.Slack.AddChannel(slacksim.Channel{Name: c.channel, BotIsMember: true}).ID
				}
				var said string
				withinThreeSeconds(t, func() { said = w.read(w.typesIn(channel, user, "approve "+strings.Join(ids, " "))) })
				require.Contains(t, said, "Approved 45: db-1 "+ids[0])
				require.Contains(t, said, "I take 45 instances at a time: the last 1 were not looked at.")
				require.Equal(t, 45, int(tasks.decisions.Load()), "no execution waits for the sweep")
				for _, id := range ids[:45] {
					require.NotNil(t, w.of(id).Decision, "durable before the person is told")
				}
				require.Nil(t, w.of(ids[45]).Decision)
				w.goesWell(tasks, user, ids[:45])
			})
		})
	}
}

func TestFortyFiveOfAllAreDecidedWithinThreeSecondsOfAClick(t *testing.T) {
	slowly(t, local.Config{}, func(t *testing.T, w *system, tasks *slowTasks, ids []string) {
		var shown slacksim.Message
		withinThreeSeconds(t, func() { shown = w.types(w.ada, "approve all") })
		require.Contains(t, w.read(shown), "These are the oldest; 1 more waits. Run /patch approve all again for the next ones.")
		withinThreeSeconds(t, func() {
			_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, shown, slackchat.ButtonApproveListed)
			require.NoError(t, err)
		})
		result := w.read(w.Slack.Ephemerals(w.ada.ID)[0])
		require.Contains(t, result, "Approved 45: db-1 "+ids[0])
		require.Contains(t, result, "type the command again for those that are left")
		require.Nil(t, w.of(ids[45]).Decision)
		w.goesWell(tasks, w.ada, ids[:45])
	})
}

// dying is a store of a process that is gone once decisions are saved, until another one takes
// over.
type dying struct {
	bot.Store
	decisions *atomic.Int32
	gone      *atomic.Bool
}

func (s dying) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	decides := len(audit) > 0 && strings.HasPrefix(audit[0].Actor, "slack:")
	if s.gone.Load() && !decides {
		return r, errors.New("the process is gone")
	}
	if decides {
		s.decisions.Add(1)
	}
	return s.Store.Save(ctx, r, audit...)
}

// TestACrashBetweenSavingAndPerformingIsSwept: nothing that was performed is recorded, the
// claims stay, and the sweep goes on when they have run out.
func TestACrashBetweenSavingAndPerformingIsSwept(t *testing.T) {
	var down, gone atomic.Bool
	var decisions atomic.Int32
	config := local.Config{
		Tasks:    func(real bot.Tasks) bot.Tasks { return outOfReach{real, &down} },
		Requests: func(real bot.Store) bot.Store { return dying{real, &decisions, &gone} },
	}
	simulated(t, config, func(t *testing.T, w *system) {
		ids := w.askMany(1, 11, nil)
		down.Store(true)
		gone.Store(true)
		said := w.read(w.types(w.ada, "approve "+strings.Join(ids, " ")))
		require.Contains(t, said, "Approved 10: ")
		require.Contains(t, said, "AWS has yet to take 10 of them: they are recorded and will be delivered.")
		require.Equal(t, 10, int(decisions.Load()))
		for _, id := range ids {
			require.NotNil(t, w.of(id).Decision)
			require.False(t, w.of(id).Delivered)
		}
		down.Store(false)
		gone.Store(false)
		time.Sleep(3 * time.Minute) // simulated
		for _, id := range ids {
			require.True(t, w.of(id).Delivered)
		}
		time.Sleep(3 * time.Hour) // simulated
		require.Equal(t, 10, w.installs())
	})
}

// outOfReach is a Step Functions that cannot be reached while it is down.
type outOfReach struct {
	bot.Tasks
	down *atomic.Bool
}

func (o outOfReach) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	if o.down.Load() {
		return errors.New("no route to host")
	}
	return o.Tasks.CompleteTask(ctx, token, output)
}
