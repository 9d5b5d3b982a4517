// Package memstore keeps requests in memory, for the demo and for tests.
package memstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Store is a bot.Store. It holds requests as JSON, so that what is loaded shares nothing
// with what was saved.
type Store struct {
	mu    sync.Mutex
	saved map[string][]byte
	audit map[string][]bot.AuditEntry
}

var _ bot.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{saved: map[string][]byte{}, audit: map[string][]bot.AuditEntry{}}
}

// Get loads a request, or answers bot.ErrNotFound.
func (s *Store) Get(ctx context.Context, id string) (bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(ctx, id)
}

func (s *Store) get(ctx context.Context, id string) (bot.Request, error) {
	if err := ctx.Err(); err != nil {
		return bot.Request{}, err
	}
	data, ok := s.saved[id]
	if !ok {
		return bot.Request{}, fmt.Errorf("request %q: %w", id, bot.ErrNotFound)
	}
	var r bot.Request
	err := json.Unmarshal(data, &r)
	return r, err
}

// Save writes a request and its audit entries, as bot.Store says.
func (s *Store) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.all(ctx)
	if err != nil {
		return bot.Request{}, err
	}
	for _, other := range all {
		switch {
		case other.ID == r.ID && other.Version != r.Version:
			return bot.Request{}, fmt.Errorf("request %s: %w", r.ID, bot.ErrConflict)
		case other.ID != r.ID && other.Instance.ID == r.Instance.ID && other.Status.Open() && r.Status.Open():
			return bot.Request{}, &bot.InstanceBusyError{RequestID: other.ID}
		}
	}
	if _, exists := s.saved[r.ID]; !exists && r.Version != 0 {
		return bot.Request{}, fmt.Errorf("request %s: %w", r.ID, bot.ErrConflict)
	}
	r.Version++
	data, err := json.Marshal(r)
	if err != nil {
		return bot.Request{}, fmt.Errorf("encode request %s: %w", r.ID, err)
	}
	s.saved[r.ID] = data
	s.audit[r.ID] = append(s.audit[r.ID], audit...)
	return r, nil
}

// ByInstance lists an instance's requests, the newest first.
func (s *Store) ByInstance(ctx context.Context, instanceID string, limit int) ([]bot.Request, error) {
	found, err := s.find(ctx, func(r bot.Request) bool { return r.Instance.ID == instanceID })
	slices.Reverse(found)
	return found[:min(len(found), limit)], err
}

// OpenInChannel lists a channel's open requests, the oldest first.
func (s *Store) OpenInChannel(ctx context.Context, channel string) ([]bot.Request, error) {
	return s.find(ctx, func(r bot.Request) bool { return r.Message.Channel == channel && r.Status.Open() })
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

// Unperformed lists the ids of requests whose outbox is not empty.
func (s *Store) Unperformed(ctx context.Context, limit int) ([]string, error) {
	found, err := s.find(ctx, func(r bot.Request) bool { return len(r.Outbox) > 0 })
	var ids []string
	for _, r := range found[:min(len(found), limit)] {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// Audit lists what was recorded of a request, in order.
func (s *Store) Audit(id string) []bot.AuditEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.audit[id])
}

func (s *Store) find(ctx context.Context, match func(bot.Request) bool) ([]bot.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.all(ctx)
	return slices.DeleteFunc(all, func(r bot.Request) bool { return !match(r) }), err
}

// all lists every request, the oldest first.
func (s *Store) all(ctx context.Context) ([]bot.Request, error) {
	var all []bot.Request
	for id := range s.saved {
		r, err := s.get(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b bot.Request) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}
