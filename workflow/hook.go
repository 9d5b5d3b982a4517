package workflow

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Standby is where an instance went out of service, or came back into it.
type Standby struct {
	Group string `json:"group"` // the Auto Scaling group's name
}

// DocumentStarted is a document of Systems Manager that runs on the instance.
type DocumentStarted struct {
	Document  string `json:"document"` // its name or ARN, e.g. "drain-web"
	CommandID string `json:"command_id"`
}

// DocumentFinished is how it ended, as ListCommandInvocations says.
type DocumentFinished struct {
	Document      string        `json:"document"`
	Status        string        `json:"status"`         // e.g. "Success", "Failed"
	StatusDetails string        `json:"status_details"` // e.g. "ExecutionTimedOut"
	Steps         []CommandStep `json:"steps"`
}

func (s Standby) problem() string          { return missing("group", s.Group) }
func (d DocumentStarted) problem() string  { return missing("command_id", d.CommandID) }
func (d DocumentFinished) problem() string { return missing("status", d.Status) }

// documentName is what Systems Manager takes as a document's name or ARN.
var documentName = regexp.MustCompile(`^[a-zA-Z0-9_\-.:/]{3,128}$`)

// hookDocuments is the list of documents that the machine allows; none is one of them.
func hookDocuments(names []string) string {
	list, _ := json.Marshal(append([]string{""}, names...)) // texts always marshal
	return string(list)
}

func checkHookDocuments(names []string) error {
	for _, name := range names {
		if !documentName.MatchString(name) {
			return fmt.Errorf("HookDocuments has %q, expected the name or the ARN of a document: 3 to 128 letters, digits and _-.:/", name)
		}
	}
	return nil
}

// Ran returns the step that says how the document went, as PatchFinished.Ran does.
func (d DocumentFinished) Ran() (CommandStep, bool) { return PatchFinished{Steps: d.Steps}.Ran() }
