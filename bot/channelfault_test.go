package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

var errBroken = errors.New("503")

// fragile is a store and a queue of which one call fails.
type fragile struct {
	bot.Store
	bot.Channels
	mu      sync.Mutex
	calls   int
	failing int  // the number of the call that fails, from 1
	after   bool // it fails after it took effect, so that only the answer is lost
}

// broken reports whether this call fails.
func (f *fragile) broken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	return f.calls == f.failing
}

func call[V any](f *fragile, do func() (V, error)) (V, error) {
	var none V
	if !f.broken() {
		return do()
	}
	if f.after {
		_, _ = do()
	}
	return none, errBroken
}

func (f *fragile) Get(ctx context.Context, id string) (bot.Request, error) {
	return call(f, func() (bot.Request, error) { return f.Store.Get(ctx, id) })
}

func (f *fragile) GetAll(ctx context.Context, ids []string) ([]bot.Request, error) {
	return call(f, func() ([]bot.Request, error) { return f.Store.GetAll(ctx, ids) })
}

func (f *fragile) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	return call(f, func() (bot.Request, error) { return f.Store.Save(ctx, r, audit...) })
}

func (f *fragile) Unshown(ctx context.Context, channel string) ([]bot.Unshown, error) {
	return call(f, func() ([]bot.Unshown, error) { return f.Store.Unshown(ctx, channel) })
}

func (f *fragile) UnshownChannels(ctx context.Context) ([]string, error) {
	return call(f, func() ([]string, error) { return f.Store.UnshownChannels(ctx) })
}

func (f *fragile) HeldUntil(ctx context.Context, channel string) (time.Time, error) {
	return call(f, func() (time.Time, error) { return f.Store.HeldUntil(ctx, channel) })
}

func (f *fragile) Spend(ctx context.Context, use string, window time.Time, atMost int) (bool, error) {
	return call(f, func() (bool, error) { return f.Store.Spend(ctx, use, window, atMost) })
}

func (f *fragile) Digest(ctx context.Context, id string) (bot.Digest, error) {
	return call(f, func() (bot.Digest, error) { return f.Store.Digest(ctx, id) })
}

func (f *fragile) NewestDigest(ctx context.Context, channel, owner string) (bot.Digest, error) {
	return call(f, func() (bot.Digest, error) { return f.Store.NewestDigest(ctx, channel, owner) })
}

func (f *fragile) SaveDigest(ctx context.Context, d bot.Digest) (bot.Digest, error) {
	return call(f, func() (bot.Digest, error) { return f.Store.SaveDigest(ctx, d) })
}

func (f *fragile) Due(ctx context.Context, u bot.Urgency, now time.Time, limit int) ([]bot.Request, error) {
	return call(f, func() ([]bot.Request, error) { return f.Store.Due(ctx, u, now, limit) })
}

func (f *fragile) Signal(ctx context.Context, s bot.Signal) error {
	_, err := call(f, func() (struct{}, error) { return struct{}{}, f.Channels.Signal(ctx, s) })
	return err
}

// TestAStoreOrQueueThatFailsAtAnyCallLosesNothing tells stories of a digest once for every call
// that they make, with that call failing, before or after it took effect.
func TestAStoreOrQueueThatFailsAtAnyCallLosesNothing(t *testing.T) {
	for name, story := range map[string]struct {
		tell   func(d *desk)
		status bot.Status
	}{
		"asked together, approved and patched": {func(d *desk) { tellDigest(d, 0) }, bot.StatusCompliant},
		"joined by a later question":           {func(d *desk) { tellDigest(d, time.Minute) }, bot.StatusCompliant},
		"failed before anybody was asked":      {tellFailures, bot.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			for _, after := range []bool{false, true} {
				for failing, more := 1, true; more; failing++ {
					atDesk(t, func(t *testing.T, d *desk) {
						f := &fragile{Store: d.Store, Channels: d.q, failing: failing, after: after}
						d.Store, d.Channels = f, f
						d.Pace.Window, d.Pace.PostsInWindow, d.Pace.EditsInWindow, d.Pace.ProgressIn = 10*time.Second, 40, 7, 5
						story.tell(d)
						more, f.failing = f.calls >= failing, 0
						requireAllTold(t, d, story.status, fmt.Sprint("call ", failing, ", after ", after))
					})
				}
			}
		})
	}
}

// tellFailures has the executions of three instances fail before they ask.
func tellFailures(d *desk) {
	d.DefaultChannel = "C1"
	for _, id := range []string{"i-1", "i-2", "i-3"} {
		n := d.news(id, workflow.WorkflowFailed{State: "Read Missing Counts", Error: "E"})
		again(d, func() error { return d.Notify(d.t.Context(), n) })
	}
	d.settle()
}

// tellDigest has three instances asked about, the last one some time later, approved and patched.
// What fails is delivered again, as the queues do.
func tellDigest(d *desk, later time.Duration) {
	ids := []string{"i-1", "i-2", "i-3"}
	for _, id := range ids {
		if id == "i-3" && later > 0 {
			d.serveAsItFails()
			time.Sleep(later) // simulated
		}
		again(d, func() error { return d.tryAsk("payments", "C1", id) })
	}
	d.settle()
	for _, id := range ids {
		again(d, func() error {
			found, err := d.Store.GetAll(d.t.Context(), []string{d.request(id).ID})
			if err != nil {
				return err
			}
			decided := d.DecideAll(d.t.Context(), found, lin, bot.Action{Verdict: workflow.Approved})[0]
			return decided.Err
		})
	}
	d.settle()
	for _, id := range ids {
		n := d.news(id, workflow.ComplianceChecked{Outcome: workflow.Compliant})
		again(d, func() error { return d.Notify(d.t.Context(), n) })
	}
	d.settle()
}

func again(d *desk, do func() error) {
	for range 3 {
		if do() == nil {
			return
		}
	}
	require.Fail(d.t, "it fails again and again")
}

// settle lets the minutes pass in which the sweep mends what failed.
func (d *desk) settle() {
	for range 4 {
		d.serveAsItFails()
		time.Sleep(time.Minute) // simulated
		_ = d.Sweep(d.t.Context())
	}
	d.serveAsItFails()
}

// serveAsItFails serves every channel that was signalled; what fails comes again.
func (d *desk) serveAsItFails() {
	for range 4 {
		d.q.mu.Lock()
		signals := d.q.signals
		d.q.signals = nil
		d.q.mu.Unlock()
		if len(signals) > 0 && d.ServeChannel(d.t.Context(), "C1", signals...) != nil {
			d.q.mu.Lock()
			d.q.signals = append(d.q.signals, signals...)
			d.q.mu.Unlock()
		}
	}
}

// requireAllTold holds that each instance stands in its message as it is, that its lines were told,
// and that no more was posted twice than what one lost answer explains.
func requireAllTold(t *testing.T, d *desk, status bot.Status, failing string) {
	t.Helper()
	require.Empty(t, unshown(d), failing)
	require.LessOrEqual(t, len(d.of("post")), 3, "%s: %v", failing, d.acts)
	told := map[bool]int{true: 2, false: 1}[status == bot.StatusCompliant] // lines of each
	for _, id := range []string{"i-1", "i-2", "i-3"} {
		r := d.request(id)
		assert.Contains(t, d.shown[r.Place.Channel+"/"+r.Place.Message], id+" "+string(status), "%s: %v", failing, d.acts)
		lines := 0
		for _, act := range d.of("line") {
			if slices.Contains(strings.Fields(act), id) {
				lines++
			}
		}
		assert.GreaterOrEqual(t, lines, told, "%s: %v", failing, d.acts)
		assert.LessOrEqual(t, lines, told+1, "%s: %v", failing, d.acts)
	}
}
