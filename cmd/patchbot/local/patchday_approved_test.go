package local_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// clickAll has people press a button of a message, all at the same moment.
func (w *system) clickAll(users []slacksim.User, m slacksim.Message, action string) {
	var clicks sync.WaitGroup
	for _, u := range users {
		clicks.Go(func() {
			_, err := w.Slack.ClickOn(w.t.Context(), u.ID, m, action)
			assert.NoError(w.t, err)
		})
	}
	clicks.Wait()
}

// mostAtOnce is how many installs of an owner's instances ever ran at once.
func (d *patchDay) mostAtOnce(owner string) int {
	type change struct {
		at   time.Time
		more int
	}
	var changes []change
	for _, id := range d.ids {
		if r := d.of(id); r.Owner == owner {
			changes = append(changes, change{r.Install.StartedAt, 1}, change{r.Install.FinishedAt, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.more - b.more
	})
	most, now := 0, 0
	for _, c := range changes {
		now += c.more
		most = max(most, now)
	}
	return most
}

// TestPatchDayApprovedAtOnceAndPatchedThreeAtATime: every owner approves all of theirs with one
// click, at the same moment. All ends are told, no thread is buried.
func TestPatchDayApprovedAtOnceAndPatchedThreeAtATime(t *testing.T) {
	owners := patchDaySize()
	onPatchDay(t, owners, 40, owners, local.Config{}, func(d *patchDay) {
		d.Bot.TurnLimit = atOnce(d.t, "3", 2)
		d.scan(time.Minute)
		d.allShown()
		start := time.Now()
		var clicks sync.WaitGroup
		for _, m := range d.shown() {
			clicks.Go(func() { d.clickAll([]slacksim.User{d.ada}, m, slackchat.ButtonApproveAll) })
		}
		clicks.Wait()
		d.allEndedAndShown()
		d.t.Logf("%d instances approved at once, three at a time: all told after %s", len(d.ids), time.Since(start).Round(time.Second))
		most := 0
		for _, m := range d.shown() {
			require.Contains(d.t, d.read(m), "40 instances of owner-")
			require.Contains(d.t, d.read(m), "are up to date ✅")
			thread := d.Slack.Thread(m.Channel, m.TS)
			told := ""
			for _, line := range thread {
				told += d.read(line) + "\n"
			}
			require.Contains(d.t, told, "Approved by @ada: 40 instances")
			for _, id := range d.ids {
				if r := d.of(id); r.Place.Message == m.TS && r.Place.Channel == m.Channel {
					require.Regexp(d.t, `\b`+r.Instance.Name+`\b[^\n]*✅`, told, "its end is told")
				}
			}
			most = max(most, len(thread))
		}
		d.t.Logf("the longest thread has %d lines", most)
		require.Less(d.t, most, 60)
		for _, id := range d.ids[:owners] {
			require.LessOrEqual(d.t, d.mostAtOnce(d.of(id).Owner), 3)
		}
		require.Equal(d.t, len(d.ids), d.installs())
		d.requireKept()
	})
}

// allEndedAndShown lets time pass until everything has ended and been told.
func (d *patchDay) allEndedAndShown() {
	for start := time.Now(); ; time.Sleep(time.Minute) { // simulated
		open, err := d.Store.AllOpen(d.t.Context())
		require.NoError(d.t, err)
		unshown, err := d.Store.UnshownChannels(d.t.Context())
		require.NoError(d.t, err)
		if len(open) == 0 && len(unshown) == 0 {
			return
		}
		require.Less(d.t, time.Since(start), 72*time.Hour, "%d are open", len(open))
	}
}

// TestAFailureInADigestHoldsTheRestAndSaysSo tells the story of a digest that does not go well.
func TestAFailureInADigestHoldsTheRestAndSaysSo(t *testing.T) {
	onPatchDay(t, 1, 10, 1, local.Config{}, func(d *patchDay) {
		d.Bot.TurnLimit = atOnce(d.t, "2", 1)
		d.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: d.ids[4], Operation: "Install", ExitCode: 1})
		d.scan(0)
		d.allShown()
		d.clickAll([]slacksim.User{d.ada}, d.shown()[0], slackchat.ButtonApproveAll)
		time.Sleep(24 * time.Hour) // simulated
		shown := d.read(d.shown()[0])
		require.Contains(d.t, shown, "is held ⏸️")
		require.Contains(d.t, shown, "held after 1 failure in the group. Nothing is installed on them until somebody says how to go on.")
		require.Contains(d.t, shown, "[Go on]  [Stop the rest]")
		require.Contains(d.t, shown, "held, 1st in line")
		thread := strings.Join(d.threadOf(d.ids[4]), "\n")
		require.Contains(d.t, thread, "held after 1 failure in the group.")
		require.Contains(d.t, thread, "Who decides: @ada")

		d.clickAll([]slacksim.User{d.eve}, d.shown()[0], slackchat.ButtonGoOn)
		require.Contains(d.t, d.toldAlone(d.eve)[0], "can decide this: @ada")
		d.clickAll([]slacksim.User{d.ada}, d.shown()[0], slackchat.ButtonGoOn)
		d.allEndedAndShown()
		shown = d.read(d.shown()[0])
		require.Contains(d.t, shown, "9 up to date · 1 with patches still missing")
		require.Contains(d.t, strings.Join(d.threadOf(d.ids[4]), "\n"), "@ada let the rest go on.")
	})
}

func TestManyClickOnOneDigestAtTheSameMoment(t *testing.T) {
	people := 20
	if *fullSize {
		people = 200
	}
	onPatchDay(t, 1, 40, 1, local.Config{}, func(d *patchDay) { digestCrowd(d, people) })
}

// notApproved is how many of its wishes somebody is told did not come true.
var notApproved = regexp.MustCompile(`Not approved (\d+)`)

// digestCrowd lets that many approvers approve a whole digest at once: each request is decided
// once, everybody is told who was first, and every try is in the audit trail.
func digestCrowd(d *patchDay, people int) {
	var users []slacksim.User
	var ids []string
	for n := range people {
		users = append(users, d.Slack.AddUser(slacksim.User{Name: fmt.Sprint("approver", n)}))
		ids = append(ids, users[n].ID)
	}
	d.Bot.Owners = bot.Directory{"owner-0": {Name: "owner-0", Channel: d.channels[0].ID, Approvers: bot.Approvers{Users: ids}}}
	d.scan(0)
	d.allShown()
	d.clickAll(users, d.shown()[0], slackchat.ButtonApproveAll)
	synctest.Wait()
	decided, refused := 0, 0
	for _, id := range d.ids {
		first := 0
		for _, try := range d.attempts(id) {
			if strings.HasSuffix(try, " approved ") {
				first++
			} else {
				require.Contains(d.t, try, "approved already_decided")
				refused++
			}
		}
		require.Equal(d.t, 1, first)
		decided += first
	}
	require.Equal(d.t, len(d.ids), decided)
	toldRefused := 0
	for _, u := range users {
		told := strings.Join(d.toldAlone(u), "\n")
		require.Regexp(d.t, "Approved|Not approved", told, "everybody is told")
		require.NotContains(d.t, told, "could not confirm")
		if not := notApproved.FindStringSubmatch(told); not != nil {
			n, err := strconv.Atoi(not[1])
			require.NoError(d.t, err)
			toldRefused += n
			require.Contains(d.t, told, "Too late: @", "and who was first")
		}
	}
	require.Equal(d.t, toldRefused, refused, "every refused try is audited")
	d.t.Logf("%d people approved %d questions of one digest at once: each was decided once, %d refused tries are audited", people, decided, refused)
}
