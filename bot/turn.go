package bot

import (
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Turn is what a request knows of its turn to be patched among those of its group. Turns, the
// group's record, decides; a request learns of it, and tells it where it stands itself.
type Turn struct {
	Token     workflow.Token // what the machine waits with; replaced by every retry
	AskedAt   time.Time      // when it began to wait
	GrantedAt time.Time      `json:",omitzero"` // zero while it waits
	Recorded  TurnState      `json:",omitzero"` // where the record has it; see Request.turnState
	Version   int64          `json:",omitzero"` // of the newest record that it has learned of

	Place   int       `json:",omitzero"` // in the queue, from 1, when that was last looked at
	PlaceAt time.Time `json:",omitzero"` // when that was
	AtOnce  int       `json:",omitzero"` // how many were patched at once then

	Held      *Hold       `json:",omitempty"` // why it does not go on
	WentOn    *RestAnswer `json:",omitempty"` // who let it go on, the last time that it was held
	Stop      *RestAnswer `json:",omitempty"` // who stopped it while it waited
	StopTaken bool        `json:",omitzero"`  // Step Functions has taken that
}

// TagGroup is the tag whose value names the instances of an owner that are not to be patched all
// at once; without it all of the owner's are.
const TagGroup = "patch-group"

// inOwner keeps an owner's name apart from a group of another owner's.
var inOwner = strings.NewReplacer("%", "%25", "/", "%2F")

// groupOf is the key of a group, in lower case, e.g. "payments" or "payments/web"; all without
// an owner share the group "".
func groupOf(tags []workflow.Tag) string {
	group := inOwner.Replace(strings.ToLower(tag(tags, TagOwner)))
	if name := tag(tags, TagGroup); name != "" {
		group += "/" + strings.ToLower(name)
	}
	return group
}

// turnState is where a request stands by itself, which the record has to follow: it waits, or
// is being patched, or neither.
func (r Request) turnState() TurnState {
	switch {
	case r.Turn == nil, !r.Status.Open(), r.Status == StatusRollingBack, r.Status == StatusFrozen: // neither needs one now
		return TurnNone
	case r.Status == StatusQueued:
		return TurnWaits
	}
	return TurnRuns
}

// seeToTurn has the group's record follow where the request stands. Whatever changes a request
// comes by here, so that a turn is given back at every end.
func (r *Request) seeToTurn() {
	if r.Turn != nil && r.Turn.Recorded != r.turnState() {
		r.putNow(EffectTurns)
	}
}

// inTurns is the record of the group with this request where it stands by itself, and whoever
// may start after that.
func (r Request) inTurns(t Turns, now time.Time) Turns {
	switch r.turnState() {
	case TurnWaits:
		t = t.enter(r.ID, r.approvedAt(), r.TurnLimit)
	case TurnRuns:
		t = t.run(r.ID, r.approvedAt(), r.TurnLimit)
	case TurnNone, TurnStopped:
		t = t.leave(r.ID, r.usedTurn(), now)
		if r.RollBack != nil && r.RollBack.From == StatusCompliant {
			t = t.rollBack(r.ID, now)
		}
	}
	if t = t.next(); t.State(r.ID) == TurnStopped {
		return t // until it has learned that
	}
	return t.told(r.ID, t)
}

// usedTurn is how a request ended that has had its turn: one whose machine had ceased to wait
// before it was told proves nothing, and counts as stopped. A roll back undoes nothing of how the patch ended.
func (r Request) usedTurn() Status {
	if r.RollBack != nil && (r.Status == StatusRollingBack || r.Status == StatusRolledBack || r.Status == StatusRollBackFailed) {
		return r.RollBack.From
	}
	if r.Status == StatusFailed && r.Failure != nil && r.Failure.State == workflow.StateTurn {
		return StatusStopped
	}
	return r.Status
}

// approvedAt is the request's place among those that wait.
func (r Request) approvedAt() time.Time {
	if r.Decision != nil && r.Decision.Verdict == workflow.Approved {
		return r.Decision.At.UTC()
	}
	return r.Turn.AskedAt.UTC() // somebody answered past us
}

// waitForTurn is what follows when the machine asks for a turn. A rehearsal needs none, and what
// has its turn keeps it.
func (r Request) waitForTurn(n workflow.Notification) Change {
	turn := Turn{AskedAt: n.OccurredAt}
	if r.Turn != nil {
		turn.Recorded, turn.Version = r.Turn.Recorded, r.Turn.Version
	}
	switch {
	case r.Rehearsal:
		r.Status = StatusApproved
		return r.with(completeWait(n.Token))
	case r.Status == StatusQueued:
		turn = *r.Turn
	case r.turnState() == TurnRuns:
		turn = *r.Turn
		turn.Token, r.Turn = n.Token, &turn
		return r.with(completeWait(n.Token))
	}
	turn.Token, r.Turn = n.Token, &turn
	r.Status = StatusQueued
	return r.with()
}

// resumed is the turn of a request that goes on after its end.
func (t *Turn) resumed() *Turn {
	if t == nil {
		return nil
	}
	turn := *t
	turn.Held, turn.Stop, turn.StopTaken = nil, nil, false
	return &turn
}

// givenBack is the turn of a request that has to wait for something else before it takes another one.
func (t *Turn) givenBack() *Turn {
	if t == nil {
		return nil
	}
	return &Turn{Token: t.Token, AskedAt: t.AskedAt, Recorded: t.Recorded, Version: t.Version}
}

// turnNews is where a request stands in its group, as the record says.
type turnNews struct {
	Version       int64
	State         TurnState
	Place, AtOnce int
	Held          *Hold
	WentOn, Stop  *RestAnswer
}

// newsFor is what a request has to learn.
func (t Turns) newsFor(id string) turnNews {
	return turnNews{Version: t.Version, State: t.State(id), Place: t.Place(id), AtOnce: t.AtOnce(),
		Held: t.Held, WentOn: t.WentOn, Stop: t.Stop}
}

// learnTurn takes over what the record says of a request, unless it has learned something newer,
// or has gone on or ended by itself.
func (r Request) learnTurn(n turnNews, now time.Time) Change {
	if r.Turn == nil || n.Version < r.Turn.Version {
		return r.with()
	}
	turn := *r.Turn
	turn.Version, turn.Recorded = n.Version, n.State
	r.Turn = &turn
	if r.Status != StatusQueued {
		return r.with()
	}
	c := r.wentOn(n.WentOn)
	switch n.State {
	case TurnRuns:
		return c.then(func(r Request) Change { return r.granted(now) })
	case TurnWaits:
		return c.then(func(r Request) Change { return r.queued(n, now) })
	case TurnStopped:
		if n.Stop != nil {
			return c.then(func(r Request) Change { return r.stopped(*n.Stop, now) })
		}
	case TurnNone:
	}
	return r.with()
}

// wentOn tells that somebody let a held rest go on, this request among it, whether or not it
// had learned that it was held.
func (r Request) wentOn(by *RestAnswer) Change {
	turn := *r.Turn
	if by == nil || by.At.Before(turn.AskedAt) || turn.WentOn != nil && turn.WentOn.At.Equal(by.At) {
		return r.with()
	}
	turn.WentOn, turn.Held = by, nil
	r.Turn = &turn
	return r.with(render, reply(LineWentOn)).record(by.At, actorOf(by.By), ActionGoOn, StatusQueued)
}

// granted goes on with a request whose turn it is.
func (r Request) granted(now time.Time) Change {
	turn := *r.Turn
	turn.GrantedAt, turn.Held = now, nil
	r.Turn, r.Status = &turn, StatusApproved
	c := r.with(completeWait(turn.Token))
	if turn.Place > 0 {
		c = c.then(func(r Request) Change { return r.with(render) }) // it was shown as waiting
	}
	return c.record(now, ActorTurns, ActionTurn, StatusQueued)
}

// queued keeps a request's place, and tells when the rest is held.
func (r Request) queued(n turnNews, now time.Time) Change {
	turn, before := *r.Turn, *r.Turn
	turn.Place, turn.PlaceAt, turn.AtOnce, turn.Held = n.Place, now, n.AtOnce, n.Held
	r.Turn = &turn
	switch {
	case before.Held == nil && n.Held != nil:
		return r.with(render, reply(LineHeld)).record(now, ActorTurns, ActionHeld, StatusQueued)
	case before.Place == 0 || (before.Held == nil) != (n.Held == nil):
		return r.with(render)
	}
	return r.with()
}

// stopped ends a request that waited when somebody stopped the rest.
func (r Request) stopped(by RestAnswer, now time.Time) Change {
	turn := *r.Turn
	turn.Stop, turn.Held = &by, nil
	r.Turn = &turn
	r.finish(StatusStopped, now)
	return r.with(stopTurn(turn.Token), render, reply(LineRestStopped)).record(by.At, actorOf(by.By), ActionStopRest, StatusQueued)
}

// restStopped reports whether somebody stopped a request while it waited for its turn, and its
// execution may still have to learn it.
func (r Request) restStopped() bool {
	return r.Status == StatusStopped && r.Turn != nil && r.Turn.Stop != nil && !r.Over
}

// stopUntaken reports whether a stop is recorded here, but Step Functions may not have taken it.
func (r Request) stopUntaken() bool { return r.restStopped() && !r.Turn.StopTaken }

// stopAgain answers the new token of a wait that somebody has stopped.
func (r Request) stopAgain(n workflow.Notification) Change {
	turn := *r.Turn
	turn.Token, turn.StopTaken = n.Token, false
	r.Turn = &turn
	return r.with(stopTurn(n.Token))
}

func actorOf(d workflow.Decider) string {
	return Actor{Via: d.Via, User: d.User, Name: d.Name}.String()
}
