package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// tagsOf has the tags of instances change, which the default channel is to be told.
func tagsOf(d *desk, ids ...string) {
	for _, id := range ids {
		tags := workflow.TagChange{InstanceID: id, ChangedKeys: []string{"owner"}, Tags: map[string]string{workflow.PolicyTag: "x"}}
		require.NoError(d.t, d.Observe(d.t.Context(), workflow.Event{Detail: tags}))
	}
}

// TestTagsAreToldOnce has the chat refuse the second of three announcements some times, while a
// question waits in the same channel.
func TestTagsAreToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error
		times   int
		want    []string
	}{
		"when the chat asks to wait": {&bot.ChatError{Remedy: bot.RemedyHold, After: 40 * time.Second, Err: errors.New("429")}, 1,
			[]string{"tags C0 i-1", "tags C0 i-2", "tags C0 i-3"}},
		"when it passes": {errors.New("503"), 2, []string{"tags C0 i-1", "tags C0 i-2", "tags C0 i-3"}},
		"when the chat will never take it": {&bot.ChatError{Remedy: bot.RemedyNever, Err: errors.New("invalid_blocks")}, 1,
			[]string{"tags C0 i-1", "tags C0 i-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				refusals := 0
				d.fail = func(act string) error {
					if act == "tags C0" && countOf(d.acts, "tags C0 i-1") == 1 && refusals < c.times {
						refusals++
						return c.refusal
					}
					return nil
				}
				tagsOf(d, "i-1", "i-2", "i-3")
				d.ask("", "", "i-9")
				d.deliverUntilTold(d.q.signals)
				require.Equal(t, c.want, withoutTimes(d.of("tags")))
				require.Equal(t, 1, countOf(d.acts, "post C0 i-9"))
			})
		})
	}
}

// deliverUntilTold delivers signals again as the queue does, from the first that failed. The
// question in the channel never waits for them.
func (d *desk) deliverUntilTold(signals []bot.Signal) {
	for range 5 {
		err := d.ServeChannel(d.t.Context(), "C0", signals...)
		untold := new(bot.UntoldError)
		if !errors.As(err, &untold) {
			require.NoError(d.t, err)
			return
		}
		signals = signals[untold.From:]
		require.Equal(d.t, 1, countOf(d.acts, "post C0 i-9"))
	}
}

func countOf(acts []string, act string) (n int) {
	for _, a := range withoutTimes(acts) {
		if a == act {
			n++
		}
	}
	return n
}

// slowBoard is a board that takes its time for an edit.
type slowBoard struct{ *board }

func (b slowBoard) Update(ctx context.Context, m bot.Message) error {
	select {
	case <-time.After(2 * time.Second): // simulated
		return b.board.Update(ctx, m)
	case <-ctx.Done():
		return fmt.Errorf("edit: %w", ctx.Err())
	}
}

// TestTheEndOfTheTimeIsNoFailureOfTheChat cuts an edit off: nobody is blamed, and the writer wakes
// its successor.
func TestTheEndOfTheTimeIsNoFailureOfTheChat(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", "i-1")
		d.serve()
		d.approves("i-1")
		d.q.signals = nil
		d.Bot.Chat = slowBoard{d.board}
		var counted []string
		d.Measure = func(m bot.Metric) { counted = append(counted, m.Name) }
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		require.NoError(t, d.ServeChannel(ctx, "C1"))
		require.Len(t, d.q.signals, 1, "its successor")
		require.NotContains(t, counted, bot.MetricChatErrors)
		require.Zero(t, d.request("i-1").ChatAfter)
		d.serve()
		require.Empty(t, unshown(d))
	})
}
