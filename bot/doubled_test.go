package bot_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/workflow"
)

// overtaken is a store in which another delivery of the same notification is taken between two looks.
type overtaken struct {
	bot.Store
	other func()
}

func (s *overtaken) ByInstance(ctx context.Context, id string, limit int) ([]bot.Request, error) {
	if other := s.other; other != nil {
		s.other = nil
		other()
	}
	return s.Store.ByInstance(ctx, id, limit)
}

// failing notes which tokens are failed.
type failing struct {
	bot.Tasks
	failed []workflow.Token
}

func (f *failing) FailTask(_ context.Context, token workflow.Token, _, _ string) error {
	f.failed = append(f.failed, token)
	return nil
}

// TestAQuestionThatIsDeliveredTwiceAtOnceTurnsNobodyAway: SQS delivers at least once, and two functions may
// take the same question in the same moment.
func TestAQuestionThatIsDeliveredTwiceAtOnceTurnsNobodyAway(t *testing.T) {
	store, tasks := &overtaken{Store: memstore.New()}, &failing{}
	b := bot.Bot{Store: store, Tasks: tasks, Looker: running{}, Owners: bot.Directory{}, Channels: &queue{}, DefaultChannel: "C0", Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	store.other = func() { require.NoError(t, b.Notify(t.Context(), question())) }
	require.NoError(t, b.Notify(t.Context(), question()))
	require.Empty(t, tasks.failed, "the execution waits for the answer to its own question")
	r, err := store.Get(t.Context(), bot.RequestID(question().ExecutionARN))
	require.NoError(t, err)
	require.Equal(t, bot.StatusAsked, r.Status)
}
