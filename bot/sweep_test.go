package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// slowLooks is an AWS that takes its time to answer, and says of everything that it runs. It
// keeps the order in which it was called.
type slowLooks struct {
	running
	mu   sync.Mutex
	acts []string
}

func (s *slowLooks) did(act string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts = append(s.acts, act)
}

func (s *slowLooks) CommandStatus(ctx context.Context, instance, id string) (workflow.CommandStatus, error) {
	time.Sleep(200 * time.Millisecond) // simulated
	s.did("look")
	return s.running.CommandStatus(ctx, instance, id)
}

func (s *slowLooks) Signal(context.Context, bot.Signal) error {
	s.did("signal")
	return nil
}

func (s *slowLooks) CompleteTask(context.Context, workflow.Token, json.RawMessage) error {
	s.did("task")
	return nil
}

func (s *slowLooks) FailTask(context.Context, workflow.Token, string, string) error { return nil }

// TestADecisionAndAChannelDoNotWaitBehindLooks: each sweep has the time of a function, and hundreds
// of installs run that are to be looked at.
func TestADecisionAndAChannelDoNotWaitBehindLooks(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		const installs = 600
		looks := &slowLooks{}
		d.Looker, d.Channels, d.Tasks = looks, looks, looks
		due := time.Now().Add(-time.Hour)
		save := func(id string, effects ...bot.Effect) {
			r := bot.Request{ID: "r-" + id, Status: bot.StatusPatching, Instance: bot.Instance{ID: id}, Place: bot.Place{Channel: "C1", Message: "1"},
				Decision: &workflow.Decision{Verdict: workflow.Approved}, Wait: &bot.Wait{CommandID: "c"}, Outbox: bot.OutboxOf(effects...)}
			_, err := d.Store.Save(t.Context(), r)
			require.NoError(t, err)
		}
		for n := range installs {
			save(fmt.Sprint("i-", n), bot.Effect{Kind: bot.EffectLook, NotBefore: due})
		}
		late := time.Now().Add(-time.Second)
		save("decided", bot.Effect{Kind: bot.EffectCompleteDecision, Token: "token", NotBefore: late}, bot.Effect{Kind: bot.EffectRender, Since: late})

		sweep := func() {
			ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
			defer cancel()
			require.NoError(t, d.Sweep(ctx))
		}
		sweep()
		require.Equal(t, []string{"signal", "task", "look"}, looks.acts[:3])
		require.Greater(t, len(looks.acts), 300, "the looks get the rest of the time")
		sweep()
		left, err := d.Store.Due(t.Context(), bot.UrgencyLook, time.Now(), installs)
		require.NoError(t, err)
		require.Empty(t, left, "all are looked at within two sweeps")
	})
}
