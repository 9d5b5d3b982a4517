package awssim

import (
	"fmt"
	"strings"
	"time"
)

// invocation is a command on one machine.
type invocation struct {
	command *command
	node    *node

	status, details string
	code            int // of the patch script; -1 before it ran
	stdout, stderr  string
	started, ended  time.Time

	report  *patchRecord // what the run found, if it came to that
	stalled bool         // under way, but the machine cannot finish it
	hold    hold         // of the API's calls on how it ended
}

func (i *invocation) open() bool { return i.ended.IsZero() }

func (i *invocation) baseline() baseline { return i.node.baseline(i.command.override) }

type getCommandInvocationInput struct {
	CommandId  string `member:"required"`
	InstanceId string `member:"required"`
	PluginName string // a step of AWS-RunPatchBaseline; AWS's model has it optional
}

type getCommandInvocationOutput struct {
	CloudWatchOutputConfig *outputConfig `json:",omitempty"`
	CommandId              string
	Comment                string
	DocumentName           string
	DocumentVersion        string
	ExecutionElapsedTime   string // e.g. "PT3M45S"; empty before the start
	ExecutionEndDateTime   string
	ExecutionStartDateTime string
	InstanceId             string
	PluginName             string
	ResponseCode           int
	StandardErrorContent   string // cut at 8,000 characters
	StandardErrorUrl       string
	StandardOutputContent  string // cut at 24,000 characters
	StandardOutputUrl      string
	Status                 string
	StatusDetails          string
}

// getCommandInvocation tells of one step. It does not choose one: the API reference
// lets the name be left out only for a document of a single step.
func (f *Fleet) getCommandInvocation(in getCommandInvocationInput) (*getCommandInvocationOutput, error) {
	if len(in.CommandId) != 36 {
		return nil, invalidMember("commandId", in.CommandId, "Member must have length equal to 36")
	}
	if err := checkNodeID("instanceId", in.InstanceId); err != nil {
		return nil, err
	}
	i := f.invocation(in.CommandId, in.InstanceId)
	if i == nil || f.hidden(i) {
		return nil, ssmError("InvocationDoesNotExist", "null")
	}
	i = f.seen(i)
	for _, s := range i.steps() {
		if s.name == in.PluginName {
			return i.answer(s), nil
		}
	}
	return nil, ssmError("InvalidPluginName", "The plugin name isn't valid.")
}

func (f *Fleet) invocation(commandID, instanceID string) *invocation {
	for _, c := range f.commands {
		for _, i := range c.invocations {
			if c.id == commandID && i.node.ID == instanceID {
				return i
			}
		}
	}
	return nil
}

// hidden reports whether the invocation has not reached ListCommandInvocations and
// GetCommandInvocation yet, which are only eventually consistent.
func (f *Fleet) hidden(i *invocation) bool {
	age := f.now().Sub(i.command.requested)
	if age < f.config.VisibleAfter {
		return true
	}
	_, hidden := f.strike(InvocationHidden, i.node, func(fault *Fault) bool {
		return fault.For == 0 || age < fault.For
	})
	return hidden
}

// seen is the invocation as the API tells of it: still open for a while after it
// ended, if StatusLags struck.
func (f *Fleet) seen(i *invocation) *invocation {
	if i.open() || !f.holds(i.hold, i.node) {
		return i
	}
	before := *i
	before.status, before.details = "InProgress", "InProgress"
	if i.started.IsZero() {
		before.status, before.details = "Pending", "Pending"
	}
	before.code, before.stdout, before.stderr, before.ended = -1, "", "", time.Time{}
	return &before
}

func (i *invocation) answer(s step) *getCommandInvocationOutput {
	shown := &getCommandInvocationOutput{
		CloudWatchOutputConfig: i.command.output,
		CommandId:              i.command.id,
		Comment:                i.command.comment,
		DocumentName:           i.command.documentName(),
		DocumentVersion:        "$DEFAULT",
		ExecutionStartDateTime: optionalStamp(s.started),
		InstanceId:             i.node.ID,
		PluginName:             s.name,
		ResponseCode:           s.code,
		StandardErrorContent:   cut(s.stderr, 8_000),
		StandardOutputContent:  cut(s.stdout, 24_000),
		Status:                 s.status,
		StatusDetails:          s.details,
	}
	if !s.started.IsZero() && !s.ended.IsZero() {
		shown.ExecutionEndDateTime = stamp(s.ended)
		shown.ExecutionElapsedTime = isoDuration(s.ended.Sub(s.started))
	}
	return shown
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// isoDuration writes a duration as ISO 8601 has it, e.g. "PT1H3M0.5S".
func isoDuration(d time.Duration) string {
	return "PT" + strings.ToUpper(d.Truncate(time.Millisecond).String())
}

// summary is what the patch script prints: what an install did, and the numbers at its end.
func (f *Fleet) summary(n *node, r *patchRecord) string {
	states := f.patchStates(n, r)
	var did strings.Builder
	for _, e := range r.patches {
		if r.operation == "Install" && !e.installedAt.Before(r.start) {
			fmt.Fprintf(&did, "Installing : %s\n", e.Title)
		}
	}
	return did.String() + fmt.Sprintf("Patch Summary for %s\n\nOperation: %s\nInstalled: %d\nInstalled, pending reboot: %d\nMissing: %d\nFailed: %d\n",
		n.ID, states.Operation, states.InstalledCount, states.InstalledPendingRebootCount, states.MissingCount, states.FailedCount)
}
