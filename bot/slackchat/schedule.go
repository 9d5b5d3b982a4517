package slackchat

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// The modals in which somebody schedules the patching of an instance, or moves it.
const (
	modalSchedule = "schedule"
	modalMove     = "move"

	// inputWhen is the id of the choice of a time, and of its block; its value is unix seconds, or
	// whenOther for the time of inputTime.
	inputWhen = "when"
	whenOther = "other"
)

func scheduleButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Status != bot.StatusAsked || !schedulable(r) {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonSchedule, r.ID, plainText("Schedule…", limit.ButtonText))
}

func openSchedule(ctx context.Context, a *App, c click) string {
	if c.Request.Status != bot.StatusAsked {
		return refusal(c.Request, bot.RefusedDecided)
	}
	return a.openTimes(ctx, c, modalSchedule, "Schedule patching", "Schedule")
}

func openMove(ctx context.Context, a *App, c click) string {
	if c.Request.Status == bot.StatusFrozen {
		return a.openTimes(ctx, c, modalMove, "Schedule patching", "Schedule")
	}
	if c.Request.Status != bot.StatusScheduled {
		return refusal(c.Request, bot.RefusedDecided)
	}
	return a.openTimes(ctx, c, modalMove, "Move patching", "Move")
}

// openTimes opens a modal in which a time is chosen.
func (a *App) openTimes(ctx context.Context, c click, id, title, submit string) string {
	window, err := a.Bot.WindowOf(ctx, c.Request)
	if err != nil {
		a.Log.Warn("does not know an owner's window", "request", c.Request.ID, "error", err)
	}
	return a.openModal(ctx, c, timesView(c, id, title, submit, a.whereabouts(ctx, c.User), window)).Text
}

// timesView offers times for the patching of an instance. The picker shows and gives the time of
// whoever uses it; the times that are offered are said in the zone that Slack knows of them.
func timesView(c click, id, title, submit string, w whereabouts, window bot.Window) slack.ModalViewRequest {
	r := c.Request
	text := "*" + name(r) + "*  " + identity(r) + "\n" + scheduledPlan(r) + inFreeze(r) + "\n" + "At the latest: " + day(r.LatestSchedule(w.Now)) + "."
	switch {
	case r.Status == bot.StatusAsked && r.NeedsSeveral():
		text += "\n" + wording.NextApproval(r) + " The latest of the times that they name counts."
	case r.NeedsSeveral():
		text += fmt.Sprintf("\nOnly to a later time: %d people must approve it.", r.ApprovalsRequired)
	}
	if !w.Known {
		text += "\nSlack does not tell me your time zone, so the times to choose are in UTC."
	}
	if window.Known() {
		text += "\nWindow: " + escaped(window.String(), 80) + "."
	}
	var options []*slack.OptionBlockObject
	for _, p := range w.presets(r, window) {
		options = append(options, slack.NewOptionBlockObject(strconv.FormatInt(p.Until.Unix(), 10), plainText(p.Label, limit.OptionText), nil))
	}
	options = append(options, slack.NewOptionBlockObject(whenOther, plainText("At the time below", limit.OptionText), nil))
	when := slack.NewRadioButtonsBlockElement(inputWhen, options...)
	when.InitialOption = options[0]
	return digestModal(aboutAlone(c), id, title, submit, section(text),
		slack.NewInputBlock(inputWhen, plainText("When", limit.Label), nil, when), timeInput("Time"))
}

// timeInput takes a day and a time, as unix seconds.
func timeInput(label string) slack.Block {
	return slack.NewInputBlock(inputTime, plainText(label, limit.Label), nil, slack.NewDateTimePickerBlockElement(inputTime)).WithOptional(true)
}

// time is what was chosen in a time input; the zero time when nothing was.
func (s modalState) time() time.Time {
	if at := s.of(inputTime).Time; at != 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// when is the time that was chosen, and what is wrong with the choice, by block.
func (s submission) when() (until time.Time, block string, mistakes map[string]string) {
	chosen, picked := s.State.of(inputWhen).Option.Value, s.State.time()
	if chosen == whenOther {
		return picked, inputTime, nil
	}
	at, err := strconv.ParseInt(chosen, 10, 64)
	switch {
	case err != nil:
		return until, inputWhen, map[string]string{inputWhen: "Choose one of these."}
	case !picked.IsZero():
		return until, inputTime, map[string]string{inputTime: "Choose “At the time below”, or clear this."}
	}
	return time.Unix(at, 0), inputWhen, nil
}

func submitSchedule(ctx context.Context, a *App, s submission) modalAnswer {
	return a.schedule(ctx, s, bot.Action{})
}

func submitMove(ctx context.Context, a *App, s submission) modalAnswer {
	return a.schedule(ctx, s, bot.Action{Changes: true})
}

// schedule decides about the one request of a modal's message.
func (a *App) schedule(ctx context.Context, s submission, action bot.Action) modalAnswer {
	until, block, mistakes := s.when()
	action.Verdict, action.Until = workflow.Scheduled, until
	if len(mistakes) == 0 {
		if why := a.whereabouts(ctx, s.User).mistaken(s.Message.Requests, action); why != "" {
			mistakes = map[string]string{block: why}
		}
	}
	if len(mistakes) > 0 {
		return modalAnswer{Errors: mistakes}
	}
	return a.decideAlone(ctx, s, action)
}
