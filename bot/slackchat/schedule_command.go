package slackchat

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

func scheduleCommand() Command {
	return Command{
		Name:     "schedule",
		Usage:    "i-… … | name tonight | in 24h | 2026-12-01 22:00",
		Help:     "Approves them for a later time, in your time zone, or moves what is scheduled already.",
		Who:      approversOnly,
		Examples: []string{"/patch schedule i-0933335a5598d1c2e tonight", "/patch schedule i-0933335a5598d1c2e i-0a1b2c3d4e5f60718 2026-12-01 22:00"},
		run:      scheduleMany,
	}
}

// scheduleMany answers /patch schedule. It takes no owner, and also moves what
// is scheduled already: whoever types a time wants that one.
func scheduleMany(ctx context.Context, a *App, c invocation) (reply, error) {
	ctx, cancel := withReserve(ctx)
	defer cancel()
	w := wish{Verdict: workflow.Scheduled, Where: a.whereabouts(ctx, c.User)}
	until, words, ok := w.Where.cutTime(strings.Fields(strings.ReplaceAll(strings.Join(c.Args, " "), ",", ", ")))
	w.Until, w.Said = until, parseSpoken(words)
	switch {
	case w.Said.nothing():
		return reply{Text: "I expected instances by id or name such as `i-0933335a5598d1c2e`, then a time. `/patch list waiting` shows what waits for a decision."}, nil
	case !ok:
		return reply{Text: fmt.Sprintf("I expected a time after the instances: `tonight`, `in 24h` or `%s 22:00`, in %s. Nothing has changed.",
			w.Where.Now.Add(24*time.Hour).In(w.Where.Zone).Format(time.DateOnly), zoneName(w.Where))}, nil
	}
	expected, err := a.lookUp(ctx, c, &w)
	switch {
	case expected != "" || err != nil:
		return reply{Text: expected}, err
	case w.Owner != "":
		return reply{Text: fmt.Sprintf("I know no instance %s. Nothing has changed: a time is for instances that are named, not for all of an owner.", codeOf(w.Owner, 80))}, nil
	}
	return a.decideInstances(ctx, c, w)
}

// cutTime reads the time at the end of a command, which has three words at most, and gives the
// words before it.
func (w whereabouts) cutTime(words []string) (until time.Time, before []string, ok bool) {
	for n := min(3, len(words)); n > 0; n-- {
		at := len(words) - n
		if until, ok = w.parse(strings.Join(words[at:], " ")); ok {
			return until, words[:at], true
		}
	}
	return time.Time{}, words, false
}

func zoneName(w whereabouts) string {
	if !w.Known {
		return "UTC, since Slack does not tell me your time zone"
	}
	return escaped(w.Zone.String(), 40)
}
