package slackchat

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// The ids of the inputs for a reason, and of their blocks.
const (
	inputUsual  = "usual_reason" // one of usualReasons
	inputReason = "reason"       // in the person's own words
)

// usualReason is a reason that many rejections have.
type usualReason struct {
	ID    string // the option's value
	Label string
}

// otherReason leaves it to what is typed; a menu that was used once cannot be emptied again.
const otherReason = "other"

// usualReasons is the table of the reasons to choose from. Both inputs may be left empty.
func usualReasons() []usualReason {
	return []usualReason{
		{"release", "Release or freeze"},
		{"hours", "Not in working hours"},
		{"replaced", "Being replaced soon"},
		{"myself", "I patch it myself"},
		{"owner", "Wrong owner"},
		{otherReason, "Another one, as typed below"},
	}
}

// reasonInputs take a reason: one of the usual ones, words of one's own, or both.
func reasonInputs(label string) []slack.Block {
	var options []*slack.OptionBlockObject
	for _, u := range usualReasons() {
		options = append(options, slack.NewOptionBlockObject(u.ID, plainText(u.Label, limit.OptionText), nil))
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText("Choose, or leave empty", limit.Placeholder), inputUsual, options...)
	typed := slack.NewPlainTextInputBlockElement(nil, inputReason).WithMultiline(true).WithMaxLength(bot.ReasonLength)
	return []slack.Block{
		slack.NewInputBlock(inputUsual, plainText(label, limit.Label), nil, menu).WithOptional(true),
		slack.NewInputBlock(inputReason, plainText("In your own words", limit.Label), plainText("A reason is shown in the thread.", limit.Label), typed).WithOptional(true),
	}
}

// reason is the reason that was chosen and typed, e.g. "Release or freeze: until Monday", and what
// is wrong with it, by block.
func (s submission) reason() (reason string, mistakes map[string]string) {
	chosen, typed := s.State.of(inputUsual).Option.Value, s.State.of(inputReason).Value
	var parts []string
	if chosen != "" && chosen != otherReason {
		all := usualReasons()
		i := slices.IndexFunc(all, func(u usualReason) bool { return u.ID == chosen })
		if i < 0 {
			return "", map[string]string{inputUsual: "Choose one of these."}
		}
		parts = append(parts, all[i].Label)
	}
	if strings.TrimSpace(typed) != "" {
		parts = append(parts, typed)
	}
	reason = strings.Join(parts, ": ")
	if over := utf8.RuneCountInString(reason) - bot.ReasonLength; over > 0 {
		return "", map[string]string{inputReason: fmt.Sprintf("I keep at most %d characters, a chosen reason included; these are %d more.", bot.ReasonLength, over)}
	}
	return reason, nil
}

// reasonBlock is the block in which something is entered that is no reason's place.
func (s submission) reasonBlock() string {
	if chosen := s.State.of(inputUsual).Option.Value; chosen != "" && chosen != otherReason {
		return inputUsual
	}
	return inputReason
}
