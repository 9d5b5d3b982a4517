package slackchat

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

func clickIn(m bot.Message) digestClick {
	return digestClick{click: click{User: "U0ADA", Name: "ada"}, Message: m, Listed: parseDigestValue(digestValue(m))}
}

// modalViews are the modals, by what is to be seen in them.
func modalViews(t *testing.T) map[string]slack.ModalViewRequest {
	all := digests(t)
	mixed, many := clickIn(all["asked_mixed_severities"]), clickIn(all["asked_45"])
	for i := range many.Message.Requests[:20] {
		many.Message.Requests[i].Before.Critical = 0
	}
	first := many.Message.Requests[0].ID
	decided := of(all["in_progress"].Requests[:2], "", nil)
	decided = append(decided, of(all["rejected"].Requests[:1], bot.RefusedDecided, nil)...)
	alone := func(name string) click { return click{User: "U0ADA", Name: "ada", Request: states(t)[name]} }
	return map[string]slack.ModalViewRequest{
		"schedule":                timesView(alone("asked"), modalSchedule, "Schedule patching", "Schedule", inBerlin(t), window(t)),
		"schedule_in_utc":         timesView(alone("asked"), modalSchedule, "Schedule patching", "Schedule", whereabouts{Now: inBerlin(t).Now, Zone: time.UTC}, bot.Window{}),
		"move":                    timesView(alone("scheduled"), modalMove, "Move patching", "Move", inBerlin(t), bot.Window{}),
		"schedule_first_of_two":   timesView(alone("needs_two"), modalSchedule, "Schedule patching", "Schedule", inBerlin(t), bot.Window{}),
		"move_what_three_agreed":  timesView(alone("scheduled_by_three"), modalMove, "Move patching", "Move", inBerlin(t), bot.Window{}),
		"change_what_two_agreed":  scheduledView(clickIn(all["decided_by_two"])),
		"review_one_of_two":       reviewView(clickIn(all["needs_different_numbers"]), review{Filter: filterOf("")}),
		"closed_some_counted":     closingView(digestAnswer(workflow.Approved, append(of(all["one_of_two_45"].Requests[:4], "", nil), of(all["decided_by_two"].Requests, "", nil)...))),
		"change_scheduled":        scheduledView(clickIn(all["scheduled_in_part"])),
		"change_scheduled_45":     scheduledView(clickIn(all["scheduled_45"])),
		"schedule_in_freeze":      timesView(alone("frozen"), modalMove, "Schedule patching", "Schedule", inBerlin(t), bot.Window{}),
		"review_in_freeze":        reviewView(clickIn(all["asked_in_freeze_3"]), review{Filter: filterOf("")}),
		"change_frozen":           scheduledView(clickIn(all["frozen_3"])),
		"change_frozen_in_part":   scheduledView(clickIn(all["frozen_in_part"])),
		"emergency":               emergencyView(alone("asked_in_freeze")),
		"emergency_of_three":      emergencyView(alone("needs_three_in_freeze")),
		"emergency_unread":        emergencyView(alone("frozen_calendar_unread")),
		"agree":                   agreeView(alone("frozen_emergency")),
		"agree_second_of_three":   agreeView(alone("frozen_needs_three")),
		"reject":                  rejectView(alone("asked")),
		"reject_all_3":            rejectAllView(clickIn(all["asked_3"])),
		"reject_all_45":           rejectAllView(many),
		"roll_back":               rollBackView(alone("still_non_compliant"), states(t)["still_non_compliant"].EndedAt.Add(50*time.Hour)),
		"roll_back_begun_at":      rollBackView(backupBegun(alone("still_non_compliant")), states(t)["still_non_compliant"].EndedAt.Add(50*time.Hour)),
		"patches":                 patchesView(aboutAlone(alone("asked")), 0),
		"patches_first_page":      patchesView(aboutAlone(manyPatches(alone("asked"))), 0),
		"patches_last_page":       patchesView(aboutAlone(manyPatches(alone("asked"))), 4),
		"output_cut":              outputView(aboutAlone(alone("proven"))),
		"output_failed":           outputView(aboutAlone(alone("proven_partly"))),
		"output_none":             outputView(aboutAlone(alone("installed"))),
		"review_of_few":           reviewView(mixed, review{Filter: filterOf("")}),
		"review_of_45":            reviewView(many, review{Filter: filterOf("")}),
		"review_filtered":         reviewView(many, review{Filter: filterOf("critical")}),
		"review_showing_patches":  reviewView(many, review{Filter: filterOf("all"), Block: "instances_all_45", Chosen: []string{first}, Shown: first}),
		"review_when_one_is_left": reviewView(clickIn(all["asked_1"]), review{Filter: filterOf("reboot")}),
		"closed_some_decided":     closingView(digestAnswer(workflow.Approved, decided)),
		"closed_all_decided":      closingView(digestAnswer(workflow.Rejected, of(all["rejected"].Requests, "", nil))),
		"closed_nothing_left":     closingView(nothingLeft(all["in_progress"])),
		"closed_for_another":      closingView(answerNotYours),
	}
}

func TestEveryModal(t *testing.T) {
	all := modalViews(t)
	for name, view := range all {
		t.Run(name, func(t *testing.T) {
			openAndUpdate(t, view)
			goldentest.JSON(t, filepath.Join("golden", "modals", name+".json"), map[string]any{"text": view.Title.Text,
				"submit": view.Submit, "close": view.Close, "blocks": view.Blocks.BlockSet})
		})
	}
	entries, err := os.ReadDir(filepath.Join("golden", "modals"))
	require.NoError(t, err)
	require.Len(t, entries, len(all), "a golden file is of no modal any more")
}

// openAndUpdate has a local Slack show a modal, and show it anew.
func openAndUpdate(t require.TestingT, view slack.ModalViewRequest) {
	workspace, api := localSlack()
	ada := workspace.AddUser(slacksim.User{Name: "ada"})
	opened, err := api.OpenView(workspace.Trigger(ada.ID), view)
	require.NoError(t, err)
	_, err = api.UpdateView(view, "", opened.Hash, opened.ID)
	require.NoError(t, err)
}

func TestModalsOfAnyRequestsStayUnderSlacksLimits(t *testing.T) {
	all := states(t)
	rapid.Check(t, func(t *rapid.T) {
		requests := rapid.SliceOfN(anyRequest(all, "payments"), 1, bot.DigestSize).Draw(t, "requests")
		for i := range requests {
			r := &requests[i]
			r.ID, r.Instance.ID, r.Status = fmt.Sprintf("r-%016d", i), fmt.Sprintf("i-%017x", i), bot.StatusAsked
			for n := range r.Patches {
				r.Patches[n].Title = strings.Repeat("&", rapid.IntRange(0, 500).Draw(t, "title"))
			}
		}
		c := clickIn(bot.Message{Digest: "d-5xq3zk7m2ptqa6dh", Requests: requests})
		openAndUpdate(t, rejectAllView(c))
		filter := rapid.SampledFrom(reviewFilters()).Draw(t, "filter")
		openAndUpdate(t, reviewView(c, review{Filter: filter, Shown: requests[len(requests)-1].ID}))
		for i := range requests {
			requests[i].Status = bot.StatusScheduled
		}
		openAndUpdate(t, scheduledView(c))
		openAndUpdate(t, rejectView(click{User: "U0ADA", Request: requests[0]}))
		openAndUpdate(t, timesView(click{User: "U0ADA", Request: requests[0]}, modalMove, "Move patching", "Move", inBerlin(t), bot.Window{}))
		openAndUpdate(t, closingView(decidedAnswer(workflow.Approved, of(requests, bot.RefusedNotApprover, nil))))
	})
}

func TestAModalKeepsNothingThatWorksElsewhere(t *testing.T) {
	c := clickIn(digests(t)["asked_3"])
	c.Trigger = "1795397406.1.abc"
	alone := click{User: "U0ADA", Request: states(t)["asked"], Trigger: c.Trigger}
	for _, view := range []slack.ModalViewRequest{rejectAllView(c), reviewView(c, review{Filter: filterOf("")}), scheduledView(c),
		timesView(alone, modalSchedule, "Schedule patching", "Schedule", inBerlin(t), bot.Window{})} {
		data, err := json.Marshal(view)
		require.NoError(t, err)
		require.NotContains(t, string(data), c.Trigger)
		require.NotContains(t, string(data), "hooks.slack.com")
		require.NotContains(t, string(data), "token-")
	}
}
