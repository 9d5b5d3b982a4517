package slackchat

import (
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

func goOnButton(r bot.Request) *slack.ButtonBlockElement {
	if !held(r) {
		return nil
	}
	return button(ButtonGoOn, "Go on", r.ID, slack.StylePrimary, "Go on after a failure?",
		"The rest is held "+heldAfter(*r.Turn.Held)+". All that wait are patched in turn.")
}

func stopRestButton(r bot.Request) *slack.ButtonBlockElement {
	if !held(r) {
		return nil
	}
	return button(ButtonStopRest, "Stop the rest", r.ID, slack.StyleDanger, "Stop all that wait?",
		"Nothing is installed on any of the group that waits.")
}

func goOn(ctx context.Context, a *App, c click) string { return a.answerRest(ctx, c, a.Bot.GoOn) }

func stopRest(ctx context.Context, a *App, c click) string {
	return a.answerRest(ctx, c, a.Bot.StopRest)
}

// answerRest records what a person said of a rest that is held, and says what only that person
// is told.
func (a *App) answerRest(ctx context.Context, c click, answer func(context.Context, bot.Request, bot.Actor) (bot.Request, bot.Refusal, error)) string {
	r, refused, err := answer(ctx, c.Request, c.actor())
	switch {
	case err != nil:
		a.Log.Error("could not record an answer about the rest", "request", c.Request.ID, "user", c.User, "error", err)
		return answerNotRecorded
	case refused != "":
		return refusal(r, refused)
	}
	return ""
}

// held reports whether a request waits, and would go on waiting until somebody says how to go on.
func held(r bot.Request) bool {
	return r.Status == bot.StatusQueued && r.Turn != nil && r.Turn.Held != nil
}

// queue is the main text of a request that waits for its turn.
func queue(r bot.Request) string {
	if !held(r) {
		return inLine(r) + "\n" + missingPatches(r)
	}
	return fmt.Sprintf("It is held %s. Nothing is installed on those that wait until somebody says how to go on.%s\n%s",
		heldAfter(*r.Turn.Held), "\n"+whoDecides([]bot.Request{r}), inLine(r))
}

// heldRest says why the rest of a digest's requests is held.
func heldRest(held []bot.Request) string {
	return fmt.Sprintf("*%s held* %s. Nothing is installed on %s until somebody says how to go on.",
		wording.Count(len(held), "instance is", "instances are"), heldAfter(*held[0].Turn.Held), plural(len(held), "it", "them"))
}

// heldTogether is the line of a digest's thread that tells of all that are held, and names those
// who decide, so that they are notified.
func heldTogether(requests []bot.Request) string {
	held := heldOf(requests)
	if len(held) == 0 {
		return fmt.Sprintf("%s (%s): %s", instances(requests), namesOf(requests), heldLine(requests[0]))
	}
	return fmt.Sprintf("⏸️ %s (%s) “Go on” and “Stop the rest” stand in the message.\n%s", heldRest(held), namesOf(held), whoDecides(held))
}

// heldOf keeps the requests that are held, of one group: one answer counts for all of that.
func heldOf(requests []bot.Request) []bot.Request {
	kept := slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !held(r) })
	if len(kept) == 0 {
		return nil
	}
	return slices.DeleteFunc(kept, func(r bot.Request) bool { return r.Group != kept[0].Group })
}

// inLine says a request's place in the queue, as of when it was last looked at.
func inLine(r bot.Request) string {
	if r.Turn == nil || r.Turn.Place == 0 {
		return "It waits for its turn."
	}
	return fmt.Sprintf("%s in line at %s; %s.", wording.Ordinal(r.Turn.Place), day(r.Turn.PlaceAt), wording.AtATime(r.Turn.AtOnce))
}

// heldAfter says why the rest is held, after how many failures: more may have failed since.
func heldAfter(h bot.Hold) string {
	if h.Canary {
		return "after the one that was to be tried first failed"
	}
	return "after " + wording.Count(h.Failed, "failure", "failures") + " in the group"
}

func queuedStanding(r bot.Request) string {
	if held(r) {
		return "It is held " + heldAfter(*r.Turn.Held) + ". " + inLine(r)
	}
	return "It waits for its turn. " + inLine(r)
}

// heldLine tells that the rest is held. Only the next one's names those who decide: one answer
// counts for all, and one notification is enough.
func heldLine(r bot.Request) string {
	if !held(r) { // it went on, or ended, since
		return "Held, since others of its group had failed."
	}
	line := "Held " + heldAfter(*r.Turn.Held) + ". “Go on” and “Stop the rest” stand in the message."
	if r.Turn.Place == 1 {
		line += "\n" + whoDecides([]bot.Request{r})
	}
	return line
}

func wentOnLine(r bot.Request) string {
	if r.Turn == nil || r.Turn.WentOn == nil {
		return "The rest goes on."
	}
	return person(r.Turn.WentOn.By) + " let the rest go on."
}

// restStoppedLine tells that somebody stopped a request while it waited.
func restStoppedLine(r bot.Request) string {
	if !restStopped(r) {
		return "The rest was stopped."
	}
	return whileStopped(r, stopper(r), restLeft(r)+" "+askedAgain(r))
}

func restStopped(r bot.Request) bool { return r.Turn != nil && r.Turn.Stop != nil }

// stopper says who stopped the rest, and why.
func stopper(r bot.Request) string {
	return fmt.Sprintf("%s stopped the rest after %s.", person(r.Turn.Stop.By), wording.Count(r.Turn.Stop.Failed, "failure", "failures"))
}

// restLeft says what a stop left, which is only certain once the execution took it.
func restLeft(r bot.Request) string {
	if r.Installed() == bot.InstalledUnknown {
		return "That is recorded and is being delivered."
	}
	return installed(r)
}

func stoppedStanding(r bot.Request) string {
	if restStopped(r) {
		return stopper(r) + " " + restLeft(r)
	}
	return "The execution was stopped. " + installed(r)
}

// notHeld tells somebody who came second who was first, and how it stands now.
func notHeld(r bot.Request) string {
	switch {
	case restStopped(r):
		return fmt.Sprintf("Too late: %s stopped the rest at %s. %s", person(r.Turn.Stop.By), day(r.Turn.Stop.At), restLeft(r))
	case r.Turn != nil && r.Turn.WentOn != nil:
		return fmt.Sprintf("Too late: %s let the rest go on at %s. %s", person(r.Turn.WentOn.By), day(r.Turn.WentOn.At), standing(r))
	}
	return "The rest is not held. " + standing(r)
}
