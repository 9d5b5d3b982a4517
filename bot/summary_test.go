package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestWhatFailedIsListedUntilTheInstanceIsAskedAboutAgain(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC) }
	failed := bot.Summary{ID: "r-1", Instance: "i-1", Status: bot.StatusFailed, CreatedAt: at(1)}
	left := bot.Summary{ID: "r-2", Instance: "i-2", Status: bot.StatusNonCompliant, CreatedAt: at(2)}
	patched := bot.Summary{ID: "r-3", Instance: "i-3", Status: bot.StatusCompliant, CreatedAt: at(3)}
	require.Equal(t, []bot.Summary{failed, left}, bot.FailedNow([]bot.Summary{patched, left, failed}))

	again := bot.Summary{ID: "r-4", Instance: "i-1", Status: bot.StatusAsked, CreatedAt: at(4)}
	require.Equal(t, []bot.Summary{left}, bot.FailedNow([]bot.Summary{again, patched, left, failed}))
	again.Rehearsal = true
	require.Equal(t, []bot.Summary{failed, left}, bot.FailedNow([]bot.Summary{again, patched, left, failed}), "a rehearsal mends nothing")
	require.Empty(t, bot.FailedNow(nil))
}

func TestARequestIsOverdueOnceNobodyDecidedInTime(t *testing.T) {
	due := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	s := bot.Summary{Status: bot.StatusAsked, AnswerBy: due}
	require.False(t, s.Overdue(due.Add(-time.Second)))
	require.True(t, s.Overdue(due))
	s.Status = bot.StatusPatching
	require.False(t, s.Overdue(due.Add(time.Hour)))
}
