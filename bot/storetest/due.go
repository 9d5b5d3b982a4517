package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// dueIn lists the ids of what is due some minutes after the start.
func dueIn(t *testing.T, s bot.Store, u bot.Urgency, minutes, limit int) []string {
	t.Helper()
	found, err := s.Due(t.Context(), u, start.Add(time.Duration(minutes)*time.Minute), limit)
	require.NoError(t, err)
	ids := []string{}
	for _, r := range found {
		require.Equal(t, r, get(t, s, r.ID), "as it is saved")
		ids = append(ids, r.ID)
	}
	return ids
}

func due(t *testing.T, s bot.Store) {
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	decided := save(t, s, showing(1, "i-1", bot.Effect{Kind: bot.EffectRender}, bot.Effect{Kind: bot.EffectCompleteDecision}))
	mailed := save(t, s, showing(2, "i-2", bot.Effect{Kind: bot.EffectEmail}))
	looked := save(t, s, showing(3, "i-3", bot.Effect{Kind: bot.EffectLook}))
	later := save(t, s, showing(4, "i-4", bot.Effect{Kind: bot.EffectEmail}, bot.Effect{Kind: bot.EffectCompleteWait, NotBefore: at(3)}))
	save(t, s, showing(5, "i-5", bot.Effect{Kind: bot.EffectRender})) // is no work of the sweep's
	save(t, s, request(6, "i-6"))

	require.Equal(t, []string{decided.ID}, dueIn(t, s, bot.UrgencyResume, 0, 10))
	require.ElementsMatch(t, []string{mailed.ID, later.ID}, dueIn(t, s, bot.UrgencyMail, 0, 10), "what is tried again later is not urgent yet")
	require.Equal(t, []string{looked.ID}, dueIn(t, s, bot.UrgencyLook, 0, 10))

	later.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectCompleteWait, NotBefore: at(3)})
	save(t, s, later)
	require.Equal(t, []string{decided.ID}, dueIn(t, s, bot.UrgencyResume, 2, 10))
	require.Equal(t, []string{decided.ID, later.ID}, dueIn(t, s, bot.UrgencyResume, 3, 10))
	decided.Outbox = bot.Outbox{}
	save(t, s, decided)
	require.Equal(t, []string{later.ID}, dueIn(t, s, bot.UrgencyResume, 3, 10))
}

func longestDue(t *testing.T, s bot.Store) {
	waiting := func(n int, instance string, minutes int) string {
		return save(t, s, showing(n, instance, bot.Effect{Kind: bot.EffectLook, NotBefore: start.Add(time.Duration(minutes) * time.Minute)})).ID
	}
	later, sooner := waiting(1, "i-1", 2), waiting(2, "i-2", 1)
	claimed := showing(3, "i-3", bot.Effect{Kind: bot.EffectLook})
	require.True(t, claimed.Claim(start.Add(3*time.Minute-bot.ClaimTime)))
	claimed = save(t, s, claimed)

	require.Empty(t, dueIn(t, s, bot.UrgencyLook, 0, 10))
	require.Equal(t, []string{sooner, later}, dueIn(t, s, bot.UrgencyLook, 2, 10))
	require.Equal(t, []string{sooner}, dueIn(t, s, bot.UrgencyLook, 2, 1))
	require.Equal(t, []string{sooner, later, claimed.ID}, dueIn(t, s, bot.UrgencyLook, 3, 10), "not while somebody is at it")
}
