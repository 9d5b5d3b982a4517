package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/workflow"
)

// slowStore takes its time to find a request, and counts.
type slowStore struct {
	*memstore.Store
	mu        sync.Mutex
	looks     map[string]int // by request
	now, most int            // looks at the same time
}

func (s *slowStore) Get(ctx context.Context, id string) (bot.Request, error) {
	s.mu.Lock()
	s.looks[id]++
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	time.Sleep(200 * time.Millisecond) // simulated
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return s.Store.Get(ctx, id)
}

// account is the snapshots of an account.
type account struct {
	mu    sync.Mutex
	tags  map[string]string // the request that the tags of a snapshot name
	fails map[string]error  // of Delete
	calls int               // of Delete
	pace  time.Duration     // how long each takes
}

func (a *account) Tagged(context.Context) (found []workflow.TaggedSnapshot, err error) {
	for id, request := range a.tags {
		found = append(found, workflow.TaggedSnapshot{ID: id, RequestID: request})
	}
	return found, nil
}

func (a *account) Delete(ctx context.Context, id string) error {
	time.Sleep(a.pace) // simulated
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	if err := a.fails[id]; err != nil {
		return err
	}
	delete(a.tags, id)
	return nil
}

type ending struct {
	bot.Bot
	store   *slowStore
	account *account
	logged  *strings.Builder
}

func newEnding() *ending {
	e := &ending{store: &slowStore{Store: memstore.New(), looks: map[string]int{}}, account: &account{tags: map[string]string{}, fails: map[string]error{}}, logged: new(strings.Builder)}
	e.Bot = bot.Bot{Store: e.store, Channels: &queue{}, Now: time.Now, Log: slog.New(slog.NewTextHandler(e.logged, nil)), Snapshots: e.account}
	return e
}

// backup is a snapshot whose request ended so, long ago.
func (e *ending) backup(t *testing.T, n int, status bot.Status) {
	t.Helper()
	arn := fmt.Sprintf("arn:aws:states:us-east-1:123456789012:execution:patch-approval:e%d", n)
	r := bot.Request{ID: bot.RequestID(arn), ExecutionARN: arn, Status: status, EndedAt: time.Now(), Instance: bot.Instance{ID: fmt.Sprintf("i-%017x", n)},
		Backup: bot.Backup{SnapshotIDs: []string{fmt.Sprintf("snap-%d", n)}, KeepUntil: time.Now()}}
	e.account.tags[r.Backup.SnapshotIDs[0]] = r.ID
	_, err := e.store.Save(t.Context(), r)
	require.NoError(t, err)
}

// run ends backups in the half minute that a function has.
func (e *ending) run(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := e.EndBackups(ctx)
	require.NoError(t, ctx.Err(), "in time")
	return err
}

func TestBackupsEndHoweverManyMustBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnding()
		const kept, ended = 3000, 30
		for n := range kept / 2 {
			e.account.tags[fmt.Sprintf("snap-unknown-%d", n)] = fmt.Sprintf("r-unknown%d", n)
			e.backup(t, n, bot.StatusFailed)
		}
		for n := range ended {
			e.backup(t, kept+n, bot.StatusCompliant)
		}
		runs := 0
		for ; len(e.store.looks) < kept+ended && runs < 24; runs++ {
			require.NoError(t, e.run(t))
			require.Contains(t, e.logged.String(), "a later run ends the rest")
			time.Sleep(time.Hour) // simulated
		}
		require.Less(t, runs, 10, "one of them has time for a third")
		require.Equal(t, 8, e.store.most, "at once")
		require.Equal(t, ended, e.account.calls)
		require.Len(t, e.account.tags, kept)
	})
}

func TestASnapshotThatIsInUseStaysAndFailsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnding()
		for n := range 3 {
			e.backup(t, n, bot.StatusCompliant)
			e.account.fails[fmt.Sprintf("snap-%d", n)] = fmt.Errorf("%w: snap-%d", workflow.ErrSnapshotStays, n)
		}
		require.NoError(t, e.run(t))
		require.Equal(t, 1, strings.Count(e.logged.String(), "EC2 does not delete snapshots that are in use"))
		require.Contains(t, e.logged.String(), "snap-2")
		clear(e.account.fails)
		require.NoError(t, e.run(t))
		require.Empty(t, e.account.tags, "when the AMI is gone")
	})
}

func TestBackupsEndAtThePaceOfEC2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnding()
		for n := range 100 {
			e.backup(t, n, bot.StatusCompliant)
			e.account.fails[fmt.Sprintf("snap-%d", n)] = workflow.ErrSlowDown
		}
		require.NoError(t, e.run(t))
		require.LessOrEqual(t, e.account.calls, 16, "those that were under way")
		require.Contains(t, e.logged.String(), "requests=100")
	})
}

func TestARequestOfManyVolumesEndsInSeveralRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnding()
		e.account.pace = 300 * time.Millisecond
		r := bot.Request{ID: "r-1", Status: bot.StatusCompliant, EndedAt: time.Now(), Instance: bot.Instance{ID: "i-1"}, Backup: bot.Backup{KeepUntil: time.Now()}}
		for n := range 28 {
			r.Backup.SnapshotIDs = append(r.Backup.SnapshotIDs, fmt.Sprintf("snap-%d", n))
			e.account.tags[r.Backup.SnapshotIDs[n]] = r.ID
		}
		_, err := e.store.Save(t.Context(), r)
		require.NoError(t, err)
		require.NoError(t, e.run(t))
		require.NotEmpty(t, e.account.tags)
		require.Contains(t, e.logged.String(), "requests=1")
		require.NoError(t, e.run(t))
		require.NoError(t, e.run(t))
		require.Empty(t, e.account.tags)
	})
}

func TestWhatCannotBeDeletedFailsARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnding()
		e.backup(t, 1, bot.StatusCompliant)
		e.backup(t, 2, bot.StatusCompliant)
		e.account.fails["snap-1"] = context.DeadlineExceeded
		require.ErrorContains(t, e.run(t), "end backup of request "+e.account.tags["snap-1"])
		require.Len(t, e.account.tags, 1, "the other one ended")
	})
}
