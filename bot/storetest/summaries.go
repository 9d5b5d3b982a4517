package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// day begins the nth day after the first request of a test.
func day(n int) time.Time { return start.AddDate(0, 0, n) }

// madeOn is a request that was made on the nth day.
func madeOn(n int, instance string) bot.Request {
	r := request(0, instance)
	r.CreatedAt, r.AnswerBy = day(n), day(n+3)
	return r
}

func allOpen(t *testing.T, s bot.Store) {
	listed := func() []bot.Summary {
		found, err := s.AllOpen(t.Context())
		require.NoError(t, err)
		return found
	}
	require.Empty(t, listed())
	asked := save(t, s, madeOn(200, "i-1"))
	patching := madeOn(0, "i-2")
	patching.Status = bot.StatusPatching
	patching.Decision = &workflow.Decision{Verdict: workflow.Approved, At: day(1)}
	patching = save(t, s, patching)
	save(t, s, closed(madeOn(1, "i-3")))
	require.Equal(t, []bot.Summary{patching.Summary(), asked.Summary()}, listed(), "whenever they were made")
	require.Equal(t, day(1), listed()[0].DecidedAt)

	patching = save(t, s, closed(patching))
	require.Equal(t, []bot.Summary{asked.Summary()}, listed())
	patching.Status, patching.EndedAt = bot.StatusScanning, time.Time{}
	patching = save(t, s, patching)
	require.Equal(t, []bot.Summary{patching.Summary(), asked.Summary()}, listed(), "an execution can go on after its end")
}

func createdBetween(t *testing.T, s bot.Store) {
	listed := func(from, before time.Time) []bot.Summary {
		found, err := s.CreatedBetween(t.Context(), from, before)
		require.NoError(t, err)
		return found
	}
	second := save(t, s, madeOn(40, "i-2")) // in another month than the first
	first := save(t, s, closed(madeOn(0, "i-1")))
	third := save(t, s, closed(madeOn(41, "i-3")))

	require.Equal(t, []bot.Summary{first.Summary(), second.Summary(), third.Summary()}, listed(day(0), day(42)))
	require.Equal(t, []bot.Summary{first.Summary(), second.Summary()}, listed(day(0), day(41)), "what was made at the end is not in it")
	require.Equal(t, []bot.Summary{second.Summary(), third.Summary()}, listed(day(0).Add(time.Nanosecond), day(42)))
	require.Empty(t, listed(day(1), day(40)))
	require.Empty(t, listed(day(42), day(0)), "a period that ends before it begins")

	second = save(t, s, closed(second))
	require.Equal(t, []bot.Summary{second.Summary()}, listed(day(40), day(41)), "once, and as it was saved last")
}
