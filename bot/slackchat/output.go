package slackchat

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

// modalOutput shows what the install command printed. It decides nothing.
const modalOutput = "output"

// outputButton is offered once the install command has ended.
func outputButton(r bot.Request) *slack.ButtonBlockElement {
	if r.Install.FinishedAt.IsZero() {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonOutput, r.ID, plainText("Show output", limit.ButtonText))
}

func openOutput(ctx context.Context, a *App, c click) string {
	return a.openModal(ctx, c, outputView(aboutAlone(c))).Text
}

// outputView shows the last lines of the output as they are, without any markup, and leads to the whole.
func outputView(c digestClick) slack.ModalViewRequest {
	r := c.Message.Requests[0]
	blocks := []slack.Block{section(strings.Join([]string{"*" + name(r) + "*  " + identity(r), outputEnd(r)}, "\n"))}
	if r.Install.Output != "" {
		blocks = append(blocks, slack.NewRichTextBlock("", &slack.RichTextPreformatted{
			Type:     slack.RTEPreformatted,
			Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(r.Install.Output, nil)},
		}))
	}
	blocks = append(blocks, contextBlock(outputKept(r)))
	if links := consoleLinks(r); links != "" {
		blocks = append(blocks, section(links))
	}
	title := "Output of the install"
	if r.Rehearsal {
		title = "Output of the scan"
	}
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: modalOutput, PrivateMetadata: c.about(),
		Title: plainText(title, limit.ModalCaption), Close: plainText("Close", limit.ModalCaption), Blocks: slack.Blocks{BlockSet: blocks}}
}

// outputEnd says how the command ended, with its exit code.
func outputEnd(r bot.Request) string {
	end := escaped(r.Install.Status, 40)
	if r.Install.Details != "" && r.Install.Details != r.Install.Status {
		end += ": " + escaped(r.Install.Details, 80)
	}
	return fmt.Sprintf("Command %s ended with %s, exit code %d, after %s.", codeOf(r.Install.CommandID, 80), end, r.Install.ResponseCode,
		wording.Span(max(0, r.Install.FinishedAt.Sub(r.Install.StartedAt))))
}

// outputKept says how much of the output this is.
func outputKept(r bot.Request) string {
	switch {
	case r.Install.Output == "":
		return "The command printed nothing that Systems Manager tells."
	case r.Install.OutputCut:
		return "Systems Manager tells only the beginning of each stream, 2,500 characters in all; the errors come last."
	}
	return "This is all that the command printed; the errors come last."
}
