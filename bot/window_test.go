package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheNextTimeOfAWindow(t *testing.T) {
	sunday := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"Sat 02:00 Europe/Berlin":     "2026-11-28T01:00:00Z",
		"sat,sun 18:00 Europe/Berlin": "2026-11-22T17:00:00Z",
		"Sun 16:59 UTC":               "2026-11-29T16:59:00Z",
		"daily 03:30 UTC":             "2026-11-23T03:30:00Z",
	} {
		w, err := ParseWindow(text)
		require.NoError(t, err)
		require.Equal(t, want, w.Next(sunday).UTC().Format(time.RFC3339), text)
	}
	w, err := ParseWindow("sun,SAT 02:30 Europe/Berlin")
	require.NoError(t, err)
	require.Equal(t, "Sun,Sat 02:30 Europe/Berlin", w.String())
	spring := time.Date(2027, 3, 27, 12, 0, 0, 0, time.UTC)
	require.WithinRange(t, w.Next(spring), spring.Add(12*time.Hour), spring.Add(14*time.Hour), "the clocks go forward at 02:00")
	require.Zero(t, Window{}.Next(sunday))
	require.Empty(t, Window{}.String())
}

func TestWhatIsNoWindowIsRefused(t *testing.T) {
	for _, text := range []string{"", "Sat", "Sat 02:00", "Sat 25:00 UTC", "Sat 2am UTC", "Someday 02:00 UTC", "Sat,Sat 02:00 UTC", "Sat, 02:00 UTC",
		"Sat 02:00 Europe/Atlantis", "Sat 02:00 Local", "daily,Sat 02:00 UTC"} {
		_, err := ParseWindow(text)
		require.ErrorContains(t, err, "expected days, a time and a time zone", text)
	}
}
