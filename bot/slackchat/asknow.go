package slackchat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
)

func askNowCommand() Command {
	return Command{
		Name:     "request",
		Usage:    "i-… | name",
		Help:     "Has an instance looked at now: its owner is asked, again if need be, when something is missing.",
		Who:      "whoever may decide the instance's newest request; of an instance without any, the members of the platform channel",
		Examples: []string{"/patch request i-0933335a5598d1c2e", "/patch request web-1"},
		run:      saying(askNow),
	}
}

// What people are told for whom no instance is looked at, or perhaps not.
const (
	answerCannotAsk   = "I am not set up to ask when somebody wishes it. Your platform team mends it with the setting `PATCHBOT_STATE_MACHINE_ARN`."
	answerAskNotKnown = "I could not confirm that I look at it. Please try again in a minute: it is asked about once."
)

// askNow answers /patch request.
func askNow(ctx context.Context, a *App, c invocation) (string, error) {
	id, expected, err := a.oneInstance(ctx, c)
	if expected != "" || err != nil {
		return expected, err
	}
	requests, err := a.Bot.Store.ByInstance(ctx, id, 5)
	if err != nil {
		return "", fmt.Errorf("list requests of %s: %w", id, err)
	}
	newest := bot.Request{Instance: bot.Instance{ID: id, Name: id}}
	if len(requests) > 0 {
		newest = theOneThatCounts(requests)
	}
	why, err := a.Bot.AskNow(ctx, newest, c.actor())
	switch {
	case errors.Is(err, bot.ErrCannotAsk):
		return answerCannotAsk, nil
	case err != nil:
		a.Log.Error("could not have an instance looked at", "instance", id, "user", c.User, "error", err)
		return answerAskNotKnown, nil
	case why == "":
		return askedNow(newest), nil
	case why == bot.RefusedAlreadyOpen:
		return a.openAlready(ctx, newest)
	}
	return a.mayNotAsk(ctx, c, newest, why), nil
}

// askedNow says what happens next.
func askedNow(newest bot.Request) string {
	asked := "its owner is asked"
	if channel := newest.Place.Channel; channel != "" && !strings.HasPrefix(channel, "D") {
		asked += " in <#" + escaped(channel, 80) + ">"
	}
	return fmt.Sprintf("I look at %s now. If something is missing, %s. If nothing is, or its tag `patch-policy` does not put it into my care, nobody is.", nameAndID(newest), asked)
}

func (a *App) openAlready(ctx context.Context, open bot.Request) (string, error) {
	text := refusal(open, bot.RefusedAlreadyOpen)
	r, err := a.Bot.Placed(ctx, open)
	if err != nil {
		return "", err
	}
	if link := a.messageLink(ctx, r.Place); link != "" {
		text += fmt.Sprintf(" <%s|Open the message>", link)
	}
	return text, nil
}

// mayNotAsk says why not, and nothing of a request that the person does not see.
func (a *App) mayNotAsk(ctx context.Context, c invocation, newest bot.Request, why bot.Refusal) string {
	switch {
	case newest.ID == "" && (why == bot.RefusedNotApprover || why == bot.RefusedOutsider):
		return fmt.Sprintf("%s Only members of <#%s> can have it looked at, and no guests.", noRequestFor(newest.Instance.ID),
			escaped(cmp.Or(a.Bot.PlatformChannel, a.Bot.DefaultChannel), 80))
	case newest.ID != "" && len(a.visibleTo(ctx, c, []bot.Request{newest})) == 0:
		return noRequestFor(newest.Instance.ID)
	}
	return refusal(newest, why)
}

// asksAgain says how somebody has an instance asked about again whose question has ended.
func asksAgain(r bot.Request) string {
	if r.Rehearsal || r.OutOfCare() || !slices.Contains([]bot.Status{bot.StatusRejected, bot.StatusExpired, bot.StatusNotStarted}, r.Status) {
		return ""
	}
	return codeOf(SlashCommand+" request "+r.Instance.ID, 80) + " asks again."
}
