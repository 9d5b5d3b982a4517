// Package storetest holds every implementation of bot.Store to the same contract.
package storetest

import (
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// start is when the first request of a test was made.
var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// Run tests a store; open returns a new, empty one for each case.
func Run(t *testing.T, open func(t *testing.T) bot.Store) {
	cases := map[string]func(*testing.T, bot.Store){
		"an unknown request is not found":                         unknownRequest,
		"a request comes back as it was saved":                    roundTrip,
		"what is loaded shares nothing with what was saved":       deepCopy,
		"a save on an old version conflicts and writes nothing":   staleSave,
		"a request is made once":                                  madeOnce,
		"a version that was never saved conflicts":                neverSaved,
		"an instance has one open request":                        oneOpenRequest,
		"a closed request frees the instance":                     closingFrees,
		"another instance is free":                                otherInstance,
		"of many saves at once one wins":                          manyAtOnce,
		"an instance's requests come newest first":                newestFirst,
		"a channel's open requests come oldest first":             openInChannel,
		"an owner's requests are found by status":                 byOwner,
		"a request is found by what it waits for, while it does":  waitingFor,
		"requests are listed by urgency when their work is due":   due,
		"those that have waited longest are listed first":         longestDue,
		"audit entries are kept in order":                         auditInOrder,
		"a refused try is recorded, whatever was saved meanwhile": recorded,
		"all open requests are listed in short":                   allOpen,
		"the requests of a period are listed in short":            createdBetween,
		"an unknown group has no turns":                           unknownGroup,
		"turns come back as they were saved":                      turnsRoundTrip,
		"turns that somebody else has saved conflict":             staleTurns,
		"of many who save turns at once one wins":                 manyTurnsAtOnce,
	}
	maps.Copy(cases, channelCases)
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			test(t, open(t))
		})
	}
}

// request makes the nth request of an instance, a minute after the one before.
func request(n int, instance string) bot.Request {
	arn := fmt.Sprintf("arn:aws:states:us-east-1:111122223333:execution:patch-approval:%s-%d", instance, n)
	return bot.Request{
		ID: bot.RequestID(arn), ExecutionARN: arn, Status: bot.StatusAsked,
		CreatedAt: start.Add(time.Duration(n) * time.Minute),
		Instance:  bot.Instance{ID: instance, Name: "web-1", Volumes: 2},
		Owner:     "payments", Severity: workflow.SeverityCritical,
		Patches:  []workflow.Patch{{Title: "kernel", Severity: "Critical", State: "Missing", CVEs: []string{"CVE-1", "CVE-2"}}},
		Before:   workflow.Counts{Missing: 3, Critical: 1},
		Place:    bot.Place{Channel: "C1", Message: "1.2"},
		AnswerBy: start.Add(72 * time.Hour), ApprovalToken: "token",
		Approvers: bot.Approvers{Users: []string{"U1"}, Groups: []string{"S1"}},
	}
}

func save(t *testing.T, s bot.Store, r bot.Request, audit ...bot.AuditEntry) bot.Request {
	t.Helper()
	saved, err := s.Save(t.Context(), r, audit...)
	require.NoError(t, err)
	return saved
}

func get(t *testing.T, s bot.Store, id string) bot.Request {
	t.Helper()
	r, err := s.Get(t.Context(), id)
	require.NoError(t, err)
	return r
}

func closed(r bot.Request) bot.Request {
	r.Status, r.EndedAt = bot.StatusRejected, r.CreatedAt.Add(time.Second)
	return r
}

func unknownRequest(t *testing.T, s bot.Store) {
	_, err := s.Get(t.Context(), "r-unknown")
	require.ErrorIs(t, err, bot.ErrNotFound)
}

func roundTrip(t *testing.T, s bot.Store) {
	r := request(1, "i-1")
	r.Decision = &workflow.Decision{Verdict: workflow.Approved, By: workflow.Decider{Via: "slack", User: "U1", Name: "ada"}, At: start}
	r.Wait = &bot.Wait{Subject: "command/c1", CommandID: "c1", Token: "wait-token", Since: start}
	r.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectCompleteDecision, Token: "token"}, bot.Effect{Kind: bot.EffectReply, Line: bot.LineDecided})
	r.After = &workflow.Counts{Missing: 1}
	r.Failure = &bot.Failure{State: "Patch Instance", Error: "E", Cause: "c"}
	saved := save(t, s, r)
	require.Equal(t, int64(1), saved.Version)
	r.Version = 1
	require.Equal(t, r, saved)
	require.Equal(t, r, get(t, s, r.ID))
}

func deepCopy(t *testing.T, s bot.Store) {
	r := save(t, s, request(1, "i-1"))
	r.Patches[0].Title = "changed"
	loaded := get(t, s, r.ID)
	require.Equal(t, "kernel", loaded.Patches[0].Title)
	loaded.Patches[0].Title = "changed"
	require.Equal(t, "kernel", get(t, s, r.ID).Patches[0].Title)
}

func staleSave(t *testing.T, s bot.Store) {
	stale := save(t, s, request(1, "i-1"))
	newer := stale
	newer.Status = bot.StatusApproved
	newer = save(t, s, newer)

	stale.Status = bot.StatusRejected
	_, err := s.Save(t.Context(), stale, bot.AuditEntry{At: start, Action: "lost"})
	require.ErrorIs(t, err, bot.ErrConflict)
	require.Equal(t, newer, get(t, s, newer.ID))
	require.Empty(t, audit(t, s, newer.ID))
}

func madeOnce(t *testing.T, s bot.Store) {
	save(t, s, request(1, "i-1"))
	_, err := s.Save(t.Context(), request(1, "i-1"))
	require.ErrorIs(t, err, bot.ErrConflict)
}

func neverSaved(t *testing.T, s bot.Store) {
	r := request(1, "i-1")
	r.Version = 7
	_, err := s.Save(t.Context(), r)
	require.ErrorIs(t, err, bot.ErrConflict)
}

func oneOpenRequest(t *testing.T, s bot.Store) {
	first := save(t, s, request(1, "i-1"))
	second := request(2, "i-1")
	_, err := s.Save(t.Context(), second, bot.AuditEntry{At: start, Action: "lost"})
	var busy *bot.InstanceBusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, first.ID, busy.RequestID)
	_, err = s.Get(t.Context(), second.ID)
	require.ErrorIs(t, err, bot.ErrNotFound)
	require.Empty(t, audit(t, s, second.ID))

	first.Status = bot.StatusPatching
	save(t, s, first)
	save(t, s, closed(second)) // a request that never opens needs no free instance
}

func closingFrees(t *testing.T, s bot.Store) {
	first := save(t, s, closed(save(t, s, request(1, "i-1"))))
	second := save(t, s, request(2, "i-1"))

	first.Status, first.After = bot.StatusCompliant, &workflow.Counts{} // what is learned late changes no lock
	save(t, s, first)
	_, err := s.Save(t.Context(), request(3, "i-1"))
	var busy *bot.InstanceBusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, second.ID, busy.RequestID)
}

func otherInstance(t *testing.T, s bot.Store) {
	save(t, s, request(1, "i-1"))
	save(t, s, request(1, "i-2"))
}

func manyAtOnce(t *testing.T, s bot.Store) {
	r := save(t, s, request(1, "i-1"))
	const writers = 8
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			mine := r
			mine.Decision = &workflow.Decision{Verdict: workflow.Approved, By: workflow.Decider{User: fmt.Sprint("U", i)}}
			_, errs[i] = s.Save(t.Context(), mine)
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

func newestFirst(t *testing.T, s bot.Store) {
	first := save(t, s, closed(request(1, "i-1")))
	save(t, s, request(2, "i-2"))
	third := save(t, s, request(3, "i-1"))

	found, err := s.ByInstance(t.Context(), "i-1", 10)
	require.NoError(t, err)
	require.Equal(t, []bot.Request{third, first}, found)
	found, err = s.ByInstance(t.Context(), "i-1", 1)
	require.NoError(t, err)
	require.Equal(t, []bot.Request{third}, found)
	found, err = s.ByInstance(t.Context(), "i-unknown", 1)
	require.NoError(t, err)
	require.Empty(t, found)
}

func openInChannel(t *testing.T, s bot.Store) {
	second := save(t, s, request(2, "i-2"))
	first := save(t, s, request(1, "i-1"))
	save(t, s, closed(request(3, "i-3")))
	elsewhere := request(4, "i-4")
	elsewhere.Place.Channel = "C2"
	save(t, s, elsewhere)

	found, err := s.OpenInChannel(t.Context(), "C1")
	require.NoError(t, err)
	require.Equal(t, []bot.Request{first, second}, found)
}

func byOwner(t *testing.T, s bot.Store) {
	asked := save(t, s, request(1, "i-1"))
	patching := request(2, "i-2")
	patching.Status = bot.StatusPatching
	patching = save(t, s, patching)
	save(t, s, closed(request(3, "i-3")))
	elsewhere := request(4, "i-4")
	elsewhere.Owner = "search"
	save(t, s, elsewhere)

	found, err := s.ByOwner(t.Context(), "payments", bot.StatusPatching, bot.StatusAsked)
	require.NoError(t, err)
	require.Equal(t, []bot.Request{asked, patching}, found)
	found, err = s.ByOwner(t.Context(), "payments", bot.StatusExpired)
	require.NoError(t, err)
	require.Empty(t, found)
}

func waitingFor(t *testing.T, s bot.Store) {
	r := request(1, "i-1")
	r.Wait = &bot.Wait{Subject: "command/c1", CommandID: "c1", Token: "t"}
	r = save(t, s, r)
	found, err := s.WaitingFor(t.Context(), "command/c1")
	require.NoError(t, err)
	require.Equal(t, r, found)
	_, err = s.WaitingFor(t.Context(), "command/c2")
	require.ErrorIs(t, err, bot.ErrNotFound)

	r.Wait = nil
	save(t, s, r)
	_, err = s.WaitingFor(t.Context(), "command/c1")
	require.ErrorIs(t, err, bot.ErrNotFound)
}
