package workflow

import "time"

// Verdict is what a person decided.
type Verdict string

// The verdicts that "Approval Choice" knows. Whatever it does not know, or cannot wait for, is
// treated as rejected there.
const (
	Approved  Verdict = "approved"
	Scheduled Verdict = "scheduled" // approved, for a later time
	Rejected  Verdict = "rejected"
)

// Decision is the output that completes an approval's task token.
type Decision struct {
	Verdict     Verdict   `json:"decision"`
	By          Decider   `json:"by"`
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	Until       time.Time `json:"until,omitzero"` // of a schedule: when patching is to begin, whole seconds
	WaitSeconds int       `json:"wait_seconds"`   // how long that is from when the token is answered, see Waiting; 0: at once
	// Approvals are those that it took, the last one By's, where several people had to approve; else none.
	Approvals []Approval `json:"approvals,omitempty"`
	// Emergency says that patching goes through a freeze, and Reason why. It takes no other gate away.
	Emergency bool `json:"emergency,omitzero"`
}

// Approval is the yes of one person of several.
type Approval struct {
	By    Decider   `json:"by"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"` // the time that they named; zero: at once
}

// People are all who stand behind a decision, in the order in which they approved.
func (d Decision) People() []Decider {
	if len(d.Approvals) == 0 {
		return []Decider{d.By}
	}
	var people []Decider
	for _, a := range d.Approvals {
		people = append(people, a.By)
	}
	return people
}

// Same reports whether two decisions are one, however often it was written and read.
func (d Decision) Same(other Decision) bool {
	return d.Verdict == other.Verdict && d.By == other.By && d.At.Equal(other.At)
}

// Waiting is the decision as it answers a token at some time: an answer that comes late does not
// shift the scheduled time, and one that comes after it begins as soon as the machine can.
func (d Decision) Waiting(now time.Time) Decision {
	if d.Verdict == Scheduled {
		d.WaitSeconds = max(1, int((d.Until.Sub(now)+time.Second-1)/time.Second))
	}
	return d
}

// Begins is when patching may begin: when it was decided, or the time that it is scheduled for.
func (d Decision) Begins() time.Time {
	if d.Verdict == Scheduled {
		return d.Until
	}
	return d.At
}

// Decider is the person behind a decision.
type Decider struct {
	Via  string `json:"via"`  // "slack", "email" or "cli"
	User string `json:"user"` // e.g. "U0123" in Slack
	Name string `json:"name"` // e.g. "ada"
}
