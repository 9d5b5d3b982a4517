package slackchat

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// action is a button, and what a click on it does: one of a request's message, one of a digest's,
// or one under the answer to a command.
type action struct {
	ID  string // Slack's action_id, e.g. "approve"
	Who string // who may use it
	// show renders the button; nil where the request does not offer it.
	show func(r bot.Request) *slack.ButtonBlockElement
	// do carries out a click, and says what to tell the person who clicked: "" when the
	// message and its thread say it all.
	do func(ctx context.Context, a *App, c click) string
	// anywhere says that the button also stands under an answer to one person, and so may be used where the
	// request's message is not.
	anywhere bool
	// showDigest renders a button of a digest's message, nil where it is not offered, and doDigest carries out a click on it.
	showDigest func(m bot.Message) *slack.ButtonBlockElement
	doDigest   func(ctx context.Context, a *App, c digestClick) reply
	// listed is what the button of an answer to a command decides about the requests that the
	// answer listed; empty for a button of a request's message.
	listed workflow.Verdict
}

// click is one click on a button of a request's message.
type click struct {
	Request  bot.Request // as it was loaded
	User     string      // e.g. "U0123"
	Outsider bool        // whether they are of another organisation, as far as the click says
	Name     string      // e.g. "ada"
	Trigger  string      // opens a modal; see interaction.TriggerID
	AgreesTo time.Time   // of a window to agree to an emergency: when that was asked for
	Home     bool        // whether it was made in the person's App Home
}

// The ids of the buttons.
const (
	ButtonApprove  = "approve"
	ButtonSchedule = "schedule"
	ButtonReject   = "reject"
	ButtonPatches  = "view_patches"

	ButtonPatchNow = "patch_now"
	ButtonMove     = "move"
	ButtonCancel   = "cancel"

	ButtonEmergency = "emergency"
	ButtonAgree     = "agree"

	ButtonGoOn     = "go_on"
	ButtonStopRest = "stop_rest"

	ButtonRollBack = "roll_back"

	ButtonTryAgain    = "try_again"
	ButtonNewQuestion = "new_question"
	ButtonOutput      = "show_output"

	ButtonApproveAll = "approve_all"
	ButtonRejectAll  = "reject_all"
	ButtonReview     = "review"
	ButtonScheduled  = "scheduled"

	ButtonApproveListed = "approve_listed"
	ButtonRejectListed  = "reject_listed"
)

const approversOnly = "the owner's approvers; of an owner without any, the members of the owner's channel; else the default approvers"

// actions is the table of all buttons, those of a message in the order in which it shows them.
func actions() []action {
	return []action{
		{ID: ButtonApprove, Who: approversOnly, show: approveButton, do: approve},
		{ID: ButtonSchedule, Who: approversOnly, show: scheduleButton, do: openSchedule},
		{ID: ButtonReject, Who: approversOnly, show: rejectButton, do: openReject},
		{ID: ButtonEmergency, Who: approversOnly, show: emergencyButton, do: openEmergency},
		{ID: ButtonAgree, Who: approversOnly, show: agreeButton, do: openEmergency},
		{ID: ButtonPatchNow, Who: approversOnly, show: patchNowButton, do: patchNow},
		{ID: ButtonMove, Who: approversOnly, show: moveButton, do: openMove},
		{ID: ButtonCancel, Who: approversOnly, show: cancelButton, do: cancelSchedule},
		{ID: ButtonRollBack, Who: approversOnly, show: rollBackButton, do: openRollBack},
		{ID: ButtonPatches, Who: whoMayLook, show: patchesButton, do: openPatches},
		{ID: ButtonGoOn, Who: approversOnly, show: goOnButton, do: goOn},
		{ID: ButtonStopRest, Who: approversOnly, show: stopRestButton, do: stopRest},
		{ID: ButtonTryAgain, Who: approversOnly, show: tryAgainButton, do: tryAgain, anywhere: true},
		{ID: ButtonNewQuestion, Who: whoMayLook, show: newQuestionButton, do: openNewQuestion, anywhere: true},
		{ID: ButtonOutput, Who: whoMayLook, show: outputButton, do: openOutput, anywhere: true},
		{ID: ButtonApproveAll, Who: approversOnly, showDigest: approveAllButton, doDigest: approveAll},
		{ID: ButtonRejectAll, Who: approversOnly, showDigest: rejectAllButton, doDigest: openRejectAll},
		{ID: ButtonReview, Who: approversOnly, showDigest: reviewButton, doDigest: openReview},
		{ID: ButtonScheduled, Who: approversOnly, showDigest: scheduledButton, doDigest: openScheduled},
		{ID: ButtonApproveListed, Who: approversOnly, listed: workflow.Approved},
		{ID: ButtonRejectListed, Who: approversOnly, listed: workflow.Rejected},
	}
}

// actionOf finds an action by its id.
func actionOf(id string) (action, bool) {
	all := actions()
	i := slices.IndexFunc(all, func(a action) bool { return a.ID == id })
	if i < 0 {
		return action{}, false
	}
	return all[i], true
}

// buttons renders what a request offers.
func buttons(r bot.Request) []slack.BlockElement {
	return buttonsOf(r, func(action) bool { return true })
}

// buttonsAnywhere renders what a request offers under an answer to one person.
func buttonsAnywhere(r bot.Request) []slack.BlockElement {
	return buttonsOf(r, func(a action) bool { return a.anywhere })
}

func buttonsOf(r bot.Request, offered func(action) bool) []slack.BlockElement {
	var shown []slack.BlockElement
	for _, a := range actions() {
		if a.show == nil || !offered(a) {
			continue
		}
		if button := a.show(r); button != nil {
			shown = append(shown, button)
		}
	}
	return shown
}
