package bot

import (
	"cmp"
	"context"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Actor is the person who acts.
type Actor struct {
	Via      string // "slack", "email" or "cli"
	User     string // e.g. "U0123"
	Name     string // e.g. "ada"
	Approver bool   // whether this person may decide the request at hand
	Outsider bool   // a guest, or of another organisation, as far as is known
	// Abandoned says that this person is no approver, and that of those who are nobody is there any more.
	Abandoned bool
}

// String is what the audit keeps, e.g. "slack:U0123", or "email:Ada Lovelace" of whoever has no id.
func (a Actor) String() string { return a.Via + ":" + cmp.Or(a.User, a.Name) }

func (a Actor) decider() workflow.Decider {
	return workflow.Decider{Via: a.Via, User: a.User, Name: a.Name}
}

// Action is what a person wants done with a request.
type Action struct {
	Verdict workflow.Verdict
	Reason  string    // why, in the person's words; may be empty; kept to ReasonLength
	Until   time.Time // of Scheduled: when patching is to begin; kept to the second
	// Changes says that the person saw a schedule, and wants this in its place. Without it a
	// schedule is a decision like any other: whoever comes second is told who was first.
	Changes bool
	// Emergency says that it is to go through a freeze, which needs a Reason, and others who agree; see Emergency.
	Emergency bool
	// AgreesTo is when the emergency was asked for to which a person agrees who has read its reason; zero: they ask for one.
	AgreesTo time.Time
}

// ReasonLength is how much of a reason is kept, in characters.
const ReasonLength = 500

// Decide changes a request by what a person said. The first decision wins; everybody
// after is told who decided. Whoever may not decide, or comes too late, is answered and
// the attempt recorded.
func Decide(r Request, a Actor, action Action, now time.Time) Change {
	why := r.undecidable(a, action, now)
	if why == "" && action.Verdict == workflow.Scheduled {
		why = r.Unschedulable(action.Until, now)
	}
	if why == "" && action.Emergency {
		why = r.emergencyRefused(a, action.kept(), now)
	}
	switch {
	case why != "":
		return r.refuse(now, a.String(), action.name(), why)
	case action.Emergency:
		return r.emergency(a, action.kept(), now)
	}
	said, from, line := action.kept(), r.Status, reply(LineDecided)
	if action = said; from == StatusAsked && said.saysYes() && (r.NeedsSeveral() || len(r.Approvals) > 0) {
		if action = r.approve(a, said, now); r.ApprovalsLeft() > 0 {
			return r.with(render, reply(LineApproved)).recordSaid(now, a, said, from)
		}
	}
	if from == StatusScheduled || from == StatusFrozen {
		line, r.Changed, r.Overruled = reply(LineChanged), r.Decision, nil
		r.Emergency = nil
		r.withoutLine(LineChanged) // which would tell this, too
	}
	r.Decision, r.Delivered = &workflow.Decision{Verdict: action.Verdict, By: a.decider(), At: now, Reason: action.Reason, Until: action.Until}, false
	if r.Status = decidedStatus(action.Verdict); r.Status == StatusRejected {
		r.finish(StatusRejected, now)
	} else {
		r.Decision.Approvals, r.Approvals = r.Approvals, nil
		if (from == StatusScheduled || from == StatusFrozen) && len(r.Decision.Approvals) == 0 {
			r.Decision.Approvals = r.Changed.Approvals // they approved it, whenever it is
		}
	}
	return r.with(completeDecision(r.ApprovalToken), render, line).recordSaid(now, a, said, from)
}

// name is what the audit calls an action.
func (a Action) name() string {
	if a.Emergency {
		return ActionEmergency
	}
	return string(a.Verdict)
}

// kept is what is kept of an action.
func (a Action) kept() Action {
	a.Reason = Tidy(a.Reason, ReasonLength)
	if a.Verdict == workflow.Scheduled {
		a.Until = a.Until.UTC().Truncate(time.Second)
	} else {
		a.Until = time.Time{}
	}
	return a
}

// recordSaid records what a person said.
func (c Change) recordSaid(now time.Time, a Actor, said Action, from Status) Change {
	c = c.record(now, a.String(), string(said.Verdict), from)
	c.Audit[0].Until = said.Until
	return c
}

// undecidable says why a person cannot decide now, or change a schedule, "" when nothing is in the
// way.
func (r Request) undecidable(a Actor, action Action, now time.Time) Refusal {
	switch {
	case a.mayNot() != "":
		return a.mayNot()
	case action.Emergency && r.Frozen():
		if r.Status == StatusAsked && !now.Before(r.AnswerBy) {
			return RefusedExpired
		}
		return "" // see emergencyRefused
	case action.Changes && r.Status == StatusScheduled, action.Changes && r.Status == StatusFrozen && action.Verdict != workflow.Approved:
		return r.alone(a, action)
	case r.Decision != nil:
		return RefusedDecided
	case r.Status == StatusExpired, r.Status == StatusAsked && !now.Before(r.AnswerBy):
		return RefusedExpired
	case r.Status != StatusAsked:
		return RefusedEnded
	}
	return r.alone(a, action)
}

// mayNot says why somebody may decide nothing here, "" for an approver.
func (a Actor) mayNot() Refusal {
	switch {
	case !a.Approver && a.Abandoned:
		return RefusedAbandoned
	case !a.Approver && a.Outsider:
		return RefusedOutsider
	case !a.Approver:
		return RefusedNotApprover
	}
	return ""
}

// Decide records what a person decided about a request, given as it was loaded. It returns
// the request as it stands then, and what only that person is told. An error says that the
// decision may not be recorded.
func (b *Bot) Decide(ctx context.Context, r Request, actor Actor, action Action) (Request, Refusal, error) {
	m := b.mandateOf(ctx, r, actor)
	if m.err != nil {
		return r, "", m.err
	}
	c, err := b.changeLoaded(ctx, r, b.decision(r, m, action, b.Now()))
	return c.Request, c.Answer, err
}

// decision is what a person's action does to a request.
func (b *Bot) decision(r Request, m mandate, action Action, now time.Time) changeRequest {
	if m.unchecked != nil {
		b.log(r).Error("could not check an approver", "user", m.actor.User, "error", m.unchecked)
	}
	return func(r Request) Change {
		if m.unchecked != nil {
			return r.refuse(now, m.actor.String(), action.name(), unchecked(m.unchecked))
		}
		r.Approvers, r.TurnLimit, r.ApprovalsRequired = m.approvers, b.turnLimitNow(m.owner, r), approvalsNow(m.owner, r)
		return Decide(r, m.actor, action, now)
	}
}

// Undelivered reports whether Step Functions did not take the decision and nobody is trying
// just now.
func (r Request) Undelivered() bool { return !r.claimed() && r.Has(EffectCompleteDecision) }
