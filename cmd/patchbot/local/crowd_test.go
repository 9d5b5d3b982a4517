package local_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// slowStore is as slow as DynamoDB is on a good day, once a test has asked its questions.
type slowStore struct {
	bot.Store
	asked *atomic.Bool
}

func (s slowStore) wait() {
	if s.asked.Load() {
		time.Sleep(storeTime) // simulated
	}
}

const storeTime = 8 * time.Millisecond

func (s slowStore) Get(ctx context.Context, id string) (bot.Request, error) {
	s.wait()
	return s.Store.Get(ctx, id)
}

func (s slowStore) GetAll(ctx context.Context, ids []string) ([]bot.Request, error) {
	s.wait()
	return s.Store.GetAll(ctx, ids)
}

func (s slowStore) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	s.wait()
	return s.Store.Save(ctx, r, audit...)
}

func (s slowStore) Record(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) error {
	s.wait()
	return s.Store.Record(ctx, r, audit...)
}

func (s slowStore) Turns(ctx context.Context, group string) (bot.Turns, error) {
	s.wait()
	return s.Store.Turns(ctx, group)
}

func (s slowStore) SaveTurns(ctx context.Context, t bot.Turns) (bot.Turns, error) {
	s.wait()
	return s.Store.SaveTurns(ctx, t)
}

func TestManyClickAtTheSameMoment(t *testing.T) {
	for _, people := range []int{20, 200} {
		t.Run(fmt.Sprint(people, " people"), func(t *testing.T) {
			var asked atomic.Bool
			config := local.Config{Requests: func(s bot.Store) bot.Store { return slowStore{s, &asked} }}
			simulated(t, config, func(t *testing.T, w *system) { crowd(t, w, people, &asked) })
		})
	}
}

// crowd lets that many approvers click on one question at once: one of them decides, every
// other is told who did, and every try is in the audit trail.
func crowd(t *testing.T, w *system, people int, asked *atomic.Bool) {
	var users []slacksim.User
	var ids []string
	for n := range people {
		users = append(users, w.Slack.AddUser(slacksim.User{Name: fmt.Sprintf("approver%d", n)}))
		ids = append(ids, users[n].ID)
	}
	w.Bot.Owners = bot.Directory{"payments": {Name: "payments", Channel: w.payments.ID, Approvers: bot.Approvers{Users: ids}}}
	w.asked()
	asked.Store(true)
	messages := w.Slack.Messages(w.payments.ID)
	var clicks sync.WaitGroup
	for _, u := range users {
		clicks.Go(func() {
			_, err := w.Slack.Act(t.Context(), u.ID, messages[0], slacksim.Element{ActionID: slackchat.ButtonApprove})
			assert.NoError(t, err)
		})
	}
	clicks.Wait()
	synctest.Wait()
	told := 0
	for _, u := range users {
		for _, text := range w.toldAlone(u) {
			require.Contains(t, text, "Too late: @approver")
			told++
		}
	}
	require.Equal(t, people-1, told)
	entries, err := w.Store.Audit(t.Context(), w.request().ID)
	require.NoError(t, err)
	decided, refused := 0, 0
	for _, e := range entries {
		switch {
		case !strings.HasPrefix(e.Actor, "slack:"):
		case e.Refused == "":
			decided++
		default:
			require.Equal(t, bot.RefusedDecided, e.Refused)
			refused++
		}
	}
	require.Equal(t, 1, decided)
	require.Equal(t, people-1, refused)
}
