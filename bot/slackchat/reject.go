package slackchat

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// The modals in which somebody rejects one request, or all of a digest.
const (
	modalReject    = "reject"
	modalRejectAll = "reject_all"
)

func rejectButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Status != bot.StatusAsked {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonReject, r.ID, plainText("Reject…", limit.ButtonText)).WithStyle(slack.StyleDanger)
}

// openReject opens the modal. Where nothing is to be decided any more, the rejection is tried at
// once, so that the person is told why not and the try is recorded.
func openReject(ctx context.Context, a *App, c click) string {
	if c.Request.Status != bot.StatusAsked {
		return a.decide(ctx, c, bot.Action{Verdict: workflow.Rejected})
	}
	return a.openModal(ctx, c, rejectView(c)).Text
}

func rejectView(c click) slack.ModalViewRequest {
	r := c.Request
	text := fmt.Sprintf("Nothing is installed on %s.\n%s", nameAndID(r), askedAgain(r))
	return digestModal(aboutAlone(c), modalReject, "Leave it unpatched?", "Reject", append([]slack.Block{section(text)}, reasonInputs("Reason")...)...)
}

// aboutAlone is a click about one request, as a modal of a message keeps it.
func aboutAlone(c click) digestClick {
	return digestClick{click: c, Message: bot.Message{Place: c.Request.Place, Requests: []bot.Request{c.Request}}}
}

// submitReject rejects the one request of a modal. Message and thread say it all when it went well.
func submitReject(ctx context.Context, a *App, s submission) modalAnswer {
	reason, mistakes := s.reason()
	if mistakes != nil {
		return modalAnswer{Errors: mistakes}
	}
	return a.decideAlone(ctx, s, bot.Action{Verdict: workflow.Rejected, Reason: reason})
}

// decideAlone decides about the one request of a modal, which closes where all went well.
func (a *App) decideAlone(ctx context.Context, s submission, action bot.Action) modalAnswer {
	all := a.decideAll(ctx, s.Message.Requests, s.actor(), action)
	switch why := notDecided(all[0]); {
	case why != "":
		return modalAnswer{View: closingView(why)}
	case all[0].Undelivered():
		return modalAnswer{View: closingView(answerNotDelivered)}
	}
	return modalAnswer{}
}

func rejectAllButton(m bot.Message) *slack.ButtonBlockElement {
	if len(undecidedOf(m.Requests)) == 0 {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonRejectAll, digestValue(m), plainText("Reject all…", limit.ButtonText)).WithStyle(slack.StyleDanger)
}

func openRejectAll(ctx context.Context, a *App, c digestClick) reply {
	if len(undecidedOf(c.Message.Requests)) == 0 {
		return reply{Text: nothingLeft(c.Message)}
	}
	return a.openModal(ctx, c.click, rejectAllView(c))
}

// nothingLeft tells whoever comes second that all is decided, and how it stands.
func nothingLeft(m bot.Message) string {
	return "Nothing in this message waits for a decision any more: " + standings(m.Requests)
}

func rejectAllView(c digestClick) slack.ModalViewRequest {
	undecided := undecidedOf(c.Message.Requests)
	text := fmt.Sprintf("Nothing is installed on %s: %s.", instances(undecided), joined(undecided, textNames, nameAndID))
	return digestModal(c, modalRejectAll, "Reject "+instances(undecided), "Reject all",
		append([]slack.Block{section(text + "\n" + askedAgain(undecided[0]))}, reasonInputs("Reason")...)...)
}

// digestModal is a modal about the requests of a message.
func digestModal(c digestClick, id, title, submit string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: id, PrivateMetadata: c.about(),
		Title: plainText(title, limit.ModalCaption), Submit: plainText(submit, limit.ModalCaption), Close: plainText("Not now", limit.ModalCaption),
		Blocks: slack.Blocks{BlockSet: blocks}}
}

func submitRejectAll(ctx context.Context, a *App, s submission) modalAnswer {
	reason, mistakes := s.reason()
	if mistakes != nil {
		return modalAnswer{Errors: mistakes}
	}
	return modalAnswer{View: closingView(a.decideDigest(ctx, s.digestClick, bot.Action{Verdict: workflow.Rejected, Reason: reason}))}
}
