package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Escalation is who hears of a question that its approvers do not answer. They are told; who may
// decide stays as it is.
type Escalation struct {
	Channel string   // gets a message of its own, e.g. "C0123456789"; may be empty
	Users   []string // are mentioned in the question's thread, e.g. "U0123"
	Groups  []string // the same, e.g. "S0123"
}

// Named reports whether anybody in particular hears of it.
func (e Escalation) Named() bool { return len(e.Users) > 0 || len(e.Groups) > 0 }

// IsZero reports whether nobody hears of it.
func (e Escalation) IsZero() bool { return e.Channel == "" && !e.Named() }

// escalationOf is who hears of an owner's unanswered questions: as the owner says, else the platform
// team, else nobody.
func (b *Bot) escalationOf(o Owner) Escalation {
	if o.Escalation.IsZero() {
		return Escalation{Channel: b.PlatformChannel}
	}
	return o.Escalation
}

// escalationNow is the same as the directory says now, or, when it does not know the owner any
// more, as it was when the request was opened.
func (b *Bot) escalationNow(o Owner, r Request) Escalation {
	if o.Name == "" && !r.Escalation.IsZero() {
		return r.Escalation
	}
	return b.escalationOf(o)
}

// escalatesTo reports whether a channel is told that nobody answers: not the one in which the
// question stands, where the thread's line is seen.
func (r Request) escalatesTo(channel string) bool {
	return channel != "" && r.Escalation.Channel == channel && r.Place.Channel != channel
}

// escalateAgain is after how long the channel of an escalation is signalled again, when its writer has
// not told it.
const escalateAgain = 2 * time.Minute

// escalate wakes the writer of the escalation's channel, who takes the effect out when it is told. What
// somebody has decided in the meantime is not told.
func (b *Bot) escalate(ctx context.Context, r Request, e Effect) (changeRequest, error) {
	channel := r.Escalation.Channel
	if r.Status != StatusAsked || !r.escalatesTo(channel) {
		return b.done(e, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, signalTime)
	defer cancel()
	if err := b.Channels.Signal(ctx, Signal{Channel: channel, Request: r.ID, Version: r.Version, Escalates: true}); err != nil {
		return b.done(e, fmt.Errorf("have channel %s told that nobody answers: %w", channel, err))
	}
	again := b.Now().Add(escalateAgain)
	return func(r Request) Change {
		r.reschedule(e, again)
		return r.with()
	}, nil
}

// tellEscalations tells the channel of the questions in other channels that nobody answers, those of one
// message together.
func (w *writer) tellEscalations(ctx context.Context) error {
	for _, id := range w.escalating {
		r, err := w.Store.Get(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("load request %s: %w", id, err)
		}
		if !r.Has(EffectEscalate) || !r.escalatesTo(w.channel) {
			continue // told already, with another one of its digest
		}
		if r.Digest != "" && !w.sleep(ctx, r.Reminded.At.Add(w.Pace.Lines).Sub(w.Now())) { // as the thread's line waits for others
			return errLater
		}
		if err := w.tellEscalation(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// tellEscalation tells the channel of one message, unless all of it has been decided.
func (w *writer) tellEscalation(ctx context.Context, r Request) error {
	m, err := w.unanswered(ctx, r)
	if err != nil {
		return err
	}
	waiting := m
	waiting.Requests = slices.DeleteFunc(slices.Clone(m.Requests), func(r Request) bool { return r.Status != StatusAsked })
	to, posts := w.channel, len(waiting.Requests) > 0
	if posts {
		if to, err = w.postEscalation(ctx, waiting); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	errs := make([]error, len(m.Requests))
	eachAtOnce(len(m.Requests), decideAtOnce, func(i int) {
		_, errs[i] = w.changeLoaded(ctx, m.Requests[i], func(r Request) Change { return r.escalated(w.channel, to, posts, w.Now()) })
	})
	return errors.Join(errs...)
}

// unanswered is a request's message, with those of its digest that are told of together.
func (w *writer) unanswered(ctx context.Context, r Request) (Message, error) {
	m := Message{Digest: r.Digest, Place: r.Place, Requests: []Request{r}}
	if r.Digest == "" {
		return m, nil
	}
	d, err := w.Store.Digest(ctx, r.Digest)
	if err != nil {
		return m, fmt.Errorf("load digest %s: %w", r.Digest, err)
	}
	members, err := w.Store.GetAll(ctx, d.Requests)
	if err != nil {
		return m, fmt.Errorf("load the requests of digest %s: %w", d.ID, err)
	}
	for _, other := range members {
		if other.ID != r.ID && other.Digest == d.ID && (other.Has(EffectEscalate) || r.remindedWith(other)) {
			m.Requests = append(m.Requests, other)
		}
	}
	m.Requests = byName(m.Requests)
	return m, nil
}

// postEscalation posts in the channel. It returns the channel to tell instead, where this one never
// takes it: the platform team's, or none.
func (w *writer) postEscalation(ctx context.Context, m Message) (to string, err error) {
	for {
		if err := w.beforePost(ctx); err != nil {
			return "", err
		}
		err := w.Chat.Escalate(ctx, w.channel, m)
		w.called()
		if err == nil {
			return w.channel, nil
		}
		if ctx.Err() != nil {
			return "", errLater // it says nothing of the chat
		}
		refused := refusedBy(err)
		w.report(countMetric(MetricChatErrors))
		w.log(m.Requests[0]).Error("the chat did not take an escalation", "channel", w.channel, "requests", len(m.Requests), "remedy", refused.Remedy, "error", err)
		switch refused.Remedy {
		case RemedyHold:
			if err := w.hold(ctx, refused.After); err != nil {
				return "", err
			}
		case RemedyLater:
			return "", errLater // the effect is still there, and the sweep comes back to it
		case RemedyNever:
			if w.channel == w.PlatformChannel || w.PlatformChannel == "" {
				return "", errLater // somebody has to mend it: until then there is no other place
			}
			return w.PlatformChannel, nil
		case RemedyElsewhere, RemedyAnew, RemedyDrop:
			if w.channel != w.PlatformChannel {
				return w.PlatformChannel, nil
			}
			return "", nil
		}
	}
}

// escalated notes that a channel was told that nobody answers, or that another one is to be told
// instead; empty: nobody can be. What had all been decided was not posted.
func (r Request) escalated(channel, to string, posted bool, now time.Time) Change {
	if to == channel {
		r.Reminded.Announced = now
		r.withoutKind(EffectEscalate)
		if !posted {
			return r.with().record(now, ActorWorkflow, ActionNotEscalated, r.Status)
		}
		return r.with().record(now, ActorWorkflow, ActionEscalated, r.Status)
	}
	if !r.escalatesTo(channel) {
		return r.with() // it has another one already
	}
	had := r.Has(EffectEscalate)
	r.withoutKind(EffectEscalate)
	r.Escalation.Channel = to
	c := r.with()
	if had && r.escalatesTo(to) {
		c = r.with(escalate)
	}
	return c.record(now, ActorWorkflow, ActionNotEscalated, r.Status)
}
