// Package clock lets what is simulated run on a time of its own: faster than life, not at all,
// or hours ahead in a moment.
package clock

import (
	"container/heap"
	"math"
	"sync"
	"time"
)

// Clock tells the time and calls back later, as the functions of package time do.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) Timer
	NewTimer(d time.Duration) (c <-chan time.Time, t Timer)
}

// Timer is what calls back or sends later; its methods are those of a *time.Timer.
type Timer interface {
	Stop() bool
	Reset(d time.Duration) bool
}

// Real is the time of package time, which testing/synctest simulates.
type Real struct{}

// Now is time.Now.
func (Real) Now() time.Time { return time.Now() }

// AfterFunc is time.AfterFunc.
func (Real) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// NewTimer is time.NewTimer.
func (Real) NewTimer(d time.Duration) (<-chan time.Time, Timer) {
	t := time.NewTimer(d)
	return t.C, t
}

// Adjustable is a clock whose speed can be set, and which can be put forward. It never goes
// back. Make it with [New].
type Adjustable struct {
	mu     sync.Mutex
	at     time.Time // the clock's time at the moment since
	since  time.Time // real time
	speed  float64
	timers timers
	wake   *time.Timer // at the real time at which the first timer is due
}

// New makes a clock that starts at a time and goes speed times as fast as real time; 0 stands
// still.
func New(start time.Time, speed float64) *Adjustable {
	return &Adjustable{at: start.Round(0), since: time.Now(), speed: speed}
}

// Now is the clock's time.
func (c *Adjustable) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Adjustable) now() time.Time {
	return c.at.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// Speed is how many times as fast as real time the clock goes.
func (c *Adjustable) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// SetSpeed lets the clock go on at another speed; 0 stops it.
func (c *Adjustable) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since, c.speed = c.now(), time.Now(), speed
	c.arm()
}

// Skip puts the clock forward to a time; one that has passed changes nothing. Whatever was due
// until then is called at once, in order, each call on a goroutine of its own.
func (c *Adjustable) Skip(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !to.After(c.now()) {
		return
	}
	c.at, c.since = to, time.Now()
	c.fire()
}

// AfterFunc calls f on a goroutine of its own when d has passed by this clock.
func (c *Adjustable) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{clock: c, call: f, place: notWaiting}
	c.add(t, d)
	return t
}

// NewTimer sends the time when d has passed by this clock.
func (c *Adjustable) NewTimer(d time.Duration) (<-chan time.Time, Timer) {
	over := make(chan time.Time, 1)
	return over, c.AfterFunc(d, func() {
		select {
		case over <- c.Now():
		default: // nobody has taken the last one
		}
	})
}

func (c *Adjustable) add(t *timer, d time.Duration) {
	t.due = c.now().Add(max(d, 0))
	heap.Push(&c.timers, t)
	c.arm()
}

// longestWait keeps a very slow clock from waiting for longer than a duration can be.
const longestWait = time.Hour

// arm wakes the clock when its first timer is due.
func (c *Adjustable) arm() {
	if c.wake != nil {
		c.wake.Stop()
	}
	if len(c.timers) == 0 || c.speed == 0 {
		return
	}
	wait := math.Ceil(float64(c.timers[0].due.Sub(c.now())) / c.speed) // never too early
	c.wake = time.AfterFunc(time.Duration(min(wait, float64(longestWait))), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.fire()
	})
}

// fire calls what is due.
func (c *Adjustable) fire() {
	for now := c.now(); len(c.timers) > 0 && !c.timers[0].due.After(now); {
		go heap.Pop(&c.timers).(*timer).call()
	}
	c.arm()
}

// notWaiting is the place of a timer that is not among the clock's.
const notWaiting = -1

type timer struct {
	clock *Adjustable
	call  func()
	due   time.Time
	place int // in the clock's heap
}

// Stop reports whether it kept the call from being made.
func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	return t.stop()
}

func (t *timer) stop() bool {
	if t.place == notWaiting {
		return false
	}
	heap.Remove(&t.clock.timers, t.place)
	t.clock.arm()
	return true
}

// Reset makes the call due anew, and reports whether it was still to be made.
func (t *timer) Reset(d time.Duration) bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	waited := t.stop()
	t.clock.add(t, d)
	return waited
}

// timers is a heap.Interface, the first due first.
type timers []*timer

func (ts timers) Len() int           { return len(ts) }
func (ts timers) Less(i, j int) bool { return ts[i].due.Before(ts[j].due) }

func (ts timers) Swap(i, j int) {
	ts[i], ts[j] = ts[j], ts[i]
	ts[i].place, ts[j].place = i, j
}

// Push is for package heap.
func (ts *timers) Push(x any) {
	t := x.(*timer)
	t.place = len(*ts)
	*ts = append(*ts, t)
}

// Pop is for package heap.
func (ts *timers) Pop() any {
	last := len(*ts) - 1
	t := (*ts)[last]
	t.place = notWaiting
	*ts = (*ts)[:last]
	return t
}
