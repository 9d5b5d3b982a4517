package awssim

type listCommandInvocationsInput struct {
	CommandId  string      // 36 characters; empty for all commands
	InstanceId string      // empty for all machines
	Details    bool        // with CommandPlugins
	Filters    unsimulated // by time, status or document
	MaxResults int         // 1 to 50
	NextToken  string
}

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
	found := []commandInvocation{}
	for _, c := range f.commands {
		for _, i := range c.invocations {
			wanted := (in.CommandId == "" || in.CommandId == c.id) && (in.InstanceId == "" || in.InstanceId == i.node.ID)
			if wanted && !f.hidden(i) {
				found = append(found, f.seen(i).shown(in.Details))
			}
		}
	}
	part, next, err := ssmPage(found, in.MaxResults, 1, 50, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &listCommandInvocationsOutput{CommandInvocations: part, NextToken: next}, nil
}

func (i *invocation) shown(details bool) commandInvocation {
	shown := commandInvocation{
		CommandId:         i.command.id,
		InstanceId:        i.node.ID,
		InstanceName:      i.node.computerName(),
		Comment:           i.command.comment,
		DocumentName:      patchDocument,
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
