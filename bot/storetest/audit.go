package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func audit(t *testing.T, s bot.Store, id string) []bot.AuditEntry {
	t.Helper()
	entries, err := s.Audit(t.Context(), id)
	require.NoError(t, err)
	return entries
}

func auditInOrder(t *testing.T, s bot.Store) {
	entries := []bot.AuditEntry{
		{At: start, Actor: "workflow", Action: "approval_requested", To: bot.StatusAsked},
		{At: start, Actor: "slack:U2", Action: "approved", From: bot.StatusAsked, To: bot.StatusAsked, Refused: bot.RefusedNotApprover},
		{At: start.Add(time.Second), Actor: "slack:U1", Action: "scheduled", From: bot.StatusAsked, To: bot.StatusScheduled, Until: start.Add(time.Hour)},
		{At: start.Add(time.Second), Actor: "slack:U1", Action: "approved", From: bot.StatusScheduled, To: bot.StatusApproved},
		{At: start.Add(time.Minute), Actor: bot.ActorWorkflow, Action: "approval_requested", From: bot.StatusApproved, To: bot.StatusApproved,
			Refused: bot.RefusedAlreadyOpen, Execution: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e-2"},
	}
	r := save(t, s, request(1, "i-1"), entries[0], entries[1])
	save(t, s, r, entries[2:]...)
	require.Equal(t, entries, audit(t, s, r.ID))
}

// recorded lets many record at once what was refused of a request that moves on.
func recorded(t *testing.T, s bot.Store) {
	asked := save(t, s, request(1, "i-1"))
	refused := func(n int) bot.AuditEntry {
		return bot.AuditEntry{At: start.Add(time.Duration(n) * time.Second), Actor: fmt.Sprintf("slack:U%d", n), Action: "approved",
			From: bot.StatusAsked, To: bot.StatusAsked, Refused: bot.RefusedNotApprover}
	}
	moved := asked
	moved.Status = bot.StatusApproved
	moved = save(t, s, moved)
	var work sync.WaitGroup
	for n := range 20 {
		work.Go(func() { assert.NoError(t, s.Record(t.Context(), asked, refused(n))) })
	}
	work.Wait()
	require.NoError(t, s.Record(t.Context(), moved, refused(20), refused(20)))
	var want []bot.AuditEntry
	for n := range 21 {
		want = append(want, refused(n))
	}
	require.ElementsMatch(t, append(want, refused(20)), audit(t, s, asked.ID))
	again, err := s.Get(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Equal(t, moved, again, "the request itself has not changed")
}
