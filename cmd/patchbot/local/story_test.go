package local_test

import (
	"encoding/json"
	"net/http"
	"slices"
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

// town is a running patchbot with the people and the instance of the README's story.
type town struct {
	*local.Patchbot
	t             *testing.T
	payments      slacksim.Channel
	ada, lin, eve slacksim.User
	ended         chan asl.Execution
	slackHappened chan struct{}
}

// build starts a town. Ada and the on-call group, that is Lin, approve for payments.
func build(t *testing.T, config local.Config) *town {
	t.Helper()
	w := &town{t: t, ended: make(chan asl.Execution, 100), slackHappened: make(chan struct{}, 1)}
	if config.Settings.Severity == "" {
		config.Settings = workflow.DefaultSettings()
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
func (w *town) add(id string, tags map[string]string) {
	w.t.Helper()
	all := map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}
	for k, v := range tags {
		all[k] = v
	}
	require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: id, Name: "web-1", Platform: awssim.AmazonLinux2023, Tags: all,
		Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}, {}}}))
}

// until waits for Slack to look a certain way.
func (w *town) until(what string, look func() bool) {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	for !look() {
		select {
		case <-w.slackHappened:
		case <-deadline:
			require.Fail(w.t, "Slack never showed: "+what, "messages: %s", w.screen())
		}
	}
}

// message is the newest message of a channel, as a person reads it.
func (w *town) message(channel string) string {
	messages := w.Slack.Messages(channel)
	if len(messages) == 0 {
		return ""
	}
	return slacksim.PlainText(messages[len(messages)-1], w.reader())
}

// thread is the thread of the channel's newest message, a line each.
func (w *town) thread(channel string) []string {
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

func (w *town) screen() string {
	return w.message(w.payments.ID) + "\n" + strings.Join(w.thread(w.payments.ID), "\n")
}

func (w *town) reader() slacksim.Reader {
	return slacksim.Reader{Name: w.Slack.Name, Now: time.Now(), Clock24: true}
}

// click presses a button of the channel's newest message.
func (w *town) click(user slacksim.User, action string) {
	w.t.Helper()
	messages := w.Slack.Messages(w.payments.ID)
	require.NotEmpty(w.t, messages)
	_, err := w.Slack.Click(w.t.Context(), user.ID, w.payments.ID, messages[len(messages)-1].TS, action)
	require.NoError(w.t, err)
}

// whispers is what only this person was shown.
func (w *town) whispers(user slacksim.User) []string {
	var texts []string
	for _, m := range w.Slack.Ephemerals(user.ID) {
		texts = append(texts, slacksim.PlainText(m, w.reader()))
	}
	return texts
}

// installs counts the install commands ever sent.
func (w *town) installs() int {
	n := 0
	for _, c := range w.Fleet.Commands() {
		if c.Operation == "Install" {
			n++
		}
	}
	return n
}

// request is the newest request of web-1.
func (w *town) request() bot.Request {
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
	return awssim.Config{DeliveryTime: ms, ScanTime: 5 * ms, PatchTime: 10 * ms, RebootTime: 5 * ms, SnapshotTime: 5 * ms}
}

func TestTheStoryOfTheREADME(t *testing.T) {
	w := build(t, local.Config{Fleet: fast()})

	// A nightly scan finds the patches missing, and payments is asked.
	require.NoError(t, w.Fleet.Scan(web1))
	w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
	require.Contains(t, w.message(w.payments.ID), "critical patches are missing on web-1")

	// Eve may not decide; Ada may.
	w.click(w.eve, bot.ActionApprove)
	require.Equal(t, []string{"Only approvers of payments can decide this: @ada, @oncall-payments."}, w.whispers(w.eve))
	require.Zero(t, w.installs())
	w.click(w.ada, bot.ActionApprove)

	// The execution resumes, and the thread tells the story.
	require.Equal(t, "compliant", outcome(t, <-w.ended))
	w.until("the end", func() bool { return len(w.thread(w.payments.ID)) == 5 })
	thread := w.thread(w.payments.ID)
	require.Equal(t, "Approved by @ada.", thread[0])
	require.Regexp(t, "^Snapshot of 2 volumes finished", thread[1])
	require.Regexp(t, "^Installing [0-9]+ patches", thread[2])
	require.Regexp(t, "^The install command ended well", thread[3])
	require.Equal(t, "Scanned again: nothing missing. ✅", thread[4])
	w.until("the last message", func() bool { return strings.HasPrefix(w.message(w.payments.ID), "✅ web-1 is up to date") })
	require.NotContains(t, w.message(w.payments.ID), "[Approve]")
	require.Equal(t, 1, w.installs())

	// Anybody can ask at any time.
	d, err := w.Slack.Command(t.Context(), w.eve.ID, w.payments.ID, "/patch", "status "+web1)
	require.NoError(t, err)
	status := slacksim.PlainText(*d.Shown, w.reader())
	require.Contains(t, status, "web-1 is up to date")
	require.Contains(t, status, "Approved by @ada")
	require.Contains(t, status, "slack.com/archives/"+w.payments.ID)
}

// simulated runs a test in simulated time, without sockets.
func simulated(t *testing.T, config local.Config, test func(*testing.T, *town)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		config.InProcess = true
		w := build(t, config)
		test(t, w)
	})
}

// asked starts the story and waits for the question.
func (w *town) asked() {
	w.t.Helper()
	require.NoError(w.t, w.Fleet.Scan(web1))
	synctest.Wait()
	require.Contains(w.t, w.message(w.payments.ID), "[Approve]")
}

func TestADeadlineOfThreeDaysPasses(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *town) {
		w.asked()
		start := time.Now()
		execution := <-w.ended
		require.Equal(t, 72*time.Hour, time.Since(start).Round(time.Minute))
		require.Equal(t, "expired", outcome(t, execution))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Nobody decided about web-1 in time")
		require.NotContains(t, w.message(w.payments.ID), "[Approve]")
		require.Equal(t, []string{"Nobody decided in time. Nothing was installed. The next scan that finds the patches missing asks again."}, w.thread(w.payments.ID))
		require.Zero(t, w.installs())
	})
}

func TestTheOwnerSaysNo(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *town) {
		w.asked()
		w.click(w.lin, bot.ActionReject)
		require.Equal(t, "rejected", outcome(t, <-w.ended))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was rejected")
		require.Equal(t, []string{"Rejected by @lin."}, w.thread(w.payments.ID))
		require.Zero(t, w.installs())
	})
}

func TestTheNumberOfTransitionsDoesNotGrowWithTheInstall(t *testing.T) {
	transitions := func(patchTime time.Duration) (n int) {
		simulated(t, local.Config{Fleet: awssim.Config{PatchTime: patchTime}}, func(t *testing.T, w *town) {
			w.asked()
			w.click(w.ada, bot.ActionApprove)
			e := <-w.ended
			require.Equal(t, "compliant", outcome(t, e))
			history, err := w.Machine.History(e.ARN)
			require.NoError(t, err)
			n = len(history)
		})
		return n
	}
	require.Equal(t, transitions(time.Minute), transitions(100*time.Minute))
}

func TestTheChannelIsTheInstancesElseTheOwnersElseTheDefault(t *testing.T) {
	for name, c := range map[string]struct {
		tags    map[string]string
		channel string
	}{
		"the instance's own":                               {map[string]string{"patch-channel": "C0OWN"}, "C0OWN"},
		"the owner's":                                      {nil, "C0PAYMENTS"},
		"the default, without owner":                       {map[string]string{"owner": ""}, "C0DEFAULT"},
		"the default, unknown owner":                       {map[string]string{"owner": "nobody"}, "C0DEFAULT"},
		"the default, when the own channel does not exist": {map[string]string{"patch-channel": "C0NONE"}, "C0DEFAULT"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *town) {
				for _, id := range []string{"C0OWN", "C0PAYMENTS", "C0DEFAULT"} {
					w.Slack.AddChannel(slacksim.Channel{ID: id, Name: strings.ToLower(id), BotIsMember: true})
				}
				w.Bot.DefaultChannel = "C0DEFAULT"
				w.Bot.Owners = bot.Directory{"payments": {Channel: "C0PAYMENTS"}}
				w.add("i-0aaaaaaaaaaaaaaa1", c.tags)
				require.NoError(t, w.Fleet.Scan("i-0aaaaaaaaaaaaaaa1"))
				synctest.Wait()
				require.Contains(t, w.message(c.channel), "[Approve]")
			})
		})
	}
}

func TestEventsThatAreNotForUsEndQuietly(t *testing.T) {
	event := func(change func(event, detail map[string]any)) string {
		detail := map[string]any{"severity": "UNSPECIFIED", "compliance-status": "non_compliant",
			"resource-type": "managed-instance", "resource-id": web1, "compliance-type": "Patch"}
		e := map[string]any{"source": "aws.ssm", "detail-type": "Configuration Compliance State Change", "detail": detail}
		change(e, detail)
		data, err := json.Marshal(e)
		require.NoError(t, err)
		return string(data)
	}
	with := func(key string, value any) func(_, detail map[string]any) {
		return func(_, detail map[string]any) { detail[key] = value }
	}
	for name, c := range map[string]struct{ input, reason string }{
		"another source":              {event(func(e, _ map[string]any) { e["source"] = "aws.ec2" }), "not a non-compliant patch event"},
		"another detail type":         {event(func(e, _ map[string]any) { e["detail-type"] = "EC2 Instance State-change Notification" }), "not a non-compliant patch event"},
		"an association's compliance": {event(with("compliance-type", "Association")), "not a non-compliant patch event"},
		"good news":                   {event(with("compliance-status", "compliant")), "the instance is compliant"},
		"no instance":                 {event(func(_, d map[string]any) { delete(d, "resource-id") }), "not a non-compliant patch event"},
		"an instance that is no id":   {event(with("resource-id", 42)), "not a non-compliant patch event"},
		"an unknown instance":         {event(with("resource-id", "i-0000000000000000f")), "no such instance is tagged"},
		"an untagged instance":        {event(with("resource-id", "i-0aaaaaaaaaaaaaaa1")), "no such instance is tagged"},
		"a terminated instance":       {event(with("resource-id", "i-0aaaaaaaaaaaaaaa2")), "no such instance is tagged"},
		"an unknown hybrid node":      {event(with("resource-id", "mi-0000000000000000f")), "no such instance is tagged"},
		"a healthy instance":          {event(with("resource-id", "i-0aaaaaaaaaaaaaaa3")), "no patch is missing"},
		"an instance never scanned":   {event(with("resource-id", "i-0aaaaaaaaaaaaaaa4")), "no patch scan"},
		"an empty object":             {`{}`, "not a non-compliant patch event"},
		"a list":                      {`[1]`, "not a non-compliant patch event"},
		"null":                        {`null`, "not a non-compliant patch event"},
		"a manual start of nothing":   {`{"instance_id": ""}`, "not a non-compliant patch event"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *town) {
				w.add("i-0aaaaaaaaaaaaaaa1", map[string]string{"patch-policy": "patch-on-schedule"})
				w.add("i-0aaaaaaaaaaaaaaa2", nil)
				require.NoError(t, w.Fleet.SetState("i-0aaaaaaaaaaaaaaa2", "terminated"))
				tags := map[string]string{"patch-policy": "patch-on-approval"}
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa3", Tags: tags}))
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa4", Tags: tags, NeverScanned: true}))

				_, err := w.Machine.Start("", json.RawMessage(c.input))
				require.NoError(t, err)
				e := <-w.ended
				require.Equal(t, "ignored", outcome(t, e))
				require.Contains(t, string(e.Output), c.reason)
				require.Empty(t, w.Slack.Messages(w.payments.ID))
				require.Zero(t, w.installs())
			})
		})
	}
}

func TestAnEventThatIsNotJSONStartsNothing(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *town) {
		_, err := w.Machine.Start("", json.RawMessage(`{"source":`))
		require.ErrorIs(t, err, asl.ErrInvalidExecutionInput)
	})
}

func TestOtherWaysOfStartingAreAskedAndPatchedAlike(t *testing.T) {
	const hybrid = "mi-0aaaaaaaaaaaaaaa5"
	for name, input := range map[string]string{
		"a hybrid node":  `{"instance_id": "` + hybrid + `"}`,
		"a manual start": `{"instance_id": "` + web1 + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *town) {
				w.add(hybrid, nil)
				_, err := w.Machine.Start("", json.RawMessage(input))
				require.NoError(t, err)
				synctest.Wait()
				w.click(w.ada, bot.ActionApprove)
				require.Equal(t, "compliant", outcome(t, <-w.ended))
				require.Equal(t, 1, w.installs())
				backedUp := slices.ContainsFunc(w.thread(w.payments.ID), func(s string) bool { return strings.HasPrefix(s, "Snapshot") })
				require.Equal(t, name == "a manual start", backedUp, "only EC2 instances have volumes")
			})
		})
	}
}

func TestHealthAndChallengeAreAnswered(t *testing.T) {
	w := build(t, local.Config{Fleet: fast()})
	response, err := http.Get(w.URL + "/healthz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	_, err = w.Slack.VerifyURL(t.Context())
	require.NoError(t, err)
	_, err = w.Slack.CheckSSL(t.Context())
	require.NoError(t, err)
}
