package workflow

import (
	"encoding/json"
	"strings"
)

// CommandStep is one step of a Run Command document on one node, as ListCommandInvocations
// tells it. AWS-RunPatchBaseline has one a platform; those of other platforms are skipped and
// end with Success.
type CommandStep struct {
	Name         string // e.g. "PatchLinux"
	Status       string // e.g. "Failed"
	ResponseCode int    // the exit code, negative where a signal or the agent ended the step
	Output       string // what it printed, errors last, at most 2,500 characters
}

// UnmarshalJSON reads the form that AWS gives, and ignores the members that are not used.
func (s *CommandStep) UnmarshalJSON(data []byte) error {
	type known CommandStep
	return json.Unmarshal(data, (*known)(s))
}

// skipped is how the SSM Agent says that a step is of another platform, whatever the reason
// that follows.
const skipped = "execution skipped"

func (s CommandStep) skipped() bool { return strings.Contains(strings.ToLower(s.Output), skipped) }

// Ran returns the step that says how the command went: the one that failed, else the one
// that was not skipped. It reports false when none ran.
func (d PatchFinished) Ran() (CommandStep, bool) {
	for _, s := range d.Steps {
		if s.ResponseCode != 0 || s.Status == "Failed" {
			return s, true
		}
	}
	for _, s := range d.Steps {
		if !s.skipped() {
			return s, true
		}
	}
	return CommandStep{ResponseCode: d.ResponseCode}, d.ResponseCode != 0
}

// errorMark stands in a step's output between what the step printed and its errors.
const errorMark = "----------ERROR-------"

// What the agent writes where it cuts a step's text short.
const (
	outputCut = "---Output truncated---"
	errorCut  = "---Error truncated----"
)

// LastError is the last line of the step's errors, as far as the output has them; "" when it printed none.
func (s CommandStep) LastError() string {
	_, errors, found := strings.Cut(s.Output, errorMark)
	if !found {
		return ""
	}
	errors = strings.TrimRight(strings.ReplaceAll(errors, errorCut, ""), "\n\r\t -")
	return strings.TrimSpace(errors[strings.LastIndexByte(errors, '\n')+1:])
}

// IsCut reports whether the step printed more than its output has.
func (s CommandStep) IsCut() bool {
	return strings.Contains(s.Output, outputCut) || strings.Contains(s.Output, errorCut)
}
