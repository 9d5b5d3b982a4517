package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

func turns(t *testing.T, s bot.Store, group string) bot.Turns {
	t.Helper()
	found, err := s.Turns(t.Context(), group)
	require.NoError(t, err)
	return found
}

func saveTurns(t *testing.T, s bot.Store, turns bot.Turns) bot.Turns {
	t.Helper()
	saved, err := s.SaveTurns(t.Context(), turns)
	require.NoError(t, err)
	return saved
}

func unknownGroup(t *testing.T, s bot.Store) {
	for _, group := range []string{"", "payments", "payments/web"} {
		require.Equal(t, bot.Turns{Group: group}, turns(t, s, group))
	}
}

// busyTurns is a record with everything in it.
func busyTurns(t *testing.T, group string) bot.Turns {
	t.Helper()
	quarter, err := bot.ParseAtOnce("25%")
	require.NoError(t, err)
	by := workflow.Decider{Via: "slack", User: "U1", Name: "ada"}
	return bot.Turns{Group: group,
		Running: []bot.Member{{ID: "r-1", Approved: start, Told: true}},
		Waiting: []bot.Member{{ID: "r-2", Approved: start.Add(time.Millisecond), Told: true, ToldHeld: true}, {ID: "r-3", Approved: start.Add(time.Minute)}},
		Stopped: []bot.Member{{ID: "r-4", Approved: start}},
		Limit:   bot.TurnLimit{AtOnce: quarter, Canary: true, HoldAfter: 2},
		Entered: 9, Failed: 4, Gone: 2, Proven: true,
		Held:   &bot.Hold{At: start, Failed: 4, Canary: true},
		WentOn: &bot.RestAnswer{By: by, At: start, Failed: 2},
		Stop:   &bot.RestAnswer{By: by, At: start, Failed: 3},
	}
}

func turnsRoundTrip(t *testing.T, s bot.Store) {
	want := busyTurns(t, "payments")
	saved := saveTurns(t, s, want)
	require.Equal(t, int64(1), saved.Version)
	want.Version = 1
	require.Equal(t, want, saved)
	require.Equal(t, want, turns(t, s, "payments"))
	require.Equal(t, bot.Turns{Group: "payments/web"}, turns(t, s, "payments/web"), "a group is no part of another")

	empty := saveTurns(t, s, bot.Turns{Group: "payments", Version: 1})
	require.Equal(t, empty, turns(t, s, "payments"))
	require.Equal(t, int64(2), empty.Version)
}

func staleTurns(t *testing.T, s bot.Store) {
	first := saveTurns(t, s, bot.Turns{Group: "payments", Entered: 1})
	_, err := s.SaveTurns(t.Context(), bot.Turns{Group: "payments", Entered: 7})
	require.ErrorIs(t, err, bot.ErrConflict, "it is not the first")
	second := first
	second.Entered = 2
	second = saveTurns(t, s, second)
	first.Entered = 8
	_, err = s.SaveTurns(t.Context(), first)
	require.ErrorIs(t, err, bot.ErrConflict)
	require.Equal(t, second, turns(t, s, "payments"))
	_, err = s.SaveTurns(t.Context(), bot.Turns{Group: "search", Version: 3})
	require.ErrorIs(t, err, bot.ErrConflict, "that version was never saved")
}

func manyTurnsAtOnce(t *testing.T, s bot.Store) {
	loaded := saveTurns(t, s, bot.Turns{Group: "payments"})
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			mine := loaded
			mine.Waiting = []bot.Member{{ID: fmt.Sprint("r-", i)}}
			_, errs[i] = s.SaveTurns(t.Context(), mine)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, bot.ErrConflict)
	}
	require.Equal(t, 1, won)
}
