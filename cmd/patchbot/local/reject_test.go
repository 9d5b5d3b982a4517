package local_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// rejects has a person reject the question, with a reason or without.
func (w *system) rejects(user slacksim.User, reason slacksim.Inputs) {
	w.t.Helper()
	require.Empty(w.t, w.chooses(user, slackchat.ButtonReject, reason))
}

func TestARejectionKeepsAndShowsItsReason(t *testing.T) {
	for want, inputs := range map[string]slacksim.Inputs{
		"Release or freeze":               {"usual_reason": {"release"}},
		"until the <fair> is over":        {"reason": {"until the <fair> is over"}},
		"Release or freeze: until Monday": {"usual_reason": {"release"}, "reason": {"until Monday"}},
		"no more money":                   {"usual_reason": {"other"}, "reason": {"no more money"}},
	} {
		simulated(t, local.Config{}, func(t *testing.T, w *system) {
			w.asked()
			w.rejects(w.lin, inputs)
			require.Empty(t, w.Slack.Views(w.lin.ID), "the window has closed")
			require.Equal(t, "rejected", outcome(t, w.end()))
			synctest.Wait()
			require.Equal(t, want, w.request().Decision.Reason)
			require.Equal(t, []string{"Rejected by @lin. Reason: " + want}, w.thread(w.payments.ID))
			require.Contains(t, w.message(w.payments.ID), "Reason: "+want)
		})
	}
}

func TestWhoMayNotRejectIsToldWhenTheyDo(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.rejects(w.eve, slacksim.Inputs{"usual_reason": {"owner"}})
		views := w.Slack.Views(w.eve.ID)
		require.Len(t, views, 1)
		require.Contains(t, string(views[0].Blocks), "Only approvers of payments can decide this")
		require.Nil(t, w.request().Decision)
	})
}

func TestARejectionThatComesTooLateOpensNoWindow(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		seen := w.question()
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		_, err := w.Slack.ClickOn(t.Context(), w.lin.ID, seen, slackchat.ButtonReject)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.lin), ""), "Too late: @ada approved this")
		require.Empty(t, w.Slack.Views(w.lin.ID))
	})
}
