// Package doctor checks an installation, and says for each finding what to do.
package doctor

import (
	"context"
	"fmt"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/cmd/wiring"
)

// Command checks an installation.
type Command struct {
	Name string `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	JSON bool   `name:"json" help:"Print the findings as JSON."`
}

// examination is what the checks share. A check may leave something for those after it.
type examination struct {
	installation.Installation
	installation.Account
	name   string // of the installation
	apiURL string

	secret *wiring.Secret        // nil until it was read
	slack  installation.SlackAPI // nil until the token proved valid
	owners map[string]bot.Owner  // by name; nil until they were read
	nodes  map[string]*node      // by id; nil until they were listed
}

// check is one question about an installation.
type check struct {
	name string
	ask  func(ctx context.Context, x *examination) []finding
}

// checks lists every question, in the order in which one needs the other's answer.
func checks() []check {
	return []check{
		{"secret", checkSecret},
		{"token", checkToken},
		{"table", checkTable},
		{"owners", checkOwners},
		{"installations", checkPolicyTags},
		{"instances", checkInstances},
		{"baselines", checkBaselines},
		{"channels", checkChannels},
		{"moved questions", checkMoved},
		{"approvers", checkApprovers},
		{"emails", checkEmails},
		{"notifications", checkNotifications},
		{"rules", checkRules},
		{"change calendars", checkCalendars},
		{"state machines", checkStateMachines},
		{"find-missing", checkFindMissing},
		{"dead letters", checkDeadLetters},
	}
}

// Run asks every question and prints what to do.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	account, err := installation.Connect(ctx)
	if err != nil {
		return err
	}
	findings, err := diagnose(ctx, account, c.Name, installation.SlackURL())
	if err != nil {
		return err
	}
	show := printFindings
	if c.JSON {
		show = printJSON
	}
	if err := show(t.Out, findings); err != nil {
		return err
	}
	failures := 0
	for _, f := range findings {
		if f.Verdict == failure {
			failures++
		}
	}
	if failures > 0 {
		return fmt.Errorf("%d of %d findings need you", failures, len(findings))
	}
	return nil
}

// diagnose asks every question about an installation.
func diagnose(ctx context.Context, account installation.Account, name, apiURL string) ([]finding, error) {
	where, err := installation.Read(ctx, account.SSM, name)
	if err != nil {
		return nil, err
	}
	x := &examination{Installation: where, Account: account, name: name, apiURL: apiURL}
	var findings []finding
	for _, c := range checks() {
		for _, f := range c.ask(ctx, x) {
			f.Check = c.name
			findings = append(findings, f)
		}
	}
	return findings, nil
}
