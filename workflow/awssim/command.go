package awssim

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

const (
	patchDocument  = "AWS-RunPatchBaseline"
	rebootIfNeeded = "RebootIfNeeded"
	noReboot       = "NoReboot"
)

// Command is one line of the log of commands: what was sent to one instance, and
// what has become of it.
type Command struct {
	ID            string // e.g. "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b"
	InstanceID    string
	Document      string // e.g. "AWS-RunPatchBaseline"
	Operation     string // Scan or Install; of any other document it says nothing
	RebootOption  string // RebootIfNeeded or NoReboot
	Comment       string
	SentAt        time.Time
	Status        string // e.g. "TimedOut"
	StatusDetails string // e.g. "DeliveryTimedOut"
}

// command is what SendCommand made; it has an invocation for each machine.
type command struct {
	id           string
	document     string // empty: patchDocument
	operation    string // of another document its name
	rebootOption string
	override     string // BaselineOverride; empty for none
	comment      string
	output       *outputConfig // CloudWatchOutputConfig
	parameters   map[string][]string
	timeout      time.Duration // TimeoutSeconds
	requested    time.Time
	invocations  []*invocation
}

// Commands is the log of all commands ever sent, oldest first, one entry
// for each instance.
func (f *Fleet) Commands() []Command {
	f.mu.Lock()
	defer f.mu.Unlock()
	var log []Command
	for _, c := range f.commands {
		for _, i := range c.invocations {
			log = append(log, Command{
				ID: c.id, InstanceID: i.node.ID, Document: c.documentName(), Operation: c.operation, RebootOption: c.rebootOption,
				Comment: c.comment, SentAt: c.requested, Status: i.status, StatusDetails: i.details,
			})
		}
	}
	return log
}

// CancelCommand ends a command's open invocations as Cancelled, as CancelCommand
// of the API does when the agents obey at once.
func (f *Fleet) CancelCommand(id string) error {
	return f.change(func() error {
		at := slices.IndexFunc(f.commands, func(c *command) bool { return c.id == id })
		if at < 0 {
			return fmt.Errorf("cancel command: no command %s", id)
		}
		for _, i := range f.commands[at].invocations {
			f.end(i, outcome{status: "Cancelled", code: -1})
		}
		return nil
	})
}

type sendCommandInput struct {
	DocumentName           string `member:"required"`
	InstanceIds            []string
	Targets                unsimulated
	Comment                string
	Parameters             map[string][]string
	TimeoutSeconds         *int
	CloudWatchOutputConfig *outputConfig
	AlarmConfiguration     accepted
	DocumentHash           accepted
	DocumentHashType       accepted
	DocumentVersion        accepted
	MaxConcurrency         accepted
	MaxErrors              accepted
	NotificationConfig     accepted
	OutputS3BucketName     accepted
	OutputS3KeyPrefix      accepted
	OutputS3Region         accepted
	ServiceRoleArn         accepted
}

type sendCommandOutput struct{ Command commandOutput }

type commandOutput struct {
	CloudWatchOutputConfig *outputConfig `json:",omitempty"`
	CommandId              string
	Comment                string
	CompletedCount         int
	DeliveryTimedOutCount  int
	DocumentName           string
	DocumentVersion        string
	ErrorCount             int
	ExpiresAfter           string
	InstanceIds            []string
	MaxConcurrency         string
	MaxErrors              string
	Parameters             map[string][]string
	RequestedDateTime      string
	Status                 string
	StatusDetails          string
	TargetCount            int
	Targets                []struct{}
	TimeoutSeconds         int
}

func (f *Fleet) sendCommand(in sendCommandInput) (*sendCommandOutput, error) {
	if err := in.check(f.documentARN(), f.documents); err != nil {
		return nil, err
	}
	nodes, err := f.commandTargets(in.InstanceIds)
	if err != nil {
		return nil, err
	}
	c := &command{
		id:           f.ids.uuid(),
		document:     in.DocumentName,
		operation:    in.DocumentName,
		rebootOption: rebootIfNeeded,
		comment:      in.Comment,
		output:       in.CloudWatchOutputConfig,
		parameters:   in.Parameters,
		timeout:      time.Hour, // the API's default
		requested:    f.now(),
	}
	if operation := in.Parameters["Operation"]; operation != nil {
		c.document, c.operation = "", operation[0]
	}
	if option := in.Parameters["RebootOption"]; option != nil {
		c.rebootOption = option[0]
	}
	if override := in.Parameters["BaselineOverride"]; override != nil {
		c.override = override[0]
	}
	if in.TimeoutSeconds != nil {
		c.timeout = time.Duration(*in.TimeoutSeconds) * time.Second
	}
	f.commands = append(f.commands, c)
	for _, n := range nodes {
		f.send(c, n)
	}
	return &sendCommandOutput{Command: f.commandOutput(c, in.InstanceIds)}, nil
}

// commandTargets refuses machines that Systems Manager cannot reach for good. A
// stopped or silent one is taken, as the API reference says.
func (f *Fleet) commandTargets(ids []string) ([]*node, error) {
	if len(ids) == 0 {
		return nil, ssmError("InvalidInstanceId", "InstanceIds cannot be empty")
	}
	var nodes []*node
	for _, id := range ids {
		if err := checkNodeID("instanceIds", id); err != nil {
			return nil, err
		}
		n := f.node(id)
		if n == nil || !n.managed() {
			return nil, ssmError("InvalidInstanceId", "Instances [[%s]] not in a valid state for account %s", id, f.config.Account)
		}
		if slices.Contains(nodes, n) {
			return nil, ssmError("DuplicateInstanceId", "Duplicate instance id %s", id)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// documentARN names the document in full; as one of AWS's own it has no account.
func (f *Fleet) documentARN() string {
	return fmt.Sprintf("arn:%s:ssm:%s::document/%s", f.config.Partition, f.config.Region, patchDocument)
}

// check holds the input against the limits of the SendCommand API reference.
func (in sendCommandInput) check(documentARN string, others []string) error {
	other := slices.Contains(others, in.DocumentName)
	if in.DocumentName != patchDocument && in.DocumentName != documentARN && !other {
		return ssmError("InvalidDocument", "Document with name %s does not exist.", in.DocumentName)
	}
	if len(in.InstanceIds) > 50 {
		return invalidMember("instanceIds", in.InstanceIds, "Member must have length less than or equal to 50")
	}
	if utf8.RuneCountInString(in.Comment) > 100 {
		return invalidMember("comment", in.Comment, "Member must have length less than or equal to 100")
	}
	if seconds := in.TimeoutSeconds; seconds != nil {
		if *seconds < 30 {
			return invalidMember("timeoutSeconds", *seconds, "Member must have value greater than or equal to 30")
		}
		if *seconds > 2_592_000 {
			return invalidMember("timeoutSeconds", *seconds, "Member must have value less than or equal to 2592000")
		}
	}
	if err := in.CloudWatchOutputConfig.check(); err != nil {
		return err
	}
	if other {
		return checkNoParameters(in.Parameters)
	}
	return checkPatchParameters(in.Parameters)
}

func (f *Fleet) commandOutput(c *command, ids []string) commandOutput {
	return commandOutput{
		CloudWatchOutputConfig: c.output,
		CommandId:              c.id,
		Comment:                c.comment,
		DocumentName:           c.documentName(),
		DocumentVersion:        "$DEFAULT",
		ExpiresAfter:           stamp(c.requested.Add(f.expiry(c))),
		InstanceIds:            ids,
		MaxConcurrency:         "50",
		MaxErrors:              "0",
		Parameters:             c.parameters,
		RequestedDateTime:      stamp(c.requested),
		Status:                 "Pending",
		StatusDetails:          "Pending",
		TargetCount:            len(ids),
		Targets:                []struct{}{},
		TimeoutSeconds:         int(c.timeout.Seconds()),
	}
}

// expiry is how long a command may wait for its machine: the Run Command guide
// adds the delivery timeout to the document's own.
func (f *Fleet) expiry(c *command) time.Duration {
	return c.timeout + f.config.ExecutionTimeout
}
