package since

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

func TestASinceIsASpanADayOrATime(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"720h":                      now.Add(-720 * time.Hour),
		"90m":                       now.Add(-90 * time.Minute),
		"2026-11-01":                time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		"2026-11-01T08:00:00+02:00": time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC),
	} {
		var s Since
		require.NoError(t, s.UnmarshalText([]byte(text)))
		got, err := s.Before(now)
		require.NoError(t, err)
		require.True(t, want.Equal(got), "%s is %s", text, got)
	}
	for _, text := range []string{"", "yesterday", "30", "-1h", "0h", "2026-13-01"} {
		require.ErrorContains(t, new(Since).UnmarshalText([]byte(text)), "expected hours such as 720h, a day such as 2026-11-01", text)
	}
	var future Since
	require.NoError(t, future.UnmarshalText([]byte("2026-12-24")))
	_, err := future.Before(now)
	require.ErrorAs(t, err, new(terminal.UsageError))
	require.ErrorContains(t, err, "--since is 2026-12-24T00:00:00Z, expected a time that is over")
}
