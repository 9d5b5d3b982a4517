package awssim

import (
	"fmt"
	"slices"
)

type listCommandInvocationsInput struct {
	CommandId  string // 36 characters; empty for all commands
	InstanceId string // empty for all machines
	Details    bool   // with CommandPlugins
	Filters    []commandFilter
	MaxResults int // 1 to 50
	NextToken  string
}

type commandFilter struct {
	Key   string `member:"required"` // Status, DocumentName, or one that is not simulated
	Value string `member:"required"`
}

// filterStatuses are what the filter Status of ListCommandInvocations takes: not Cancelling.
var filterStatuses = []string{"Pending", "InProgress", "Delayed", "Success", "Cancelled", "Failed", "TimedOut", "AccessDenied",
	"DeliveryTimedOut", "ExecutionTimedOut", "Undeliverable", "InvalidPlatform", "Terminated"}

type listCommandInvocationsOutput struct {
	CommandInvocations []commandInvocation
	NextToken          string `json:",omitempty"`
}

// commandInvocation is a command on one machine as a whole.
type commandInvocation struct {
	CommandId         string
	InstanceId        string
	InstanceName      string
	Comment           string
	DocumentName      string
	DocumentVersion   string
	RequestedDateTime string
	Status            string          // e.g. "TimedOut"
	StatusDetails     string          // e.g. "DeliveryTimedOut"
	CommandPlugins    []commandPlugin `json:",omitzero"` // with Details only
}

// commandPlugin is one step of the document.
type commandPlugin struct {
	Name                   string // e.g. "PatchLinux"
	Status                 string
	StatusDetails          string
	ResponseCode           int    // -1 before the end
	ResponseStartDateTime  string `json:",omitempty"`
	ResponseFinishDateTime string `json:",omitempty"` // none before the end
	Output                 string // cut at 2,500 characters
}

// listCommandInvocations leaves out what it does not know, without an error: what
// was never sent there, and for a moment what has just been sent.
func (f *Fleet) listCommandInvocations(in listCommandInvocationsInput) (*listCommandInvocationsOutput, error) {
	if in.CommandId != "" && len(in.CommandId) != 36 {
		return nil, invalidMember("commandId", in.CommandId, "Member must have length equal to 36")
	}
	if in.InstanceId != "" {
		if err := checkNodeID("instanceId", in.InstanceId); err != nil {
			return nil, err
		}
	}
	if err := checkCommandFilters(in.Filters); err != nil {
		return nil, err
	}
	found := []commandInvocation{}
	for _, c := range f.commands {
		for _, i := range c.invocations {
			wanted := (in.CommandId == "" || in.CommandId == c.id) && (in.InstanceId == "" || in.InstanceId == i.node.ID)
			if !wanted || f.hidden(i) {
				continue
			}
			if shown := f.seen(i).shown(in.Details); shown.meets(in.Filters) {
				found = append(found, shown)
			}
		}
	}
	part, next, err := ssmPage(found, in.MaxResults, 1, 50, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &listCommandInvocationsOutput{CommandInvocations: part, NextToken: next}, nil
}

// checkCommandFilters refuses what the API reference does not have, and a key that comes twice: whether
// AWS takes that is unconfirmed.
func checkCommandFilters(filters []commandFilter) error {
	if len(filters) > 5 {
		return invalidMember("filters", filters, "Member must have length less than or equal to 5")
	}
	seen := map[string]bool{}
	for _, filter := range filters {
		switch {
		case filter.Key == "InvokedAfter" || filter.Key == "InvokedBefore":
			return fmt.Errorf("%w: the filter %s", ErrNotSimulated, filter.Key)
		case filter.Key != "Status" && filter.Key != "DocumentName" || seen[filter.Key]:
			return ssmError("InvalidFilterKey", "The specified key isn't valid: %s", filter.Key)
		case filter.Key == "Status" && !slices.Contains(filterStatuses, filter.Value):
			return ssmError("ValidationException", "The status %s can't be filtered by.", filter.Value)
		}
		seen[filter.Key] = true
	}
	return nil
}

// meets reports whether an invocation is what all filters ask for.
func (c commandInvocation) meets(filters []commandFilter) bool {
	for _, filter := range filters {
		if filter.Key == "Status" && filter.Value != c.Status && filter.Value != c.StatusDetails ||
			filter.Key == "DocumentName" && filter.Value != c.DocumentName {
			return false
		}
	}
	return true
}

func (i *invocation) shown(details bool) commandInvocation {
	shown := commandInvocation{
		CommandId:         i.command.id,
		InstanceId:        i.node.ID,
		InstanceName:      i.node.computerName(),
		Comment:           i.command.comment,
		DocumentName:      i.command.documentName(),
		DocumentVersion:   "$DEFAULT",
		RequestedDateTime: stamp(i.command.requested),
		Status:            i.status,
		StatusDetails:     i.details,
	}
	if details {
		shown.CommandPlugins = i.plugins()
	}
	return shown
}

// plugins is never nil. It is empty for a command that never reached its machine.
func (i *invocation) plugins() []commandPlugin {
	plugins := []commandPlugin{}
	if i.started.IsZero() && !i.open() {
		return plugins
	}
	for _, s := range i.steps() {
		plugins = append(plugins, commandPlugin{
			Name:                   s.name,
			Status:                 s.status,
			StatusDetails:          s.details,
			ResponseCode:           s.code,
			ResponseStartDateTime:  optionalStamp(s.started),
			ResponseFinishDateTime: optionalStamp(s.ended),
			Output:                 s.output(),
		})
	}
	return plugins
}
