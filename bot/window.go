package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Lambda has no time zones of its own, and an owner's entry must not be wrong for that
)

// Window is when in the week an owner likes patches to be installed, e.g. "Sat,Sun 02:00
// Europe/Berlin", "daily 03:30 UTC". It is a time to offer, never a limit. The zero value is none.
type Window struct {
	days         []time.Weekday
	hour, minute int
	zone         *time.Location
}

const (
	windowForm = "expected days, a time and a time zone, such as \"Sat,Sun 02:00 Europe/Berlin\" or \"daily 03:30 UTC\""
	daily      = "daily"
)

// ParseWindow reads a window. Days are English, three letters each, or "daily"; the zone has its
// name in the IANA database.
func ParseWindow(text string) (Window, error) {
	words := strings.Fields(text)
	if len(words) != 3 {
		return Window{}, fmt.Errorf("%q: %s", text, windowForm)
	}
	at, err := time.Parse("15:04", words[1])
	if err != nil {
		return Window{}, fmt.Errorf("time %q: %s", words[1], windowForm)
	}
	zone, err := time.LoadLocation(words[2])
	if err != nil || words[2] == "Local" {
		return Window{}, fmt.Errorf("time zone %q: %s", words[2], windowForm)
	}
	w := Window{hour: at.Hour(), minute: at.Minute(), zone: zone}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(words[0], daily) || slices.ContainsFunc(strings.Split(words[0], ","), func(d string) bool { return strings.EqualFold(d, shortDay(day)) }) {
			w.days = append(w.days, day)
		}
	}
	if named := strings.Count(words[0], ",") + 1; !strings.EqualFold(words[0], daily) && named != len(w.days) {
		return Window{}, fmt.Errorf("days %q: %s", words[0], windowForm)
	}
	return w, nil
}

func shortDay(d time.Weekday) string { return d.String()[:3] }

// Known reports whether it is a window.
func (w Window) Known() bool { return len(w.days) > 0 }

// Next is the first time of the window at or after another one; the zero time where there is no
// window.
func (w Window) Next(from time.Time) time.Time {
	if !w.Known() {
		return time.Time{}
	}
	local := from.In(w.zone)
	for ahead := range 9 { // a week, and a day whose time the change of the clocks has moved
		next := time.Date(local.Year(), local.Month(), local.Day()+ahead, w.hour, w.minute, 0, 0, w.zone)
		if !next.Before(from) && slices.Contains(w.days, next.Weekday()) {
			return next
		}
	}
	return time.Time{}
}

// String is the window in its own words.
func (w Window) String() string {
	if !w.Known() {
		return ""
	}
	days := daily
	if len(w.days) < 7 {
		var names []string
		for _, d := range w.days {
			names = append(names, shortDay(d))
		}
		days = strings.Join(names, ",")
	}
	return fmt.Sprintf("%s %02d:%02d %s", days, w.hour, w.minute, w.zone)
}

// WindowOf is the window that is offered for a request: its owner's, else the default one.
func (b *Bot) WindowOf(ctx context.Context, r Request) (Window, error) {
	owner, err := b.owner(ctx, r.Owner)
	if err != nil || !owner.Window.Known() {
		return b.Window, err
	}
	return owner.Window, nil
}
