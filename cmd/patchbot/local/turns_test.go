package local_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// atOnce is a limit of so many at once, whose rest is held after so many failures.
func atOnce(t *testing.T, text string, holdAfter int) bot.TurnLimit {
	t.Helper()
	a, err := bot.ParseAtOnce(text)
	require.NoError(t, err)
	return bot.TurnLimit{AtOnce: a, HoldAfter: holdAfter}
}

// allAtOnce has nobody wait.
func allAtOnce(t *testing.T) bot.TurnLimit { return atOnce(t, "100%", bot.MaxHoldAfter) }

// approved has so many instances of payments asked about and approved with one command, under a
// limit. It returns their ids in the order of their turns, once all have asked for one.
func (w *system) approved(n int, limit bot.TurnLimit) []string {
	w.t.Helper()
	w.Bot.TurnLimit = limit
	w.apart = 20 * time.Minute // each has a message of its own
	ids := w.askMany(1, n+1, nil)
	w.types(w.ada, "approve "+strings.Join(ids, " "))
	time.Sleep(5 * time.Second) // simulated
	turns, err := w.Store.Turns(w.t.Context(), "payments")
	require.NoError(w.t, err)
	require.True(w.t, slices.IsSortedFunc(turns.Waiting, func(a, b bot.Member) int {
		return cmp.Or(a.Approved.Compare(b.Approved), cmp.Compare(a.ID, b.ID))
	}), "who waits does so in the order of approval")
	var ordered []string
	for _, m := range slices.Concat(turns.Running, turns.Waiting) {
		r, err := w.Store.Get(w.t.Context(), m.ID)
		require.NoError(w.t, err)
		ordered = append(ordered, r.Instance.ID)
	}
	require.ElementsMatch(w.t, ids, ordered)
	return ordered
}

// busy are those of the instances that may be being patched.
func (w *system) busy(ids []string) (busy []string) {
	for _, id := range ids {
		r := w.of(id)
		if r.Status.Open() && r.Turn != nil && !r.Turn.GrantedAt.IsZero() {
			busy = append(busy, id)
		}
	}
	return busy
}

// watch lets simulated time pass until something holds, and holds all along that no more than
// so many are patched at once.
func (w *system) watch(ids []string, most int, until func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(12 * time.Hour); !until(); time.Sleep(30 * time.Second) { // simulated
		require.LessOrEqual(w.t, len(w.busy(ids)), most)
		require.True(w.t, time.Now().Before(deadline), "statuses: %v", w.statuses(ids))
	}
}

func (w *system) statuses(ids []string) (all []bot.Status) {
	for _, id := range ids {
		all = append(all, w.of(id).Status)
	}
	return all
}

func (w *system) allEnded(ids []string) func() bool {
	return func() bool {
		return !slices.ContainsFunc(w.statuses(ids), bot.Status.Open)
	}
}

// heldRest reports whether one of the instances is held.
func (w *system) heldRest(id string) func() bool {
	return func() bool { r := w.of(id); return r.Turn != nil && r.Turn.Held != nil }
}

// shown is an instance's message, as a person reads it.
func (w *system) shown(id string) string {
	return w.read(w.messageOf(id))
}

func (w *system) messageOf(id string) slacksim.Message {
	w.t.Helper()
	place := w.of(id).Place
	messages := w.Slack.Messages(place.Channel)
	i := slices.IndexFunc(messages, func(m slacksim.Message) bool { return m.TS == place.Message })
	require.GreaterOrEqual(w.t, i, 0)
	return messages[i]
}

func (w *system) threadOf(id string) (lines []string) {
	place := w.of(id).Place
	for _, m := range w.Slack.Thread(place.Channel, place.Message) {
		lines = append(lines, w.read(m))
	}
	return lines
}

// clickOn presses a button of an instance's message.
func (w *system) clickOn(user slacksim.User, id, action string) {
	w.t.Helper()
	_, err := w.Slack.ClickOn(w.t.Context(), user.ID, w.messageOf(id), action)
	require.NoError(w.t, err)
}

// nobodyIsLeft holds that the group's record is empty again.
func (w *system) nobodyIsLeft(group string) {
	w.t.Helper()
	turns, err := w.Store.Turns(w.t.Context(), group)
	require.NoError(w.t, err)
	require.Equal(w.t, bot.Turns{Group: group, Version: turns.Version}, turns)
}

func TestTenApprovedAtOnceArePatchedThreeAtATimeInTheirOrder(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(10, atOnce(t, "3", 1))
		require.Equal(t, ids[:3], w.busy(ids))
		require.Contains(t, w.shown(ids[9]), w.of(ids[9]).Instance.Name+" waits for its turn ⏳")
		require.Contains(t, w.shown(ids[9]), "in line at ")
		require.NotContains(t, w.shown(ids[9]), "[Approve]")
		require.Contains(t, w.read(w.types(w.eve, "status "+ids[9])), "7th in line at")
		require.Contains(t, w.read(w.types(w.eve, "status "+ids[9])), "3 are patched at a time.")
		require.Contains(t, w.read(w.types(w.eve, "list")), "waits for its turn")

		w.watch(ids, 3, w.allEnded(ids))
		require.Equal(t, 10, w.installs())
		for i, id := range ids {
			require.Equal(t, bot.StatusCompliant, w.of(id).Status)
			if i > 0 {
				require.False(t, w.of(id).Turn.GrantedAt.Before(w.of(ids[i-1]).Turn.GrantedAt), "in the order of the queue")
			}
		}
		time.Sleep(time.Minute) // simulated
		w.nobodyIsLeft("payments")
	})
}

func TestGroupsDoNotWaitForEachOtherAndARehearsalForNobody(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		web := w.askMany(1, 3, map[string]string{"Patch-Group": "Web"})
		db := w.askMany(3, 5, map[string]string{"patch-group": "db"})
		rehearsed := manyID(7)
		w.add(rehearsed, nil)
		_, err := w.Machine.Start("", []byte(`{"instance_id": "`+rehearsed+`", "rehearsal": true}`))
		require.NoError(t, err)
		synctest.Wait()
		w.types(w.ada, "approve "+strings.Join(append(slices.Concat(web, db), rehearsed), " "))
		time.Sleep(10 * time.Second) // simulated
		require.Len(t, w.busy(web), 1)
		require.Len(t, w.busy(db), 1)
		require.Nil(t, w.of(rehearsed).Turn)
		w.watch(web, 1, w.allEnded(slices.Concat(web, db, []string{rehearsed})))
		require.Equal(t, bot.StatusRehearsed, w.of(rehearsed).Status)
		w.nobodyIsLeft("payments/web")
		w.nobodyIsLeft("payments/db")
	})
}

func TestACanaryGoesFirst(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		limit := atOnce(t, "50%", 1)
		limit.Canary = true
		ids := w.approved(6, limit)
		w.watch(ids, 1, func() bool { return !w.of(ids[0]).Status.Open() })
		time.Sleep(time.Second) // simulated
		require.Equal(t, ids[1:4], w.busy(ids))
		w.watch(ids, 3, w.allEnded(ids))
		require.Equal(t, 6, w.installs())
	})
}

func TestAFailureHoldsTheRestUntilSomebodySaysGoOn(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(4, atOnce(t, "1", 1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: ids[0], Operation: "Install", ExitCode: 1})
		w.watch(ids, 1, w.heldRest(ids[3]))
		require.Equal(t, bot.StatusNonCompliant, w.of(ids[0]).Status)
		time.Sleep(24 * time.Hour) // simulated
		require.Equal(t, []bot.Status{bot.StatusQueued, bot.StatusQueued, bot.StatusQueued}, w.statuses(ids[1:]))
		for i, id := range ids[1:] {
			require.Contains(t, w.shown(id), "is held")
			require.Contains(t, w.shown(id), "held after 1 failure in the group.")
			require.Contains(t, w.shown(id), "[Go on]  [Stop the rest]")
			line := strings.Join(w.threadOf(id), "\n")
			require.Contains(t, line, "Held after 1 failure in the group.")
			require.Equal(t, i == 0, strings.Contains(line, "Who decides: @ada"), "one notification is enough")
		}

		w.clickOn(w.eve, ids[3], slackchat.ButtonGoOn)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		seen := w.messageOf(ids[2])
		w.clickOn(w.lin, ids[3], slackchat.ButtonGoOn)
		synctest.Wait()
		require.Empty(t, w.toldAlone(w.lin))
		require.Contains(t, w.shown(ids[2]), "waits for its turn")
		require.Equal(t, ids[1:2], w.busy(ids))
		w.lateClick(w.ada, seen, slackchat.ButtonStopRest)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "Too late: @lin let the rest go on at ")
		require.Contains(t, w.threadOf(ids[2]), "@lin let the rest go on.")

		w.watch(ids, 1, w.allEnded(ids))
		require.Equal(t, []bot.Status{bot.StatusNonCompliant, bot.StatusCompliant, bot.StatusCompliant, bot.StatusCompliant}, w.statuses(ids))
		require.Equal(t, []string{w.ada.ID + " approved ", w.lin.ID + " go_on "}, w.attempts(ids[1]))
		require.Contains(t, w.threadOf(ids[1]), "@lin let the rest go on.")
		require.Equal(t, []string{w.ada.ID + " approved ", w.lin.ID + " go_on ", w.ada.ID + " stop_rest not_held"}, w.attempts(ids[2]))
		require.Equal(t, []string{w.ada.ID + " approved ", w.eve.ID + " go_on not_approver", w.lin.ID + " go_on "}, w.attempts(ids[3]))
		time.Sleep(time.Minute) // simulated
		w.nobodyIsLeft("payments")
	})
}

func TestTheRestIsStopped(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.approved(5, atOnce(t, "2", 1))
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: ids[0], Operation: "Install", ExitCode: 1})
		w.watch(ids, 2, w.heldRest(ids[4]))
		seen := w.messageOf(ids[3])
		w.clickOn(w.ada, ids[4], slackchat.ButtonStopRest)
		synctest.Wait()
		w.watch(ids, 2, w.allEnded(ids))
		time.Sleep(time.Minute) // simulated
		waited := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return w.of(id).Status != bot.StatusStopped })
		require.Contains(t, waited, ids[4])
		for _, id := range waited {
			require.Contains(t, w.shown(id), "was stopped")
			require.Contains(t, w.shown(id), "@ada stopped the rest after 1 failure. Nothing was installed.")
			require.Equal(t, bot.InstalledNothing, w.of(id).Installed())
			require.Contains(t, w.attempts(id), w.ada.ID+" stop_rest ")
			execution, err := w.Machine.Describe(w.of(id).ExecutionARN)
			require.NoError(t, err)
			require.Equal(t, "stopped", outcome(t, execution))
			require.Contains(t, string(execution.Output), "ada (slack:"+w.ada.ID+") stopped the rest")
		}
		require.Equal(t, 5-len(waited), w.installs(), "who ran was not touched")
		w.lateClick(w.lin, seen, slackchat.ButtonGoOn)
		require.Contains(t, w.toldAlone(w.lin)[0], "Too late: @ada stopped the rest at ")
		w.nobodyIsLeft("payments")
	})
}
