package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// Digest is one message about requests of one owner that were asked together in one channel. A
// request that was asked alone has one, too, so that later ones can join it; its
// Request.Digest stays empty until one does.
type Digest struct {
	ID        string // see digestID
	Version   int64  // set by the store; 0 before the first save
	Owner     string // as its first request spells it; may be empty
	Place     Place
	CreatedAt time.Time // when it was shown first
	Asks      bool      // whether it began with questions, so that later ones can join
	Requests  []string  // ids, in the order in which it lists them, at most DigestSize; none: its message is gone
}

// DigestSize is how many requests one message lists: as many as one decision is saved for
// within the 3 s of a click, and as Slack's message has room for.
const DigestSize = 45

// digestYoung is how long later questions join a digest. An edit notifies nobody, so it must not
// be long; but the executions of one scan of 2,000 instances ask within some ten minutes, as
// Systems Manager lets them.
const digestYoung = 15 * time.Minute

// digestID names a digest that begins with a request at some time, e.g. "d-5xq3zk7m2ptqa6dh".
func digestID(requestID string, now time.Time) string {
	sum := sha256.Sum256([]byte(requestID + now.UTC().Format(time.RFC3339Nano)))
	return "d-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// has reports whether a request is one of the digest's.
func (d Digest) has(requestID string) bool { return slices.Contains(d.Requests, requestID) }

// shared is the id that its requests are known to stand in it by: none while it has one alone.
func (d Digest) shared() string {
	if len(d.Requests) == 1 {
		return ""
	}
	return d.ID
}

// awaits reports whether a request, which is one of the digest's, has yet to learn that.
func (d Digest) awaits(r Request) bool {
	if r.Place.Shown() && r.Place != d.Place || r.Place.Channel != d.Place.Channel {
		return false // it moved
	}
	return r.Place != d.Place || r.Digest != d.shared()
}

// takes reports whether later questions may join: while the digest is young, has room, and
// nobody has decided anything in it.
func (d Digest) takes(members []Request, now time.Time) bool {
	undecided := func(r Request) bool { return r.Status == StatusAsked && r.Decision == nil && len(r.Approvals) == 0 }
	return d.Asks && len(d.Requests) > 0 && len(d.Requests) < DigestSize && now.Before(d.CreatedAt.Add(digestYoung)) &&
		len(members) == len(d.Requests) && !slices.ContainsFunc(members, func(r Request) bool { return !undecided(r) })
}

// Message is what a chat shows in one place: a request, or the requests of a digest.
type Message struct {
	Digest   string    // the digest's id; empty for a request alone
	Place    Place     // the channel, and where it stands there
	Requests []Request // as saved, in the order in which they are listed: always the first of the digest's; at least one
}

// Alone is the message's only request, if it has just one.
func (m Message) Alone() (Request, bool) {
	return m.Requests[0], len(m.Requests) == 1
}
