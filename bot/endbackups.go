package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Snapshots are the account's EBS snapshots that carry the tags of a backup.
type Snapshots interface {
	// Tagged lists them.
	Tagged(ctx context.Context) ([]workflow.TaggedSnapshot, error)
	// Delete deletes one; one that is gone already is no error.
	Delete(ctx context.Context, id string) error
}

// endBackupsReserve is the least time left in which another request's snapshots are looked at.
const endBackupsReserve = 10 * time.Second

// EndBackups deletes the snapshots of backups that nobody needs any more, as far as the caller's time
// allows. It is to be called every hour or so, and returns the errors of what it could not do.
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
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(ofRequest)) {
		if !hasFor(ctx, endBackupsReserve) {
			b.Log.Info("the next run goes on with ending backups", "from", id)
			break
		}
		if err := b.endBackup(ctx, id, ofRequest[id]); err != nil {
			errs = append(errs, fmt.Errorf("end backup of request %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// endBackup deletes those of some snapshots that a request knows to be its own, if it may. It is marked
// first, so that nobody rolls back to a snapshot that is about to go.
func (b *Bot) endBackup(ctx context.Context, id string, snapshots []string) error {
	r, err := b.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		b.Log.Warn("snapshots of an unknown request are kept", "request", id, "snapshots", snapshots)
		return nil
	}
	if err != nil {
		return err
	}
	of, err := b.Store.ByInstance(ctx, r.Instance.ID, requestsAfter)
	if err != nil {
		return fmt.Errorf("list requests of %s: %w", r.Instance.ID, err)
	}
	now := b.Now()
	c, err := b.changeLoaded(ctx, r, func(r Request) Change { return r.endBackup(of, now) })
	if err != nil || c.Request.Backup.DeletedAt.IsZero() {
		return err
	}
	var errs []error
	for _, s := range snapshots {
		if c.Request.Backup.owns(s) {
			errs = append(errs, b.Snapshots.Delete(ctx, s))
		}
	}
	return errors.Join(errs...)
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
