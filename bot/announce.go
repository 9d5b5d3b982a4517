package bot

import (
	"context"
	"fmt"

	"github.com/patchbot/patchbot/workflow"
)

// UntoldError says that tags could not be told of which stand in the signals alone.
type UntoldError struct {
	From int // the place of the first such signal: it and those after it need another delivery
	Err  error
}

func (e *UntoldError) Error() string { return fmt.Sprintf("tell of tags: %v", e.Err) }

func (e *UntoldError) Unwrap() error { return e.Err }

// hear takes note of what the signals say, and tells of tags, unless something is in the way
// already. It returns an *UntoldError when that did not work: the channel is shown all the same.
func (w *writer) hear(ctx context.Context, signals []Signal, inTheWay error) error {
	var untold error
	for i, s := range signals {
		if s.Escalates {
			w.escalating = append(w.escalating, s.Request)
		} else if s.Request != "" {
			w.hints = append(w.hints, s.Request)
		}
		if s.Tags == nil || untold != nil {
			continue
		}
		err := inTheWay
		if err == nil {
			err = w.announce(ctx, *s.Tags)
		}
		if err != nil {
			untold = &UntoldError{From: i, Err: err}
		}
	}
	return untold
}

// announce tells of tags. What the chat will never take is left out: a refusal that does not pass
// must not keep the channel from everything else.
func (w *writer) announce(ctx context.Context, tags workflow.TagChange) error {
	for {
		if err := w.beforePost(ctx); err != nil {
			return err
		}
		err := w.Chat.AnnounceTags(ctx, w.channel, tags)
		w.called()
		if err == nil || ctx.Err() != nil {
			return err
		}
		refused := refusedBy(err)
		w.report(countMetric(MetricChatErrors))
		w.Log.Error("the chat did not take an announcement of tags", "channel", w.channel, "instance", tags.InstanceID, "remedy", refused.Remedy, "error", err)
		switch refused.Remedy {
		case RemedyHold:
			if err := w.hold(ctx, refused.After); err != nil {
				return err
			}
		case RemedyLater:
			return err
		case RemedyElsewhere, RemedyAnew, RemedyNever, RemedyDrop:
			return nil
		}
	}
}
