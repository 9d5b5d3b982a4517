package slackchat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

// unix is a time as people pick it: in whole minutes.
func unix(t time.Time) []string { return []string{fmt.Sprint(t.Truncate(time.Minute).Unix())} }

func TestAReviewSchedulesTheChosenForOneTime(t *testing.T) {
	d := newDesk(t, 4, 0)
	until := time.Now().Add(24 * time.Hour)
	d.open(d.ada.ID, slackchat.ButtonReview)
	shown := d.submit(d.ada.ID, slacksim.Inputs{"instances": {d.now(0).ID, d.now(2).ID}, "verdict": {"scheduled"}, "time": unix(until)})
	require.Contains(t, shown, "Scheduled: 2 instances.")
	require.Equal(t, map[bot.Status]int{bot.StatusScheduled: 2, bot.StatusAsked: 2}, d.statuses())
	require.Equal(t, until.Truncate(time.Minute).Unix(), d.now(2).Decision.Until.Unix())
	require.Contains(t, d.tasks.answers[d.now(0).ApprovalToken], `"wait_seconds":86`)
}

func TestTheTimeOfAReviewIsToFit(t *testing.T) {
	for want, inputs := range map[string]slacksim.Inputs{
		"Choose a day and a time.":        {"verdict": {"scheduled"}},
		"Choose a time that is at least":  {"verdict": {"scheduled"}, "time": unix(time.Now())},
		"Choose a time until ":            {"verdict": {"scheduled"}, "time": unix(time.Now().Add(8 * 24 * time.Hour))},
		"You did not choose to schedule.": {"verdict": {"approved"}, "time": unix(time.Now().Add(time.Hour))},
	} {
		d := newDesk(t, 2, 0)
		view := d.open(d.ada.ID, slackchat.ButtonReview)
		got, err := d.slack.SubmitView(t.Context(), d.ada.ID, view.ID, inputs)
		require.NoError(t, err)
		require.Contains(t, got.FieldErrors["time"], want)
		require.Equal(t, map[bot.Status]int{bot.StatusAsked: 2}, d.statuses())
	}
}

// scheduleAll has ada schedule all of a digest, and shows the message as it is then.
func (d *desk) scheduleAll(until time.Time) {
	d.t.Helper()
	d.open(d.ada.ID, slackchat.ButtonReview)
	d.submit(d.ada.ID, slacksim.Inputs{"verdict": {"scheduled"}, "time": unix(until)})
	_, err := d.slack.CloseView(d.t.Context(), d.ada.ID, d.slack.Views(d.ada.ID)[0].ID)
	require.NoError(d.t, err)
	m := d.digest
	m.Requests = nil
	for i := range d.digest.Requests {
		m.Requests = append(m.Requests, d.now(i))
	}
	require.NoError(d.t, d.chat.Update(d.t.Context(), m))
}

func TestTheSchedulesOfADigestAreChangedTogether(t *testing.T) {
	for verdict, c := range map[string]struct {
		inputs slacksim.Inputs
		shown  string
		status bot.Status
	}{
		"patch now": {slacksim.Inputs{"verdict": {"approved"}}, "Approved: 3 instances.", bot.StatusApproved},
		"move":      {slacksim.Inputs{"verdict": {"scheduled"}, "time": unix(time.Now().Add(48 * time.Hour))}, "Scheduled: 3 instances.", bot.StatusScheduled},
		"cancel":    {slacksim.Inputs{"verdict": {"rejected"}, "reason": {"release day"}}, "Rejected: 3 instances.", bot.StatusRejected},
	} {
		t.Run(verdict, func(t *testing.T) {
			d := newDesk(t, 3, 0)
			d.scheduleAll(time.Now().Add(24 * time.Hour))
			first := d.now(0).Decision
			d.open(d.ada.ID, slackchat.ButtonScheduled)
			require.Contains(t, d.submit(d.ada.ID, c.inputs), c.shown)
			require.Equal(t, map[bot.Status]int{c.status: 3}, d.statuses())
			require.True(t, first.Same(*d.now(0).Changed))
			require.Equal(t, workflow.Verdict(c.inputs["verdict"][0]), d.now(1).Decision.Verdict)
		})
	}
}

func TestWhoMayNotDecideChangesNoSchedule(t *testing.T) {
	d := newDesk(t, 2, 0)
	d.scheduleAll(time.Now().Add(24 * time.Hour))
	d.open(d.lin.ID, slackchat.ButtonScheduled)
	require.Contains(t, d.submit(d.lin.ID, slacksim.Inputs{"verdict": {"approved"}}), "Not approved 2")
	require.Equal(t, map[bot.Status]int{bot.StatusScheduled: 2}, d.statuses())
}

func TestAReviewDoesNotChangeWhatSomebodyScheduledMeanwhile(t *testing.T) {
	d := newDesk(t, 2, 0)
	view := d.open(d.ada.ID, slackchat.ButtonReview)
	before := d.submission(view, "instances_all_2")
	_, err := d.slack.SubmitView(t.Context(), d.ada.ID, view.ID, slacksim.Inputs{"verdict": {"scheduled"}, "time": unix(time.Now().Add(time.Hour))})
	require.NoError(t, err)
	require.Contains(t, d.send(before), "Too late")
	require.Equal(t, map[bot.Status]int{bot.StatusScheduled: 2}, d.statuses())
}

// TestAScheduleWindowIsTrustedWithNothing submits the modal of one request as it never was shown.
func TestAScheduleWindowIsTrustedWithNothing(t *testing.T) {
	d := newDesk(t, 2, 0)
	about := func(request, channel, user string) string {
		return `{"request":"` + request + `","channel":"` + channel + `","user":"` + user + `"}`
	}
	r := d.now(0)
	send := func(metadata, when string) string {
		p := d.submission(slacksim.View{ID: "V1", CallbackID: "schedule", PrivateMetadata: metadata}, "x")
		at(p, "view", "state")["values"] = payload{"when": payload{"when": payload{"selected_option": payload{"value": when}}}}
		return d.send(p)
	}
	hour := unix(time.Now().Add(time.Hour))[0]
	require.Contains(t, send(about(r.ID, d.channel.ID, d.lin.ID), hour), "not opened for you")
	require.Contains(t, send(about(r.ID, "C0OTHER", d.ada.ID), hour), "another message now")
	require.Contains(t, send(about("r-other", d.channel.ID, d.ada.ID), hour), "could not look that up")
	require.Contains(t, send(about(r.ID, d.channel.ID, d.ada.ID), "soon"), "Choose one of these.")
	require.Contains(t, send(about(r.ID, d.channel.ID, d.ada.ID), "99999999999"), "Choose a time until")
	require.Equal(t, map[bot.Status]int{bot.StatusAsked: 2}, d.statuses())
	require.True(t, strings.Contains(send(about(r.ID, d.channel.ID, d.ada.ID), hour), `"clear"`), "it closes")
	require.Equal(t, bot.StatusScheduled, d.now(0).Status)
}
