package slackchat

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// modalScheduled is the modal in which somebody changes the schedules of a digest's requests.
const modalScheduled = "scheduled"

func scheduledButton(m bot.Message) *slack.ButtonBlockElement {
	if len(scheduledOf(m.Requests)) == 0 {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonScheduled, digestValue(m), plainText("Scheduled…", limit.ButtonText))
}

func openScheduled(ctx context.Context, a *App, c digestClick) reply {
	if len(scheduledOf(c.Message.Requests)) == 0 {
		return reply{Text: "Nothing in this message is scheduled any more: " + standings(c.Message.Requests)}
	}
	return a.openModal(ctx, c.click, scheduledView(c))
}

func scheduledView(c digestClick) slack.ModalViewRequest {
	scheduled := scheduledOf(c.Message.Requests)
	options := []*slack.OptionBlockObject{verdictOption(workflow.Scheduled, "Move to the time below"), verdictOption(workflow.Rejected, "Cancel")}
	if !slices.ContainsFunc(scheduled, bot.Request.NeedsSeveral) {
		options = append([]*slack.OptionBlockObject{verdictOption(workflow.Approved, "Patch now")}, options...)
	}
	blocks := []slack.Block{section(joined(scheduled, textNames, nameAndTime)), instancesInput(review{}, scheduled), verdictChoice(options...),
		timeInput("When, if you move")}
	return digestModal(c, modalScheduled, "Change the schedule", "Change", append(blocks, reasonInputs("Reason, if you cancel")...)...)
}

func nameAndTime(r bot.Request) string { return nameAndID(r) + " " + scheduledFor(scheduledUntil(r)) }

// submitScheduled changes the schedules of the chosen requests.
func submitScheduled(ctx context.Context, a *App, s submission) modalAnswer {
	return a.decideChosen(ctx, s, bot.Action{Changes: true})
}
