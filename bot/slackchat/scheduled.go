package slackchat

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

func patchNowButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Status != bot.StatusScheduled || r.NeedsSeveral() { // else they agreed on a time
		return nil
	}
	plan := wording.Plan(r, wording.Acts{Take: "Take", Install: "install", Reboot: "reboot"}, utc(r.CreatedAt))
	return button(ButtonPatchNow, "Patch now", r.ID, slack.StylePrimary, "Patch "+named(r)+" now?",
		wording.Capital(plan)+". The instance may be away for some minutes.")
}

func moveButton(r bot.Request) *slack.ButtonBlockElement {
	switch {
	case r.Status == bot.StatusFrozen && schedulable(r):
		return slack.NewButtonBlockElement(ButtonMove, r.ID, plainText("Schedule…", limit.ButtonText))
	case r.Status != bot.StatusScheduled:
		return nil
	}
	return slack.NewButtonBlockElement(ButtonMove, r.ID, plainText("Move…", limit.ButtonText))
}

func cancelButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Status != bot.StatusScheduled && r.Status != bot.StatusFrozen {
		return nil
	}
	b := button(ButtonCancel, "Cancel", r.ID, slack.StyleDanger, "Leave "+named(r)+" unpatched?", "Nothing is installed. "+askedAgain(r))
	b.Confirm.Confirm = plainText("Cancel the patching", limit.ConfirmButton) // “Cancel” alone could mean the dialog
	return b
}

func patchNow(ctx context.Context, a *App, c click) string {
	return a.decide(ctx, c, bot.Action{Verdict: workflow.Approved, Changes: true})
}

func cancelSchedule(ctx context.Context, a *App, c click) string {
	return a.decide(ctx, c, bot.Action{Verdict: workflow.Rejected, Changes: true})
}

// schedulable reports whether a request's execution can wait for a time.
func schedulable(r bot.Request) bool { return r.ScheduleWithin > 0 }

// scheduledOf keeps the requests that wait for a scheduled time.
func scheduledOf(requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return r.Status != bot.StatusScheduled })
}

// decidedAs is what somebody did who made a decision, e.g. "approved", with the time of a schedule.
func decidedAs(d workflow.Decision) string { return wording.DecidedAs(d) + forTime(&d) }

// forTime is the time of a schedule, e.g. " for 22:00 today"; empty for any other decision.
func forTime(d *workflow.Decision) string {
	if d == nil || d.Verdict != workflow.Scheduled {
		return ""
	}
	return " for " + day(d.Until)
}

// scheduledFor says for when something is scheduled, as far as that is known.
func scheduledFor(until time.Time) string {
	if until.IsZero() {
		return "scheduled"
	}
	return "scheduled for " + day(until)
}

func scheduledUntil(r bot.Request) time.Time {
	if r.Decision == nil {
		return time.Time{}
	}
	return r.Decision.Until
}

func scheduledStanding(r bot.Request) string { return "It is " + scheduledFor(scheduledUntil(r)) + "." }

// scheduledPlan says what happens when the time comes.
func scheduledPlan(r bot.Request) string {
	return "Then patchbot " + wording.Plan(r, wording.Acts{Take: "takes", Install: "installs", Reboot: "reboots"}, day(r.CreatedAt)) + "."
}

// rowScheduled is a scheduled request in one line of its digest.
func rowScheduled(r bot.Request, room lineRoom) string {
	if !room.times {
		return standSchedule
	}
	return scheduledFor(scheduledUntil(r)) + rowBy(r, room)
}

// changedAbout tells what became of a schedule, whatever the execution took, and about what where
// the reader does not know it.
func changedAbout(r bot.Request, what string) string {
	d := r.Overruled
	if d == nil {
		d = r.Decision
	}
	if d == nil {
		return "The schedule was changed" + what + "."
	}
	done := "Cancelled"
	switch d.Verdict {
	case workflow.Approved:
		if d.Emergency {
			return fmt.Sprintf("🚨 %s by %s, in spite of the freeze%s. Reason: %s", wording.Capital(decidedAs(*d)), people(*d), what, escaped(d.Reason, bot.ReasonLength))
		}
		done = "Told to patch now"
	case workflow.Scheduled:
		done = "Moved to " + day(d.Until)
		if r.Changed != nil && r.Changed.Verdict == workflow.Approved { // which waited for a freeze
			done = "Scheduled for " + day(d.Until)
		}
	case workflow.Rejected:
	}
	line := fmt.Sprintf("%s by %s%s.", done, person(d.By), what)
	if d.Reason != "" {
		line += " Reason: " + escaped(d.Reason, 500)
	}
	return line
}

// begunLine tells that a schedule was changed too late.
func begunLine(r bot.Request) string {
	return fmt.Sprintf("The scheduled time had come before %s's answer reached the execution, so it has begun.", person(r.Overruled.By))
}

// unschedulable says why nothing was scheduled.
func unschedulable(r bot.Request, why bot.Refusal) string {
	if why == bot.RefusedTooSoon {
		return fmt.Sprintf("A scheduled time has to be at least %s ahead, so nothing has changed.", wording.Span(bot.ScheduleAhead))
	}
	if why == bot.RefusedTooFar {
		return fmt.Sprintf("A scheduled time can be at most %s ahead, so nothing has changed.", wording.Span(r.ScheduleWithin))
	}
	return "The execution that asks began before patching could be scheduled, so it can only be approved or rejected."
}
