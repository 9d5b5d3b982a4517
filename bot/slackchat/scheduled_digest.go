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
	switch waiting := waitingOf(m.Requests); {
	case len(waiting) == 0:
		return nil
	case len(scheduledOf(waiting)) == 0:
		return slack.NewButtonBlockElement(ButtonScheduled, digestValue(m), plainText("Waiting…", limit.ButtonText))
	}
	return slack.NewButtonBlockElement(ButtonScheduled, digestValue(m), plainText("Scheduled…", limit.ButtonText))
}

func openScheduled(ctx context.Context, a *App, c digestClick) reply {
	if len(waitingOf(c.Message.Requests)) == 0 {
		return reply{Text: "Nothing in this message is scheduled any more, or waits for a freeze to end: " + standings(c.Message.Requests)}
	}
	return a.openModal(ctx, c.click, scheduledView(c))
}

func scheduledView(c digestClick) slack.ModalViewRequest {
	waiting := waitingOf(c.Message.Requests)
	title := "Change the schedule"
	if len(scheduledOf(waiting)) == 0 {
		title = "Change what waits"
	}
	options := []*slack.OptionBlockObject{verdictOption(workflow.Scheduled, "Move to the time below"), verdictOption(workflow.Rejected, "Cancel")}
	onTime := func(r bot.Request) bool { return r.NeedsSeveral() || r.Status == bot.StatusFrozen }
	if !slices.ContainsFunc(waiting, onTime) {
		options = append([]*slack.OptionBlockObject{verdictOption(workflow.Approved, "Patch now")}, options...)
	}
	blocks := []slack.Block{section(joined(waiting, textNames, nameAndTime)), instancesInput(review{}, waiting), verdictChoice(options...),
		timeInput("When, if you move")}
	return digestModal(c, modalScheduled, title, "Change", append(blocks, reasonInputs("Reason, if you cancel")...)...)
}

func nameAndTime(r bot.Request) string {
	if r.Status == bot.StatusFrozen {
		return nameAndID(r) + " " + rowFrozen(r, lineRooms[0])
	}
	return nameAndID(r) + " " + scheduledFor(scheduledUntil(r))
}

// waitingOf keeps the requests that wait for a scheduled time, or for a freeze to end: what was decided can be changed.
func waitingOf(requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool {
		return r.Status != bot.StatusScheduled && r.Status != bot.StatusFrozen
	})
}

// submitScheduled changes the schedules of the chosen requests.
func submitScheduled(ctx context.Context, a *App, s submission) modalAnswer {
	return a.decideChosen(ctx, s, bot.Action{Changes: true})
}
