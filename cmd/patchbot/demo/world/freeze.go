package world

import (
	"context"
	"slices"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
)

// changeCalendar is the one that the company freezes.
const changeCalendar = "release-freeze"

// freezeTime is how long a freeze lasts that nobody ends.
const freezeTime = 24 * time.Hour

// SetFrozen puts a freeze on from now on, or ends it.
func (w *World) SetFrozen(frozen bool) {
	now := w.Clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Fleet.Thaw(changeCalendar)
	w.frozenUntil = time.Time{}
	if frozen {
		w.frozenUntil = now.Add(freezeTime)
		w.Fleet.Freeze(changeCalendar, now, w.frozenUntil)
	}
}

// Frozen reports whether a freeze is on.
func (w *World) Frozen() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Clock.Now().Before(w.frozenUntil)
}

// calendarRead is when an execution that waits for a freeze to end reads the calendar again; zero for any other.
func (w *World) calendarRead(e asl.Progress) time.Time {
	waits := func(p asl.Place) bool { return p.State == workflow.StateFreeze }
	if !slices.ContainsFunc(e.Places, waits) {
		return time.Time{}
	}
	r, err := w.Store.Get(context.Background(), bot.RequestID(e.ARN))
	if err != nil {
		return time.Time{}
	}
	for _, effect := range r.Effects {
		if effect.Kind == bot.EffectLookFreeze {
			return effect.NotBefore
		}
	}
	return time.Time{}
}
