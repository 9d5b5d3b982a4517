package mototest

import "testing"

// Calendar is what a change calendar says from now on.
type Calendar struct {
	State              string // "OPEN" or "CLOSED"; empty: there is no such calendar
	NextTransitionTime string `json:",omitempty"` // e.g. "2026-12-27T08:00:00Z"
}

// SetCalendar puts a change calendar into the account, or changes it.
func (s Server) SetCalendar(t testing.TB, name string, c Calendar) {
	t.Helper()
	s.put(t.Context(), t, "calendars/"+name, c)
}
