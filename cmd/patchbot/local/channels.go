package local

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// serveTime is how long the consumer of the queue may work on what it took from it, as on AWS.
const serveTime = 25 * time.Second

// channels is the queue "channels" in memory: what is signalled of one channel is taken in
// order, by one consumer at a time, some at once.
type channels struct {
	p       *Patchbot
	mu      sync.Mutex
	waiting map[string][]bot.Signal // by channel; an entry, though empty, while somebody consumes it
}

// taken is how many messages a consumer takes at once, as on AWS.
const taken = 10

// Signal puts a signal into the queue.
func (c *channels) Signal(_ context.Context, s bot.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, busy := c.waiting[s.Channel]
	c.waiting[s.Channel] = append(c.waiting[s.Channel], s)
	if !busy {
		c.p.work.Go(func() { c.consume(s.Channel) })
	}
	return nil
}

func (c *channels) take(channel string) []bot.Signal {
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting := c.waiting[channel]
	if len(waiting) == 0 {
		delete(c.waiting, channel)
		return nil
	}
	n := min(len(waiting), taken)
	c.waiting[channel] = waiting[n:]
	return waiting[:n]
}

func (c *channels) consume(channel string) {
	for signals := c.take(channel); signals != nil && c.p.ctx.Err() == nil; signals = c.take(channel) {
		c.p.retry(func() error {
			ctx, cancel := context.WithTimeout(c.p.ctx, serveTime)
			defer cancel()
			err := c.p.Bot.ServeChannel(ctx, channel, signals...)
			if untold := new(bot.UntoldError); errors.As(err, &untold) {
				signals = signals[untold.From:]
			}
			return err
		})
	}
}
