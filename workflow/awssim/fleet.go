package awssim

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/patchbot/patchbot/workflow/clock"
)

// Fleet is a simulated account in one region. Make it with [New].
type Fleet struct {
	config Config

	mu        sync.Mutex
	ids       *idSource
	nodes     []*node
	commands  []*command
	documents []string // of this account; see AddDocument
	groups    []*AutoScalingGroup
	snapshots []*snapshot
	calendars []*calendar
	replaces  []*replaceTask
	faults    []*Fault
	describes bucket // of Config.DescribesPerSecond
	timers    map[clock.Timer]struct{}
	closed    bool

	outbox   []json.RawMessage
	emitting bool // somebody is handing out the outbox
}

// New returns an empty fleet.
func New(config Config) *Fleet {
	return &Fleet{
		config: config.withDefaults(),
		ids:    newIDSource(config.Seed),
		timers: make(map[clock.Timer]struct{}),
	}
}

// Close stops all that would still happen by itself. Calls are still answered;
// commands and snapshots under way stay as they are.
func (f *Fleet) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for timer := range f.timers {
		timer.Stop()
	}
	clear(f.timers)
	f.outbox = nil
}

// now is AWS's own clock, not the project's: the fleet stands in for a remote
// service and is the only reader of it here.
func (f *Fleet) now() time.Time { return f.config.Clock.Now().UTC() }

// after does something later, with the fleet locked. The caller holds the lock.
func (f *Fleet) after(delay time.Duration, do func()) {
	if f.closed {
		return
	}
	var timer clock.Timer
	timer = f.config.Clock.AfterFunc(delay, func() {
		_ = f.change(func() error {
			if !f.closed {
				delete(f.timers, timer)
				do()
			}
			return nil
		})
	})
	f.timers[timer] = struct{}{}
}

// change runs do with the fleet locked, then hands out the events it caused.
func (f *Fleet) change(do func() error) error {
	defer f.deliverEvents()
	f.mu.Lock()
	defer f.mu.Unlock()
	return do()
}

// changeNode is change for one instance; the error can be [ErrNoInstance].
func (f *Fleet) changeNode(id string, do func(*node) error) error {
	return f.change(func() error {
		n := f.node(id)
		if n == nil {
			return fmt.Errorf("%w: %s", ErrNoInstance, id)
		}
		return do(n)
	})
}

// node returns nil for an unknown id. The caller holds the lock.
func (f *Fleet) node(id string) *node {
	for _, n := range f.nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}
