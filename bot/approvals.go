package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// TagApprovals is the tag of an instance that says how many people must approve, "1" to "5". An owner may
// ask for more; see Owner.ApprovalsRequired.
const TagApprovals = "patch-approvals"

// MaxApprovals is the largest number of approvals that can be required, and what is required where nobody
// can tell which number was meant.
const MaxApprovals = 5

// ApprovalsTag is what an instance's tag says of how many must approve.
type ApprovalsTag struct {
	Required int    // 1 to MaxApprovals; 0: there is no such tag
	Value    string `json:",omitempty"` // as it was read, e.g. "2", or "two", which counts as MaxApprovals; may be empty
}

// Mistaken reports whether the tag holds no number from 1 to MaxApprovals.
func (t ApprovalsTag) Mistaken() bool { return t.Required > 0 && t.Value != strconv.Itoa(t.Required) }

// approvalsTag reads the tag. Of several that differ in nothing but case, the one that asks for the most counts.
func approvalsTag(tags []workflow.Tag) (found ApprovalsTag) {
	for _, t := range tags {
		if !strings.EqualFold(t.Key, TagApprovals) {
			continue
		}
		value := strings.TrimSpace(t.Value)
		read := ApprovalsTag{Required: MaxApprovals, Value: Tidy(value, keptWord)}
		if n, err := strconv.Atoi(value); err == nil && n >= 1 && n <= MaxApprovals && strconv.Itoa(n) == value {
			read.Required = n
		}
		if read.Required > found.Required {
			found = read
		}
	}
	return found
}

// approvalsOf is how many people must approve a new request: the larger number of what the owner and the
// instance's tag ask for.
func approvalsOf(o Owner, t ApprovalsTag) int { return max(1, o.ApprovalsRequired, t.Required) }

// approvalsNow is that as the directory says now, or, when it does not know the owner any more, no less than
// when the request was opened.
func approvalsNow(o Owner, r Request) int {
	if o.Name == "" {
		return max(r.ApprovalsRequired, approvalsOf(o, r.ApprovalsTag))
	}
	return approvalsOf(o, r.ApprovalsTag)
}

// NeedsSeveral reports whether more than one person must approve.
func (r Request) NeedsSeveral() bool { return r.ApprovalsRequired > 1 }

// ApprovalsLeft is how many more people must approve before the execution is resumed.
func (r Request) ApprovalsLeft() int { return max(1, r.ApprovalsRequired) - len(r.Approvals) }

// ApprovedUntil is the latest time that those who have approved so far named; zero where none did.
func (r Request) ApprovedUntil() (latest time.Time) {
	for _, a := range r.Approvals {
		if a.Until.After(latest) {
			latest = a.Until
		}
	}
	return latest
}

// voice tells apart who approves. Whoever comes by a mail's link is only known by the name that they typed,
// so all of them are one.
func voice(d workflow.Decider) string { return d.Via + ":" + d.User }

// ApprovedBy reports whether somebody is among those who have approved.
func (r Request) ApprovedBy(d workflow.Decider) bool {
	return slices.ContainsFunc(r.Approvals, func(a workflow.Approval) bool { return voice(a.By) == voice(d) })
}

// saysYes reports whether an action approves.
func (a Action) saysYes() bool {
	return a.Verdict == workflow.Approved || a.Verdict == workflow.Scheduled
}

// alone says why one person cannot do with a request what they want, because several must approve: approve it
// twice, or bring a schedule forward on which others have agreed. Ending it, or a later time, needs no
// second person.
func (r Request) alone(a Actor, action Action) Refusal {
	switch {
	case !r.NeedsSeveral() || !action.saysYes():
	case r.Status == StatusAsked:
		if r.ApprovedBy(a.decider()) && r.ApprovalsLeft() > 0 {
			return RefusedApproved
		}
	case action.Verdict == workflow.Approved, r.Decision == nil, action.Until.Before(r.Decision.Until):
		return RefusedAlone
	}
	return ""
}

// approve counts an approval of a request that needs several, or did. It returns what all of them amount to: the
// latest of their times counts.
func (r *Request) approve(a Actor, said Action, now time.Time) Action {
	given := workflow.Approval{By: a.decider(), At: now, Until: said.Until}
	again := func(before workflow.Approval) bool { return voice(before.By) == voice(given.By) }
	r.Approvals = append(slices.DeleteFunc(slices.Clone(r.Approvals), again), given)
	r.withoutLine(LineApproved) // which would tell this, too
	if until := r.ApprovedUntil(); until.After(now) {
		return Action{Verdict: workflow.Scheduled, Until: until}
	}
	return Action{Verdict: workflow.Approved}
}

// sameApprovals reports whether two requests have the same approvals, of as many.
func sameApprovals(a, b Request) bool {
	return a.ApprovalsRequired == b.ApprovalsRequired && sameGiven(a.Approvals, b.Approvals)
}

// sameGiven reports whether the same people approved for the same times.
func sameGiven(a, b []workflow.Approval) bool {
	return slices.EqualFunc(a, b, func(a, b workflow.Approval) bool { return a.By == b.By && a.Until.Equal(b.Until) })
}
