package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/wiring"
)

// doctorCommand checks an installation.
type doctorCommand struct {
	Name string `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	JSON bool   `name:"json" help:"Print the findings as JSON."`
}

// verdict is what a check came to.
type verdict string

const (
	fine    verdict = "ok"
	warning verdict = "warning" // works, but somebody should know
	failure verdict = "failure"
	skipped verdict = "skipped" // another failure is in the way
)

// finding is one thing that the doctor found.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Found   string  `json:"found"`
	Do      string  `json:"do,omitempty"` // what to do about it
}

// examination is what the checks share. A check may leave something for those after it.
type examination struct {
	installation
	cloud
	apiURL string

	secret *wiring.Secret // nil until it was read
	slack  slackAPI       // nil until the token proved valid
	owners []bot.Owner
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
		{"channels", checkChannels},
		{"emails", checkEmails},
		{"rules", checkRules},
		{"state machine", checkStateMachine},
		{"dead letters", checkDeadLetters},
		{"instances", checkInstances},
	}
}

// Run asks every question and prints what to do.
func (c doctorCommand) Run(ctx context.Context, t terminal) error {
	aws, err := connect(ctx)
	if err != nil {
		return err
	}
	findings, err := diagnose(ctx, aws, c.Name, slackAPIURL())
	if err != nil {
		return err
	}
	if err := c.print(t.out, findings); err != nil {
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
	x := &examination{installation: where, cloud: aws, apiURL: apiURL}
	var findings []finding
	for _, c := range checks() {
		for _, f := range c.ask(ctx, x) {
			f.Check = c.name
			findings = append(findings, f)
		}
	}
	return findings, nil
}

func (c doctorCommand) print(out io.Writer, findings []finding) error {
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(findings)
	}
	marks := map[verdict]string{fine: "✅", warning: "⚠️ ", failure: "❌", skipped: "… "}
	for _, f := range findings {
		_, _ = fmt.Fprintf(out, "%s %-14s %s\n", marks[f.Verdict], f.Check, f.Found)
		if f.Do != "" {
			_, _ = fmt.Fprintf(out, "%18s→ %s\n", "", f.Do)
		}
	}
	return nil
}

// slackAPIURL is where the Web API lives, as the functions read it.
func slackAPIURL() string {
	if url := os.Getenv("SLACK_API_URL"); url != "" {
		return url
	}
	return wiring.DefaultSlackAPIURL
}

func ok(format string, args ...any) []finding {
	return []finding{{Verdict: fine, Found: fmt.Sprintf(format, args...)}}
}

func failed(do, format string, args ...any) []finding {
	return []finding{{Verdict: failure, Found: fmt.Sprintf(format, args...), Do: do}}
}

func warn(do, format string, args ...any) finding {
	return finding{Verdict: warning, Found: fmt.Sprintf(format, args...), Do: do}
}

func skip(why string) []finding { return []finding{{Verdict: skipped, Found: "not checked: " + why}} }
