package slacksim

import (
	"slices"
	"time"
)

// limitRate enforces Slack's limits when Config.RateLimits asks for it: the
// method's tier over any minute and, for chat.postMessage, one message a second
// in a channel. Slack tolerates short bursts; here the limit is exact. The error
// is ratelimited, with the time until the call would pass. Minutes and seconds
// are those of Config.Now, by which whoever writes paces itself.
func (c *call) limitRate(m method) error {
	if !c.w.cfg.RateLimits {
		return nil
	}
	channel := "chat.postMessage " + c.args["channel"]
	wait := c.w.untilFree(c.name, m.perMinute, time.Minute)
	if c.name == "chat.postMessage" {
		wait = max(wait, c.w.untilFree(channel, 1, time.Second))
	}
	if wait > 0 {
		return apiError{code: "ratelimited", retryAfter: wait}
	}
	now := c.w.cfg.Now()
	c.w.windows[c.name] = append(c.w.windows[c.name], now)
	if c.name == "chat.postMessage" {
		c.w.windows[channel] = append(c.w.windows[channel], now)
	}
	return nil
}

// untilFree says how long until one more call fits into a sliding window that
// takes limit calls; zero means that it fits now.
func (w *Workspace) untilFree(key string, limit int, window time.Duration) time.Duration {
	now := w.cfg.Now()
	recent := slices.DeleteFunc(w.windows[key], func(at time.Time) bool {
		return now.Sub(at) >= window
	})
	w.windows[key] = recent
	if len(recent) < limit {
		return 0
	}
	return window - now.Sub(recent[len(recent)-limit])
}
