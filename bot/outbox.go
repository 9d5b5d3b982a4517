package bot

import (
	"slices"
	"time"
)

// Outbox is what the world must still see of a request, in order, and who is at it. Its
// methods alone touch its fields.
//
// It is embedded in Request, and its fields keep the names under which requests have been
// stored since the first version, so that a version reads what the one before it stored. Not
// the other way: an older version does not know newer effects.
type Outbox struct {
	Effects      []Effect  `json:"Outbox"`
	LastSeq      int       `json:"NextSeq"`      // numbers the effects
	ClaimedUntil time.Time `json:"ClaimedUntil"` // until when one process performs alone what does not call the chat
	ChatAfter    time.Time `json:"SlackAfter"`   // the chat asked not to be called before
}

// ClaimTime is how long one process may perform an outbox alone. It only matters after a
// crash: whoever finishes gives the claim back at once. What calls the chat needs no claim: the
// channel's one writer performs it.
const ClaimTime = 30 * time.Second

// An effect that failed is tried again after a pause that grows from tryAgainFirst to
// tryAgainAtMost, so that those which cannot succeed leave the sweep to the others. What is
// said in the chat keeps its order and pauses as a whole instead; see pauseChat.
const (
	tryAgainFirst  = 20 * time.Second
	tryAgainAtMost = 10 * time.Minute
)

// OutboxOf returns an outbox with these effects, as when each was put into an empty one.
func OutboxOf(effects ...Effect) Outbox {
	var o Outbox
	for _, e := range effects {
		o.put(e)
	}
	return o
}

// put appends an effect, and numbers it.
func (o *Outbox) put(e Effect) {
	o.LastSeq++
	e.Seq = o.LastSeq
	o.Effects = append(slices.Clone(o.Effects), e)
}

// putFirst has an effect performed before everything else.
func (o *Outbox) putFirst(e Effect) {
	o.LastSeq++
	e.Seq = o.LastSeq
	o.Effects = append([]Effect{e}, o.Effects...)
}

// putOnce has one effect of this kind in the outbox, due at the earliest time that was asked
// for.
func (o *Outbox) putOnce(kind EffectKind, at time.Time) {
	for _, e := range o.Effects {
		if e.Kind == kind {
			if at.Before(e.NotBefore) {
				o.reschedule(e, at)
			}
			return
		}
	}
	o.put(Effect{Kind: kind, NotBefore: at})
}

// putNow has one effect of this kind in the outbox, due at once unless it has failed before.
func (o *Outbox) putNow(kind EffectKind) {
	for _, e := range o.Effects {
		if e.Kind == kind && e.Tries > 0 {
			return
		}
	}
	o.putOnce(kind, time.Time{})
}

// without takes an effect out.
func (o *Outbox) without(done Effect) {
	o.Effects = slices.DeleteFunc(slices.Clone(o.Effects), func(e Effect) bool { return e.Seq == done.Seq })
}

// withoutKind takes all effects of a kind out.
func (o *Outbox) withoutKind(kind EffectKind) {
	o.Effects = slices.DeleteFunc(slices.Clone(o.Effects), func(e Effect) bool { return e.Kind == kind })
}

// withoutLine takes the lines of a kind out.
func (o *Outbox) withoutLine(line LineKind) {
	o.Effects = slices.DeleteFunc(slices.Clone(o.Effects), func(e Effect) bool { return e.Kind == EffectReply && e.Line == line })
}

// reschedule has an effect performed at another time.
func (o *Outbox) reschedule(later Effect, at time.Time) {
	o.update(later, func(e *Effect) { e.NotBefore = at })
}

// postpone has an effect that failed tried again later.
func (o *Outbox) postpone(failed Effect, now time.Time) {
	o.update(failed, func(e *Effect) {
		e.NotBefore = now.Add(min(tryAgainFirst<<min(e.Tries, 10), tryAgainAtMost))
		e.Tries++
	})
}

// tried counts a try that failed.
func (o *Outbox) tried(failed Effect) { o.update(failed, func(e *Effect) { e.Tries++ }) }

func (o *Outbox) update(which Effect, change func(*Effect)) {
	o.Effects = slices.Clone(o.Effects)
	for i := range o.Effects {
		if o.Effects[i].Seq == which.Seq {
			change(&o.Effects[i])
		}
	}
}

// pauseChat leaves the chat alone for a while.
func (o *Outbox) pauseChat(until time.Time) { o.ChatAfter = until }

// next picks the effect to perform now, none that has just failed, nor one that is performed
// together with other requests'.
func (o Outbox) next(now time.Time, failed map[int]bool) (Effect, bool) {
	for _, e := range o.Effects {
		if !e.shared() && !failed[e.Seq] && !now.Before(e.NotBefore) {
			return e, true
		}
	}
	return Effect{}, false
}

// shown takes out what showed the message, up to a number.
func (o *Outbox) shown(seq int) {
	o.Effects = slices.DeleteFunc(slices.Clone(o.Effects), func(e Effect) bool { return e.Kind == EffectRender && e.Seq <= seq })
}

// Claim takes the outbox for the caller, unless there is nothing to do now or somebody else
// has it.
func (o *Outbox) Claim(now time.Time) bool {
	if _, ok := o.next(now, nil); !ok || now.Before(o.ClaimedUntil) {
		return false
	}
	o.ClaimedUntil = now.Add(ClaimTime)
	return true
}

// mailDue is the mail to send now.
func (o Outbox) mailDue(now time.Time) (Effect, bool) {
	i := slices.IndexFunc(o.Effects, func(e Effect) bool { return e.Kind == EffectEmail && !now.Before(e.NotBefore) })
	if i < 0 {
		return Effect{}, false
	}
	return o.Effects[i], true
}

// claimMail is Claim for whoever sends a mail.
func (o *Outbox) claimMail(now time.Time) bool {
	if _, due := o.mailDue(now); !due || now.Before(o.ClaimedUntil) {
		return false
	}
	o.ClaimedUntil = now.Add(ClaimTime)
	return true
}

// release gives the claim back.
func (o *Outbox) release() { o.ClaimedUntil = time.Time{} }

// claimed reports whether somebody is at it, or was and crashed.
func (o Outbox) claimed() bool { return !o.ClaimedUntil.IsZero() }

// Has reports whether an effect of this kind is still to be performed.
func (o Outbox) Has(kind EffectKind) bool {
	return slices.ContainsFunc(o.Effects, func(e Effect) bool { return e.Kind == kind })
}

// Kinds lists what is still to be performed, in order.
func (o Outbox) Kinds() []EffectKind {
	var kinds []EffectKind
	for _, e := range o.Effects {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// Due is when there is next something to perform, the zero time for at once; what calls the
// chat does not count, see Request.Unshown. It reports false when there is nothing.
func (o Outbox) Due() (due time.Time, any bool) {
	for _, e := range o.Effects {
		if e.chats() {
			continue
		}
		if at := o.dueOf(e); !any || at.Before(due) {
			due, any = at, true
		}
	}
	return due, any
}

// dueOf is when an effect can be performed: not while somebody else has the outbox.
func (o Outbox) dueOf(e Effect) time.Time {
	if e.NotBefore.Before(o.ClaimedUntil) {
		return o.ClaimedUntil
	}
	return e.NotBefore
}

// Urgency orders requests whose work is due.
type Urgency string

// The urgencies, the highest first.
const (
	UrgencyResume Urgency = "resume" // an execution waits for its token to be answered, or for its turn
	UrgencyMail   Urgency = "show"   // people are to be told by mail, or in another channel; named for what it was before channels had a writer
	UrgencyLook   Urgency = "look"   // AWS is to be asked what, as a rule, an event tells
)

// Urgencies lists them, the highest first.
func Urgencies() []Urgency { return []Urgency{UrgencyResume, UrgencyMail, UrgencyLook} }

// Urgency is that of the most urgent effect which is due when the outbox is.
func (o Outbox) Urgency() Urgency {
	due, _ := o.Due()
	for _, u := range Urgencies() {
		if slices.ContainsFunc(o.Effects, func(e Effect) bool { return !e.chats() && e.urgency() == u && !o.dueOf(e).After(due) }) {
			return u
		}
	}
	return UrgencyLook
}
