package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// The errors by which the machine knows why nobody is asked. The cause of
// errorRequestAlreadyOpen is the ARN of the open request's execution, that of
// errorAskedBefore a sentence for whoever reads the execution.
const (
	errorRequestAlreadyOpen = "RequestAlreadyOpen"
	errorAskedBefore        = "AskedBefore"
)

// turnAway ends a new execution without asking anybody, because of an earlier request, and
// says why.
func (b *Bot) turnAway(ctx context.Context, n workflow.Notification, earlier Request, why Refusal) error {
	name, cause := b.cause(earlier, why)
	err := b.Tasks.FailTask(ctx, n.Token, name, cause)
	if err != nil && !errors.Is(err, workflow.ErrTaskGone) {
		return fmt.Errorf("turn away execution %s: %w", n.ExecutionARN, err)
	}
	now := b.Now()
	_, err = b.change(ctx, earlier.ID, func(r Request) Change {
		c := r.refuse(now, ActorWorkflow, n.Kind(), why)
		c.Audit[0].Execution = n.ExecutionARN
		return c
	})
	return err
}

// cause is the error, and its cause, with which a new execution is turned away.
func (b *Bot) cause(earlier Request, why Refusal) (name, cause string) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	if why == RefusedAlreadyOpen {
		return errorRequestAlreadyOpen, earlier.ExecutionARN
	}
	if why == RefusedOwnScan {
		return errorAskedBefore, fmt.Sprintf("the scan at the end of request %s, %s, has just been told", earlier.ID, stamp(earlier.EndedAt))
	}
	return errorAskedBefore, fmt.Sprintf(
		"request %s about the same patches ended as %s on %s; the owner is asked again when others are missing, or after %s",
		earlier.ID, earlier.Status, stamp(earlier.EndedAt), stamp(earlier.EndedAt.Add(b.AskAgainAfter)))
}
