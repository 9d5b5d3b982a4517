package slackchat_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestRejectAllAsksForAReasonAndRejectsAll(t *testing.T) {
	d := newDesk(t, 3, 0)
	view := d.open(d.ada.ID, slackchat.ButtonRejectAll)
	require.Equal(t, "Reject 3 instances", view.Title.Text)
	require.Equal(t, map[bot.Status]int{bot.StatusAsked: 3}, d.statuses(), "nothing is decided by opening it")
	require.Contains(t, d.submit(d.ada.ID, slacksim.Inputs{"reason": {"release <day>"}}), "Rejected: 3 instances.")
	require.Equal(t, map[bot.Status]int{bot.StatusRejected: 3}, d.statuses())
	require.Equal(t, "release <day>", d.now(0).Decision.Reason)
	require.Len(t, d.tasks.answers, 3)
	require.Contains(t, d.click(d.ada.ID, slackchat.ButtonRejectAll), "Nothing in this message waits for a decision any more: 3 rejected")
	require.Contains(t, d.click(d.ada.ID, slackchat.ButtonReview), "Nothing in this message waits for a decision any more")
}

func TestWhoMayNotDecideMayLook(t *testing.T) {
	d := newDesk(t, 3, 0)
	d.open(d.lin.ID, slackchat.ButtonReview)
	shown := d.submit(d.lin.ID, slacksim.Inputs{"verdict": {"approved"}})
	require.Contains(t, shown, "Not approved 3")
	require.Contains(t, shown, "can decide this")
	require.Equal(t, map[bot.Status]int{bot.StatusAsked: 3}, d.statuses())
	_, refused := d.audited()
	require.Equal(t, 3, refused, "as of every try")
}

func TestAReviewDecidesTheChosen(t *testing.T) {
	d := newDesk(t, 4, 0)
	d.open(d.ada.ID, slackchat.ButtonReview)
	shown := d.submit(d.ada.ID, slacksim.Inputs{"instances": {d.now(0).ID, d.now(2).ID}, "verdict": {"rejected"}, "reason": {"freeze"}})
	require.Contains(t, shown, "Rejected: 2 instances.")
	require.Equal(t, map[bot.Status]int{bot.StatusRejected: 2, bot.StatusAsked: 2}, d.statuses())
	require.Equal(t, "freeze", d.now(2).Decision.Reason)
}

func TestAReviewSaysWhatWasDecidedMeanwhile(t *testing.T) {
	d := newDesk(t, 3, 0)
	d.open(d.ada.ID, slackchat.ButtonReview)
	require.Equal(t, "Approved: 3 instances.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
	shown := d.submit(d.ada.ID, slacksim.Inputs{"verdict": {"rejected"}})
	require.Contains(t, shown, "Not rejected 3")
	require.Contains(t, shown, "Too late")
}

func TestAReviewFiltersAndShowsPatches(t *testing.T) {
	d := newDesk(t, 8, 0)
	view := d.open(d.ada.ID, slackchat.ButtonReview)
	require.NoError(t, d.slack.FillView(d.ada.ID, view.ID, slacksim.Inputs{"reason": {"freeze"}, "verdict": {"rejected"}}))
	choose := func(menu, value string) string {
		_, err := d.slack.ActInView(t.Context(), d.ada.ID, view.ID, slacksim.Element{ActionID: menu, Value: value})
		require.NoError(t, err)
		return string(d.slack.Views(d.ada.ID)[0].Blocks)
	}
	shown := choose("review_filter", "critical")
	require.NotContains(t, shown, `"value":"`+d.now(0).ID, "it misses no critical patch")
	require.NoError(t, d.slack.FillView(d.ada.ID, view.ID, slacksim.Inputs{"instances": {d.now(3).ID}}))
	require.Contains(t, choose("review_patches", d.now(5).ID), "*kernel-5*")
	require.NotContains(t, choose("review_patches", d.now(1).ID), "*kernel-5*")

	d.submit(d.ada.ID, nil)
	require.Equal(t, map[bot.Status]int{bot.StatusRejected: 1, bot.StatusAsked: 7}, d.statuses(), "what was chosen and typed survives looking around")
	require.Equal(t, "freeze", d.now(3).Decision.Reason)
}

func TestAReviewThatIsOvertakenClosesItself(t *testing.T) {
	d := newDesk(t, 8, 0)
	view := d.open(d.ada.ID, slackchat.ButtonReview)
	d.click(d.ada.ID, slackchat.ButtonApproveAll)
	_, err := d.slack.ActInView(t.Context(), d.ada.ID, view.ID, slacksim.Element{ActionID: "review_filter", Value: "critical"})
	require.NoError(t, err)
	require.Contains(t, string(d.slack.Views(d.ada.ID)[0].Blocks), "Nothing in this message waits for a decision any more")
}

func TestMistakesAreShownBesideTheirInputs(t *testing.T) {
	d := newDesk(t, 2, 0)
	view := d.open(d.ada.ID, slackchat.ButtonReview)
	got, err := d.slack.SubmitView(t.Context(), d.ada.ID, view.ID, slacksim.Inputs{"verdict": {"approved"}, "reason": {"because"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"reason": "Only a rejection takes a reason."}, got.FieldErrors)
	require.Equal(t, map[bot.Status]int{bot.StatusAsked: 2}, d.statuses())
}

func TestAClickThatCameTooLateIsToBeMadeAgain(t *testing.T) {
	for code, told := range map[string]string{
		"expired_trigger_id": "Please click again.", "trigger_exchanged": "Please click again.",
		"internal_error": "Please click again in a minute.", "invalid_arguments": "Please click again in a minute.",
	} {
		d := newDesk(t, 2, 0)
		d.slack.Fail("views.open", slacksim.Fault{Error: code})
		for _, button := range []string{slackchat.ButtonRejectAll, slackchat.ButtonReview} {
			require.True(t, strings.HasSuffix(d.click(d.ada.ID, button), told), code)
		}
	}
}

// submission is a modal as ada would submit it, which a test then changes.
func (d *desk) submission(view slacksim.View, block string) payload {
	chosen := []any{}
	for _, r := range d.digest.Requests {
		chosen = append(chosen, payload{"value": r.ID})
	}
	return payload{"type": "view_submission", "api_app_id": "A0SLACKSIM", "team": payload{"id": d.slack.TeamID()}, "enterprise": nil,
		"user": payload{"id": d.ada.ID, "username": "ada", "team_id": d.slack.TeamID()},
		"view": payload{"id": view.ID, "hash": view.Hash, "callback_id": view.CallbackID, "private_metadata": view.PrivateMetadata,
			"state": payload{"values": payload{
				block:     payload{"instances": payload{"type": "multi_static_select", "selected_options": chosen}},
				"verdict": payload{"verdict": payload{"type": "radio_buttons", "selected_option": payload{"value": "approved"}}},
				"reason":  payload{"reason": payload{"type": "plain_text_input", "value": nil}}}}}}
}

func TestASignedSubmissionIsTrustedWithNothing(t *testing.T) {
	const block = "instances_all_2"
	for name, c := range map[string]struct {
		change func(d *desk, p payload)
		answer string
	}{
		"of another app":          {func(_ *desk, p payload) { p["api_app_id"] = "A0OTHER" }, "not done in the workspace"},
		"in another workspace":    {func(_ *desk, p payload) { at(p, "team")["id"] = "T0OTHER" }, "not done in the workspace"},
		"of a window of lin's":    {func(d *desk, p payload) { at(p, "user")["id"] = d.lin.ID }, "not opened for you"},
		"of nobody":               {func(_ *desk, p payload) { at(p, "user")["id"] = "" }, "not opened for you"},
		"with no metadata":        {func(_ *desk, p payload) { at(p, "view")["private_metadata"] = "" }, "not opened for you"},
		"with metadata that is 1": {func(_ *desk, p payload) { at(p, "view")["private_metadata"] = "1" }, "not opened for you"},
		"of an unknown window":    {func(_ *desk, p payload) { at(p, "view")["callback_id"] = "explode" }, "do not know this window"},
		"of an unknown digest": {func(d *desk, p payload) {
			at(p, "view")["private_metadata"] = `{"digest":"d-other","last":"r-1","channel":"` + d.channel.ID + `","user":"` + d.ada.ID + `"}`
		}, "could not look that up"},
		"of another channel": {func(_ *desk, p payload) {
			about := at(p, "view")["private_metadata"].(string)
			at(p, "view")["private_metadata"] = strings.ReplaceAll(about, `"channel":"C`, `"channel":"CX`)
		}, "another message now"},
		"that chose what is not the digest's": {func(_ *desk, p payload) {
			at(p, "view", "state", "values", block, "instances")["selected_options"] = []any{payload{"value": "r-other"}}
		}, "Choose one instance at least."},
		"that chose nothing": {func(_ *desk, p payload) {
			at(p, "view", "state", "values", block, "instances")["selected_options"] = nil
		}, "Choose one instance at least."},
		"with another verdict": {func(_ *desk, p payload) {
			at(p, "view", "state", "values", "verdict", "verdict")["selected_option"] = payload{"value": "maybe"}
		}, "Choose one of these."},
		"without a state": {func(_ *desk, p payload) { at(p, "view")["state"] = nil }, "Choose one of these."},
		"with a reason that no input takes": {func(_ *desk, p payload) {
			at(p, "view", "state", "values", "verdict", "verdict")["selected_option"] = payload{"value": "rejected"}
			at(p, "view", "state", "values", "reason", "reason")["value"] = strings.Repeat("x", bot.ReasonLength+1)
		}, "I keep at most 500 characters, a chosen reason included; these are 1 more."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // one waits for a digest that may be about to be saved
				d := newDesk(t, 2, 0)
				p := d.submission(d.open(d.ada.ID, slackchat.ButtonReview), block)
				c.change(d, p)
				require.Contains(t, d.send(p), c.answer)
				require.Equal(t, map[bot.Status]int{bot.StatusAsked: 2}, d.statuses())
				require.Empty(t, d.tasks.answers)
			})
		})
	}
	d := newDesk(t, 2, 0)
	require.Contains(t, d.send(d.submission(d.open(d.ada.ID, slackchat.ButtonReview), block)), "Approved: 2 instances.")
	require.Equal(t, map[bot.Status]int{bot.StatusApproved: 2}, d.statuses(), "unchanged, it decides")
}

func TestAClickInAnUnknownWindowIsAnswered(t *testing.T) {
	d := newDesk(t, 8, 0)
	view := d.open(d.ada.ID, slackchat.ButtonReview)
	p := d.submission(view, "instances_all_8")
	p["type"], p["actions"] = "block_actions", []any{payload{"action_id": "review_filter"}}
	at(p, "view")["callback_id"] = "explode"
	require.Empty(t, d.send(p))
	require.Contains(t, string(d.slack.Views(d.ada.ID)[0].Blocks), "I do not know this window")
	at(p, "view")["id"] = "V404"
	require.Empty(t, d.send(p), "one that was closed is left alone")
}
