package memstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// Unshown lists what a channel must still see.
func (s *Store) Unshown(ctx context.Context, channel string) ([]bot.Unshown, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []bot.Unshown
	for _, e := range s.saved {
		if u, any := e.known.Unshown(); any && u.Channel == channel {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, bot.Unshown.Compare)
	return found, ctx.Err()
}

// UnshownChannels lists the channels that must still see something.
func (s *Store) UnshownChannels(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var channels []string
	for _, e := range s.saved {
		if u, any := e.known.Unshown(); any && u.Channel != "" {
			channels = append(channels, u.Channel)
		}
	}
	slices.Sort(channels)
	return slices.Compact(channels), ctx.Err()
}

// HeldUntil is when a channel may be written to again.
func (s *Store) HeldUntil(ctx context.Context, channel string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[channel], ctx.Err()
}

// Hold says until when a channel is not to be written to.
func (s *Store) Hold(ctx context.Context, channel string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	s.held[channel] = until
	return nil
}

// Spend counts one use in a window, as bot.Store says.
func (s *Store) Spend(ctx context.Context, use string, window time.Time, atMost int) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	key := use + window.UTC().Format(time.RFC3339Nano)
	if s.spent[key] >= atMost {
		return false, nil
	}
	s.spent[key]++
	return true, nil
}

// Digest loads a digest.
func (s *Store) Digest(ctx context.Context, id string) (bot.Digest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.digests[id]
	if !ok {
		return d, fmt.Errorf("digest %q: %w", id, bot.ErrNotFound)
	}
	d.Requests = slices.Clone(d.Requests)
	return d, ctx.Err()
}

// NewestDigest loads the newest digest of a channel and an owner that asks.
func (s *Store) NewestDigest(ctx context.Context, channel, owner string) (bot.Digest, error) {
	s.mu.Lock()
	id := s.newest[newestKey(channel, owner)]
	s.mu.Unlock()
	return s.Digest(ctx, id)
}

func newestKey(channel, owner string) string { return channel + " " + strings.ToLower(owner) }

// SaveDigest writes a digest, as bot.Store says.
func (s *Store) SaveDigest(ctx context.Context, d bot.Digest) (bot.Digest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return d, err
	}
	if s.digests[d.ID].Version != d.Version {
		return d, fmt.Errorf("digest %s: %w", d.ID, bot.ErrConflict)
	}
	if d.Version == 0 && d.Asks {
		s.newest[newestKey(d.Place.Channel, d.Owner)] = d.ID
	}
	d.Version++
	saved := d
	saved.Requests = slices.Clone(d.Requests)
	s.digests[d.ID] = saved
	return d, nil
}
