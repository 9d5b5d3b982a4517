package main

import (
	"context"
	"fmt"
	"os"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/cmd/wiring"
)

// doctorCommand checks an installation.
type doctorCommand struct {
	Name string `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	JSON bool   `name:"json" help:"Print the findings as JSON."`
}

// examination is what the checks share. A check may leave something for those after it.
type examination struct {
	installation
	cloud
	name   string // of the installation
	apiURL string

	secret *wiring.Secret       // nil until it was read
	slack  slackAPI             // nil until the token proved valid
	owners map[string]bot.Owner // by name; nil until they were read
	nodes  map[string]*node     // by id; nil until they were listed
}

// slackAPI is what setup and doctor ask of Slack; *slack.Client implements it.
type slackAPI interface {
	AuthTestContext(ctx context.Context) (*slack.AuthTestResponse, error)
	GetConversationInfoContext(ctx context.Context, input *slack.GetConversationInfoInput) (*slack.Channel, error)
	PostMessageContext(ctx context.Context, channel string, options ...slack.MsgOption) (channelID, ts string, err error)
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
		{"owners", checkOwners},
		{"installations", checkNeighbours},
		{"instances", checkInstances},
		{"baselines", checkBaselines},
		{"channels", checkChannels},
		{"emails", checkEmails},
		{"notifications", checkNotifications},
		{"rules", checkRules},
		{"state machines", checkStateMachines},
		{"find-missing", checkFindMissing},
		{"dead letters", checkDeadLetters},
	}
}

// Run asks every question and prints what to do.
func (c doctorCommand) Run(ctx context.Context, t terminal.Terminal) error {
	aws, err := connect(ctx)
	if err != nil {
		return err
	}
	findings, err := diagnose(ctx, aws, c.Name, slackAPIURL())
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
func diagnose(ctx context.Context, aws cloud, name, apiURL string) ([]finding, error) {
	where, err := aws.installation(ctx, name)
	if err != nil {
		return nil, err
	}
	x := &examination{installation: where, cloud: aws, name: name, apiURL: apiURL}
	var findings []finding
	for _, c := range checks() {
		for _, f := range c.ask(ctx, x) {
			f.Check = c.name
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// slackAPIURL is where the Web API lives, as the functions read it.
func slackAPIURL() string {
	if url := os.Getenv("SLACK_API_URL"); url != "" {
		return url
	}
	return wiring.DefaultSlackAPIURL
}
