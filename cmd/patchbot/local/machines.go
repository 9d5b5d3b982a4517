package local

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// startMachines starts an interpreter for each state machine, and the fleet that they work on.
func (p *Patchbot) startMachines() error {
	settings := p.config.Settings
	settings.NotificationsTopicARN, settings.PatchApprovalARN = topicARN, machineARN(workflow.PatchApproval)
	approval, err := load(workflow.PatchApproval, settings)
	if err != nil {
		return err
	}
	finder, err := load(workflow.FindMissing, settings)
	if err != nil {
		return err
	}
	back, err := load(workflow.RollBack, settings)
	if err != nil {
		return err
	}
	p.Machine = asl.New(asl.Config{Machine: approval, Name: string(workflow.PatchApproval), Region: region, Account: account,
		RedriveKeepsEntered: p.config.RedriveKeepsEntered, Clock: p.config.Clock, Invoke: p.invoke, OnStatus: p.onStatus})
	p.Finder = asl.New(asl.Config{Machine: finder, Name: string(workflow.FindMissing), Region: region, Account: account, Clock: p.config.Clock, Invoke: p.invoke})
	p.Back = asl.New(asl.Config{Machine: back, Name: string(workflow.RollBack), Region: region, Account: account,
		RedriveKeepsEntered: p.config.RedriveKeepsEntered, Clock: p.config.Clock, Invoke: p.invoke, OnStatus: p.onStatus})
	fleet := p.config.Fleet
	fleet.Region, fleet.Account, fleet.Emit, fleet.Clock = region, account, p.emit, p.config.Clock
	p.Fleet = awssim.New(fleet)
	return nil
}

func load(m workflow.Machine, settings workflow.Settings) (*asl.Machine, error) {
	definition, err := m.Render(settings)
	if err != nil {
		return nil, err
	}
	machine, err := asl.Load(definition)
	if err != nil {
		return nil, fmt.Errorf("load state machine %s: %w", m, err)
	}
	return machine, nil
}

func machineARN(m workflow.Machine) string {
	return "arn:aws:states:" + region + ":" + account + ":stateMachine:" + string(m)
}

func executionARN(m workflow.Machine, name string) string {
	return "arn:aws:states:" + region + ":" + account + ":execution:" + string(m) + ":" + name
}

// machineOf is the interpreter that has an execution.
func (p *Patchbot) machineOf(execution string) *asl.Interpreter {
	if strings.HasPrefix(execution, executionARN(workflow.RollBack, "")) {
		return p.Back
	}
	return p.Machine
}
