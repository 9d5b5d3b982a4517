// Package memstore keeps requests in memory, for the demo and for tests.
package memstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Store is a bot.Store. It hands out requests from JSON, so that what is loaded shares
// nothing with what was saved.
type Store struct {
	mu    sync.Mutex
	saved map[string]entry
	audit map[string][]bot.AuditEntry
	turns map[string][]byte // by group, as JSON

	digests map[string]bot.Digest // by id
	newest  map[string]string     // ids, by channel and owner
	held    map[string]time.Time  // by channel
	spent   map[string]int        // by use and window
}

// entry is a saved request: as JSON, and decoded to look it up by, which nobody else sees.
type entry struct {
	data  []byte
	known bot.Request
}

func (e entry) load() (bot.Request, error) {
	var r bot.Request
	err := json.Unmarshal(e.data, &r)
	return r, err
}

var _ bot.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{saved: map[string]entry{}, audit: map[string][]bot.AuditEntry{}, turns: map[string][]byte{},
		digests: map[string]bot.Digest{}, newest: map[string]string{}, held: map[string]time.Time{}, spent: map[string]int{}}
}

// Get loads a request, or returns bot.ErrNotFound.
func (s *Store) Get(ctx context.Context, id string) (bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return bot.Request{}, err
	}
	e, ok := s.saved[id]
	if !ok {
		return bot.Request{}, fmt.Errorf("request %q: %w", id, bot.ErrNotFound)
	}
	return e.load()
}

// GetAll loads many requests; those that are not found are left out.
func (s *Store) GetAll(ctx context.Context, ids []string) ([]bot.Request, error) {
	var found []bot.Request
	for _, id := range ids {
		r, err := s.Get(ctx, id)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			found = append(found, r)
		}
	}
	return found, nil
}

// Save writes a request and its audit entries, as bot.Store says.
func (s *Store) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return bot.Request{}, err
	}
	if s.saved[r.ID].known.Version != r.Version {
		return bot.Request{}, fmt.Errorf("request %s: %w", r.ID, bot.ErrConflict)
	}
	if r.Status.Open() {
		for id, other := range s.saved {
			if id != r.ID && other.known.Instance.ID == r.Instance.ID && other.known.Status.Open() {
				return bot.Request{}, &bot.InstanceBusyError{RequestID: id}
			}
		}
	}
	r.Version++
	data, err := json.Marshal(r)
	if err != nil {
		return bot.Request{}, fmt.Errorf("encode request %s: %w", r.ID, err)
	}
	e := entry{data: data}
	if e.known, err = e.load(); err != nil {
		return bot.Request{}, fmt.Errorf("encode request %s: %w", r.ID, err)
	}
	s.saved[r.ID] = e
	s.audit[r.ID] = append(s.audit[r.ID], audit...)
	return r, nil
}

// Record keeps audit entries of a request that does not change.
func (s *Store) Record(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	s.audit[r.ID] = append(s.audit[r.ID], audit...)
	return nil
}

// ByInstance lists an instance's requests, the newest first.
func (s *Store) ByInstance(ctx context.Context, instanceID string, limit int) ([]bot.Request, error) {
	found, err := s.find(ctx, func(r bot.Request) bool { return r.Instance.ID == instanceID })
	slices.Reverse(found)
	return found[:min(len(found), limit)], err
}

// OpenInChannel lists a channel's open requests, the oldest first.
func (s *Store) OpenInChannel(ctx context.Context, channel string) ([]bot.Request, error) {
	return s.find(ctx, func(r bot.Request) bool { return r.Place.Channel == channel && r.Status.Open() })
}

// ByOwner lists an owner's requests that have one of the statuses, the oldest first.
func (s *Store) ByOwner(ctx context.Context, owner string, statuses ...bot.Status) ([]bot.Request, error) {
	return s.find(ctx, func(r bot.Request) bool { return r.Owner == owner && slices.Contains(statuses, r.Status) })
}

// WaitingFor finds the request that waits for something.
func (s *Store) WaitingFor(ctx context.Context, subject workflow.Subject) (bot.Request, error) {
	found, err := s.find(ctx, func(r bot.Request) bool { return r.Wait != nil && r.Wait.Subject == subject })
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("request that waits for %s: %w", subject, bot.ErrNotFound)
	}
	if err != nil {
		return bot.Request{}, err
	}
	return found[0], nil
}

// Due lists requests with something of an urgency to perform by now, as bot.Store says.
func (s *Store) Due(ctx context.Context, u bot.Urgency, now time.Time, limit int) ([]bot.Request, error) {
	found, err := s.find(ctx, func(r bot.Request) bool {
		due, any := r.Due()
		return any && !due.After(now) && r.Urgency() == u
	})
	slices.SortStableFunc(found, func(a, b bot.Request) int {
		first, _ := a.Due()
		second, _ := b.Due()
		return first.Compare(second)
	})
	return found[:min(len(found), limit)], err
}

// AllOpen lists the open requests in short, the oldest first.
func (s *Store) AllOpen(ctx context.Context) ([]bot.Summary, error) {
	return s.summaries(ctx, func(r bot.Request) bool { return r.Status.Open() })
}

// CreatedBetween lists in short the requests of a period, the oldest first.
func (s *Store) CreatedBetween(ctx context.Context, from, before time.Time) ([]bot.Summary, error) {
	return s.summaries(ctx, func(r bot.Request) bool { return !r.CreatedAt.Before(from) && r.CreatedAt.Before(before) })
}

func (s *Store) summaries(ctx context.Context, match func(bot.Request) bool) ([]bot.Summary, error) {
	found, err := s.find(ctx, match)
	var all []bot.Summary
	for _, r := range found {
		all = append(all, r.Summary())
	}
	return all, err
}

// Audit lists what was recorded of a request, in order.
func (s *Store) Audit(ctx context.Context, id string) ([]bot.AuditEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.audit[id]), ctx.Err()
}

// find lists the requests that match, the oldest first.
func (s *Store) find(ctx context.Context, match func(bot.Request) bool) ([]bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var found []bot.Request
	for _, e := range s.saved {
		if !match(e.known) {
			continue
		}
		r, err := e.load()
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	slices.SortFunc(found, func(a, b bot.Request) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}
