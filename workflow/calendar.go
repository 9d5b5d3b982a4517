package workflow

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// MaxCalendars is how many change calendars can be configured. AWS publishes no limit; this keeps the
// state machine small.
const MaxCalendars = 10

// calendarName is a change calendar's name, or the ARN of its document.
var calendarName = regexp.MustCompile(`^(arn:[a-z0-9-]+:ssm:[a-z0-9-]+:[0-9]{12}:document/)?[a-zA-Z0-9_.-]{3,128}$`)

func checkCalendars(calendars []string) error {
	if len(calendars) > MaxCalendars {
		return fmt.Errorf("there are %d change calendars, expected at most %d", len(calendars), MaxCalendars)
	}
	for _, c := range calendars {
		if !calendarName.MatchString(c) {
			return fmt.Errorf("%q is no change calendar, expected a change calendar's name, or its ARN", c)
		}
	}
	return nil
}

// calendars is the list as JSON. No name has a character that JSON or the state machine would escape.
func (s Settings) calendars() string {
	list, _ := json.Marshal(append([]string{}, s.Calendars...)) // texts always marshal
	return string(list)
}

// CalendarOpen is the state of change calendars in which patching is allowed. Any other, and none, is a freeze.
const CalendarOpen = "OPEN"

// Freeze is what the change calendars say, as GetCalendarState does.
type Freeze struct {
	State string `json:"state"` // "OPEN", "CLOSED"; "UNKNOWN" where they could not be read; empty of executions that began before there were calendars
	// Until is when the state changes, as AWS writes it, e.g. "2026-12-27T08:00:00Z"; empty where it does not say.
	Until string `json:"until"`
	Error string `json:"error"` // why they could not be read, e.g. "Ssm.InvalidDocumentException"; empty when they could
}

// On reports whether nothing may be patched.
func (f Freeze) On() bool { return f.State != "" && f.State != CalendarOpen }

// transitionLayouts are forms of ISO 8601 in which a time may be written.
var transitionLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"}

// Ends is when the freeze ends; zero where nobody knows.
func (f Freeze) Ends() time.Time {
	if f.State != "CLOSED" {
		return time.Time{}
	}
	for _, layout := range transitionLayouts {
		if t, err := time.Parse(layout, f.Until); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
