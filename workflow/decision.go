package workflow

import "time"

// Verdict is what a person decided.
type Verdict string

// The verdicts that "Approval Choice" knows. Whatever is not approved is treated as
// rejected there.
const (
	Approved Verdict = "approved"
	Rejected Verdict = "rejected"
)

// Decision is the output that completes an approval's task token.
type Decision struct {
	Verdict     Verdict   `json:"decision"`
	By          Decider   `json:"by"`
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	WaitSeconds int       `json:"wait_seconds"` // 0: at once
}

// Same reports whether two decisions are one, however often it was written and read.
func (d Decision) Same(other Decision) bool {
	return d.Verdict == other.Verdict && d.By == other.By && d.At.Equal(other.At)
}

// Decider is the person behind a decision.
type Decider struct {
	Via  string `json:"via"`  // "slack", "email" or "cli"
	User string `json:"user"` // e.g. "U0123" in Slack
	Name string `json:"name"` // e.g. "ada"
}
