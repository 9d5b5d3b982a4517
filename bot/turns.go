package bot

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Turns is whose turn it is in a group of instances that are not to be patched all at once. The
// requests that are in it make up a run: it begins when the first of them enters, and ends when
// nobody runs or waits any more. The zero value is a group in which nothing happens.
//
// Its methods are pure, each returns the record as it is then, and doing the same twice changes
// nothing the second time. A store keeps it as JSON, whose names never change; they are short,
// since a large group has thousands of members.
type Turns struct {
	Group   string `json:"group"`   // see Request.Group
	Version int64  `json:"version"` // set by the store; 0 before the first save

	Running []Member  `json:"running,omitempty"`
	Waiting []Member  `json:"waiting,omitempty"` // in the order of their turns
	Stopped []Member  `json:"stopped,omitempty"` // waited until somebody stopped the rest, and are yet to be told
	Limit   TurnLimit `json:"limit,omitzero"`    // of the request that entered last

	Entered int  `json:"entered,omitzero"` // in this run
	Failed  int  `json:"failed,omitzero"`  // of those that ran
	Gone    int  `json:"gone_on,omitzero"` // how many had failed when somebody let the rest go on
	Proven  bool `json:"proven,omitzero"`  // one has ended well, so that there is no need of a canary
	// RolledBack are requests that had ended well and were rolled back while this run lasts: each counts
	// as a failure.
	RolledBack []string `json:"rolled_back,omitempty"`

	Held   *Hold       `json:"held,omitempty"`    // why nobody starts
	WentOn *RestAnswer `json:"went_on,omitempty"` // who last let a held rest go on
	Stop   *RestAnswer `json:"stop,omitempty"`    // who last stopped one
}

// Member is a request of a group.
type Member struct {
	ID       string    `json:"id"`
	Approved time.Time `json:"at"`                // when it was approved, which is its place among those that wait
	Told     bool      `json:"told,omitzero"`     // its request has learned whether it runs, waits, or was stopped
	ToldHeld bool      `json:"toldheld,omitzero"` // and that the rest is held
}

// Hold is why the rest of a run is held.
type Hold struct {
	At     time.Time
	Failed int  // how many of the run have failed
	Canary bool `json:",omitzero"` // the one that was to be tried first was among them
}

// RestAnswer is what an approver said of a rest that was held.
type RestAnswer struct {
	By     workflow.Decider
	At     time.Time
	Failed int // how many of the run had failed
}

// TurnState is where a request stands in its group.
type TurnState string

// The states of a turn.
const (
	TurnNone    TurnState = ""
	TurnWaits   TurnState = "waits"
	TurnRuns    TurnState = "runs"
	TurnStopped TurnState = "stopped"
)

// State is where a request stands.
func (t Turns) State(id string) TurnState {
	switch {
	case indexOf(t.Running, id) >= 0:
		return TurnRuns
	case indexOf(t.Waiting, id) >= 0:
		return TurnWaits
	case indexOf(t.Stopped, id) >= 0:
		return TurnStopped
	}
	return TurnNone
}

// Place is a waiting request's place in the queue, from 1; 0 of any other.
func (t Turns) Place(id string) int { return indexOf(t.Waiting, id) + 1 }

// AtOnce is how many may run at once now.
func (t Turns) AtOnce() int {
	if t.Limit.Canary && !t.Proven {
		return 1
	}
	return t.Limit.AtOnce.Of(t.Entered)
}

// enter has a request wait, unless it waits, runs or was stopped already. The limit of whoever
// enters counts from now on: it is the newest.
func (t Turns) enter(id string, approved time.Time, limit TurnLimit) Turns {
	if t.State(id) != TurnNone {
		return t
	}
	t.Limit = limit
	t.Entered++
	t.Waiting = append(slices.Clone(t.Waiting), Member{ID: id, Approved: approved})
	slices.SortFunc(t.Waiting, func(a, b Member) int { return cmp.Or(a.Approved.Compare(b.Approved), cmp.Compare(a.ID, b.ID)) })
	return t
}

// run counts a request among those that run, whose machine did not ask or goes on after its
// end: over the limit if need be. Its own limit may be old, so it counts only where there is no
// other.
func (t Turns) run(id string, approved time.Time, limit TurnLimit) Turns {
	if t.Entered == 0 {
		t.Limit = limit
	}
	switch t.State(id) {
	case TurnRuns:
		return t
	case TurnNone:
		t.Entered++
	case TurnWaits, TurnStopped:
	}
	t = t.without(id)
	t.Running = append(slices.Clone(t.Running), Member{ID: id, Approved: approved, Told: true})
	return t
}

// leave gives a turn back, or leaves the queue. Only what ran can fail, or prove anything; see
// Request.usedTurn.
func (t Turns) leave(id string, status Status, now time.Time) Turns {
	ran := t.State(id) == TurnRuns
	t = t.without(id)
	switch {
	case status == StatusFrozen: // which comes back
		t.Entered = max(0, t.Entered-1)
	case !ran:
	case status == StatusFailed || status == StatusNonCompliant:
		t = t.fail(now)
	case status == StatusCompliant:
		t.Proven = true
	}
	return t
}

// fail counts a failure, which may hold the rest.
func (t Turns) fail(now time.Time) Turns {
	t.Failed++
	canary := t.Limit.Canary && !t.Proven
	if t.Held == nil && (canary || t.Failed-t.Gone >= t.Limit.holdAfter()) {
		t.Held = &Hold{At: now, Failed: t.Failed, Canary: canary}
	}
	return t
}

// rollBack counts a request that had ended well as a failure after all, while others of its group
// wait or run.
func (t Turns) rollBack(id string, now time.Time) Turns {
	if len(t.Running)+len(t.Waiting) == 0 || slices.Contains(t.RolledBack, id) {
		return t
	}
	t.RolledBack = append(slices.Clone(t.RolledBack), id)
	return t.fail(now)
}

// next starts whoever may, in order, and ends a run in which nobody is left.
func (t Turns) next() Turns {
	if len(t.Running)+len(t.Waiting) == 0 {
		return Turns{Group: t.Group, Version: t.Version, Stopped: t.Stopped, Stop: t.stopToTell()}
	}
	for t.Held == nil && len(t.Waiting) > 0 && len(t.Running) < t.AtOnce() {
		first := t.Waiting[0]
		first.Told = false
		t.Waiting = dropped(t.Waiting, first.ID)
		t.Running = append(slices.Clone(t.Running), first)
	}
	return t
}

// stopToTell is the last stop while those whom it stopped have not all been told.
func (t Turns) stopToTell() *RestAnswer {
	if len(t.Stopped) == 0 {
		return nil
	}
	return t.Stop
}

// goOn lets a held rest go on, until as many have failed again.
func (t Turns) goOn(a RestAnswer) Turns {
	if t.Held == nil {
		return t
	}
	a.Failed = t.Held.Failed
	t.WentOn, t.Held, t.Gone = &a, nil, t.Failed
	return t.next()
}

// stopRest takes all who wait out of a held run. What runs goes on, and who enters until it has
// ended is held, too.
func (t Turns) stopRest(a RestAnswer) Turns {
	if t.Held == nil || len(t.Waiting) == 0 {
		return t
	}
	a.Failed = t.Held.Failed
	t.Stop, t.Stopped = &a, slices.Clone(t.Stopped)
	for _, m := range t.Waiting {
		t.Stopped = append(t.Stopped, Member{ID: m.ID, Approved: m.Approved})
	}
	t.Waiting = nil
	return t.next()
}

// untold lists the requests that have yet to learn where they stand.
func (t Turns) untold() []string {
	var ids []string
	for _, m := range slices.Concat(t.Running, t.Stopped) {
		if !m.Told {
			ids = append(ids, m.ID)
		}
	}
	for _, m := range t.Waiting {
		if !m.Told || m.ToldHeld != (t.Held != nil) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// told marks that a request has learned where it stood in an earlier record: in this one, only
// if it still stands there. Who was told to be stopped is done with.
func (t Turns) told(id string, earlier Turns) Turns {
	if t.State(id) != earlier.State(id) {
		return t
	}
	mark := func(members []Member, i int) []Member {
		members = slices.Clone(members)
		members[i].Told, members[i].ToldHeld = true, earlier.Held != nil
		return members
	}
	switch t.State(id) {
	case TurnRuns:
		t.Running = mark(t.Running, indexOf(t.Running, id))
	case TurnWaits:
		t.Waiting = mark(t.Waiting, indexOf(t.Waiting, id))
	case TurnStopped:
		t.Stopped = dropped(t.Stopped, id)
	case TurnNone:
	}
	return t.next()
}

// without is the record with a request nowhere in it.
func (t Turns) without(id string) Turns {
	t.Running, t.Waiting, t.Stopped = dropped(t.Running, id), dropped(t.Waiting, id), dropped(t.Stopped, id)
	return t
}

// Empty reports whether there is nobody in it.
func (t Turns) Empty() bool { return len(t.Running)+len(t.Waiting)+len(t.Stopped) == 0 }

func indexOf(members []Member, id string) int {
	return slices.IndexFunc(members, func(m Member) bool { return m.ID == id })
}

// dropped is the members without one of them; nil where nobody is left, as a store gives it.
func dropped(members []Member, id string) []Member {
	left := slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.ID == id })
	if len(left) == 0 {
		return nil
	}
	return left
}
