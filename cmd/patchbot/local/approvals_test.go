package local_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
)

// severalApprove runs a test in simulated time in which so many people must approve for payments.
func severalApprove(t *testing.T, required int, test func(*testing.T, *system)) {
	t.Helper()
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.owner(func(o *bot.Owner) { o.ApprovalsRequired = required })
		test(t, w)
	})
}

// clicks is a click, and all that follows from it at once.
func (w *system) clicks(user slacksim.User, action string) {
	w.t.Helper()
	w.click(user, action)
	synctest.Wait()
}

func TestTwoPeopleMustApprove(t *testing.T) {
	severalApprove(t, 2, func(t *testing.T, w *system) {
		w.asked()
		require.Contains(t, w.message(w.payments.ID), "Who decides: @ada, @oncall-payments. 2 of them must approve.")
		w.clicks(w.ada, slackchat.ButtonApprove)
		require.Contains(t, w.message(w.payments.ID), "1 of 2 approvals: @ada")
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
		require.Contains(t, w.read(w.types(w.eve, "status "+web1)), "It has 1 of 2 approvals")
		require.Contains(t, w.read(w.types(w.eve, "list waiting")), "has 1 of 2 approvals")

		w.clicks(w.ada, slackchat.ButtonApprove)
		require.Equal(t, []string{"You have approved this already; 1 more is needed from somebody else."}, w.toldAlone(w.ada))
		require.Contains(t, w.read(w.types(w.ada, "approve "+web1)), "You have approved this already")
		require.Contains(t, w.read(w.types(w.ada, "approve payments")), "You have approved this already")
		w.clicks(w.eve, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		pass(25 * time.Hour)
		require.Zero(t, w.installs())
		require.Contains(t, w.broadcasts()[0], "1 of 2 approvals: @ada", "a reminder says what is missing")

		w.clicks(w.lin, slackchat.ButtonApprove)
		e := w.end()
		require.Equal(t, "compliant", outcome(t, e))
		synctest.Wait()
		thread := w.thread(w.payments.ID)
		require.Equal(t, "Approved by @ada: 1 of 2.", thread[0])
		require.Contains(t, thread, "Approved by @ada, @lin.")
		require.Contains(t, w.message(w.payments.ID), "approved by @ada, @lin")
		require.Equal(t, []string{w.ada.ID + " approved ", w.ada.ID + " approved approved_before", w.ada.ID + " approved approved_before",
			w.eve.ID + " approved not_approver", w.lin.ID + " approved "}, w.attempts(web1))
	})
}

func TestOneOfSeveralRejects(t *testing.T) {
	severalApprove(t, 3, func(t *testing.T, w *system) {
		w.asked()
		w.clicks(w.ada, slackchat.ButtonApprove)
		w.rejects(w.lin, nil)
		require.Equal(t, "rejected", outcome(t, w.end()))
		require.Zero(t, w.installs())
	})
}

func TestTooFewApproveInTime(t *testing.T) {
	severalApprove(t, 2, func(t *testing.T, w *system) {
		w.asked()
		w.clicks(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "expired", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Only 1 of 2 approved patching web-1 in time")
		require.Contains(t, strings.Join(w.thread(w.payments.ID), "\n"), "1 of 2 approved in time: @ada. Nothing was installed.")
	})
}

func TestTwentyPeopleClickAtOnceAndThreeOfThemCount(t *testing.T) {
	var asked atomic.Bool
	simulated(t, local.Config{Requests: func(s bot.Store) bot.Store { return slowStore{s, &asked} }}, func(t *testing.T, w *system) {
		var users []slacksim.User
		w.owner(func(o *bot.Owner) {
			o.ApprovalsRequired, o.Approvers = 3, bot.Approvers{}
			for n := range 20 {
				users = append(users, w.Slack.AddUser(slacksim.User{Name: fmt.Sprint("approver", n)}))
				o.Approvers.Users = append(o.Approvers.Users, users[n].ID)
			}
		})
		w.asked()
		asked.Store(true)
		m := w.Slack.Messages(w.payments.ID)[0]
		clicks := func(user slacksim.User) {
			_, err := w.Slack.Click(t.Context(), user.ID, w.payments.ID, m.TS, slackchat.ButtonApprove)
			assert.NoError(t, err)
		}
		var crowd sync.WaitGroup
		for range 5 {
			for _, u := range users[:2] {
				crowd.Go(func() { clicks(u) })
			}
		}
		crowd.Wait()
		synctest.Wait()
		require.Nil(t, w.request().Decision, "two people, however often they click")
		require.Len(t, w.request().Approvals, 2)
		for _, u := range users {
			crowd.Go(func() { clicks(u) })
		}
		crowd.Wait()
		require.Equal(t, "compliant", outcome(t, w.end()))
		different := map[workflow.Decider]bool{}
		for _, p := range w.request().Decision.People() {
			different[p] = true
		}
		require.Len(t, different, 3)
		require.Equal(t, 1, w.installs())
	})
}

func TestADigestsRequestsNeedEachTheirNumber(t *testing.T) {
	severalApprove(t, 2, func(t *testing.T, w *system) {
		gus := w.Slack.AddUser(slacksim.User{Name: "gus"})
		w.owner(func(o *bot.Owner) { o.Approvers.Users = append(o.Approvers.Users, gus.ID) })
		ids := w.askMany(1, 3, nil)
		ids = append(ids, w.askMany(3, 4, map[string]string{"patch-approvals": "3"})...)
		synctest.Wait()
		shown := w.read(w.Slack.Messages(w.payments.ID)[0])
		require.Contains(t, shown, "3 instances of payments")
		require.Contains(t, shown, "2 to 3 of them must approve each.")

		w.clicks(w.ada, slackchat.ButtonApproveAll)
		require.Equal(t, "1 of 2 approvals: 2 instances · 1 of 3 approvals: 1 instance.", w.toldAlone(w.ada)[0])
		pass(time.Minute)
		thread := w.threadOf(ids[0])
		require.Equal(t, "Approved by @ada: 1 of 2 for 2 instances (db-1, db-2).", thread[0])
		require.Contains(t, thread[1], "Approved by @ada: 1 of 3.")
		require.Contains(t, w.read(w.Slack.Messages(w.payments.ID)[0]), "2 have 1 of 2 approvals: @ada\n1 has 1 of 3 approvals: @ada")

		require.Contains(t, w.read(w.types(w.lin, "approve "+strings.Join(ids, " "))), "Approved 2: db-1 "+ids[0]+", db-2 "+ids[1]+".\n2 of 3 approvals for 1: db-3 "+ids[2]+".")
		require.Equal(t, bot.StatusAsked, w.of(ids[2]).Status)
		w.clicks(w.lin, slackchat.ButtonApproveAll)
		require.Contains(t, w.toldAlone(w.lin)[len(w.toldAlone(w.lin))-1], "You have approved this already; 1 more is needed from somebody else.")
		w.clicks(gus, slackchat.ButtonApproveAll)
		for range 3 {
			require.Equal(t, "compliant", outcome(t, w.end()))
		}
		require.Len(t, w.of(ids[2]).Decision.People(), 3)
	})
}

func TestTheLatestOfSeveralTimesCounts(t *testing.T) {
	severalApprove(t, 2, func(t *testing.T, w *system) {
		w.asked()
		until := time.Now().Add(6 * time.Hour).Truncate(time.Minute)
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonSchedule, at(until)))
		require.Regexp(t, "1 of 2 approvals: @ada for ", w.message(w.payments.ID))
		w.clicks(w.lin, slackchat.ButtonApprove)
		require.Equal(t, bot.StatusScheduled, w.request().Status)
		require.True(t, w.request().Delivered)
		require.Regexp(t, `^Scheduled for .* by @ada, @lin\. The latest of their times counts\.$`, w.thread(w.payments.ID)[1])

		require.NotContains(t, w.message(w.payments.ID), "[Patch now]")
		require.Contains(t, w.read(w.types(w.ada, "schedule "+web1+" in 3h")), "2 people have to agree on when this begins")
		later := until.Add(2 * time.Hour)
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonMove, at(later)))
		require.Equal(t, later, w.request().Decision.Until.Local())
		w.click(w.ada, slackchat.ButtonCancel)
		require.Equal(t, "rejected", outcome(t, w.end()))
		require.Zero(t, w.installs())
	})
	severalApprove(t, 2, func(t *testing.T, w *system) {
		w.asked()
		until := time.Now().Add(6 * time.Hour).Truncate(time.Minute)
		w.clicks(w.lin, slackchat.ButtonApprove)
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonSchedule, at(until)))
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.WithinDuration(t, until, w.request().Turn.AskedAt, 2*time.Second)
	})
}

func TestWhatComesByMailIsOneApproval(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		w.owner(func(o *bot.Owner) { o.ApprovalsRequired, o.EmailWhen = 2, bot.EmailAlways })
		w.asked()
		pass(2 * time.Minute)
		require.Contains(t, mails.sent()[0], "2 different people must approve.")
		link := linkInMail.FindString(mails.sent()[0])
		status, body := w.submit(link, workflow.Approved, "Ada Lovelace")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, "1 of 2 approvals: Ada Lovelace (by mail).")
		require.NotContains(t, body, ">Approve</button>")
		require.Contains(t, body, ">Reject</button>")
		status, body = w.submit(link, workflow.Approved, "Somebody Else")
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, body, "It was approved by mail already, which counts once.")
		pass(time.Minute)
		require.Nil(t, w.request().Decision)
		require.Contains(t, w.thread(w.payments.ID), "Approved by Ada Lovelace (by mail): 1 of 2.")

		w.click(w.lin, slackchat.ButtonApprove)
		e := w.end()
		require.Equal(t, "compliant", outcome(t, e))
		data, err := json.Marshal(w.request().Decision.People())
		require.NoError(t, err)
		require.JSONEq(t, `[{"via": "email", "user": "", "name": "Ada Lovelace"}, {"via": "slack", "user": "`+w.lin.ID+`", "name": "lin"}]`, string(data))
	})
}

// TestATagAsksForApprovals: one that holds no number opens no gate, and takes nothing from the owner's number.
func TestATagAsksForApprovals(t *testing.T) {
	severalApprove(t, 2, func(t *testing.T, w *system) {
		for n, c := range map[int]struct {
			tag  string
			want int
		}{1: {"3", 3}, 2: {"1", 2}, 3: {"two", 5}, 4: {"", 5}} {
			id := w.askMany(n, n+1, map[string]string{"Patch-Approvals": c.tag})[0]
			w.types(w.ada, "approve "+id)
			require.Nil(t, w.of(id).Decision)
			require.Equal(t, c.want, w.of(id).ApprovalsRequired)
		}
		pass(time.Minute)
		all := ""
		for _, m := range w.Slack.Messages(w.payments.ID) {
			all += w.read(m)
		}
		require.Contains(t, all, "The tag patch-approvals holds two; expected is a number from 1 to 5, so 5 people must approve.")
		require.Contains(t, all, "The tag patch-approvals holds nothing; expected")
	})
}
