package local_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

const web1 = "i-0933335a5598d1c2e"

// awaitWithin is how long a test with real sockets waits for one thing.
const awaitWithin = 20 * time.Second

// system is a running patchbot with the people and the instance of the README's story.
type system struct {
	*local.Patchbot
	t             *testing.T
	payments      slacksim.Channel
	ada, lin, eve slacksim.User
	ended         chan asl.Execution
	slackHappened chan struct{}
	waitAtMost    time.Duration // how long to wait for what should come
	apart         time.Duration // what passes between questions that are asked one after the other
}

// startSystem starts a system. Ada and the on-call group, that is Lin, approve for payments.
func startSystem(t *testing.T, config local.Config) *system {
	t.Helper()
	w := &system{t: t, ended: make(chan asl.Execution, 5000), slackHappened: make(chan struct{}, 1), waitAtMost: awaitWithin}
	if config.InProcess {
		w.waitAtMost = 30 * 24 * time.Hour // simulated
	}
	if config.Settings.Severity == "" {
		config.Settings = workflow.DefaultSettings()
	}
	if config.FindMissingEvery == 0 {
		config.FindMissingEvery = 365 * 24 * time.Hour // who tests it, says so
	}
	config.Ended = func(e asl.Execution) { w.ended <- e }
	var err error
	w.Patchbot, err = local.Start(config)
	require.NoError(t, err)
	t.Cleanup(w.Close)

	w.ada = w.Slack.AddUser(slacksim.User{Name: "ada"})
	w.lin = w.Slack.AddUser(slacksim.User{Name: "lin"})
	w.eve = w.Slack.AddUser(slacksim.User{Name: "eve"})
	w.payments = w.Slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	oncall := w.Slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall-payments", Members: []string{w.lin.ID}})
	w.Bot.Owners = bot.Directory{"payments": {Name: "payments", Channel: w.payments.ID,
		Approvers: bot.Approvers{Users: []string{w.ada.ID}, Groups: []string{oncall.ID}}}}
	w.Slack.Watch(func(slacksim.Change) {
		select {
		case w.slackHappened <- struct{}{}:
		default:
		}
	})
	w.add(web1, nil)
	return w
}

// add puts an instance into the fleet, owned by payments unless the tags say otherwise.
func (w *system) add(id string, tags map[string]string) {
	w.t.Helper()
	all := map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}
	for k, v := range tags {
		all[k] = v
	}
	require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: id, Name: "web-1", Platform: awssim.AmazonLinux2023, Tags: all,
		Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}, {}}}))
}

// until waits for Slack to look a certain way.
func (w *system) until(what string, look func() bool) {
	w.t.Helper()
	deadline := time.After(w.waitAtMost)
	for !look() {
		select {
		case <-w.slackHappened:
		case <-deadline:
			require.Fail(w.t, "Slack never showed: "+what, "messages: %s", w.screen())
		}
	}
}

// end waits until the next execution has ended.
func (w *system) end() asl.Execution {
	w.t.Helper()
	select {
	case e := <-w.ended:
		return e
	case <-time.After(w.waitAtMost):
		require.Fail(w.t, "no execution has ended", "messages: %s", w.screen())
		return asl.Execution{}
	}
}

// closed lets simulated time pass until the request is over.
func (w *system) closed() {
	w.t.Helper()
	for deadline, begun := time.Now().Add(w.waitAtMost), time.Now(); w.request().Status.Open(); time.Sleep(lookAfter(begun)) { // simulated
		require.True(w.t, time.Now().Before(deadline), "the request is still open: %s", w.screen())
	}
}

// lookAfter is how long to wait before the next look at what may take days: each costs a reading of the store.
func lookAfter(begun time.Time) time.Duration {
	if time.Since(begun) > 10*time.Minute {
		return time.Minute
	}
	return time.Second
}

// message is the newest message of a channel, as a person reads it.
func (w *system) message(channel string) string {
	messages := w.Slack.Messages(channel)
	if len(messages) == 0 {
		return ""
	}
	return slacksim.PlainText(messages[len(messages)-1], w.reader())
}

// thread is the thread of the channel's newest message, a line each.
func (w *system) thread(channel string) []string {
	messages := w.Slack.Messages(channel)
	if len(messages) == 0 {
		return nil
	}
	var lines []string
	for _, m := range w.Slack.Thread(channel, messages[len(messages)-1].TS) {
		lines = append(lines, slacksim.PlainText(m, w.reader()))
	}
	return lines
}

func (w *system) screen() string {
	return w.message(w.payments.ID) + "\n" + strings.Join(w.thread(w.payments.ID), "\n")
}

func (w *system) reader() slacksim.Reader {
	return slacksim.Reader{Name: w.Slack.Name, Now: time.Now(), Clock24: true}
}

// click presses a button of the channel's newest message.
func (w *system) click(user slacksim.User, action string) {
	w.t.Helper()
	messages := w.Slack.Messages(w.payments.ID)
	require.NotEmpty(w.t, messages)
	_, err := w.Slack.Click(w.t.Context(), user.ID, w.payments.ID, messages[len(messages)-1].TS, action)
	require.NoError(w.t, err)
}

// toldAlone is what only this person was shown.
func (w *system) toldAlone(user slacksim.User) []string {
	var texts []string
	for _, m := range w.Slack.Ephemerals(user.ID) {
		texts = append(texts, slacksim.PlainText(m, w.reader()))
	}
	return texts
}

// installs counts the install commands ever sent.
func (w *system) installs() int {
	n := 0
	for _, c := range w.Fleet.Commands() {
		if c.Operation == "Install" {
			n++
		}
	}
	return n
}

// request is the newest request of web-1.
func (w *system) request() bot.Request {
	w.t.Helper()
	found, err := w.Store.ByInstance(w.t.Context(), web1, 1)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, found)
	return found[0]
}

func outcome(t *testing.T, e asl.Execution) string {
	t.Helper()
	require.Equal(t, asl.StatusSucceeded, e.Status, "%s: %s", e.Error, e.Cause)
	var out struct{ Outcome string }
	require.NoError(t, json.Unmarshal(e.Output, &out))
	return out.Outcome
}

// fast makes the fleet quick enough for tests with real sockets.
func fast() awssim.Config {
	ms := time.Millisecond
	return awssim.Config{DeliveryTime: ms, ScanTime: 5 * ms, PatchTime: 10 * ms, RebootTime: 5 * ms, SnapshotTime: 5 * ms, StatusCheckTime: -1,
		VisibleAfter: -1, StatesVisibleAfter: -1}
}

// simulated runs a test in simulated time, without sockets.
func simulated(t *testing.T, config local.Config, test func(*testing.T, *system)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		config.InProcess = true
		w := startSystem(t, config)
		test(t, w)
	})
}

// asked starts the story and waits for the question.
func (w *system) asked() {
	w.t.Helper()
	require.NoError(w.t, w.Fleet.Scan(web1))
	synctest.Wait()
	require.Contains(w.t, w.message(w.payments.ID), "[Approve")
}
