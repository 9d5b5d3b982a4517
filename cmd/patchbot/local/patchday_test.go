package local_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// slowLooker lets DescribeExecution through fifteen times a second.
type slowLooker struct {
	bot.Looker
	mu     sync.Mutex
	second time.Time
	calls  int
}

func (l *slowLooker) ExecutionStatus(ctx context.Context, arn string) (workflow.ExecutionStatus, error) {
	l.mu.Lock()
	if now := time.Now().Truncate(time.Second); now != l.second {
		l.second, l.calls = now, 0
	}
	l.calls++
	throttled := l.calls > 15
	l.mu.Unlock()
	if throttled {
		return workflow.ExecutionStatus{}, errors.New("ThrottlingException: Rate exceeded")
	}
	return l.Looker.ExecutionStatus(ctx, arn)
}

// TestSystemsManagerThatAllowsTwentyCallsASecond starts more executions in a minute than it can
// answer: none fails, and it prints when the last owner was asked.
func TestSystemsManagerThatAllowsTwentyCallsASecond(t *testing.T) {
	const instances = 2000
	synctest.Test(t, func(t *testing.T) {
		config := local.Config{InProcess: true, Fleet: awssim.Config{DescribesPerSecond: 20, ThrottleName: "Ssm.ThrottlingException"}}
		w := startSystem(t, config)
		w.Bot.Looker = &slowLooker{Looker: w.Bot.Looker}
		channels := make([]slacksim.Channel, 50)
		directory := bot.Directory{}
		for i := range channels {
			channels[i] = w.Slack.AddChannel(slacksim.Channel{Name: fmt.Sprintf("team-%d", i), BotIsMember: true})
			directory[channels[i].Name] = bot.Owner{Channel: channels[i].ID}
		}
		w.Bot.Owners = directory
		for i := range instances {
			w.add(fmt.Sprintf("i-0%016x", i), map[string]string{"owner": channels[i%len(channels)].Name})
		}
		start := time.Now()
		for i := range instances {
			require.NoError(t, w.Fleet.Scan(fmt.Sprintf("i-0%016x", i)))
			time.Sleep(time.Minute / instances) // simulated
		}
		asked := func() (n int) {
			for _, c := range channels {
				n += len(w.Slack.Messages(c.ID))
			}
			return n
		}
		for asked() < instances && time.Since(start) < 12*time.Hour {
			time.Sleep(10 * time.Second) // simulated
		}
		require.Equal(t, instances, asked())
		require.Empty(t, w.ended, "no execution has failed")
		last := time.Since(start).Round(time.Second)
		time.Sleep(30 * time.Minute) // simulated
		overdue, err := w.Store.Due(t.Context(), time.Now().Add(-15*time.Minute), instances)
		require.NoError(t, err)
		require.Empty(t, overdue, "nothing starves behind what Step Functions throttles")
		t.Logf("%d instances in a minute, 20 Describe calls a second: the last owner was asked after %s", instances, last)
	})
}
