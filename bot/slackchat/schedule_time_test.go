package slackchat

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// asks is what inBerlin and window ask of a test, or of a property's run.
type asks interface {
	require.TestingT
	Helper()
}

// inBerlin is a Sunday evening there.
func inBerlin(t asks) whereabouts {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return whereabouts{Now: time.Date(2026, 11, 22, 17, 1, 0, 0, time.UTC), Zone: zone, Known: true}
}

func window(t asks) bot.Window {
	t.Helper()
	w, err := bot.ParseWindow("Sat,Sun 02:00 Europe/Berlin")
	require.NoError(t, err)
	return w
}

func TestATimeIsReadInThePersonsZone(t *testing.T) {
	w := inBerlin(t)
	for text, want := range map[string]string{
		"tonight":            "2026-11-22T21:00:00Z",
		"Tonight":            "2026-11-22T21:00:00Z",
		"in 24h":             "2026-11-23T17:01:00Z",
		"in 90 min":          "2026-11-22T18:31:00Z",
		"in 2d":              "2026-11-24T17:01:00Z",
		"2026-12-01  22:00":  "2026-12-01T21:00:00Z",
		"":                   "",
		"tomorrow":           "",
		"in 24":              "",
		"in -1h":             "",
		"in 99999h":          "",
		"2026-12-01":         "",
		"2026-13-01 22:00":   "",
		"2026-12-01 22:00 x": "",
	} {
		got, ok := w.parse(text)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, got.UTC().Format(time.RFC3339), text)
		}
	}
}

func TestEveryTimeThatIsOfferedIsTaken(t *testing.T) {
	r := states(t)["asked"]
	for name, c := range map[string]struct {
		now    string
		within time.Duration
		want   []string
	}{
		"in the evening": {"2026-11-22T17:01:00Z", 7 * 24 * time.Hour,
			[]string{"Tonight: Sun 22 Nov, 22:00 CET", "Next window: Sat 28 Nov, 02:00 CET", "In 24 hours: Mon 23 Nov, 18:01 CET"}},
		"at ten": {"2026-11-22T20:58:00Z", 7 * 24 * time.Hour,
			[]string{"Tomorrow night: Mon 23 Nov, 22:00 CET", "Next window: Sat 28 Nov, 02:00 CET", "In 24 hours: Mon 23 Nov, 21:58 CET"}},
		"a minute before the window": {"2026-11-28T00:59:00Z", 7 * 24 * time.Hour,
			[]string{"Tonight: Sat 28 Nov, 22:00 CET", "Next window: Sun 29 Nov, 02:00 CET", "In 24 hours: Sun 29 Nov, 01:59 CET"}},
		"where a day is the most": {"2026-11-22T17:01:00Z", 24 * time.Hour, []string{"Tonight: Sun 22 Nov, 22:00 CET", "In 24 hours: Mon 23 Nov, 18:01 CET"}},
		"where an hour is":        {"2026-11-22T17:01:00Z", time.Hour, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := inBerlin(t)
			var err error
			w.Now, err = time.Parse(time.RFC3339, c.now)
			require.NoError(t, err)
			r.ScheduleWithin = c.within
			var labels []string
			for _, p := range w.presets(r, window(t)) {
				labels = append(labels, p.Label)
				require.Empty(t, w.mistaken([]bot.Request{r}, bot.Action{Verdict: workflow.Scheduled, Until: p.Until}))
			}
			require.Equal(t, c.want, labels)
		})
	}
}

func TestAQuestionOfAnOlderMachineOffersNoSchedule(t *testing.T) {
	r := states(t)["asked"]
	require.Len(t, buttons(r), 4)
	r.ScheduleWithin = 0
	require.Len(t, buttons(r), 3, "the machine would take it for a rejection")
	m := digests(t)["asked_3"]
	for i := range m.Requests {
		m.Requests[i].ScheduleWithin = 0
	}
	view, err := json.Marshal(reviewView(clickIn(m), review{Filter: filterOf("")}))
	require.NoError(t, err)
	require.NotContains(t, string(view), "datetimepicker")
}
