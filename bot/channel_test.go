package bot_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// queue keeps the signals of channels until somebody serves them.
type queue struct {
	mu      sync.Mutex
	signals []bot.Signal
}

func (q *queue) Signal(_ context.Context, s bot.Signal) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.signals = append(q.signals, s)
	return nil
}

// serve has every channel served that was signalled.
func (q *queue) serve(t *testing.T, b *bot.Bot) {
	t.Helper()
	for {
		q.mu.Lock()
		waiting := q.signals
		q.signals = nil
		q.mu.Unlock()
		if len(waiting) == 0 {
			return
		}
		byChannel := map[string][]bot.Signal{}
		for _, s := range waiting {
			byChannel[s.Channel] = append(byChannel[s.Channel], s)
		}
		for channel, signals := range byChannel {
			require.NoError(t, b.ServeChannel(t.Context(), channel, signals...))
		}
	}
}
