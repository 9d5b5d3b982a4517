package slackchat

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// slackPause is how long a request leaves Slack alone after an error that names no time,
// and operatorPause after one that only an operator can mend.
const (
	slackPause    = 30 * time.Second
	operatorPause = 5 * time.Minute
)

// Families of Slack's error codes, by what can be done about them. New codes appear all the time:
// whatever is of no family counts as the channel's, which a look at another channel finds out.
var (
	// The message cannot be changed any more: post it anew.
	messageErrors = regexp.MustCompile(`^(message_not_found|cant_update_message|edit_window_closed|thread_not_found)$`)
	// Slack does not know us any more, or not for this: an operator has to look.
	operatorErrors = regexp.MustCompile(`auth|token|account|scope|login|two_factor|^accesslimited$`)
	// Slack will never take this content.
	contentErrors = regexp.MustCompile(`^invalid_|_too_long$|^too_many_|^no_text$`)
	// Trying again later may heal these.
	passingErrors = regexp.MustCompile(`_error$|unavailable|timeout|migrating|_failed$|_limit_exceeded$|^team_added_to_org$`)
	// There is no such person, or not any more.
	userGone = regexp.MustCompile(`^users?_not_(found|visible)$`)
	// Slack has had enough for now.
	pacingErrors = regexp.MustCompile(`^rate_?limited$`)
	// The click that was to open a modal is too old, or has opened one.
	triggerErrors = regexp.MustCompile(`trigger`)
	// The modal was closed, or has changed since somebody used it.
	goneViewErrors = regexp.MustCompile(`^(view_)?not_found$|^hash_conflict$`)
)

const codeMessageGone = "message_not_found"

// onlyReply reports whether a code says that the channel takes messages, but this thread no
// reply.
func onlyReply(code string) bool {
	return code == "cannot_reply_to_message" || strings.Contains(code, "thread") && code != "thread_not_found"
}

// codeIn is Slack's error code, "" when Slack gave none.
func codeIn(err error) string {
	var response slack.SlackErrorResponse
	if errors.As(err, &response) {
		return response.Err
	}
	return ""
}

// refused says what can be done about an error of a message or a line.
func refused(err error) *bot.ChatError {
	var limited *slack.RateLimitedError
	code := codeIn(err)
	switch {
	case errors.As(err, &limited):
		return &bot.ChatError{Remedy: bot.RemedyHold, After: limited.RetryAfter, Code: code, Err: err}
	case pacingErrors.MatchString(code):
		return &bot.ChatError{Remedy: bot.RemedyHold, After: slackPause, Code: code, Err: err}
	case code == "", passingErrors.MatchString(code):
		return &bot.ChatError{Remedy: bot.RemedyLater, After: slackPause, Code: code, Err: err}
	case messageErrors.MatchString(code):
		return &bot.ChatError{Remedy: bot.RemedyAnew, Code: code, Err: err}
	case operatorErrors.MatchString(code), contentErrors.MatchString(code):
		return &bot.ChatError{Remedy: bot.RemedyNever, After: operatorPause, Code: code, Err: err}
	}
	return &bot.ChatError{Remedy: bot.RemedyElsewhere, After: operatorPause, Code: code, Err: err}
}

// refusedPost is refused for a message that is new, and so cannot be posted anew.
func refusedPost(err error) error {
	if err == nil {
		return nil
	}
	refusal := refused(err)
	if refusal.Remedy == bot.RemedyAnew {
		refusal.Remedy, refusal.After = bot.RemedyLater, slackPause
	}
	return refusal
}

func refusedUpdate(err error) error {
	if err == nil {
		return nil
	}
	return refused(err)
}

// refusedLine is refused for a line, which can be left out.
func refusedLine(err error) error {
	if err == nil {
		return nil
	}
	refusal := refused(err)
	if code := codeIn(err); contentErrors.MatchString(code) && !operatorErrors.MatchString(code) || onlyReply(code) {
		refusal.Remedy = bot.RemedyDrop
	}
	return refusal
}
