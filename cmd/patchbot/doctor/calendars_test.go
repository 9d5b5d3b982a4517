package doctor

import (
	"testing"

	"github.com/patchbot/patchbot/infra/mototest"
)

// calendarDefects leave the deployed machine as it is, which names no calendar: that is found, too.
func (d *doctorTest) calendarDefects() map[string]defect {
	named := func(calendars ...string) func(*testing.T) {
		return func(*testing.T) { d.Installation.Machine.ChangeCalendars = calendars; d.PutParameter() }
	}
	return map[string]defect{
		"a change calendar that does not exist": {named("gone"), named(), "change calendars, state machines", failure, "The change calendar gone cannot be read, so nothing is patched but in an emergency"},
		"several change calendars": {func(t *testing.T) {
			d.Moto.SetCalendar(t, "releases", mototest.Calendar{State: "OPEN"})
			d.Moto.SetCalendar(t, "holidays", mototest.Calendar{State: "CLOSED", NextTransitionTime: "2026-12-27T08:00:00Z"})
			named("releases", "holidays")(t)
		}, named(), "change calendars, state machines", warning, "AWS does not say when several change calendars open"},
	}
}
