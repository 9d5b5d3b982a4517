package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// The windows in which somebody asks for an emergency, or agrees to one.
const (
	modalEmergency = "emergency"
	modalAgree     = "agree"
)

// emergencyName is the subcommand that opens them, which is how it is done about one request of a digest.
const emergencyName = "emergency"

func emergencyCommand() Command {
	return Command{
		Name:     emergencyName,
		Usage:    "i-… | name",
		Help:     "In a freeze: opens a window to have an instance patched now, with a reason that another approver must agree to; or to agree.",
		Who:      approversOnly,
		Examples: []string{"/patch emergency i-0933335a5598d1c2e", "/patch emergency web-1"},
		run:      saying(emergencyByCommand),
	}
}

func emergencyButton(r bot.Request) *slack.ButtonBlockElement {
	if !r.Frozen() || r.Emergency != nil {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonEmergency, r.ID, plainText("Emergency…", limit.ButtonText)).WithStyle(slack.StyleDanger)
}

func agreeButton(r bot.Request) *slack.ButtonBlockElement {
	if !r.EmergencyPending() {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonAgree, r.ID, plainText("Agree to emergency…", limit.ButtonText)).WithStyle(slack.StyleDanger)
}

// openEmergency opens the window that fits: to ask, or to agree to what somebody has asked.
func openEmergency(ctx context.Context, a *App, c click) string {
	r := c.Request
	switch {
	case !r.FrozenAt(a.Bot.Now()):
		return refusal(r, bot.RefusedNoFreeze)
	case r.Emergency == nil:
		return a.openModal(ctx, c, emergencyView(c)).Text
	case agreed(r, c.User):
		return refusal(r, bot.RefusedEmergencyAlone)
	}
	c.AgreesTo = r.Emergency.Asked().At
	return a.openModal(ctx, c, agreeView(c)).Text
}

func agreed(r bot.Request, user string) bool {
	return slices.ContainsFunc(r.Emergency.Approvals, func(given workflow.Approval) bool { return given.By.Via == viaSlack && given.By.User == user })
}

// emergencyByCommand opens the window about an instance that a command names.
func emergencyByCommand(ctx context.Context, a *App, c invocation) (string, error) {
	id, expected, err := a.oneInstance(ctx, c)
	if expected != "" || err != nil {
		return expected, err
	}
	requests, err := a.Bot.Store.ByInstance(ctx, id, 5)
	if err != nil {
		return "", fmt.Errorf("list requests of %s: %w", id, err)
	}
	if requests = a.visibleTo(ctx, c, requests); len(requests) == 0 {
		return noRequestFor(id), nil
	}
	opened := click{Request: theOneThatCounts(requests), User: c.User, Name: c.Name, Trigger: c.Trigger}
	if why := openEmergency(ctx, a, opened); why != "" {
		return why, nil
	}
	return "A window has opened about " + nameAndID(opened.Request) + ".", nil
}

// inSpite says what an emergency does.
func inSpite(r bot.Request) string {
	return "*" + name(r) + "*  " + identity(r) + "\n🧊 " + wording.Freeze(r, day, quoted) + " As an emergency it is patched in spite of that: patchbot " +
		wording.Plan(r, wording.Acts{Take: "takes", Install: "installs", Reboot: "reboots"}, day(r.CreatedAt)) + "."
}

func emergencyView(c click) slack.ModalViewRequest {
	text := fmt.Sprintf("%s\n%d different approvers must want this: after you, %s.", inSpite(c.Request), c.Request.EmergencyRequired(), othersMust(c.Request.EmergencyRequired()-1))
	why := slack.NewPlainTextInputBlockElement(nil, inputReason).WithMultiline(true).WithMaxLength(bot.ReasonLength)
	return digestModal(aboutAlone(c), modalEmergency, "Patch in the freeze?", "Ask for it", section(text),
		slack.NewInputBlock(inputReason, plainText("Why can it not wait?", limit.Label), plainText("The reason is shown in the message, and kept.", limit.Label), why))
}

func othersMust(n int) string {
	return wording.Count(n, "other must agree", "others must agree")
}

func agreeView(c click) slack.ModalViewRequest {
	next := "Then patching begins as soon as it is its turn."
	if left := c.Request.EmergencyLeft() - 1; left > 0 {
		next = "After you, " + othersMust(left) + "."
	}
	return digestModal(aboutAlone(c), modalAgree, "Agree to the emergency?", "Agree", section(inSpite(c.Request)), section(emergencyAsked(c.Request)+"\n"+next))
}

func submitEmergency(ctx context.Context, a *App, s submission) modalAnswer {
	reason := strings.TrimSpace(s.State.of(inputReason).Value)
	if reason == "" {
		return modalAnswer{Errors: map[string]string{inputReason: "Please say why it can not wait."}}
	}
	return a.decideAlone(ctx, s, bot.Action{Verdict: workflow.Approved, Emergency: true, Reason: reason})
}

func submitAgree(ctx context.Context, a *App, s submission) modalAnswer {
	return a.decideAlone(ctx, s, bot.Action{Verdict: workflow.Approved, Emergency: true, AgreesTo: s.AgreesTo})
}

// emergencyAsked says who wants it patched in a freeze, why, and how many more must agree.
func emergencyAsked(r bot.Request) string {
	return fmt.Sprintf("🚨 *Emergency asked for by %s*, %s: %s\n%s.", people(workflow.Decision{Approvals: r.Emergency.Approvals}), day(r.Emergency.Asked().At),
		escaped(r.Emergency.Reason, bot.ReasonLength), othersMust(r.EmergencyLeft()))
}

// emergencyText is what a message says of an emergency; empty where there is none.
func emergencyText(r bot.Request) string {
	switch {
	case r.EmergencyPending():
		return emergencyAsked(r)
	case r.Decision != nil && r.Decision.Emergency:
		return "🚨 *Emergency*, in spite of a freeze: " + escaped(r.Decision.Reason, bot.ReasonLength)
	}
	return ""
}

// emergencyLine tells that somebody asked for an emergency, or agreed, and who must, too.
func emergencyLine(r bot.Request) string {
	if !r.EmergencyPending() { // it was decided since
		return "An emergency was asked for."
	}
	return emergencyAsked(r) + " " + howToAgree(r) + "\n" + whoDecides([]bot.Request{r})
}

// howToAgree says where somebody agrees to an emergency: a digest has no button for one of its requests.
func howToAgree(r bot.Request) string {
	if r.Digest != "" {
		return codeOf(SlashCommand+" "+emergencyName+" "+r.Instance.ID, 80) + " opens a window to agree."
	}
	return "“Agree to emergency…” stands in the message."
}

// rowEmergency marks an emergency in one line of a digest.
func rowEmergency(r bot.Request, room lineRoom) string {
	if !r.EmergencyPending() || !room.times {
		return ""
	}
	return " · 🚨 emergency asked for by " + person(r.Emergency.Asked().By)
}

// emergencyAlone tells somebody that they do not count twice.
func emergencyAlone(r bot.Request) string {
	return "You want this emergency already; " + othersMust(r.EmergencyLeft()) + "."
}

func withEmergency(text []string, r bot.Request) []string {
	if emergency := emergencyText(r); emergency != "" {
		text = append(text, emergency)
	}
	return text
}

// rowDecided is what was decided in one line of a digest.
func rowDecided(r bot.Request) string {
	if r.Decision == nil {
		return wording.Verb(workflow.Approved)
	}
	return wording.DecidedAs(*r.Decision)
}

// idAndWhoAsked names an instance and who wants it patched in a freeze.
func idAndWhoAsked(r bot.Request) string {
	return codeOf(r.Instance.ID, 40) + " by " + person(r.Emergency.Asked().By)
}
