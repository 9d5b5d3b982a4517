package workflow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOnlyOpenIsOpen(t *testing.T) {
	for state, on := range map[string]bool{"OPEN": false, "": false, "CLOSED": true, "UNKNOWN": true, "open": true, "AJAR": true} {
		require.Equal(t, on, Freeze{State: state}.On(), state)
	}
}

func TestWhenAFreezeEnds(t *testing.T) {
	eight := time.Date(2026, 12, 27, 8, 0, 0, 0, time.UTC)
	for until, want := range map[string]time.Time{"2026-12-27T08:00:00Z": eight, "2026-12-27T09:00:00+01:00": eight, "2026-12-27T08:00Z": eight,
		"2026-12-27T08:00:00.000Z": eight, "2026-12-27T09:00:00+0100": eight, "": {}, "27 Dec": {}} {
		require.Equal(t, want, Freeze{State: "CLOSED", Until: until}.Ends(), until)
		require.Zero(t, Freeze{State: "UNKNOWN", Until: until}.Ends(), "only of a closed calendar that is its end")
	}
}

func TestCalendarsAreNamesOrARNs(t *testing.T) {
	for name, c := range map[string]struct {
		calendars []string
		refused   bool
	}{
		"a name":              {[]string{"release-freeze"}, false},
		"an ARN":              {[]string{"arn:aws-us-gov:ssm:us-gov-west-1:210987654321:document/company_freeze.2"}, false},
		"a space":             {[]string{"release freeze"}, true},
		"a quote":             {[]string{`a"b'c`}, true},
		"an ARN of no kind":   {[]string{"arn:aws:ssm:us-east-1:210987654321:parameter/freeze"}, true},
		"nothing":             {[]string{""}, true},
		"more than ten":       {make([]string, 11), true},
		"a placeholder in it": {[]string{"${severity}"}, true},
	} {
		s := DefaultSettings()
		s.Calendars = c.calendars
		_, err := PatchApproval.Render(s)
		require.Equal(t, c.refused, err != nil, name)
	}
}

func TestAnExecutionInAFreezeTakesAnotherDecision(t *testing.T) {
	var p Past
	answer := func(verdict string) []byte { return []byte(`{"decision": {"decision": "` + verdict + `"}}`) }
	p.Entered(StatePrompt)
	p.Left(StatePrompt, answer("approved"))
	p.Entered(StateChoice)
	p.Entered(StateFreeze)
	require.True(t, p.Frozen)
	p.Left(StateFreeze, answer("approved"))
	p.Entered("Read Calendars")
	require.True(t, p.Frozen, "between two waits")
	p.Entered(StateFreeze)
	p.Left(StateFreeze, answer("rejected"))
	require.Equal(t, Rejected, p.Decision.Verdict)
	p.Entered(StateChoice)
	p.Entered(StateRejected)
	require.False(t, p.Frozen)
	p.Entered(StateFreeze)
	p.Entered(StateTurn)
	require.False(t, p.Frozen)
}
