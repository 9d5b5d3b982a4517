package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Unshown says in short that a channel must still see something of a request. Stores keep it
// beside the request, as JSON whose names never change.
type Unshown struct {
	ID      string    `json:"id"`
	Version int64     `json:"version"` // of the request
	Channel string    `json:"channel"`
	Owner   string    `json:"owner,omitzero"`
	Digest  string    `json:"digest,omitzero"`
	Posted  bool      `json:"posted,omitzero"` // its message stands in the channel
	Alone   bool      `json:"alone,omitzero"`  // it never shares a message, for it is a rehearsal
	Asks    bool      `json:"asks,omitzero"`   // it is a question that can share a message with others
	Merges  bool      `json:"merges,omitzero"` // only lines are left that are told together with others'
	Kind    ShowKind  `json:"kind"`
	Since   time.Time `json:"since"`          // when the first of it came about
	After   time.Time `json:"after,omitzero"` // the chat asked not to be called before
}

// ShowKind orders what a channel must still see.
type ShowKind string

// The kinds, in the order in which they are shown.
const (
	ShowQuestion ShowKind = "question" // somebody is to decide
	ShowEnd      ShowKind = "end"      // it was decided, or has ended
	ShowProgress ShowKind = "progress" // the machine works
)

func (k ShowKind) order() int {
	return slices.Index([]ShowKind{ShowQuestion, ShowEnd, ShowProgress}, k)
}

// Unshown is what the request's channel must still see. It reports false when there is nothing.
func (r Request) Unshown() (Unshown, bool) {
	i := slices.IndexFunc(r.Effects, Effect.chats)
	if i < 0 {
		return Unshown{}, false
	}
	return Unshown{ID: r.ID, Version: r.Version, Channel: r.Place.Channel, Owner: r.Owner, Digest: r.Digest, Posted: r.Place.Shown(),
		Alone: r.Rehearsal, Asks: asksTogether(r), Merges: r.onlyMerges(), Kind: r.showKind(), Since: r.Effects[i].Since.UTC(), After: r.ChatAfter.UTC()}, true
}

// onlyMerges reports whether nothing is to be shown but lines that a digest's thread tells of
// several requests at once.
func (r Request) onlyMerges() bool {
	return !slices.ContainsFunc(r.Effects, func(e Effect) bool { return e.chats() && !r.merges(e) })
}

func (r Request) showKind() ShowKind {
	switch r.Status {
	case StatusAsked:
		return ShowQuestion
	case StatusFrozen:
		if r.EmergencyPending() {
			return ShowQuestion // somebody is to agree, or not
		}
	case StatusQueued:
		if r.Turn != nil && r.Turn.Held != nil {
			return ShowQuestion // somebody is to say whether it goes on
		}
		return ShowProgress
	case StatusBackingUp, StatusPatching, StatusScanning, StatusRollingBack:
		return ShowProgress
	case StatusScheduled, StatusApproved, StatusRejected, StatusExpired, StatusCompliant, StatusRehearsed, StatusNonCompliant, StatusNotStarted, StatusFailed, StatusStopped, StatusRolledBack, StatusRollBackFailed:
	}
	return ShowEnd
}

// Compare orders what is to be shown by since when it is.
func (u Unshown) Compare(other Unshown) int {
	return cmp.Or(u.Since.Compare(other.Since), cmp.Compare(u.ID, other.ID))
}

// topic is what one message has to show: several requests' news go into it together.
type topic struct {
	entries []Unshown // at least one
}

// key tells which message a request's news go into: its own, its digest's, or a new one for
// which questions, or ends, of one owner are gathered.
func (u Unshown) key() string {
	switch {
	case !u.Posted && u.Asks:
		return "ask " + strings.ToLower(u.Owner)
	case !u.Posted && !u.Alone:
		return "tell " + strings.ToLower(u.Owner)
	case u.Digest != "":
		return u.Digest
	}
	return u.ID
}

// due is when a topic is to be shown, by the pace of its channel: what is gathered, when nothing
// more came for a while.
func (t topic) due(p Pace) time.Time {
	due, last, after := t.entries[0].due(p), t.entries[0].Since, t.entries[0].After
	for _, u := range t.entries[1:] {
		due = earlier(due, u.due(p))
		after = earlier(after, u.After)
		if u.Since.After(last) {
			last = u.Since
		}
	}
	if first := t.entries[0]; first.gathers() {
		due = earlier(due, last.Add(p.Gather))
	}
	if due.Before(after) {
		return after
	}
	return due
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// gathers reports whether more may be about to come that is shown in the same message.
func (u Unshown) gathers() bool { return !u.Posted && !u.Alone }

// due is when a request's news is to be shown, if the chat does not ask to wait.
func (u Unshown) due(p Pace) time.Time {
	switch {
	case u.gathers():
		return u.Since.Add(p.GatherAtMost)
	case u.Merges:
		return u.Since.Add(p.Lines)
	case u.Kind == ShowProgress:
		return u.Since.Add(p.Edits)
	}
	return u.Since
}

// topics are what a channel must still see, in the order in which it is to be shown: what is due
// by now first, questions before ends before progress; then what is due next.
func topics(entries []Unshown, p Pace, now time.Time) []topic {
	place := map[string]int{}
	var all []topic
	for _, u := range entries {
		i, known := place[u.key()]
		if !known {
			i = len(all)
			place[u.key()], all = i, append(all, topic{})
		}
		all[i].entries = append(all[i].entries, u)
	}
	slices.SortStableFunc(all, func(a, b topic) int {
		dueA, dueB := a.due(p), b.due(p)
		if !dueA.After(now) && !dueB.After(now) {
			return cmp.Or(cmp.Compare(a.kind().order(), b.kind().order()), dueA.Compare(dueB))
		}
		return dueA.Compare(dueB)
	})
	return all
}

// kind is the most urgent of what a topic shows.
func (t topic) kind() ShowKind {
	return slices.MinFunc(t.entries, func(a, b Unshown) int { return cmp.Compare(a.Kind.order(), b.Kind.order()) }).Kind
}

func (t topic) ids() []string {
	ids := make([]string, len(t.entries))
	for i, u := range t.entries {
		ids[i] = u.ID
	}
	return ids
}
