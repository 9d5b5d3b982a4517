package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Observe takes one EventBridge event. Tags that say who decides are told to a channel. Events
// about what no request waits for are ignored, but for an execution that failed before anybody
// was asked: that is told. A nil error means that it needs no second delivery.
func (b *Bot) Observe(ctx context.Context, e workflow.Event) error {
	if tags, ok := e.Detail.(workflow.TagChange); ok {
		return b.observeTags(ctx, tags)
	}
	r, err := b.concerned(ctx, e.Detail)
	if err == nil {
		now := b.Now()
		_, err = b.change(ctx, r.ID, func(r Request) Change { return Observe(r, e.Detail, now) })
	}
	if errors.Is(err, ErrNotFound) {
		err = b.observeUnknown(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("event about %s: %w", e.Detail.Subject(), err)
	}
	return nil
}

// concerned finds the request that an event is about.
func (b *Bot) concerned(ctx context.Context, d workflow.EventDetail) (Request, error) {
	if execution, ok := d.(workflow.ExecutionStatus); ok {
		if id, ok := b.rollBackOf(execution.ExecutionARN); ok {
			return b.Store.Get(ctx, id)
		}
		return b.life(ctx, execution.ExecutionARN)
	}
	return b.Store.WaitingFor(ctx, d.Subject())
}

// observeUnknown tells of an execution that failed without having said so itself, as when
// what it carried grew beyond what Step Functions allows. Everything else is somebody else's.
func (b *Bot) observeUnknown(ctx context.Context, e workflow.Event) error {
	d, ok := e.Detail.(workflow.ExecutionStatus)
	if _, back := b.rollBackOf(d.ExecutionARN); !ok || back || d.Status != "FAILED" && d.Status != "TIMED_OUT" || d.InstanceID() == "" {
		b.Log.Info("an event about no request", "subject", e.Detail.Subject())
		return nil
	}
	c := Apply(Request{}, failedUnheard(d, e.Time), b.Now())
	c.Request.Latest = Step{} // should the machine's own word come after all, it says more
	if err := b.saveNew(ctx, c, nil); !errors.Is(err, ErrConflict) {
		return err
	}
	return nil // its own word came in the meantime
}

// failedUnheard is what the machine would have said, had it come to it.
func failedUnheard(d workflow.ExecutionStatus, at time.Time) workflow.Notification {
	if stopped := d.StoppedAt(); !stopped.IsZero() {
		at = stopped
	}
	return workflow.Notification{ExecutionARN: d.ExecutionARN, InstanceID: d.InstanceID(), OccurredAt: at,
		Detail: workflow.WorkflowFailed{Error: cmp.Or(d.Error, d.Status), Cause: d.Cause}}
}

// observeTags tells the platform team that tags changed which say who decides, or whether
// anything is patched at all.
func (b *Bot) observeTags(ctx context.Context, c workflow.TagChange) error {
	if !c.InCare() {
		return nil
	}
	channel := cmp.Or(b.PlatformChannel, b.DefaultChannel)
	if err := b.Channels.Signal(ctx, Signal{Channel: channel, Tags: &c}); err != nil {
		return fmt.Errorf("have channel %s told of tags of %s: %w", channel, c.InstanceID, err)
	}
	return nil
}
