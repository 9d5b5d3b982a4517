package slackchat

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// viaSlack is the workflow.Decider's Via of a decision that was made here.
const viaSlack = "slack"

func approveButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Status != bot.StatusAsked {
		return nil
	}
	plan := wording.Plan(r, wording.Acts{Take: "take", Install: "install", Reboot: "reboot"}, utc(r.CreatedAt))
	if r.Frozen() {
		return button(ButtonApprove, "Approve for after the freeze", r.ID, slack.StylePrimary, "Patch "+named(r)+" after the freeze?",
			before(nextApproval(r), wording.Capital(wording.FreezeEnd(r, utc))+": "+plan+"."))
	}
	return button(ButtonApprove, "Approve", r.ID, slack.StylePrimary, "Patch "+named(r)+"?",
		before(nextApproval(r), wording.Capital(plan)+". The instance may be away for some minutes."))
}

// named names an instance where the name alone could be anybody's.
func named(r bot.Request) string {
	if r.Instance.Name == r.Instance.ID {
		return r.Instance.ID
	}
	return wording.Name(r) + " (" + bot.Tidy(r.Instance.ID, 20) + ")"
}

// button asks back before it acts, in a dialog whose button looks like itself.
func button(id, label, value string, style slack.Style, title, text string) *slack.ButtonBlockElement {
	confirm := slack.NewConfirmationBlockObject(plainText(title, limit.ConfirmTitle), plainText(text, limit.ConfirmText),
		plainText(label, limit.ConfirmButton), plainText("Not now", limit.ConfirmButton)).WithStyle(style)
	return slack.NewButtonBlockElement(id, value, plainText(label, limit.ButtonText)).WithStyle(style).WithConfirm(confirm)
}

func approve(ctx context.Context, a *App, c click) string {
	return a.decide(ctx, c, bot.Action{Verdict: workflow.Approved})
}

func (c click) actor() bot.Actor {
	return bot.Actor{Via: viaSlack, User: c.User, Name: c.Name, Outsider: c.Outsider}
}

// decide records what a person decided, and says what only that person is told.
func (a *App) decide(ctx context.Context, c click, action bot.Action) string {
	r, refused, err := a.Bot.Decide(ctx, c.Request, c.actor(), action)
	switch {
	case err != nil:
		a.Log.Error("could not record a decision", "request", c.Request.ID, "user", c.User, "verdict", action.Verdict, "error", err)
		return answerNotRecorded
	case refused != "":
		return refusal(r, refused)
	case r.Undelivered():
		return answerNotDelivered
	}
	return ""
}
