package slackchat

import (
	"errors"
	"slices"
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

// Slack's error codes, by what can be done about them. New ones appear all the time: whatever
// is not listed counts as the channel's, which a look at another channel finds out.
var (
	// The message cannot be changed any more: post it anew.
	messageErrors = []string{codeMessageGone, "cant_update_message", "edit_window_closed", "thread_not_found"}
	// Slack will never take this content.
	contentErrors = []string{"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments"}
	// Slack does not know us any more, or not for this: an operator has to look.
	operatorErrors = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
		"missing_scope", "not_allowed_token_type", "org_login_required", "accesslimited", "two_factor_setup_required"}
	// Trying again later may heal these.
	passingErrors = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout",
		"team_added_to_org", "update_failed", "external_channel_migrating", "message_limit_exceeded"}
	// The click that was to open a modal is too old, or has opened one.
	triggerErrors = []string{"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"}
	// The modal was closed, or has changed since somebody used it.
	goneViewErrors = []string{"not_found", "view_not_found", "hash_conflict"}
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
		return &bot.ChatError{Remedy: bot.RemedyHold, After: limited.RetryAfter, Err: err}
	case code == "ratelimited", code == "rate_limited":
		return &bot.ChatError{Remedy: bot.RemedyHold, After: slackPause, Err: err}
	case code == "", slices.Contains(passingErrors, code):
		return &bot.ChatError{Remedy: bot.RemedyLater, After: slackPause, Err: err}
	case slices.Contains(messageErrors, code):
		return &bot.ChatError{Remedy: bot.RemedyAnew, Err: err}
	case slices.Contains(operatorErrors, code), slices.Contains(contentErrors, code):
		return &bot.ChatError{Remedy: bot.RemedyNever, After: operatorPause, Err: err}
	}
	return &bot.ChatError{Remedy: bot.RemedyElsewhere, After: operatorPause, Err: err}
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
	if code := codeIn(err); slices.Contains(contentErrors, code) || onlyReply(code) {
		refusal.Remedy = bot.RemedyDrop
	}
	return refusal
}
