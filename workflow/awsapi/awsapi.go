// Package awsapi talks to AWS for the bot: it answers task tokens, asks how commands,
// snapshots and executions stand, and publishes emails. Each type wraps a client of the
// AWS SDK, of which it declares the calls that it makes.
package awsapi

import (
	"errors"

	"github.com/aws/smithy-go"
)

// code is AWS's name of an error, e.g. "TaskTimedOut"; "" when AWS gave no answer.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// cut shortens text to at most limit characters.
func cut(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit])
	}
	return text
}
