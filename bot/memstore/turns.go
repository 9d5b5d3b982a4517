package memstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/patchbot/patchbot/bot"
)

// Turns loads whose turn it is in a group.
func (s *Store) Turns(ctx context.Context, group string) (bot.Turns, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return bot.Turns{}, err
	}
	return s.turnsOf(group)
}

// turnsOf needs the lock.
func (s *Store) turnsOf(group string) (bot.Turns, error) {
	t := bot.Turns{Group: group}
	data, ok := s.turns[group]
	if !ok {
		return t, nil
	}
	return t, json.Unmarshal(data, &t)
}

// SaveTurns writes the record of a group, as bot.Store says.
func (s *Store) SaveTurns(ctx context.Context, t bot.Turns) (bot.Turns, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return bot.Turns{}, err
	}
	saved, err := s.turnsOf(t.Group)
	if err != nil {
		return bot.Turns{}, err
	}
	if saved.Version != t.Version {
		return bot.Turns{}, fmt.Errorf("turns of group %q: %w", t.Group, bot.ErrConflict)
	}
	t.Version++
	data, err := json.Marshal(t)
	if err != nil {
		return bot.Turns{}, fmt.Errorf("encode turns of group %q: %w", t.Group, err)
	}
	s.turns[t.Group] = data
	return t, nil
}
