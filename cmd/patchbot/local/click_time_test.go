package local_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// slowQueue is a queue that takes as long as SQS does on a good day.
type slowQueue struct {
	bot.Channels
	asked *atomic.Bool
}

func (q slowQueue) Signal(ctx context.Context, s bot.Signal) error {
	if q.asked.Load() {
		time.Sleep(12 * time.Millisecond) // simulated
	}
	return q.Channels.Signal(ctx, s)
}

// TestAClickWaitsForNothingOfTheChannel prints how long a click is answered after, where DynamoDB
// takes 8 ms a call, SQS 12, Step Functions 50, and Slack's Web API 250 or as long as it likes.
func TestAClickWaitsForNothingOfTheChannel(t *testing.T) {
	var asked atomic.Bool
	tasks := &slowTasks{}
	config := local.Config{Pace: slackchat.Pace(), RateLimits: true}
	config.Requests = func(s bot.Store) bot.Store { return slowStore{s, &asked} }
	config.Channels = func(c bot.Channels) bot.Channels { return slowQueue{c, &asked} }
	config.Tasks = func(real bot.Tasks) bot.Tasks { tasks.Tasks = real; return tasks }
	simulated(t, config, func(t *testing.T, w *system) {
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(10 * time.Second) // simulated
		w.types(w.ada, "help")       // a function asks once in its life which app it is
		asked.Store(true)
		w.HTTP.Transport = slowSlack{w.HTTP.Transport}
		w.Bot.Chat = hangingChat{w.Bot.Chat}
		start := time.Now()
		w.click(w.ada, slackchat.ButtonApprove)
		took := time.Since(start)
		require.True(t, w.request().Delivered)
		t.Logf("a click is answered after %s, whatever Slack takes", took)
		require.Less(t, took, 250*time.Millisecond, "no call of Slack fits in")
	})
}
