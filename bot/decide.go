package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Actor is the person who acts.
type Actor struct {
	Via      string // "slack", "email" or "cli"
	User     string // e.g. "U0123"
	Name     string // e.g. "ada"
	Approver bool   // whether this person may decide the request at hand
}

func (a Actor) String() string { return a.Via + ":" + a.User }

// Action is what a person wants done with a request.
type Action struct {
	Verdict workflow.Verdict
	Reason  string // why, in the person's words; may be empty
}

// Decide changes a request by what a person said. The first decision wins; everybody
// after is told who decided. Whoever may not decide, or comes too late, is answered and
// the attempt recorded.
func Decide(r Request, a Actor, action Action, now time.Time) (Request, []Effect) {
	if refusal := refuse(r, a, now); refusal != "" {
		return r, []Effect{answer(refusal), audit(now, a.String(), string(action.Verdict), r.Status, r.Status, refusal)}
	}
	from := r.Status
	r.Decision = &workflow.Decision{
		Verdict: action.Verdict,
		By:      workflow.Decider{Via: a.Via, User: a.User, Name: a.Name},
		At:      now,
		Reason:  action.Reason,
	}
	if action.Verdict == workflow.Approved {
		r.Status = StatusApproved
	} else {
		r.finish(StatusRejected, now)
	}
	return r, []Effect{
		completeDecision(r.Prompt, *r.Decision),
		render(),
		r.line(decisionLine(*r.Decision)),
		audit(now, a.String(), string(action.Verdict), from, r.Status, ""),
	}
}

// refuse says why a person cannot decide now, "" when nothing is in the way.
func refuse(r Request, a Actor, now time.Time) string {
	switch {
	case !a.Approver:
		return notApproverAnswer(r)
	case r.Decision != nil:
		return decidedAnswer(r)
	case r.Status != StatusAsked:
		return endedAnswer(r)
	case !now.Before(r.AnswerBy):
		return expiredAnswer(r)
	}
	return ""
}
