package bot

import (
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// An emergency goes through a freeze, and through nothing else: turns and checks stay. It needs a reason,
// and at least two people, whatever else the owner requires.

// emergencyApprovals is how many people an emergency needs at least.
const emergencyApprovals = 2

// Emergency is asked for, and not enough people have agreed yet.
type Emergency struct {
	Reason string // in the words of whoever asked
	// Approvals are those that were given, the first one by whoever asked: at least one.
	Approvals []workflow.Approval
}

// Asked is who asked for the emergency, and when.
func (e Emergency) Asked() workflow.Approval { return e.Approvals[0] }

// EmergencyRequired is how many different people must agree to an emergency.
func (r Request) EmergencyRequired() int { return max(emergencyApprovals, r.ApprovalsRequired) }

// EmergencyPending reports whether an emergency waits for others to agree.
func (r Request) EmergencyPending() bool { return r.Emergency != nil && r.Frozen() }

// EmergencyLeft is how many more people must agree.
func (r Request) EmergencyLeft() int {
	if r.Emergency == nil {
		return r.EmergencyRequired()
	}
	return max(1, r.EmergencyRequired()-len(r.Emergency.Approvals))
}

// emergencyRefused says why a person cannot ask for an emergency, or agree to one; "" when nothing is in the way.
func (r Request) emergencyRefused(a Actor, said Action, now time.Time) Refusal {
	switch {
	case !r.FrozenAt(now):
		return RefusedNoFreeze
	case !said.AgreesTo.IsZero() && (r.Emergency == nil || !r.Emergency.Asked().At.Equal(said.AgreesTo)):
		return RefusedEmergencyGone
	case said.AgreesTo.IsZero() && said.Reason == "":
		return RefusedNoReason
	case r.Emergency != nil && slices.ContainsFunc(r.Emergency.Approvals, func(given workflow.Approval) bool { return voice(given.By) == voice(a.decider()) }):
		return RefusedEmergencyAlone
	case said.AgreesTo.IsZero() && r.Emergency != nil:
		return RefusedEmergencyAsked // nobody agrees to a reason that they have not read
	}
	return ""
}

// emergency counts the yes of one person. The one that completes the number makes the decision.
func (r Request) emergency(a Actor, said Action, now time.Time) Change {
	from, before := r.Status, r.Decision
	asked := Emergency{Reason: said.Reason}
	if r.Emergency != nil {
		asked = *r.Emergency
	}
	asked.Approvals = append(slices.Clone(asked.Approvals), workflow.Approval{By: a.decider(), At: now})
	if len(asked.Approvals) < r.EmergencyRequired() {
		r.Emergency = &asked
		r.withoutLine(LineEmergency) // which would tell this, too
		return r.with(render, reply(LineEmergency)).record(now, a.String(), ActionEmergency, from)
	}
	r.Emergency, r.Overruled, r.Approvals = nil, nil, nil
	r.Decision = &workflow.Decision{Verdict: workflow.Approved, By: a.decider(), At: now, Reason: asked.Reason, Emergency: true, Approvals: asked.Approvals}
	r.Delivered, r.Status = false, StatusApproved
	line := reply(LineDecided)
	if from == StatusFrozen {
		r.Changed, line = before, reply(LineChanged)
		r.withoutLine(LineChanged)
	}
	r.withoutLine(LineEmergency)
	return r.with(completeDecision(r.ApprovalToken), render, line).record(now, a.String(), ActionEmergency, from)
}
