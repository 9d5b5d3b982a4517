package slackchat

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// historyLength is how many requests a history has at most.
const historyLength = 10

// linksTime bounds the look-ups of links, and linksPart, of the time there is: an answer without them
// is better than none.
const (
	linksTime = time.Second
	linksPart = 0.6
)

// pastRequest is a request of a history.
type pastRequest struct {
	bot.Request
	Link    string           // its message as a URL; may be empty
	Refused []bot.AuditEntry // the tries that were refused, the oldest first
}

func historyCommand() Command {
	return Command{
		Name:     "history",
		Usage:    "i-… | name",
		Help:     "The newest requests of an instance: who decided what, how each ended, and the tries that were refused.",
		Who:      "everybody in the workspace; requests in private channels are shown to members",
		Examples: []string{"/patch history i-0933335a5598d1c2e", "/patch history web-1"},
		run:      saying(history),
	}
}

// history answers /patch history.
func history(ctx context.Context, a *App, c invocation) (string, error) {
	id, expected, err := a.oneInstance(ctx, c)
	if expected != "" || err != nil {
		return expected, err
	}
	requests, err := a.Bot.Store.ByInstance(ctx, id, historyLength)
	if err != nil {
		return "", fmt.Errorf("list requests of %s: %w", id, err)
	}
	all := len(requests)
	if requests = a.visibleTo(ctx, c, requests); len(requests) == 0 {
		return noRequestFor(id), nil
	}
	past, err := a.withPast(ctx, requests)
	if err != nil {
		return "", err
	}
	return historyAnswer(past, all-len(past), a.Bot.Now()), nil
}

// withPast adds links and refused tries to requests, to all of them at once.
func (a *App) withPast(ctx context.Context, requests []bot.Request) ([]pastRequest, error) {
	linksCtx, cancel := bot.Share(ctx, linksPart, linksTime)
	defer cancel()
	past, errs := make([]pastRequest, len(requests)), make([]error, len(requests))
	var wg sync.WaitGroup
	for n, r := range requests {
		past[n].Request = r
		wg.Go(func() { past[n].Link = a.messageLink(linksCtx, r.Place) })
		wg.Go(func() {
			entries, err := a.Bot.Store.Audit(ctx, r.ID)
			past[n].Refused, errs[n] = slices.DeleteFunc(entries, func(e bot.AuditEntry) bool { return e.Refused == "" }), err
		})
	}
	wg.Wait()
	for n, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("read what was refused of request %s: %w", requests[n].ID, err)
		}
	}
	return past, nil
}
