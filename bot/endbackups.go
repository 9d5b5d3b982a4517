package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Snapshots are the account's EBS snapshots that carry the tags of a backup.
type Snapshots interface {
	// Tagged lists them.
	Tagged(ctx context.Context) ([]workflow.TaggedSnapshot, error)
	// Delete deletes one; one that is gone already is no error. It fails with workflow.ErrSnapshotStays
	// and workflow.ErrSlowDown.
	Delete(ctx context.Context, id string) error
}

// Backups of several requests are ended at once, each within a bounded time; none is begun with less left.
const (
	endBackupsAtOnce = 8
	endBackupTime    = 5 * time.Second
)

// errNextRun says that there is more to end, but no time for it.
var errNextRun = errors.New("a later run ends the rest")

// EndBackups deletes the snapshots of backups that nobody needs any more, as far as the caller's time
// and EC2's pace allow. It is to be called every hour or so, and returns the errors of what it could not do.
func (b *Bot) EndBackups(ctx context.Context) error {
	if b.Snapshots == nil {
		return nil
	}
	found, err := b.Snapshots.Tagged(ctx)
	if err != nil {
		return fmt.Errorf("list snapshots: %w", err)
	}
	ofRequest := map[string][]string{}
	for _, s := range found {
		if !b.Now().Before(s.KeepUntil) {
			ofRequest[s.RequestID] = append(ofRequest[s.RequestID], s.ID)
		}
	}
	ids := slices.Sorted(maps.Keys(ofRequest))
	first := beginAt(b.Now(), len(ids))
	var run endBackupsRun
	eachAtOnce(len(ids), endBackupsAtOnce, func(i int) {
		id := ids[(first+i)%len(ids)]
		if run.slow.Load() || !hasFor(ctx, endBackupTime) {
			run.add(id, errNextRun)
			return
		}
		ctx, cancel := context.WithTimeout(ctx, endBackupTime)
		defer cancel()
		for _, err := range b.endBackup(ctx, id, ofRequest[id]) {
			run.add(id, err)
		}
	})
	return run.end(b.Log)
}

// beginAt is which of n an hour's run begins with. What must be kept is looked at again in each run, and
// a run may not come to all: the multiples of the golden ratio lie evenly, so that soon each has been
// among the first, however many a run comes to.
func beginAt(now time.Time, n int) int {
	_, part := math.Modf(float64(now.Unix()/3600) * math.Phi)
	return int(part * float64(n))
}

// endBackupsRun is what came of one run.
type endBackupsRun struct {
	slow atomic.Bool // EC2 wants no more calls for now

	mu      sync.Mutex
	later   int      // requests that a later run looks at
	unknown []string // ids of requests
	stay    []error  // the snapshots that EC2 does not delete, and why
	errs    []error
}

// add keeps what came of one request's snapshots, or of one of them.
func (run *endBackupsRun) add(id string, err error) {
	run.mu.Lock()
	defer run.mu.Unlock()
	switch {
	case err == nil:
	case errors.Is(err, workflow.ErrSlowDown):
		run.slow.Store(true)
		run.later++
	case errors.Is(err, errNextRun):
		run.later++
	case errors.Is(err, ErrNotFound):
		run.unknown = append(run.unknown, id)
	case errors.Is(err, workflow.ErrSnapshotStays):
		run.stay = append(run.stay, err)
	default:
		run.errs = append(run.errs, fmt.Errorf("end backup of request %s: %w", id, err))
	}
}

// end logs once what is no failure, and returns what is one.
func (run *endBackupsRun) end(log *slog.Logger) error {
	if run.later > 0 {
		log.Info("a later run ends the rest", "requests", run.later)
	}
	if len(run.unknown) > 0 {
		slices.Sort(run.unknown)
		log.Warn("snapshots of unknown requests are kept", "requests", run.unknown)
	}
	if len(run.stay) > 0 {
		log.Warn("EC2 does not delete snapshots that are in use", "error", errors.Join(run.stay...))
	}
	return errors.Join(run.errs...)
}

// endBackup deletes those of some snapshots that a request knows to be its own, if it may. It is marked
// first, so that nobody rolls back to a snapshot that is about to go.
func (b *Bot) endBackup(ctx context.Context, id string, snapshots []string) (errs []error) {
	r, err := b.Store.Get(ctx, id)
	if err != nil {
		return []error{err}
	}
	of, err := b.Store.ByInstance(ctx, r.Instance.ID, requestsAfter)
	if err != nil {
		return []error{fmt.Errorf("list requests of %s: %w", r.Instance.ID, err)}
	}
	now := b.Now()
	c, err := b.changeLoaded(ctx, r, func(r Request) Change { return r.endBackup(of, now) })
	if err != nil || c.Request.Backup.DeletedAt.IsZero() {
		return []error{err}
	}
	for _, s := range snapshots {
		switch {
		case !c.Request.Backup.owns(s):
			continue
		case !hasFor(ctx, time.Second):
			return append(errs, errNextRun)
		}
		if err = b.Snapshots.Delete(ctx, s); err != nil {
			errs = append(errs, err)
		}
		if errors.Is(err, workflow.ErrSlowDown) {
			break
		}
	}
	return errs
}

// requestsAfter is how many of an instance's newest requests are looked at for one that went well.
const requestsAfter = 50

// endBackup marks that a request's snapshots are being deleted, if they may: their time is over, and
// the instance has been patched well since, by this request or a later one. of are the instance's requests.
func (r Request) endBackup(of []Request, now time.Time) Change {
	well := func(other Request) bool {
		return other.Status == StatusCompliant && !other.Rehearsal && !other.CreatedAt.Before(r.CreatedAt)
	}
	switch {
	case !r.Backup.DeletedAt.IsZero(), r.Status.Open(), r.Backup.KeepUntil.IsZero(), now.Before(r.Backup.KeepUntil):
		return r.with()
	case !well(r) && !slices.ContainsFunc(of, well):
		return r.with()
	}
	r.Backup.DeletedAt = now
	return r.with().record(now, ActorSchedule, ActionBackupEnded, r.Status)
}
