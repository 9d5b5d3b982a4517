package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// channelCases are about what the one writer of a channel goes by.
var channelCases = map[string]func(*testing.T, bot.Store){
	"many requests are loaded in the order of their ids":             getAll,
	"what a channel must still see is listed, until it was shown":    unshown,
	"the channels that must still see something are listed once":     unshownChannels,
	"a channel is held until a time":                                 held,
	"so many uses are made in a window":                              spend,
	"of many uses at once no more are made than there may be":        spendAtOnce,
	"a digest comes back as it was saved":                            digestRoundTrip,
	"a save of a digest on an old version conflicts":                 staleDigest,
	"the newest digest of a channel and an owner that asks is found": newestDigest,
}

// showing is a request that its channel must still see something of.
func showing(n int, instance string, effects ...bot.Effect) bot.Request {
	r := request(n, instance)
	if len(effects) == 0 {
		effects = []bot.Effect{{Kind: bot.EffectRender, Since: r.CreatedAt}}
	}
	r.Outbox = bot.OutboxOf(effects...)
	return r
}

// unshownOf is what the store has to say of a request.
func unshownOf(t *testing.T, r bot.Request) bot.Unshown {
	t.Helper()
	u, any := r.Unshown()
	require.True(t, any)
	return u
}

func getAll(t *testing.T, s bot.Store) {
	var saved []bot.Request
	var ids []string
	for n := range 105 { // more than one batch of DynamoDB
		r := save(t, s, request(n, fmt.Sprint("i-", n)))
		saved, ids = append(saved, r), append(ids, r.ID)
	}
	listed := func(ids ...string) []bot.Request {
		found, err := s.GetAll(t.Context(), ids)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, saved, listed(ids...))
	require.Equal(t, []bot.Request{saved[7], saved[3]}, listed(ids[7], "r-unknown", ids[3]))
	require.Equal(t, []bot.Request{saved[3], saved[7], saved[3]}, listed(ids[3], ids[7], ids[3]), "a signal may come twice")
	require.Empty(t, listed())
}

func unshown(t *testing.T, s bot.Store) {
	later, sooner := save(t, s, showing(2, "i-2")), save(t, s, showing(1, "i-1"))
	elsewhere := showing(3, "i-3")
	elsewhere.Place = bot.Place{Channel: "C2"}
	elsewhere = save(t, s, elsewhere)
	nowhere := showing(4, "i-4")
	nowhere.Place = bot.Place{}
	save(t, s, nowhere)
	save(t, s, showing(5, "i-5", bot.Effect{Kind: bot.EffectLook}))
	listed := func(channel string) []bot.Unshown {
		found, err := s.Unshown(t.Context(), channel)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, []bot.Unshown{unshownOf(t, sooner), unshownOf(t, later)}, listed("C1"), "in the order in which it came about")
	require.Equal(t, []bot.Unshown{unshownOf(t, elsewhere)}, listed("C2"))
	require.Empty(t, listed("C3"))

	moved := sooner
	moved.Place = bot.Place{Channel: "C2"}
	moved = save(t, s, moved)
	later.Outbox = bot.Outbox{}
	save(t, s, later)
	require.Empty(t, listed("C1"))
	require.Equal(t, []bot.Unshown{unshownOf(t, moved), unshownOf(t, elsewhere)}, listed("C2"))
	require.Equal(t, int64(2), listed("C2")[0].Version, "as it was saved last")
}

func unshownChannels(t *testing.T, s bot.Store) {
	listed := func() []string {
		found, err := s.UnshownChannels(t.Context())
		require.NoError(t, err)
		return found
	}
	require.Empty(t, listed())
	elsewhere := showing(1, "i-1")
	elsewhere.Place = bot.Place{Channel: "C2"}
	elsewhere = save(t, s, elsewhere)
	save(t, s, showing(2, "i-2"))
	save(t, s, showing(3, "i-3"))
	save(t, s, request(4, "i-4"))
	nowhere := showing(5, "i-5")
	nowhere.Place = bot.Place{}
	save(t, s, nowhere)
	require.Equal(t, []string{"C1", "C2"}, listed())
	elsewhere.Outbox = bot.Outbox{}
	save(t, s, elsewhere)
	require.Equal(t, []string{"C1"}, listed())
}

func held(t *testing.T, s bot.Store) {
	until := func(channel string) time.Time {
		at, err := s.HeldUntil(t.Context(), channel)
		require.NoError(t, err)
		return at
	}
	require.Zero(t, until("C1"))
	require.NoError(t, s.Hold(t.Context(), "C1", start.Add(time.Minute+time.Nanosecond)))
	require.Equal(t, start.Add(time.Minute+time.Nanosecond), until("C1").UTC())
	require.NoError(t, s.Hold(t.Context(), "C1", start), "what was said last counts")
	require.Equal(t, start, until("C1").UTC())
	require.Zero(t, until("C2"))
}

func spend(t *testing.T, s bot.Store) {
	spent := func(use string, window time.Time, atMost int) bool {
		ok, err := s.Spend(t.Context(), use, window, atMost)
		require.NoError(t, err)
		return ok
	}
	require.True(t, spent("post", start, 2))
	require.True(t, spent("post", start, 2))
	require.False(t, spent("post", start, 2))
	require.True(t, spent("post", start, 3), "whoever is more urgent may go further")
	require.False(t, spent("post", start, 3))
	require.True(t, spent("post", start.Add(10*time.Second), 1), "another window")
	require.True(t, spent("edit", start, 1), "another use")
	require.False(t, spent("reply", start, 0))
	require.False(t, spent("edit", start.In(time.FixedZone("", 3600)), 1), "the same window, whatever its zone")
}

func spendAtOnce(t *testing.T, s bot.Store) {
	var work sync.WaitGroup
	var made atomic.Int64
	for range 20 {
		work.Go(func() {
			ok, err := s.Spend(t.Context(), "post", start, 7)
			assert.NoError(t, err)
			if ok {
				made.Add(1)
			}
		})
	}
	work.Wait()
	require.EqualValues(t, 7, made.Load())
}

func digest(id, owner string, asks bool) bot.Digest {
	return bot.Digest{ID: id, Owner: owner, Place: bot.Place{Channel: "C1", Message: "1.2"}, CreatedAt: start, Asks: asks, Requests: []string{"r-1", "r-2"}}
}

func saveDigest(t *testing.T, s bot.Store, d bot.Digest) bot.Digest {
	t.Helper()
	saved, err := s.SaveDigest(t.Context(), d)
	require.NoError(t, err)
	return saved
}

func digestRoundTrip(t *testing.T, s bot.Store) {
	_, err := s.Digest(t.Context(), "d-1")
	require.ErrorIs(t, err, bot.ErrNotFound)
	saved := saveDigest(t, s, digest("d-1", "payments", true))
	want := digest("d-1", "payments", true)
	want.Version = 1
	require.Equal(t, want, saved)
	saved.Requests[0] = "changed"
	loaded, err := s.Digest(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, want, loaded)

	loaded.Requests = append(loaded.Requests, "r-3")
	require.Equal(t, int64(2), saveDigest(t, s, loaded).Version)
	loaded, err = s.Digest(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, []string{"r-1", "r-2", "r-3"}, loaded.Requests)
}

func staleDigest(t *testing.T, s bot.Store) {
	stale := saveDigest(t, s, digest("d-1", "payments", true))
	saveDigest(t, s, stale)
	_, err := s.SaveDigest(t.Context(), stale)
	require.ErrorIs(t, err, bot.ErrConflict)
	_, err = s.SaveDigest(t.Context(), digest("d-1", "payments", true))
	require.ErrorIs(t, err, bot.ErrConflict, "a digest is made once")
	never := digest("d-2", "search", true)
	never.Version = 3
	_, err = s.SaveDigest(t.Context(), never)
	require.ErrorIs(t, err, bot.ErrConflict)
	_, err = s.NewestDigest(t.Context(), "C1", "search")
	require.ErrorIs(t, err, bot.ErrNotFound)
}

func newestDigest(t *testing.T, s bot.Store) {
	newest := func(channel, owner string) string {
		d, err := s.NewestDigest(t.Context(), channel, owner)
		if err != nil {
			require.ErrorIs(t, err, bot.ErrNotFound)
		}
		return d.ID
	}
	require.Empty(t, newest("C1", "Payments"))
	first := saveDigest(t, s, digest("d-1", "Payments", true))
	require.Equal(t, "d-1", newest("C1", "payments"), "compared without case")
	saveDigest(t, s, digest("d-2", "payments", true))
	require.Equal(t, "d-2", newest("C1", "PAYMENTS"))
	saveDigest(t, s, digest("d-3", "payments", false))
	saveDigest(t, s, first)
	require.Equal(t, "d-2", newest("C1", "payments"), "neither what does not ask nor what only changes is newer")
	require.Empty(t, newest("C2", "payments"))
	require.Empty(t, newest("C1", ""))
	saveDigest(t, s, digest("d-4", "", true))
	require.Equal(t, "d-4", newest("C1", ""))

	d, err := s.NewestDigest(t.Context(), "C1", "payments")
	require.NoError(t, err)
	d.Requests = nil
	saveDigest(t, s, d)
	d, err = s.NewestDigest(t.Context(), "C1", "payments")
	require.NoError(t, err)
	require.Empty(t, d.Requests, "as it was saved last")
}
