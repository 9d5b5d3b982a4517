package slackchat

import (
	"context"
	"fmt"

	"github.com/patchbot/patchbot/bot"
)

func rollBackCommand() Command {
	return Command{
		Name:     "roll-back",
		Usage:    "i-… | name",
		Help:     "Opens a window in which the root volume goes back to its snapshot from before the last install.",
		Who:      approversOnly,
		Examples: []string{"/patch roll-back i-0933335a5598d1c2e", "/patch roll-back web-1"},
		run:      saying(rollBackNewest),
	}
}

// answerWindow is what a command answers that has opened a window.
const answerWindow = "Please go on in the window. Nothing has changed yet."

// rollBackNewest answers /patch roll-back.
func rollBackNewest(ctx context.Context, a *App, c invocation) (string, error) {
	id, expected, err := a.oneInstance(ctx, c)
	if expected != "" || err != nil {
		return expected, err
	}
	requests, err := a.Bot.Store.ByInstance(ctx, id, historyLength)
	if err != nil {
		return "", fmt.Errorf("list requests of %s: %w", id, err)
	}
	if requests = a.visibleTo(ctx, c, requests); len(requests) == 0 {
		return noRequestFor(id), nil
	}
	r, err := a.Bot.Placed(ctx, toRollBack(requests))
	if err != nil {
		return "", err
	}
	if why := openRollBack(ctx, a, click{Request: r, User: c.User, Name: c.Name, Trigger: c.Trigger}); why != "" {
		return why, nil
	}
	return answerWindow, nil
}

// toRollBack is the newest of an instance's requests that can be rolled back, unless what a later one installed
// is in the way; else the one that counts, which says why not.
func toRollBack(requests []bot.Request) bot.Request {
	for _, r := range requests {
		if r.NoWayBack() == "" || r.Stands() {
			return r
		}
	}
	return theOneThatCounts(requests)
}
