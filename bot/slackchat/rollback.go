package slackchat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

// The modal in which somebody has an instance rolled back, and the box to tick in it.
const (
	modalRollBack = "roll_back"
	inputLost     = "lost" // its one option says that what is lost is known
)

// What people are told for whom nothing is rolled back, or perhaps not.
const (
	answerCannotRollBack = "I am not set up to roll instances back. Your platform team mends it with the setting `PATCHBOT_ROLL_BACK_MACHINE_ARN`."
	answerReasonMissing  = "Say why, in some words."
	answerNotTicked      = "Tick this to go on."
)

// rollBackButton is offered as long as there is a snapshot to go back to, as far as the request says:
// other requests are looked at when somebody clicks.
func rollBackButton(r bot.Request) *slack.ButtonBlockElement {
	if r.NoWayBack() != "" {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonRollBack, r.ID, plainText("Roll back…", limit.ButtonText)).WithStyle(slack.StyleDanger)
}

// openRollBack opens the modal for whoever may go on in it, and tells everybody else why not.
func openRollBack(ctx context.Context, a *App, c click) string {
	r, why, err := a.Bot.MayRollBack(ctx, c.Request, c.actor())
	if err != nil || why != "" {
		return a.notRolledBack(c, r, why, err)
	}
	return a.openModal(ctx, c, rollBackView(c, a.Bot.Now())).Text
}

// notRolledBack says why nothing is rolled back, or that it may be.
func (a *App) notRolledBack(c click, r bot.Request, why bot.Refusal, err error) string {
	switch {
	case errors.Is(err, bot.ErrCannotRollBack):
		return answerCannotRollBack
	case err != nil:
		a.Log.Error("could not record a roll back", "request", c.Request.ID, "user", c.User, "error", err)
		return answerNotRecorded
	}
	return refusal(r, why)
}

// rollBackView says what happens, and what is lost for the instance by it.
func rollBackView(c click, now time.Time) slack.ModalViewRequest {
	r := c.Request
	text := []string{
		"*" + name(r) + "*  " + identity(r),
		fmt.Sprintf("The root volume is replaced by its snapshot %s%s. The instance reboots and is away for some minutes.", codeOf(r.RootSnapshot(), 80), asOf(r)),
		fmt.Sprintf("*Everything written to the root volume %s is gone from it:* logs, databases and files on it, besides the patches. "+
			"The volume that is replaced is kept, so that somebody with access to EC2 can still copy from it.", sinceSnapshot(r, now)),
		dataVolumes(r),
	}
	lost := slack.NewCheckboxGroupsBlockElement(inputLost, slack.NewOptionBlockObject(inputLost, plainText("I know what is lost", limit.OptionText), nil))
	typed := slack.NewPlainTextInputBlockElement(nil, inputReason).WithMultiline(true).WithMaxLength(bot.ReasonLength)
	return digestModal(aboutAlone(c), modalRollBack, "Roll back?", "Roll back", section(strings.Join(text, "\n")),
		slack.NewInputBlock(inputReason, plainText("Why", limit.Label), plainText("It is shown in the thread.", limit.Label), typed),
		slack.NewInputBlock(inputLost, plainText("What is lost", limit.Label), nil, lost))
}

// asOf says as of when a request's snapshots show the volumes; empty where that is not known.
func asOf(r bot.Request) string {
	if shown := r.SnapshotsShow(); !shown.IsZero() {
		return ", which shows it as of " + day(shown)
	}
	return ""
}

// sinceSnapshot is the time whose writes a roll back loses.
func sinceSnapshot(r bot.Request, now time.Time) string {
	if shown := r.SnapshotsShow(); !shown.IsZero() {
		return "in the last " + wording.Span(now.Sub(shown))
	}
	return "since that snapshot, I do not know how long ago,"
}

// dataVolumes says that data volumes stay, and names what could be gone back to by hand.
func dataVolumes(r bot.Request) string {
	data := r.DataSnapshots()
	if len(data) == 0 {
		return "It has no other volume."
	}
	return "Data volumes are not touched. Their snapshots: " + joined(data, idsBytes, func(s bot.Snapshot) string {
		return codeOf(s.ID, 80) + " of " + codeOf(s.VolumeID, 80)
	}) + "."
}

// submitRollBack has the one request of a modal rolled back. Message and thread say it all when it went
// well.
func submitRollBack(ctx context.Context, a *App, s submission) modalAnswer {
	reason, mistakes := s.reason()
	switch {
	case mistakes != nil:
		return modalAnswer{Errors: mistakes}
	case reason == "":
		return modalAnswer{Errors: map[string]string{inputReason: answerReasonMissing}}
	case len(s.State.of(inputLost).Options) == 0:
		return modalAnswer{Errors: map[string]string{inputLost: answerNotTicked}}
	}
	r, why, err := a.Bot.RollBack(ctx, s.Request, s.actor(), reason)
	if err != nil || why != "" {
		return modalAnswer{View: closingView(a.notRolledBack(s.click, r, why, err))}
	}
	return modalAnswer{}
}
