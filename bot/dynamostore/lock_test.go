package dynamostore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func lockItem(t *testing.T, tb table) {
	r := tb.save(t, request(1))
	require.Equal(t, text(r.ID), tb.item(t, "INSTANCE#i-1", "LOCK")["request_id"])
	r.Status = bot.StatusPatching
	r = tb.save(t, r)
	require.Equal(t, text(r.ID), tb.item(t, "INSTANCE#i-1", "LOCK")["request_id"])
	tb.save(t, ended(r))
	require.Nil(t, tb.item(t, "INSTANCE#i-1", "LOCK"))
}

func lateSave(t *testing.T, tb table) {
	first := tb.save(t, ended(tb.save(t, request(1))))
	second := tb.save(t, request(2))
	tb.save(t, first, bot.AuditEntry{At: start, Action: "ABORTED"})
	require.Equal(t, text(second.ID), tb.item(t, "INSTANCE#i-1", "LOCK")["request_id"])
	entries, err := tb.Audit(t.Context(), first.ID)
	require.NoError(t, err)
	require.Len(t, entries, 1)

	_, err = tb.Save(t.Context(), first) // outdated by now
	require.ErrorIs(t, err, bot.ErrConflict)
}

func lockTakenOver(t *testing.T, tb table) {
	first := tb.save(t, request(1))
	second := request(2)
	_, err := tb.Save(t.Context(), second)
	require.EqualError(t, err, "the instance has an open request: "+first.ID)
	tb.save(t, ended(first))
	tb.save(t, second)
	require.Equal(t, text(second.ID), tb.item(t, "INSTANCE#i-1", "LOCK")["request_id"])
}

func brokenLock(t *testing.T, tb table) {
	tb.put(t, key("INSTANCE#i-1", "LOCK"))
	_, err := tb.Save(t.Context(), request(1))
	require.ErrorContains(t, err, "write request "+request(1).ID)
	require.NotErrorIs(t, err, bot.ErrConflict) // trying again would not help
}
