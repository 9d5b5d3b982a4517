package workflow

import "encoding/json"

// States of patch-approval that say how far an execution came.
const (
	StatePrompt   = "Prompt User for Approval"
	StateRemind   = "Remind Approvers"
	StateChoice   = "Approval Choice"
	StateSchedule = "Wait for the Schedule"
	StateRejected = "Owner Said No"
	StateFreeze   = "Wait for the Freeze"
	StateTurn     = "Wait for Its Turn"
	StatePatch    = "Patch Instance"

	StateNotStarted = "Report Not Started"
)

// StateReplace is the state of roll-back that has the root volume replaced.
const StateReplace = "Replace Root Volume"

// Past is what an execution of patch-approval, or of roll-back, has done, as its history says.
type Past struct {
	Known        bool      // whether there is a history: AWS keeps it for 90 days
	Decision     *Decision // what the newest question or reminder took, or was told in its place; nil while it waits or after a timeout
	Scheduled    bool      // whether that is a schedule whose time has not come, so that it takes another decision
	Frozen       bool      // whether it waits for a freeze to end, so that it takes another decision
	InstallBegan bool      // whether the install was to be sent after that
	ReplaceBegan bool      // whether the root volume was to be replaced
}

// Entered notes that the execution entered a state. Call Entered and Left in the order of the
// history's events.
func (p *Past) Entered(state string) {
	p.Known = true
	switch state {
	case StateChoice, StateSchedule:
		return
	case StatePrompt, StateRemind:
		p.Decision, p.InstallBegan, p.Frozen = nil, false, false
	case StateFreeze:
		p.Frozen = true // until it goes on: between two waits it reads the calendars
	case StateTurn, StateNotStarted:
		p.Frozen = false
	case StateRejected: // also of a schedule that the machine cannot wait for
		p.Frozen = false
		if p.Decision != nil {
			p.Decision.Verdict = Rejected
		}
	case StatePatch:
		p.InstallBegan = true
	case StateReplace:
		p.ReplaceBegan = true
	}
	p.Scheduled = false
}

// Left notes that the execution left a state with an output. What the question took stands
// in it as the member "decision", and a schedule whose time has come, or a freeze that was looked at
// again, leaves it there; whatever has no verdict of ours is a no, as it is to the machine.
func (p *Past) Left(state string, output []byte) {
	p.Known = true
	if state != StatePrompt && state != StateRemind && state != StateSchedule && state != StateFreeze {
		return
	}
	var taken struct{ Decision json.RawMessage }
	if json.Unmarshal(output, &taken) != nil || taken.Decision == nil {
		return // it timed out, or failed
	}
	var d Decision
	if json.Unmarshal(taken.Decision, &d) != nil || d.Verdict != Approved && d.Verdict != Scheduled {
		d.Verdict = Rejected
	}
	p.Decision, p.Scheduled = &d, d.Verdict == Scheduled
}
