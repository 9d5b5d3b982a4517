package slackchat

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

const answerTryNotKnown = "I could not confirm that this is tried again. Please click again in a minute: it is started once."

func tryAgainButton(r bot.Request) *slack.ButtonBlockElement {
	if !r.CanTryAgain() {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonTryAgain, r.ID, plainText("Try again", limit.ButtonText))
}

// tryAgain starts a new execution, which asks anew.
func tryAgain(ctx context.Context, a *App, c click) string {
	r, why, err := a.Bot.TryAgain(ctx, c.Request, c.actor())
	switch {
	case errors.Is(err, bot.ErrCannotAsk):
		return answerCannotAsk
	case err != nil:
		a.Log.Error("could not try a request again", "request", c.Request.ID, "user", c.User, "error", err)
		return answerTryNotKnown
	case why != "":
		return refusal(r, why)
	}
	return fmt.Sprintf("I look at %s now. If something is still missing, its owner is asked anew; “New question” in the message leads there.", nameAndID(r))
}

// newQuestionButton leads from a request that was tried again to the one that asks anew.
func newQuestionButton(r bot.Request) *slack.ButtonBlockElement {
	if r.TriedAgain == nil {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonNewQuestion, r.ID, plainText("New question", limit.ButtonText))
}

// openNewQuestion says where the new question stands, or why there is none.
func openNewQuestion(ctx context.Context, a *App, c click) string {
	if c.Request.TriedAgain == nil {
		return "This was not tried again."
	}
	r, err := a.Bot.Store.Get(ctx, c.Request.TriedAgain.Request)
	if errors.Is(err, bot.ErrNotFound) {
		return fmt.Sprintf("Nothing was asked anew about %s so far. I may still be looking; or nothing is missing any more, or Systems Manager does not reach it for a scan. %s looks again.",
			nameAndID(c.Request), codeOf(SlashCommand+" request "+c.Request.Instance.ID, 80))
	}
	if err == nil {
		r, err = a.Bot.Placed(ctx, r)
	}
	if err != nil {
		a.Log.Error("could not load the new question", "request", c.Request.TriedAgain.Request, "user", c.User, "error", err)
		return answerCommandFailed
	}
	text := fmt.Sprintf("*%s*", escapes.Replace(wording.Headline(r)))
	if link := a.messageLink(ctx, r.Place); link != "" {
		text += fmt.Sprintf(" <%s|Open the message>", link)
	}
	return text
}

// triedAgain says who has a request tried again; "" where nobody has.
func triedAgain(r bot.Request) string {
	if r.TriedAgain == nil {
		return ""
	}
	return fmt.Sprintf("Tried again by %s, %s.", person(r.TriedAgain.By), day(r.TriedAgain.At))
}

// triesAgain names the command that has a failed request tried again, for where there is no button.
func triesAgain(r bot.Request) string {
	if !r.CanTryAgain() {
		return ""
	}
	return fmt.Sprintf("%s asks again; %s says more.", codeOf(SlashCommand+" request "+r.Instance.ID, 80), codeOf(SlashCommand+" status "+r.Instance.ID, 80))
}
