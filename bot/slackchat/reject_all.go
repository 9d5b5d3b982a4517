package slackchat

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// The modal in which somebody rejects all of a digest.
const (
	modalRejectAll = "reject_all"

	// inputReason is the id of the input for a reason, and of its block.
	inputReason = "reason"
)

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
		section(text+"\n"+askedAgain(undecided[0])), reasonInput("Reason"))
}

// digestModal is a modal about the requests of a message.
func digestModal(c digestClick, id, title, submit string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: id, PrivateMetadata: c.about(),
		Title: plainText(title, limit.ModalCaption), Submit: plainText(submit, limit.ModalCaption), Close: plainText("Not now", limit.ModalCaption),
		Blocks: slack.Blocks{BlockSet: blocks}}
}

func reasonInput(label string) slack.Block {
	input := slack.NewPlainTextInputBlockElement(nil, inputReason).WithMultiline(true).WithMaxLength(bot.ReasonLength)
	return slack.NewInputBlock(inputReason, plainText(label, limit.Label), plainText("It is shown in the thread.", limit.Label), input).WithOptional(true)
}

// reason is what was typed as a reason, and what is wrong with it.
func (s submission) reason() (reason string, mistake map[string]string) {
	reason = s.State.of(inputReason).Value
	if utf8.RuneCountInString(reason) > bot.ReasonLength {
		return "", map[string]string{inputReason: fmt.Sprintf("I keep at most %d characters.", bot.ReasonLength)}
	}
	return reason, nil
}

func submitRejectAll(ctx context.Context, a *App, s submission) modalAnswer {
	reason, mistake := s.reason()
	if mistake != nil {
		return modalAnswer{Errors: mistake}
	}
	return modalAnswer{View: closingView(a.decideDigest(ctx, s.digestClick, bot.Action{Verdict: workflow.Rejected, Reason: reason}))}
}
