package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

func scheduleCommand() Command {
	return Command{
		Name:     "schedule",
		Usage:    "i-… … tonight | in 24h | 2026-12-01 22:00",
		Help:     "Approves them for a later time, in your time zone, or moves what is scheduled already.",
		Who:      approversOnly,
		Examples: []string{"/patch schedule i-0933335a5598d1c2e tonight", "/patch schedule i-0933335a5598d1c2e i-0a1b2c3d4e5f60718 2026-12-01 22:00"},
		run:      scheduleMany,
	}
}

// scheduleMany answers /patch schedule. It takes instances by their ids alone, and also moves what
// is scheduled already: whoever types a time wants that one.
func scheduleMany(ctx context.Context, a *App, c invocation) (reply, error) {
	w := wish{Verdict: workflow.Scheduled}
	words := strings.FieldsFunc(strings.Join(c.Args, " "), func(r rune) bool { return r == ' ' || r == ',' })
	for len(words) > 0 {
		id, ok := pastedID(words[0])
		if !ok {
			break
		}
		if !slices.Contains(w.Instances, id) {
			w.Instances = append(w.Instances, id)
		}
		words = words[1:]
	}
	if len(w.Instances) == 0 {
		return reply{Text: "I expected instance ids such as `i-0933335a5598d1c2e`, then a time. `/patch list waiting` shows what waits for a decision."}, nil
	}
	ctx, cancel := withReserve(ctx)
	defer cancel()
	var ok bool
	w.Where = a.whereabouts(ctx, c.User)
	w.Until, ok = w.Where.parse(strings.Join(words, " "))
	if !ok {
		return reply{Text: fmt.Sprintf("I expected a time after the ids: `tonight`, `in 24h` or `%s 22:00`, in %s. Nothing has changed.",
			w.Where.Now.Add(24*time.Hour).In(w.Where.Zone).Format(time.DateOnly), zoneName(w.Where))}, nil
	}
	return a.decideInstances(ctx, c, w)
}

func zoneName(w whereabouts) string {
	if !w.Known {
		return "UTC, since Slack does not tell me your time zone"
	}
	return escaped(w.Zone.String(), 40)
}
