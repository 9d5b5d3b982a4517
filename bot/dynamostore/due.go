package dynamostore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// Due lists requests with something of an urgency to perform by now, as bot.Store says.
//
// It lists besides what a version before this one stored under the urgency: under "show", which
// counted what calls the chat, requests of which nothing else is left to perform.
func (s *Store) Due(ctx context.Context, u bot.Urgency, now time.Time, limit int) ([]bot.Request, error) {
	var due []bot.Request
	for _, value := range unperformed(u) {
		if len(due) >= limit {
			break
		}
		found, err := s.find(ctx, lookup{index: byDue, value: value, until: sortKey(now), limit: limit - len(due),
			match: func(r bot.Request) bool {
				listed := func(other bot.Request) bool { return other.ID == r.ID } // one that moves on is found twice
				return dueOrUnshown(r, now) && !slices.ContainsFunc(due, listed)
			}})
		if err != nil {
			return nil, err
		}
		due = append(due, found...)
	}
	return due, nil
}

// dueOrUnshown reports whether something is to be performed by now, or nothing but shown.
func dueOrUnshown(r bot.Request, now time.Time) bool {
	if due, any := r.Due(); any {
		return !due.After(now)
	}
	_, any := r.Unshown()
	return any
}

func longestDueFirst(a, b bot.Request) int {
	first, _ := a.Due()
	second, _ := b.Due()
	return cmp.Or(first.Compare(second), cmp.Compare(a.ID, b.ID))
}

// GetAll loads many requests, in the order of their ids; those that are not found are left out.
func (s *Store) GetAll(ctx context.Context, ids []string) ([]bot.Request, error) {
	keys := []item{} // each once, as DynamoDB demands
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		keys = append(keys, key(pkRequest(id), skRequest))
	}
	loaded := map[string]bot.Request{}
	for some := range slices.Chunk(keys, batchSize) {
		found, err := s.load(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			loaded[r.ID] = r
		}
	}
	var requests []bot.Request
	for _, id := range ids {
		if r, ok := loaded[id]; ok {
			requests = append(requests, r)
		}
	}
	return requests, nil
}
