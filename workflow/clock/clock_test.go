package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/clock"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// calls notes what was called, at which real time since the test began.
type calls struct {
	began time.Time
	made  chan string
}

func newCalls() *calls { return &calls{began: time.Now(), made: make(chan string, 100)} }

func (c *calls) note(what string) func() {
	return func() { c.made <- what + " after " + time.Since(c.began).Round(time.Microsecond).String() }
}

// all is what was called so far.
func (c *calls) all() (list []string) {
	synctest.Wait()
	for {
		select {
		case what := <-c.made:
			list = append(list, what)
		default:
			return list
		}
	}
}

func TestAClockOfAnotherSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 30), newCalls()
		c.AfterFunc(time.Minute, made.note("a minute"))
		c.AfterFunc(0, made.note("at once"))
		time.Sleep(time.Second) // simulated
		require.Equal(t, start.Add(30*time.Second), c.Now())
		time.Sleep(9 * time.Second)
		require.Equal(t, start.Add(5*time.Minute), c.Now())
		require.Equal(t, []string{"at once after 0s", "a minute after 2s"}, made.all())
	})
}

func TestASpeedThatDividesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 7.3), newCalls()
		for n := range 20 {
			c.AfterFunc(time.Duration(n)*time.Second/3, func() {
				require.GreaterOrEqual(t, c.Now().Sub(start), time.Duration(n)*time.Second/3)
				made.note("call")()
			})
		}
		time.Sleep(time.Second)
		require.Len(t, made.all(), 20)
	})
}

func TestAClockThatHardlyMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 1e-12), newCalls()
		c.AfterFunc(time.Hour, made.note("an hour"))
		time.Sleep(30 * 24 * time.Hour)
		require.Empty(t, made.all())
		c.SetSpeed(1)
		time.Sleep(time.Hour)
		require.Len(t, made.all(), 1)
	})
}

func TestTheSpeedChangesWhileATimerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 1), newCalls()
		c.AfterFunc(time.Hour, made.note("an hour"))
		time.Sleep(10 * time.Minute)
		c.SetSpeed(0)
		time.Sleep(24 * time.Hour)
		require.Equal(t, start.Add(10*time.Minute), c.Now())
		require.Empty(t, made.all())
		c.SetSpeed(50)
		require.InDelta(t, 50, c.Speed(), 0)
		time.Sleep(time.Minute)
		require.Equal(t, []string{"an hour after 24h11m0s"}, made.all())
	})
}

func TestATimerSendsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start, 60)
		over, _ := c.NewTimer(time.Minute)
		require.Equal(t, start.Add(time.Minute), <-over)
		_, stopped := c.NewTimer(time.Minute)
		require.True(t, stopped.Stop())
		real, _ := clock.Real{}.NewTimer(time.Second)
		require.Equal(t, time.Now().Add(time.Second), <-real)
	})
}

func TestSkippingCallsWhatWasDueInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 0), newCalls()
		c.AfterFunc(3*time.Hour, made.note("three hours"))
		c.AfterFunc(time.Hour, made.note("an hour"))
		c.Skip(start.Add(2 * time.Hour))
		require.Equal(t, []string{"an hour after 0s"}, made.all())
		c.Skip(start)
		require.Equal(t, start.Add(2*time.Hour), c.Now(), "a clock does not go back")
		c.Skip(start.Add(3 * time.Hour))
		require.Equal(t, []string{"three hours after 0s"}, made.all())
	})
}

func TestATimerIsStoppedAndSetAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, made := clock.New(start, 60), newCalls()
		stopped := c.AfterFunc(time.Minute, made.note("never"))
		again := c.AfterFunc(time.Minute, made.note("again"))
		require.True(t, stopped.Stop())
		require.False(t, stopped.Stop())
		require.True(t, again.Reset(2*time.Minute))
		time.Sleep(10 * time.Second)
		require.Equal(t, []string{"again after 2s"}, made.all())
		require.False(t, again.Reset(time.Minute))
		time.Sleep(time.Second)
		require.Equal(t, []string{"again after 11s"}, made.all())
	})
}
