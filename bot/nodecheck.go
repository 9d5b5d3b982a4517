package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// NodeCheck is what was found of the instance after the install.
type NodeCheck struct {
	At     time.Time
	IsBack bool   // whether it is back, but for what was not ok before
	Ping   string // what Systems Manager says, e.g. "Online"; empty: it does not list the node
	Before Checks // before the install
	After  Checks
}

// Checks are EC2's status checks of an instance, e.g. "ok", "impaired"; empty where there are none, as of
// a hybrid node.
type Checks struct {
	Instance string `json:",omitempty"`
	System   string `json:",omitempty"`
}

func nodeCheckOf(at time.Time, d workflow.NodeChecked) *NodeCheck {
	return &NodeCheck{At: at, IsBack: d.IsBack, Ping: firstWord(d.Ping), Before: checksOf(d.Before), After: checksOf(d.After)}
}

func checksOf(c workflow.StatusChecks) Checks {
	return Checks{Instance: firstWord(c.Instance), System: firstWord(c.System)}
}

func firstWord(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return Tidy(words[0], keptWord)
}
