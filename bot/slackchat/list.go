package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// listState is a word that says which requests /patch list shows.
type listState string

// What /patch list can show.
const (
	listOpen    listState = "open"
	listWaiting listState = "waiting" // open ones that nobody has decided
	listFailed  listState = "failed"  // see bot.FailedNow
)

// failedWithin is how far back /patch list looks for what failed.
const failedWithin = 30 * 24 * time.Hour

// listFilter says what a list shows.
type listFilter struct {
	State listState
	Owner string // as it was typed; empty: all
}

// parseListFilter reads the words after /patch list, in any order. What is no state is the
// owner's name, which may have several words. It says what it expected of words that it cannot
// read.
func parseListFilter(words []string) (f listFilter, expected string) {
	var owner []string
	for _, word := range words {
		switch state := listState(strings.ToLower(word)); state {
		case listOpen, listWaiting, listFailed:
			if f.State != "" && f.State != state {
				return f, fmt.Sprintf("I expected one of `open`, `waiting` and `failed`, but got both `%s` and `%s`.", f.State, state)
			}
			f.State = state
		default:
			owner = append(owner, word)
		}
	}
	if f.State == "" {
		f.State = listOpen
	}
	f.Owner = pasted(strings.Join(owner, " "))
	if id, ok := pastedID(f.Owner); ok {
		return f, fmt.Sprintf("I expected an owner, but %s is an instance. `/patch status %s` tells how it stands.", codeOf(id, 40), escaped(id, 40))
	}
	return f, ""
}

// String is the line that shows this list.
func (f listFilter) String() string {
	line := SlashCommand + " list"
	if f.State != listOpen {
		line += " " + string(f.State)
	}
	if f.Owner != "" {
		line += " " + f.Owner
	}
	return line
}

// of narrows the list down to an owner.
func (f listFilter) of(owner string) listFilter { return listFilter{State: f.State, Owner: owner} }

// list answers /patch list.
func list(ctx context.Context, a *App, c invocation) (string, error) {
	filter, expected := parseListFilter(c.Args)
	if expected != "" {
		return expected, nil
	}
	now := a.Bot.Now()
	found, err := a.listed(ctx, filter, now)
	if err != nil {
		return "", err
	}
	return listAnswer(filter, found, a.visibleChannels(ctx, c, found), now), nil
}

// listed finds what a filter lets through, an owner after the other.
func (a *App) listed(ctx context.Context, filter listFilter, now time.Time) ([]bot.Summary, error) {
	var found []bot.Summary
	var err error
	if filter.State == listFailed {
		found, err = a.Bot.Store.CreatedBetween(ctx, now.Add(-failedWithin), now.Add(time.Second))
		found = bot.FailedNow(found)
	} else {
		found, err = a.Bot.Store.AllOpen(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	found = slices.DeleteFunc(found, func(s bot.Summary) bool {
		return filter.State == listWaiting && s.Status != bot.StatusAsked ||
			filter.Owner != "" && !strings.EqualFold(pasted(s.Owner), filter.Owner)
	})
	slices.SortStableFunc(found, func(a, b bot.Summary) int { return compareOwners(a.Owner, b.Owner) })
	return found, nil
}

// compareOwners sorts owners by name, without case, and what has no owner last.
func compareOwners(a, b string) int {
	if (a == "") != (b == "") {
		return strings.Compare(b, a)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}
