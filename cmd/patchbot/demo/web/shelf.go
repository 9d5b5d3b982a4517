package web

import (
	"bytes"
	"encoding/json"
	"slices"
)

// shelf is what pages were told of one kind of thing, by key, in the order of its coming.
type shelf struct {
	order []string
	items map[string]json.RawMessage
}

func newShelf() *shelf { return &shelf{items: map[string]json.RawMessage{}} }

// put keeps a thing, and returns it if it is news: else nothing.
func (s *shelf) put(key string, thing any) []json.RawMessage {
	data, err := json.Marshal(thing)
	known, there := s.items[key]
	if err != nil || bytes.Equal(data, known) {
		return nil
	}
	if !there {
		s.order = append(s.order, key)
	}
	s.items[key] = data
	return []json.RawMessage{data}
}

// remove forgets a thing, and reports whether it was there.
func (s *shelf) remove(key string) bool {
	if _, there := s.items[key]; !there {
		return false
	}
	delete(s.items, key)
	s.order = slices.DeleteFunc(s.order, func(k string) bool { return k == key })
	return true
}

func (s *shelf) all() []json.RawMessage {
	all := make([]json.RawMessage, 0, len(s.order))
	for _, key := range s.order {
		all = append(all, s.items[key])
	}
	return all
}
