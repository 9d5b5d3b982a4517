// Package workflow is the contract with the state machine "patch-approval": the
// events that start it, the notifications that it publishes, the decision that
// resumes it, and the machine itself, ready to be rendered and deployed.
package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// ErrTaskGone says that Step Functions no longer waits for a task token: it timed
// out, was already answered, or its execution has ended. Trying again cannot help.
var ErrTaskGone = errors.New("the execution no longer waits for this task")

// Token is a Step Functions task token, 1 to 2,048 characters. Whoever holds it can
// resume the execution, so it prints and logs as a placeholder; only JSON, which is
// how it reaches the store, carries its value.
type Token string

// String hides the token.
func (Token) String() string { return "[task token]" }

// GoString hides the token from %#v.
func (Token) GoString() string { return "[task token]" }

// LogValue hides the token from slog.
func (Token) LogValue() slog.Value { return slog.StringValue("[task token]") }

// Reveal returns the token itself, for the one call that sends it to Step Functions.
func (t Token) Reveal() string { return string(t) }

// Partition returns the partition of an ARN, e.g. "aws", "aws-us-gov" or "aws-cn", "" when it
// has none.
func Partition(arn string) string { return arnPart(arn, 1) }

// Region returns the Region of an ARN such as
// arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1, "" when it has none.
func Region(arn string) string { return arnPart(arn, 3) }

// Account returns the account id of an ARN, "" when it has none.
func Account(arn string) string { return arnPart(arn, 4) }

func arnPart(arn string, i int) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[i]
}

// decodeStrict reads exactly one JSON value into v and refuses fields that v lacks.
func decodeStrict(data []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}
