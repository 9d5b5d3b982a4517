package slackchat

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// tonightHour is when tonight is, in the zone of whoever says so.
const tonightHour = 22

// zoneTime bounds the question for somebody's zone: a window that opens late does not open.
const zoneTime = 700 * time.Millisecond

// whereabouts is the time as somebody sees it.
type whereabouts struct {
	Now   time.Time
	Zone  *time.Location
	Known bool // whether Slack says which zone that is; else it is UTC
}

func (a *App) whereabouts(ctx context.Context, user string) whereabouts {
	ctx, cancel := context.WithTimeout(ctx, zoneTime)
	defer cancel()
	zone, err := a.Chat.Zone(ctx, user)
	if err != nil {
		a.Log.Warn("does not know somebody's time zone", "user", user, "error", err)
	}
	if zone == nil {
		return whereabouts{Now: a.Bot.Now(), Zone: time.UTC}
	}
	return whereabouts{Now: a.Bot.Now(), Zone: zone, Known: true}
}

// say is a time where Slack takes no date token, e.g. "Sat 28 Nov, 02:00 CET".
func (w whereabouts) say(t time.Time) string { return t.In(w.Zone).Format("Mon 2 Jan, 15:04 MST") }

// tonight is the next evening that is far enough ahead.
func (w whereabouts) tonight() time.Time {
	local := w.Now.In(w.Zone)
	t := time.Date(local.Year(), local.Month(), local.Day(), tonightHour, 0, 0, 0, w.Zone)
	if t.Before(w.Now.Add(bot.ScheduleAhead)) {
		t = time.Date(local.Year(), local.Month(), local.Day()+1, tonightHour, 0, 0, 0, w.Zone)
	}
	return t
}

// preset is a time that is offered.
type preset struct {
	Label string // e.g. "Tonight: Sun 22 Nov, 22:00 CET"
	Until time.Time
}

// presets are the times that are offered for a request: each of them is taken.
func (w whereabouts) presets(r bot.Request, window bot.Window) []preset {
	tonight, tomorrow := w.tonight(), w.Now.In(w.Zone).Day() != w.tonight().Day()
	all := []preset{{"Tonight", tonight}, {"Next window", window.Next(w.Now.Add(2 * bot.ScheduleAhead))}, {"In 24 hours", w.Now.Add(24 * time.Hour)}}
	if tomorrow {
		all[0].Label = "Tomorrow night"
	}
	var offered []preset
	for _, p := range all {
		if r.Unschedulable(p.Until, w.Now) == "" {
			offered = append(offered, preset{p.Label + ": " + w.say(p.Until), p.Until})
		}
	}
	return offered
}

// mistaken says in plain text what is wrong with the time of an action about requests, "" when
// nothing is.
func (w whereabouts) mistaken(requests []bot.Request, action bot.Action) string {
	if action.Verdict != workflow.Scheduled {
		return ""
	}
	if action.Until.IsZero() {
		return "Choose a day and a time."
	}
	for _, r := range requests {
		why := r.Unschedulable(action.Until, w.Now)
		if why == bot.RefusedTooSoon {
			return fmt.Sprintf("Choose a time that is at least %s ahead.", wording.Span(bot.ScheduleAhead))
		}
		if why == bot.RefusedTooFar {
			return fmt.Sprintf("Choose a time until %s at the latest.", w.say(r.LatestSchedule(w.Now)))
		}
	}
	return ""
}

// inWords is a span as people type it, e.g. "24h", "90m" or "2d".
var inWords = regexp.MustCompile(`^(\d{1,4})\s*(m|min|h|d)$`)

// parse reads a time as people type it: "tonight", "in 24h", or a day and a time in their zone.
func (w whereabouts) parse(text string) (t time.Time, ok bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if text == "tonight" {
		return w.tonight(), true
	}
	if span, isSpan := strings.CutPrefix(text, "in "); isSpan {
		match := inWords.FindStringSubmatch(span)
		if match == nil {
			return time.Time{}, false
		}
		n, _ := strconv.Atoi(match[1]) // four digits at most
		unit := map[string]time.Duration{"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[match[2]]
		return w.Now.Add(time.Duration(n) * unit), true
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text, w.Zone)
	return t, err == nil
}
