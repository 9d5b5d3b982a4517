package local_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// brokenCall is the one call of a store that fails, counted since it was armed: nothing was
// done, or it was done and the answer is lost.
type brokenCall struct {
	armed    atomic.Bool
	calls    atomic.Int32
	at       int32
	answered bool // whether it was done
}

// breaking is a store with a broken call.
type breaking struct {
	bot.Store
	broken *brokenCall
}

var errBroken = errors.New("ServiceUnavailable")

// try does a call, unless it is the broken one.
func (b *brokenCall) try(do func() error) error {
	if !b.armed.Load() || b.calls.Add(1) != b.at {
		return do()
	}
	if b.answered {
		_ = do() // nobody hears how it went
	}
	return errBroken
}

func (s breaking) Get(ctx context.Context, id string) (r bot.Request, err error) {
	err = s.broken.try(func() (err error) { r, err = s.Store.Get(ctx, id); return err })
	return r, err
}

func (s breaking) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (saved bot.Request, err error) {
	err = s.broken.try(func() (err error) { saved, err = s.Store.Save(ctx, r, audit...); return err })
	return saved, err
}

func (s breaking) Turns(ctx context.Context, group string) (t bot.Turns, err error) {
	err = s.broken.try(func() (err error) { t, err = s.Store.Turns(ctx, group); return err })
	return t, err
}

func (s breaking) SaveTurns(ctx context.Context, t bot.Turns) (saved bot.Turns, err error) {
	err = s.broken.try(func() (err error) { saved, err = s.Store.SaveTurns(ctx, t); return err })
	return saved, err
}

// TestAStoreThatFailsAtAnyCallLosesNoTurn breaks each call in turn: of three instances, one at a
// time, the first fails, and the rest is held and then goes on, or is stopped. The four ways to
// break it share the calls among them, every second one unless the test has its full size.
func TestAStoreThatFailsAtAnyCallLosesNoTurn(t *testing.T) {
	for name, c := range map[string]struct {
		button   string
		want     bot.Status
		answered bool
		from     int32
	}{
		"nothing is done, and the rest goes on":       {slackchat.ButtonGoOn, bot.StatusCompliant, false, 1},
		"the answer is lost, and the rest goes on":    {slackchat.ButtonGoOn, bot.StatusCompliant, true, 3},
		"nothing is done, and the rest is stopped":    {slackchat.ButtonStopRest, bot.StatusStopped, false, 2},
		"the answer is lost, and the rest is stopped": {slackchat.ButtonStopRest, bot.StatusStopped, true, 4},
	} {
		t.Run(name, func(t *testing.T) {
			most, step := int32(1<<30), int32(8)
			if *fullSize {
				step = 4
			}
			for at := c.from; at <= most; at += step {
				broken := &brokenCall{at: at, answered: c.answered}
				config := local.Config{Requests: func(s bot.Store) bot.Store { return breaking{s, broken} }}
				simulated(t, config, func(t *testing.T, w *system) { w.heldAndAnswered(broken, c.button, c.want) })
				if t.Failed() {
					t.Fatalf("the broken call was number %d", at)
				}
				most = broken.calls.Load()
			}
		})
	}
}

// heldAndAnswered is that story.
func (w *system) heldAndAnswered(broken *brokenCall, button string, want bot.Status) {
	w.t.Helper()
	w.Bot.TurnLimit = atOnce(w.t, "1", 1)
	w.apart = 20 * time.Minute // each has a message of its own
	ids := w.askMany(1, 4, nil)
	w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "Install", ExitCode: 1, Times: 1})
	broken.armed.Store(true)
	w.watch(ids, 1, func() bool {
		for _, id := range ids {
			if w.of(id).Decision == nil {
				w.types(w.ada, "approve "+id)
			}
		}
		return w.countOf(ids, bot.StatusNonCompliant) == 1 && w.countOf(ids, bot.StatusQueued) == 2
	})
	w.watch(ids, 1, func() bool {
		for _, id := range ids {
			synctest.Wait() // one answer counts for all
			if strings.Contains(w.shown(id), "[Go on]") {
				w.clickOn(w.ada, id, button)
			}
		}
		return w.allEnded(ids)()
	})
	require.Equal(w.t, 2, w.countOf(ids, want), "%v", w.statuses(ids))
	require.Equal(w.t, map[bot.Status]int{bot.StatusCompliant: 3, bot.StatusStopped: 1}[want], w.installs())
	time.Sleep(5 * time.Minute) // simulated
	w.nobodyIsLeft("payments")
	for _, id := range ids {
		if w.of(id).Status != bot.StatusNonCompliant {
			require.Contains(w.t, strings.Join(w.threadOf(id), "\n"), map[bot.Status]string{bot.StatusCompliant: "@ada let the rest go on.", bot.StatusStopped: "@ada stopped the rest after 1 failure."}[want])
			answers := slices.DeleteFunc(w.attempts(id), func(a string) bool { return a != w.ada.ID+" "+button+" " })
			require.Len(w.t, answers, 1, "once in its audit trail")
		}
	}
}

func (w *system) countOf(ids []string, status bot.Status) int {
	return len(slices.DeleteFunc(w.statuses(ids), func(s bot.Status) bool { return s != status }))
}
