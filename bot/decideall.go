package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Of many requests so many are looked at, saved or performed at once. Who may decide is to be
// found out within checkPart of the time there is, of many within checkTime, too, so that there is
// time left to record what was decided.
const (
	decideAtOnce = 8
	checkPart    = 0.6
	checkTime    = time.Second
)

// Decided is how a decision about one of many requests went.
type Decided struct {
	Request Request // as it stands then
	Refused Refusal // why nothing was decided; empty when it was
	Err     error   // the decision may not be recorded
}

// Undelivered reports whether the decision is recorded, but Step Functions has yet to take it.
func (d Decided) Undelivered() bool {
	return d.Err == nil && d.Refused == "" && d.Request.Has(EffectCompleteDecision)
}

// DecideAll is Decide for many requests, given as they were loaded: each by the rules of its
// own, at the same moment but for a nanosecond, so that their turns come in this order. All decisions are saved before any task token is answered. What is not done when the time of ctx is over
// stays in the outboxes, whose claims are given back, and the sweep performs it; after a crash
// it does so once the claims have run out.
func (b *Bot) DecideAll(ctx context.Context, requests []Request, actor Actor, action Action) []Decided {
	mandates, now := b.mandates(ctx, requests, actor), b.Now()
	all, left := make([]Decided, len(requests)), make([]savedChange, len(requests))
	eachAtOnce(len(requests), decideAtOnce, func(i int) {
		r, m := requests[i], mandates[i]
		if m.err != nil {
			all[i] = Decided{Request: r, Err: m.err}
			return
		}
		left[i], all[i].Err = b.keep(ctx, r, b.decision(r, m, action, now.Add(time.Duration(i))))
		all[i].Request, all[i].Refused = left[i].Request, left[i].Answer
	})
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		b.wakeOnce(ctx, left)
	}()
	eachAtOnce(len(all), decideAtOnce, func(i int) {
		if left[i].mine {
			all[i].Request = b.perform(ctx, all[i].Request)
		}
	})
	<-woken
	return all
}

// wakeOnce wakes the writers of channels that have more to see, once for each message, and all
// at the same time: a queue that hangs takes signalTime, however many there are.
func (b *Bot) wakeOnce(ctx context.Context, changes []savedChange) {
	var news []Request
	for _, k := range changes {
		same := func(r Request) bool { return r.Place == k.Request.Place && r.Digest != "" }
		if k.news && !slices.ContainsFunc(news, same) {
			news = append(news, k.Request)
		}
	}
	eachAtOnce(len(news), len(news), func(i int) { b.wake(ctx, news[i]) })
}

// MayDecide says of each request why a person could not give this verdict now, "" where they can. It
// changes and records nothing.
func (b *Bot) MayDecide(ctx context.Context, requests []Request, actor Actor, verdict workflow.Verdict) []Refusal {
	why, now := make([]Refusal, len(requests)), b.Now()
	for i, m := range b.mandates(ctx, requests, actor) {
		r := requests[i]
		r.ApprovalsRequired = approvalsNow(m.owner, r)
		why[i] = r.undecidable(m.actor, Action{Verdict: verdict}, now)
		if err := cmp.Or(m.err, m.unchecked); err != nil {
			why[i] = unchecked(err)
		}
	}
	return why
}

// mandate is who may decide a request, and whether a person is one of them.
type mandate struct {
	owner     Owner // as the directory has it
	approvers Approvers
	actor     Actor // authorised, or not
	unchecked error // whether they are could not be found out
	err       error // nor who may decide
}

// mandateOf finds out whether a person may decide a request.
func (b *Bot) mandateOf(ctx context.Context, r Request, actor Actor) (m mandate) {
	ctx, cancel := Share(ctx, checkPart, 2*checkTime) // a large channel has many pages of members
	defer cancel()
	if m.owner, m.err = b.ownerNow(ctx, r); m.err != nil {
		return m
	}
	m.approvers = b.approversNow(m.owner, r)
	m.actor, m.unchecked = b.authorise(ctx, m.approvers, actor)
	m.actor.Abandoned = m.unchecked == nil && !m.actor.Approver && !m.actor.Outsider && b.abandoned(ctx, m.approvers)
	return m
}

// mandates finds out of many requests whether a person may decide them, asking once about each
// owner and once about each set of approvers.
func (b *Bot) mandates(ctx context.Context, requests []Request, actor Actor) []mandate {
	ctx, cancel := Share(ctx, checkPart, checkTime)
	defer cancel()
	owners := lookUp(requests, func(r Request) string { return fmt.Sprint(r.Approvers.untold(), r.Owner) }, func(r Request) mandate {
		o, err := b.ownerNow(ctx, r)
		return mandate{owner: o, err: err}
	})
	for i, r := range requests {
		owners[i].approvers = b.approversNow(owners[i].owner, r)
	}
	found := lookUp(owners, func(m mandate) string { return fmt.Sprint(m.approvers, m.err) }, func(m mandate) mandate {
		if m.err == nil {
			m.actor, m.unchecked = b.authorise(ctx, m.approvers, actor)
		}
		return m
	})
	for i := range found {
		found[i].owner = owners[i].owner // several may have the same approvers
	}
	return found
}

// lookUp asks about each of many, once about those with the same key, several at once.
func lookUp[K comparable, Of, V any](all []Of, key func(Of) K, ask func(Of) V) []V {
	place, first := map[K]int{}, []Of{}
	for _, of := range all {
		if _, known := place[key(of)]; !known {
			place[key(of)], first = len(first), append(first, of)
		}
	}
	answers := make([]V, len(first))
	eachAtOnce(len(first), decideAtOnce, func(i int) { answers[i] = ask(first[i]) })
	found := make([]V, len(all))
	for i, of := range all {
		found[i] = answers[place[key(of)]]
	}
	return found
}
