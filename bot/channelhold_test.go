package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestRetryAfterHoldsTheChannelAndNoOther(t *testing.T) {
	for name, within := range map[string]time.Duration{"with time to wait": time.Hour, "with less time than that": 25 * time.Second} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				limited := true
				d.fail = func(act string) error {
					if act == "post C1" && limited {
						limited = false
						return &bot.ChatError{Remedy: bot.RemedyHold, After: 40 * time.Second, Err: errors.New("429")}
					}
					return nil
				}
				d.ask("a", "C1", "i-1")
				d.ask("b", "C1", "i-2")
				d.ask("c", "C2", "i-3")
				for range 10 {
					for _, channel := range []string{"C1", "C2"} {
						ctx, cancel := context.WithTimeout(t.Context(), within)
						require.NoError(t, d.ServeChannel(ctx, channel))
						cancel()
					}
					time.Sleep(10 * time.Second) // simulated
				}
				posts := withoutTimes(d.of("post"))
				require.ElementsMatch(t, []string{"post C1 i-1", "post C1 i-2", "post C2 i-3"}, posts)
				for _, act := range d.of("post") {
					at, err := time.ParseDuration(strings.Fields(act)[0])
					require.NoError(t, err)
					if strings.Contains(act, "C1") {
						require.GreaterOrEqual(t, at, 45*time.Second, act)
					}
				}
			})
		})
	}
}

func TestAllChannelsTogetherKeepToTheWorkspacesLimits(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.Pace.Window, d.Pace.PostsInWindow, d.Pace.EditsInWindow, d.Pace.ProgressIn = 10*time.Second, 100, 7, 4
		channels := names(1, 20)
		for n, channel := range channels {
			d.ask(fmt.Sprint("owner", n), channel, fmt.Sprint("i-", n))
		}
		serveAll := func() {
			var work sync.WaitGroup
			for _, channel := range channels {
				work.Go(func() { assert.NoError(t, d.ServeChannel(t.Context(), channel)) })
			}
			work.Wait()
		}
		serveAll()
		require.Len(t, d.of("post"), 20)
		for n := range channels {
			d.approves(fmt.Sprint("i-", n))
		}
		serveAll()
		require.Len(t, d.of("edit"), 20)
		perWindow := map[int]int{}
		for _, act := range d.of("edit") {
			at, err := time.ParseDuration(strings.Fields(act)[0])
			require.NoError(t, err)
			perWindow[int(d.start.Add(at).Unix()/10)]++
		}
		for _, n := range perWindow {
			require.LessOrEqual(t, n, 7)
		}
	})
}

func TestASignalThatIsLostIsMadeUpForByTheSweep(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.Channels = deaf{}
		d.ask("payments", "C1", "i-1", "i-2")
		d.Channels = d.q
		require.NoError(t, d.Sweep(t.Context()))
		d.serve()
		require.Equal(t, []string{"post C1 i-1 i-2"}, withoutTimes(d.acts))
		require.NoError(t, d.Sweep(t.Context()))
		require.Empty(t, d.q.signals, "there is nothing more to see")
	})
}

// deaf is a queue that takes nothing.
type deaf struct{}

func (deaf) Signal(context.Context, bot.Signal) error { return errors.New("QueueDoesNotExist") }

func TestADigestWhoseMessageIsGoneIsPostedAnewOnce(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", "i-1", "i-2", "i-3")
		d.serve()
		d.gone[d.request("i-1").Place] = true
		d.acts = nil
		d.approves("i-1")
		d.serve()
		require.Len(t, d.of("post"), 2, "what waits for a decision, and what does not")
		require.Len(t, d.of("line"), 1)
		require.Equal(t, d.request("i-2").Place, d.request("i-3").Place)
		for _, id := range names(1, 3) {
			require.False(t, d.gone[d.request(strings.Replace(id, "0", "", 1)).Place])
		}
		require.Empty(t, unshown(d))
	})
}

func TestADigestWhoseChannelTakesNothingMovesToTheDefault(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.fail = func(act string) error {
			if strings.HasSuffix(act, "C1") {
				return &bot.ChatError{Remedy: bot.RemedyElsewhere, Err: errors.New("is_archived")}
			}
			return nil
		}
		d.ask("payments", "C1", "i-1", "i-2")
		d.serve()
		require.Equal(t, []string{"post C0 i-1 i-2"}, withoutTimes(d.acts))
		require.Empty(t, unshown(d))
	})
}

func TestWhoeverTheChatCannotReachIsMailedOnce(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := &mailbox{}
		d.Emails = mails
		d.fail = func(string) error {
			return &bot.ChatError{Remedy: bot.RemedyNever, After: time.Minute, Err: errors.New("token_revoked")}
		}
		d.ask("payments", "C1", "i-1")
		require.NoError(t, d.ServeChannel(t.Context(), "C1"))
		require.Empty(t, mails.sent, "what else there is to tell goes into the same mail")
		for range 3 {
			require.NoError(t, d.Sweep(t.Context()))
			require.Equal(t, [][]string{{"i-1"}}, mails.instances())
			time.Sleep(2 * time.Minute) // simulated
			require.NoError(t, d.ServeChannel(t.Context(), "C1"))
		}
	})
}
