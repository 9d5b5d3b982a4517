package slacksim

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Date fills the tokens of a date format, as Slack does for <!date^…>, in the
// reader's location and in English:
//
//	{date_num}       2014-02-18                    {date_slash}     18/02/2014
//	{date}           February 18th, 2014           {date_pretty}    today, or as {date}
//	{date_short}     Feb 18, 2014                  {date_short_pretty}
//	{date_long}      Tuesday, February 18th, 2014  {date_long_pretty}
//	{date_long_full} February 18, 2014             {day_divider_pretty}
//	{time}           6:39 AM                       {time_secs}      6:39:42 AM
//	{ago}            3 minutes ago
//
// The pretty forms say yesterday, today or tomorrow where it applies, with a
// capital letter at the start of the format. {date} and its pretty form leave
// out the current year. An unknown token stays as it is.
func (r Reader) Date(at time.Time, format string) string {
	at = at.In(cmp.Or(r.Location, time.UTC))
	spans := regexp.MustCompile(`\{[a-z_]+\}`).FindAllStringIndex(format, -1)
	var out strings.Builder
	end := 0
	for _, span := range spans {
		out.WriteString(format[end:span[0]])
		text := r.token(at, format[span[0]+1:span[1]-1])
		if span[0] == 0 && text != "" {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		out.WriteString(text)
		end = span[1]
	}
	return out.String() + format[end:]
}

// token renders one token, named without its braces.
func (r Reader) token(at time.Time, name string) string {
	if base, ok := strings.CutSuffix(name, "_pretty"); ok {
		if day := r.nearDay(at); day != "" {
			return day
		}
		if base == "day_divider" {
			return r.dayDivider(at)
		}
		name = base
	}
	switch name {
	case "date_num":
		return at.Format(time.DateOnly)
	case "date_slash":
		return at.Format("02/01/2006")
	case "date":
		return at.Format("January ") + ordinal(at.Day()) + r.yearUnlessNow(at)
	case "date_short":
		return at.Format("Jan 2, 2006")
	case "date_long":
		return at.Format("Monday, January ") + ordinal(at.Day()) + at.Format(", 2006")
	case "date_long_full":
		return at.Format("January 2, 2006")
	case "time":
		return at.Format(r.clock("15:04", "3:04 PM"))
	case "time_secs":
		return at.Format(r.clock("15:04:05", "3:04:05 PM"))
	case "ago":
		return ago(r.Now.Sub(at))
	}
	return "{" + name + "}"
}

func (r Reader) clock(of24, of12 string) string {
	if r.Clock24 {
		return of24
	}
	return of12
}

// nearDay names yesterday, today and tomorrow; it is empty for other days.
func (r Reader) nearDay(at time.Time) string {
	now := r.Now.In(at.Location())
	for offset, name := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if now.AddDate(0, 0, offset).Format(time.DateOnly) == at.Format(time.DateOnly) {
			return name
		}
	}
	return ""
}

// dayDivider is {date_long} without the current year.
func (r Reader) dayDivider(at time.Time) string {
	return at.Format("Monday, January ") + ordinal(at.Day()) + r.yearUnlessNow(at)
}

func (r Reader) yearUnlessNow(at time.Time) string {
	if r.Now.In(at.Location()).Year() == at.Year() {
		return ""
	}
	return at.Format(", 2006")
}

// ordinal writes the day of a month, e.g. "1st", "22nd", "13th".
func ordinal(day int) string {
	suffix := "th"
	if day/10 != 1 {
		switch day % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(day, suffix)
}

// ago says how long something has passed, or is away, in the largest unit that
// fits.
func ago(passed time.Duration) string {
	form := "%s ago"
	if passed < 0 {
		form, passed = "in %s", -passed
	}
	day := 24 * time.Hour
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{
		{"year", 365 * day}, {"month", 30 * day}, {"day", day},
		{"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second},
	} {
		if n := int(passed / unit.length); n == 1 {
			return fmt.Sprintf(form, "1 "+unit.name)
		} else if n > 1 {
			return fmt.Sprintf(form, fmt.Sprintf("%d %ss", n, unit.name))
		}
	}
	return "just now"
}
