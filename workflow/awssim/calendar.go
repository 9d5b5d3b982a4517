package awssim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// calendar is a document of the type ChangeCalendar that is open by default, with the times in
// which it is closed.
type calendar struct {
	name    string // e.g. "release-freeze"
	freezes []freeze
}

// freeze closes a calendar.
type freeze struct {
	from, until time.Time // until: zero while nobody knows
}

func (z freeze) covers(t time.Time) bool {
	return !t.Before(z.from) && (z.until.IsZero() || t.Before(z.until))
}

// AddCalendar puts a change calendar into the account, open. One that is there already stays as it is.
func (f *Fleet) AddCalendar(name string) {
	_ = f.change(func() error {
		f.calendarNamed(name)
		return nil
	})
}

// Freeze closes a change calendar for some time, until Thaw where until is zero. It makes the calendar
// where there is none.
func (f *Fleet) Freeze(name string, from, until time.Time) {
	_ = f.change(func() error {
		c := f.calendarNamed(name)
		c.freezes = append(c.freezes, freeze{from, until})
		return nil
	})
}

// Thaw opens a change calendar from now on, as when somebody deletes its events.
func (f *Fleet) Thaw(name string) {
	_ = f.change(func() error {
		f.calendarNamed(name).freezes = nil
		return nil
	})
}

// calendarNamed finds a calendar, or makes it. The caller holds the lock.
func (f *Fleet) calendarNamed(name string) *calendar {
	if c := f.calendar(name); c != nil {
		return c
	}
	f.calendars = append(f.calendars, &calendar{name: name})
	return f.calendars[len(f.calendars)-1]
}

// calendar finds one by its name, or by the ARN of its document; nil for none.
func (f *Fleet) calendar(nameOrARN string) *calendar {
	arn := fmt.Sprintf("arn:%s:ssm:%s:%s:document/", f.config.Partition, f.config.Region, f.config.Account)
	name := strings.TrimPrefix(nameOrARN, arn)
	i := slices.IndexFunc(f.calendars, func(c *calendar) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return f.calendars[i]
}

// closed reports whether a calendar forbids changes at a time.
func (c *calendar) closed(t time.Time) bool {
	return slices.ContainsFunc(c.freezes, func(z freeze) bool { return z.covers(t) })
}

// next is when a calendar's state changes after a time; zero where it does not, or nobody knows when.
func (c *calendar) next(t time.Time) time.Time {
	var changes []time.Time
	for _, z := range c.freezes {
		changes = append(changes, z.from, z.until)
	}
	slices.SortFunc(changes, time.Time.Compare)
	for _, at := range changes {
		if at.After(t) && c.closed(at) != c.closed(t) {
			return at
		}
	}
	return time.Time{}
}

type getCalendarStateInput struct {
	CalendarNames []string `member:"required"`
	AtTime        string   // ISO 8601; default: now
}

type getCalendarStateOutput struct {
	AtTime             string
	NextTransitionTime string `json:",omitempty"`
	State              string // OPEN, CLOSED
}

// farthestTransition bounds how far GetCalendarState looks for the next transition.
const farthestTransition = 365 * 24 * time.Hour

// getCalendarState is closed where one of several is. When the state changes is told of one calendar
// alone: the guide does not say what AWS tells of several, so the worse case is played.
func (f *Fleet) getCalendarState(in getCalendarStateInput) (*getCalendarStateOutput, error) {
	if len(in.CalendarNames) == 0 {
		return nil, invalidMember("calendarNames", in.CalendarNames, "Member must have length greater than or equal to 1")
	}
	at := f.now()
	if in.AtTime != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, in.AtTime); err != nil {
			return nil, ssmError("ValidationException", "Invalid AtTime: %s", in.AtTime)
		}
	}
	answer := &getCalendarStateOutput{AtTime: stamp(at), State: "OPEN"}
	for _, name := range in.CalendarNames {
		switch c := f.calendar(name); {
		case c == nil && strings.HasSuffix(name, patchDocument):
			return nil, ssmError("InvalidDocumentType", "The document type isn't valid.")
		case c == nil:
			return nil, ssmError("InvalidDocument", "Document with name %s does not exist.", name)
		case c.closed(at):
			answer.State = "CLOSED"
		}
	}
	if next := f.calendar(in.CalendarNames[0]).next(at); len(in.CalendarNames) == 1 && next.Sub(at) < farthestTransition && !next.IsZero() {
		answer.NextTransitionTime = stamp(next)
	}
	return answer, nil
}
