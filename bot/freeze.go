package bot

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Freeze is a time in which the change calendars forbid to patch.
type Freeze struct {
	Until  time.Time     `json:",omitzero"` // when it ends; zero while AWS does not say
	Unread string        `json:",omitzero"` // the calendars could not be read, which counts as a freeze: why, e.g. "Ssm.InvalidDocumentException"
	Since  time.Time     // when the question was asked, or the execution began to wait for its end
	Within time.Duration `json:",omitzero"` // how long the execution waits for its end; 0 before it does
}

// unreadState is what Freeze.Unread says where AWS answered something that nobody knows.
const unreadState = "an unknown state"

// freezeOf is what a notification says of a freeze, nil where there is none.
func freezeOf(f workflow.Freeze, since time.Time) *Freeze {
	switch {
	case !f.On():
		return nil
	case f.Error != "":
		return &Freeze{Unread: Tidy(f.Error, keptName), Since: since}
	case f.State != "CLOSED":
		return &Freeze{Unread: unreadState, Since: since}
	}
	return &Freeze{Until: f.Ends(), Since: since}
}

// Frozen reports whether a freeze keeps a request from being patched, as far as is known: it waits for its
// end, or was asked about in one.
func (r Request) Frozen() bool {
	return r.Freeze != nil && (r.Status == StatusAsked || r.Status == StatusFrozen)
}

// FrozenAt reports whether that still holds at a time: a question hears a little later that a freeze has ended.
func (r Request) FrozenAt(now time.Time) bool {
	return r.Frozen() && (r.Status == StatusFrozen || r.Freeze.Until.IsZero() || now.Before(r.Freeze.Until))
}

// AwaitsFreeze reports whether a request was approved in a freeze, and its execution has yet to say that it
// waits for its end.
func (r Request) AwaitsFreeze() bool {
	d := r.Decision
	if r.Status != StatusApproved || r.Freeze == nil || r.Freeze.Within != 0 || r.Turn != nil || d == nil {
		return false
	}
	return d.Verdict == workflow.Approved && !d.Emergency && (r.Freeze.Until.IsZero() || d.At.Before(r.Freeze.Until))
}

// seeToFreeze has a question asked anew when the freeze is over that it was asked in. Nobody tells of that:
// the execution reads the calendars again only when somebody has approved. Whatever changes a request comes
// by here.
func (r *Request) seeToFreeze() {
	if r.Status == StatusAsked && r.Freeze != nil && !r.Freeze.Until.IsZero() {
		r.putOnce(EffectFreezeOver, r.Freeze.Until)
	} else {
		r.withoutKind(EffectFreezeOver)
	}
}

// freezeOver forgets the freeze of a question, and an emergency with it, which nobody needs any more.
func (b *Bot) freezeOver(e Effect) (changeRequest, error) {
	now := b.Now()
	return func(r Request) Change {
		r.without(e)
		if r.Status != StatusAsked || r.Freeze == nil || r.FrozenAt(now) {
			return r.with()
		}
		r.Freeze, r.Emergency = nil, nil
		return r.with(render)
	}, nil
}

// waitForFreeze takes the token with which the machine waits for a freeze to end, and which takes
// another decision until then. What was decided before the token came is delivered to it at once. A
// turn that the request had is given back; see Request.turnState.
func (r Request) waitForFreeze(n workflow.Notification, d workflow.FreezeWaiting, now time.Time) Change {
	from, before := r.Status, r.Freeze
	r = r.stopWaiting()
	r.EndTold, r.ApprovalToken = false, n.Token
	switch {
	case r.changesWait():
		return r.with(completeDecision(n.Token))
	case r.Decision != nil && r.Decision.Emergency: // which waits for no freeze
		return r.with(lookExecution)
	}
	since := n.OccurredAt
	if from == StatusFrozen && before != nil {
		since = before.Since
	}
	r.Freeze = freezeOf(d.Freeze, since)
	if r.Freeze == nil { // no machine of ours waits then
		r.Freeze = &Freeze{Unread: unreadState, Since: since}
	}
	r.Freeze.Within = time.Duration(d.WaitWithinSeconds) * time.Second
	r.Status, r.Turn = StatusFrozen, r.Turn.givenBack()
	effects := []Effect{lookFreeze(n.Token, r.Freeze.nextLook(r.ID, now))}
	if r.Decision == nil || r.Decision.Verdict == workflow.Rejected {
		effects = append(effects, lookExecution) // somebody answered past us
	} else {
		r.Delivered = true
	}
	switch {
	case from != StatusFrozen:
		effects = append(effects, render, reply(LineFrozen))
	case !before.Until.Equal(r.Freeze.Until) || before.Unread != r.Freeze.Unread:
		effects = append(effects, render)
	}
	return r.with(effects...)
}

// While a freeze lasts, the execution is told to read the calendars again when it should end, and every
// freezeLookEvery: nobody tells that it ends earlier. An end that has passed is looked for again after
// freezeLookSoon, for AWS may not show it yet. Calendars that could not be read, as when many read them in one
// minute, are read again after freezeLookUnread. All that wait for one end are spread over freezeLookSpread.
const (
	freezeLookEvery  = 6 * time.Hour
	freezeLookSoon   = time.Minute
	freezeLookUnread = 15 * time.Minute
	freezeLookSpread = 5 * time.Minute
)

// nextLook is when the execution of a request is to read the calendars again, or to give up.
func (f Freeze) nextLook(request string, now time.Time) time.Time {
	next := now.Add(freezeLookEvery)
	if f.Unread != "" {
		next = now.Add(freezeLookUnread).Add(spread(request))
	}
	if !f.Until.IsZero() {
		next = earlier(next, later(f.Until, now.Add(freezeLookSoon)).Add(spread(request)))
	}
	return earlier(next, later(f.Since.Add(f.Within), now))
}

// spread is a request's share of freezeLookSpread, always the same.
func spread(request string) time.Duration {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(request)) // never fails
	return time.Duration(hash.Sum32()) * time.Millisecond % freezeLookSpread
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// The errors by which the machine knows that it is to read the calendars again, or that it has waited long
// enough.
const (
	errorFreezeMayBeOver     = "FreezeMayBeOver"
	errorFreezeLastedTooLong = "FreezeLastedTooLong"
)

func lookFreeze(token workflow.Token, at time.Time) Effect {
	return Effect{Kind: EffectLookFreeze, Token: token, NotBefore: at}
}

// lookFreeze has the execution read the calendars again. A token that is gone needs nothing: the
// execution reads them itself, or goes on.
func (b *Bot) lookFreeze(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	if r.Status != StatusFrozen || r.Freeze == nil || r.ApprovalToken != e.Token {
		return b.done(e, nil)
	}
	name, cause := errorFreezeMayBeOver, "the freeze should be over, or has not been looked at for some hours"
	if !b.Now().Before(r.Freeze.Since.Add(r.Freeze.Within)) {
		name, cause = errorFreezeLastedTooLong, "the freeze lasted longer than an approval waits for its end"
	}
	err := b.Tasks.FailTask(ctx, e.Token, name, cause)
	if errors.Is(err, workflow.ErrTaskGone) {
		err = nil
	}
	return b.done(e, err)
}

// NotStarted is why an approved request was left as it is.
type NotStarted struct {
	Reason workflow.NotStarted
	Found  string `json:",omitzero"` // what stood in the way, e.g. "stopping", or "AWS-RunPatchBaseline"
}

// OutOfCare reports whether a request was not begun since its instance is gone, or not tagged any more: an
// execution about it would end at once, and tell nobody.
func (r Request) OutOfCare() bool {
	return r.Status == StatusNotStarted && r.NotStarted != nil && (r.NotStarted.Reason == workflow.NotStartedGone || r.NotStarted.Reason == workflow.NotStartedUntagged)
}

// foundInWay is what stood in the way, as people read it: names of documents come as a list in JSON.
func foundInWay(d workflow.PatchNotStarted) string {
	var names []string
	if json.Unmarshal([]byte(d.Found), &names) == nil {
		return Tidy(strings.Join(slices.Compact(slices.Sorted(slices.Values(names))), ", "), keptName)
	}
	return Tidy(d.Found, keptName)
}
