package local_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

func TestTheStoryOfTheREADME(t *testing.T) {
	w := startSystem(t, local.Config{Fleet: fast()})

	// A nightly scan finds the patches missing, and payments is asked.
	require.NoError(t, w.Fleet.Scan(web1))
	w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
	require.Contains(t, w.message(w.payments.ID), "6 patches to install on web-1")

	// Eve may not decide; Ada may.
	w.click(w.eve, slackchat.ButtonApprove)
	require.Equal(t, []string{"Only approvers of payments can decide this: @ada, @oncall-payments."}, w.toldAlone(w.eve))
	require.Zero(t, w.installs())
	w.click(w.ada, slackchat.ButtonApprove)

	// The execution resumes, and the thread tells the story.
	require.Equal(t, "compliant", outcome(t, w.end()))
	w.until("the end", func() bool { return len(w.thread(w.payments.ID)) == 6 })
	thread := w.thread(w.payments.ID)
	require.Equal(t, "Approved by @ada.", thread[0])
	require.Regexp(t, "^Snapshot of 2 volumes finished", thread[1])
	require.Regexp(t, "^Installing [0-9]+ patches", thread[2])
	require.Regexp(t, "^The install command ended well", thread[3])
	require.Equal(t, "The instance is back: Systems Manager reaches it, and both status checks are ok.", thread[4])
	require.Equal(t, "Scanned again: nothing missing. ✅\nFor @ada, who approved this.", thread[5])
	w.until("the last message", func() bool { return strings.HasPrefix(w.message(w.payments.ID), "web-1 is up to date ✅") })
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

func TestADeadlineOfThreeDaysPasses(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		start := time.Now()
		execution := w.end()
		require.Equal(t, 72*time.Hour, time.Since(start).Round(time.Minute))
		require.Equal(t, "expired", outcome(t, execution))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Nobody decided about web-1 in time")
		require.NotContains(t, w.message(w.payments.ID), "[Approve]")
		require.Len(t, w.thread(w.payments.ID), 4, "two reminders, the escalation, the end")
		require.Contains(t, w.thread(w.payments.ID)[3], "Nobody decided in time. Nothing was installed. You are asked again when other patches are missing, or after")
		require.Zero(t, w.installs())
	})
}

func TestTheOwnerSaysNo(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.rejects(w.lin, nil)
		require.Equal(t, "rejected", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was rejected")
		require.Equal(t, []string{"Rejected by @lin."}, w.thread(w.payments.ID))
		require.Zero(t, w.installs())
	})
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
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
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

func TestHealthAndChallengeAreAnswered(t *testing.T) {
	w := startSystem(t, local.Config{Fleet: fast()})
	response, err := w.HTTP.Get(w.URL + "/healthz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	_, err = w.Slack.VerifyURL(t.Context())
	require.NoError(t, err)
	_, err = w.Slack.CheckSSL(t.Context())
	require.NoError(t, err)
}
