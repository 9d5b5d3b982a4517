package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

func TestAnOwnerWhoIsAPersonIsAskedDirectlyAndDecidesAlone(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.DefaultChannel = w.payments.ID
		grace := w.Slack.AddUser(slacksim.User{Name: "grace", Email: "grace@example.com"})
		const hers = "i-0aaaaaaaaaaaaaaa1"
		w.add(hers, map[string]string{"owner": "Grace@Example.com"})
		require.NoError(t, w.Fleet.Scan(hers))
		synctest.Wait()

		r := w.of(hers)
		require.Equal(t, bot.Approvers{Users: []string{grace.ID}, Person: true}, r.Approvers)
		require.Regexp(t, "^D", r.Place.Channel)
		question := w.Slack.Messages(r.Place.Channel)[0]
		require.Contains(t, w.read(question), "Who decides: @grace")
		require.Empty(t, w.Slack.Messages(w.payments.ID), "nobody else is asked")
		require.Equal(t, []string{grace.ID}, w.Slack.Notified(question))

		_, err := w.Slack.Click(t.Context(), grace.ID, r.Place.Channel, question.TS, slackchat.ButtonApprove)
		require.NoError(t, err)
		time.Sleep(time.Hour) // simulated
		require.Equal(t, bot.StatusCompliant, w.of(hers).Status)
	})
}

func TestAnAddressThatSlackDoesNotKnowIsAnUnknownOwner(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.DefaultChannel = w.payments.ID
		const theirs = "i-0aaaaaaaaaaaaaaa1"
		w.add(theirs, map[string]string{"owner": "nobody@example.com"})
		require.NoError(t, w.Fleet.Scan(theirs))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
		require.True(t, w.of(theirs).Approvers.Default)
	})
}

func TestAQuestionWaitsUntilSlackTellsWhoAnAddressIs(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.DefaultChannel = w.payments.ID
		w.Slack.AddUser(slacksim.User{Name: "grace", Email: "grace@example.com"})
		w.Slack.Fail("users.lookupByEmail", slacksim.Fault{Times: 2, Status: 503})
		const hers = "i-0aaaaaaaaaaaaaaa1"
		w.add(hers, map[string]string{"owner": "grace@example.com"})
		require.NoError(t, w.Fleet.Scan(hers))
		time.Sleep(time.Hour) // simulated
		require.Regexp(t, "^D", w.of(hers).Place.Channel, "not the default channel")
		require.Contains(t, w.message(w.of(hers).Place.Channel), "[Approve]")
	})
}

func TestNobodyIsToldToClickAgainWhereThatDoesNotHelp(t *testing.T) {
	for name, c := range map[string]struct {
		approvers func(w *system) bot.Approvers
		fault     string
		told      string
	}{
		"a group that was deleted": {func(*system) bot.Approvers { return bot.Approvers{Groups: []string{"S0GONE0000"}} }, "",
			"Slack does not tell me who is among"},
		"a plan without groups": {func(w *system) bot.Approvers { return w.request().Approvers }, "plan_upgrade_required",
			"Slack does not tell me who is among @ada, @oncall-payments, so I cannot tell whether you may decide this"},
		"a reason that nobody listed": {func(w *system) bot.Approvers { return w.request().Approvers }, "subteams_are_on_holiday",
			"Ask your platform team to run `patchbot doctor`"},
		"a fault that passes": {func(w *system) bot.Approvers { return w.request().Approvers }, "internal_error",
			"Please try again in a minute."},
		"all have left": {func(w *system) bot.Approvers {
			w.Slack.EditUser(w.ada.ID, func(u *slacksim.User) { u.Deleted = true })
			return bot.Approvers{Users: []string{w.ada.ID}}
		}, "", "Nobody can decide this any more: @ada left Slack. Ask your platform team to name other approvers of payments"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				w.Bot.Owners = bot.Directory{"payments": {Channel: w.payments.ID, Approvers: c.approvers(w)}}
				if c.fault != "" {
					w.Slack.Fail("usergroups.users.list", slacksim.Fault{Error: c.fault})
				}
				w.click(w.eve, slackchat.ButtonApprove)
				require.Contains(t, w.toldAlone(w.eve)[0], c.told)
				require.Nil(t, w.request().Decision, "a gate never opens by mistake")
			})
		})
	}
}

func TestNobodyDecidesForAPersonWhomSlackDoesNotTell(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.DefaultChannel = w.payments.ID
		grace := w.Slack.AddUser(slacksim.User{Name: "grace", Email: "grace@example.com"})
		const hers = "i-0aaaaaaaaaaaaaaa1"
		w.add(hers, map[string]string{"owner": "grace@example.com"})
		w.Slack.Fail("users.lookupByEmail", slacksim.Fault{Error: "missing_scope"})
		require.NoError(t, w.Fleet.Scan(hers))
		time.Sleep(time.Minute) // simulated
		question := w.Slack.Messages(w.payments.ID)[0]
		require.Contains(t, w.read(question), "Nobody can decide this")
		approve := func(user slacksim.User) {
			_, err := w.Slack.Click(t.Context(), user.ID, w.payments.ID, question.TS, slackchat.ButtonApprove)
			require.NoError(t, err)
		}
		approve(w.ada)
		approve(grace)
		require.Nil(t, w.of(hers).Decision, "least of all the default approvers")

		w.Slack.Heal("users.lookupByEmail")
		time.Sleep(2 * time.Minute) // simulated
		approve(w.ada)
		require.Nil(t, w.of(hers).Decision)
		approve(grace)
		require.NotNil(t, w.of(hers).Decision)
	})
}
