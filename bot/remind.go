package bot

import (
	"context"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Reminder is one time that the machine asked again.
type Reminder struct {
	Attempt   int       // 1: the first time
	At        time.Time // when it did
	Escalated bool      // others than the approvers were to hear of it, too; see Request.Escalation
	// When a line of the thread, and when the escalation's channel, last told of this request. Those of a
	// digest are told of together, so one whose own reminder comes a little later says nothing again.
	Lined     time.Time `json:",omitzero"`
	Announced time.Time `json:",omitzero"`
}

// spokenForTime is how long telling of others of a digest speaks for a request: as long as a digest
// takes questions, for its reminders come as far apart. Two reminders of one request have an
// hour or more between them.
const spokenForTime = digestYoung

// AfterNoAnswer is what comes after a question that nobody answered.
type AfterNoAnswer string

// What can come after no answer.
const (
	AfterNoAnswerLeave    AfterNoAnswer = "leave"     // the owner is left in peace for the time to ask again
	AfterNoAnswerAskAgain AfterNoAnswer = "ask_again" // the owner is asked as soon as it is found again
)

// AsksAgainAtOnce reports whether nobody's answer means that the owner is asked as soon as it is found again.
func (r Request) AsksAgainAtOnce() bool {
	return r.AfterNoAnswer == AfterNoAnswerAskAgain && (r.Status == StatusAsked || r.Status == StatusExpired)
}

// reminds reports whether an effect is a line that asks again.
func (e Effect) reminds() bool {
	return e.Kind == EffectReply && (e.Line == LineReminded || e.Line == LineEscalated)
}

// asksAgain reports whether a notification asks again, in the message of its question.
func asksAgain(n workflow.Notification) bool {
	_, ok := n.Detail.(workflow.ApprovalReminded)
	return ok
}

// takesReminder reports whether a reminder is of a question that stands, of a decision that has
// yet to reach the machine, or of an ended request whose execution lives again.
func (r Request) takesReminder(n workflow.Notification) bool {
	if r.Status == StatusAsked || r.Status == StatusApproved || r.Status == StatusScheduled || r.Status == StatusFrozen {
		return true
	}
	if r.Status == StatusRejected {
		return !r.Over
	}
	return !r.Status.Open() && r.goesOn(n)
}

// remind asks again, or, where somebody has decided in the meantime, gives the new token the decision:
// whoever clicked when the old one had just timed out. An execution that lives again, though, was
// stopped with all that was said before, so it needs an answer of its own.
func (r Request) remind(n workflow.Notification) Change {
	d := n.Detail.(workflow.ApprovalReminded)
	r.ApprovalToken, r.Delivered, r.EndTold = n.Token, false, false
	livesAgain := !r.Status.Open() && r.Status != StatusRejected
	if livesAgain {
		r.Status, r.Decision, r.Overruled, r.Approvals = StatusAsked, nil, nil, nil
	}
	if r.Decision != nil {
		return r.with(completeDecision(n.Token))
	}
	by := n.OccurredAt.Add(time.Duration(d.AnswerWithinSeconds) * time.Second)
	moved := by.After(r.AnswerBy.Add(time.Minute)) // what passes between two states moves nothing
	if moved {
		r.AnswerBy = by
	}
	r.Reminded.Attempt, r.Reminded.At, r.Reminded.Escalated = d.Attempt, n.OccurredAt, d.Escalate
	return r.remindEffects(livesAgain || moved)
}

// remindEffects tells of the newest reminder in place of one that has not been told yet. A digest's message does not
// show when it was asked again, so it is left alone unless it has changed otherwise.
func (r Request) remindEffects(changed bool) Change {
	for _, e := range r.Effects {
		if e.reminds() {
			r.without(e)
		}
	}
	var effects []Effect
	if changed || r.Digest == "" {
		effects = append(effects, render)
	}
	line := LineReminded
	if r.Reminded.Escalated {
		line = LineEscalated
	}
	if !r.spokenFor(r.Reminded.Lined) {
		effects = append(effects, reply(line))
	}
	if r.Emailed && !r.Has(EffectEmail) { // which readers of mail alone would not hear of
		effects = append(effects, email)
	}
	if r.Reminded.Escalated && r.escalatesTo(r.Escalation.Channel) && !r.spokenFor(r.Reminded.Announced) {
		effects = append(effects, escalate)
	}
	return r.with(effects...)
}

// spokenFor reports whether something that was told at a time spoke for the newest reminder.
func (r Request) spokenFor(told time.Time) bool { return r.Reminded.At.Before(told.Add(spokenForTime)) }

// remindedWith reports whether a reminder of this request speaks for another one of its digest: it waits for
// an answer, too, and as long.
func (r Request) remindedWith(other Request) bool {
	return other.Status == StatusAsked && other.AnswerBy.Sub(r.AnswerBy).Abs() < spokenForTime
}

// noteLined notes that a reminder's line told of the request. It spoke also for a reminder that came while it was
// posted.
func (r *Request) noteLined(line LineKind, now time.Time) {
	for _, e := range r.Effects {
		if e.reminds() && e.Line == line {
			r.without(e)
		}
	}
	if line == LineReminded || line == LineEscalated {
		r.Reminded.Lined = now
	}
}

// applying is Apply with a notification. Who is reminded, and who hears that nobody answers, is as the directory says now.
func (b *Bot) applying(ctx context.Context, r Request, n workflow.Notification, now time.Time) (changeRequest, error) {
	if !asksAgain(n) {
		return func(r Request) Change { return Apply(r, n, now) }, nil
	}
	owner, err := b.owner(ctx, r.Owner)
	if err != nil {
		return nil, err
	}
	return func(r Request) Change {
		r.Approvers, r.Escalation, r.ApprovalsRequired = b.approversNow(owner, r), b.escalationNow(owner, r), approvalsNow(owner, r)
		return Apply(r, n, now)
	}, nil
}
