package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
)

var because = slacksim.Inputs{"reason": {"CVE-2026-1 is exploited"}}

func TestAnEmergencyOfTwoPeopleGoesThroughAFreeze(t *testing.T) {
	for name, approvedBefore := range map[string]bool{"of a question": false, "of what waits for the freeze's end": true} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
				until := w.freeze(200 * time.Hour)
				w.asked()
				if approvedBefore {
					w.click(w.ada, slackchat.ButtonApprove)
					synctest.Wait()
				}
				require.Empty(t, w.chooses(w.ada, slackchat.ButtonEmergency, because))
				require.NotNil(t, w.request().Emergency)
				thread := w.thread(w.payments.ID)
				require.Contains(t, thread[len(thread)-1], "Emergency asked for by @ada")
				require.Contains(t, thread[len(thread)-1], "CVE-2026-1 is exploited\n1 other must agree.")
				require.Contains(t, w.message(w.payments.ID), "CVE-2026-1 is exploited")
				time.Sleep(time.Hour) // simulated
				require.Zero(t, w.installs(), "one alone is not enough")

				require.Empty(t, w.chooses(w.lin, slackchat.ButtonAgree, nil))
				require.Equal(t, "compliant", w.outcome())
				synctest.Wait()
				require.True(t, time.Now().Before(until))
				require.Equal(t, 1, w.installs())
				require.Contains(t, w.screen(), "pproved as an emergency by @ada, @lin")
				require.Contains(t, w.message(w.payments.ID), "Emergency*, in spite of a freeze: CVE-2026-1 is exploited")
				require.True(t, w.request().Decision.Emergency)
				require.Contains(t, w.types(w.eve, "status "+web1).Text, "Approved as an emergency by")
				require.Contains(t, w.types(w.eve, "report").Text, "1 as an emergency")
				require.Contains(t, w.actions(), bot.ActionEmergency)
			})
		})
	}
}

// actions are what the audit has of web-1's newest request.
func (w *system) actions() (all []string) {
	w.t.Helper()
	trail, err := w.Store.Audit(w.t.Context(), w.request().ID)
	require.NoError(w.t, err)
	for _, e := range trail {
		all = append(all, e.Action)
	}
	return all
}

func TestAnEmergencyOfOnePersonAloneGoesThroughNothing(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(50 * time.Hour)
		w.asked()
		require.Equal(t, map[string]string{"reason": "Please say why it can not wait."}, w.chooses(w.ada, slackchat.ButtonEmergency, slacksim.Inputs{"reason": {"  "}}), "a reason is required")
		require.Nil(t, w.request().Emergency)
		_, err := w.Slack.CloseView(t.Context(), w.ada.ID, w.Slack.Views(w.ada.ID)[0].ID)
		require.NoError(t, err)
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonEmergency, because))
		w.click(w.ada, slackchat.ButtonAgree)
		require.Equal(t, []string{"You want this emergency already; 1 other must agree."}, w.toldAlone(w.ada))
		require.Empty(t, w.chooses(w.eve, slackchat.ButtonAgree, nil))
		require.Len(t, w.request().Emergency.Approvals, 1, "Eve is no approver")
		w.types(w.ada, "approve "+web1)
		synctest.Wait()
		require.Equal(t, bot.StatusFrozen, w.request().Status, "to approve is never an emergency")
		require.False(t, w.request().Decision.Emergency)
		require.Equal(t, "compliant", w.outcome())
		require.True(t, time.Now().After(until))
	})
}

func TestAnEmergencyNeedsAsManyAsTheOwnerRequires(t *testing.T) {
	simulated(t, frozenSettings(), func(t *testing.T, w *system) {
		w.freeze(50 * time.Hour)
		zoe := w.Slack.AddUser(slacksim.User{Name: "zoe"})
		owners := w.Bot.Owners.(bot.Directory)
		payments := owners["payments"]
		payments.ApprovalsRequired, payments.Approvers.Users = 3, append(payments.Approvers.Users, zoe.ID)
		owners["payments"] = payments
		w.asked()
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonEmergency, because))
		require.Empty(t, w.chooses(w.lin, slackchat.ButtonAgree, nil))
		require.Equal(t, bot.StatusAsked, w.request().Status)
		require.Empty(t, w.chooses(zoe, slackchat.ButtonAgree, nil))
		require.Equal(t, "compliant", w.outcome())
		require.Len(t, w.request().Decision.People(), 3)
	})
}

func TestInADigestACommandOpensTheEmergency(t *testing.T) {
	simulated(t, frozenSettings(), func(t *testing.T, w *system) {
		w.freeze(50 * time.Hour)
		ids := w.askMany(1, 4, nil)
		require.Contains(t, w.message(w.payments.ID), "What is approved in a freeze is patched when it ends.")
		w.click(w.ada, slackchat.ButtonApproveAll)
		time.Sleep(time.Minute) // simulated
		require.Equal(t, []bot.Status{bot.StatusFrozen, bot.StatusFrozen, bot.StatusFrozen}, w.statuses(ids))
		require.Contains(t, w.message(w.payments.ID), "3 instances of payments wait for a freeze to end")

		submit := func(user slacksim.User, inputs slacksim.Inputs) {
			require.Contains(t, w.types(user, "emergency "+ids[1]).Text, "A window has opened about")
			views := w.Slack.Views(user.ID)
			require.Len(t, views, 1)
			_, err := w.Slack.SubmitView(t.Context(), user.ID, views[0].ID, inputs)
			require.NoError(t, err)
			time.Sleep(time.Minute) // simulated
		}
		submit(w.ada, because)
		require.Contains(t, w.message(w.payments.ID), "Emergency asked for")
		submit(w.lin, nil)
		time.Sleep(30 * time.Minute) // simulated
		require.Equal(t, []bot.Status{bot.StatusFrozen, bot.StatusCompliant, bot.StatusFrozen}, w.statuses(ids), "no other goes through with it")
		require.Contains(t, w.types(w.lin, "emergency "+ids[1]).Text, "No freeze is known to keep this from being patched")
	})
}
