package doctor

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/workflow"
)

const applyAgain = "Run terraform apply again."

// checkOwners reads the owner directory.
func checkOwners(ctx context.Context, x *examination) []finding {
	owners, mistakes, err := dynamostore.New(x.DynamoDB, x.Table).Owners(ctx)
	if err != nil {
		return failed(applyAgain, "The owners cannot be read: %v", err)
	}
	x.owners = map[string]bot.Owner{}
	for _, o := range owners {
		x.owners[o.Name] = o
	}
	if len(owners)+len(mistakes) == 0 {
		return []finding{warn("Name owners in the Terraform variable owners.", "There are no owners: every request goes to the default channel, and the default approvers decide.")}
	}
	findings := ok("%d owners.", len(owners))
	for _, m := range mistakes {
		findings = append(findings, failed("Correct it in the table "+x.Table+", or in the Terraform variable owners.",
			"The owner %q cannot be used, the default approvers decide in its place: %s.", m.Name, m.Problem)...)
	}
	for _, o := range owners {
		switch {
		case o.Approvers.Named():
		case o.Channel == "":
			findings = append(findings, warn("Name approvers or a channel in the Terraform variable owners.", "%s has neither approvers nor a channel: the default approvers decide.", o.Name))
		default:
			findings = append(findings, warn("Name approvers in the Terraform variable owners.", "%s has no approvers: the members of its channel decide.", o.Name))
		}
	}
	return findings
}

// checkRules asks whether EventBridge still passes events on.
func checkRules(ctx context.Context, x *examination) []finding {
	var findings []finding
	for _, name := range x.Rules {
		rule, err := x.Events.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &name})
		switch {
		case err != nil:
			findings = append(findings, failed(applyAgain, "Rule %s: %v", name, err)...)
		case rule.State != eventtypes.RuleStateEnabled:
			findings = append(findings, failed("Enable it: `aws events enable-rule --name "+name+"`", "Rule %s is disabled.", name)...)
		}
	}
	if len(findings) == 0 {
		return ok("All %d rules are enabled.", len(x.Rules))
	}
	return findings
}

// checkStateMachines asks whether the deployed machines are those of this version.
func checkStateMachines(ctx context.Context, x *examination) []finding {
	var findings []finding
	for _, machine := range []workflow.Machine{workflow.PatchApproval, workflow.FindMissing} {
		arn := map[workflow.Machine]string{workflow.PatchApproval: x.StateMachineARN, workflow.FindMissing: x.FindMissing.StateMachineARN}[machine]
		findings = append(findings, x.stateMachine(ctx, machine, arn)...)
	}
	return findings
}

func (x *examination) stateMachine(ctx context.Context, machine workflow.Machine, arn string) []finding {
	if arn == "" {
		return nil // an older installation: the check of find-missing says so
	}
	out, err := x.SFN.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if err != nil {
		return failed(applyAgain, "The state machine %s cannot be read: %v", machine, err)
	}
	want, err := machine.Render(x.Settings())
	if err != nil {
		return failed(applyAgain, "%v", err)
	}
	var deployed, expected any
	if json.Unmarshal([]byte(aws.ToString(out.Definition)), &deployed) != nil || json.Unmarshal(want, &expected) != nil || !reflect.DeepEqual(deployed, expected) {
		return failed("Deploy this version with terraform apply, or use the patchbot of the deployed one.", "The deployed state machine %s is not the one of this patchbot.", machine)
	}
	return ok("The state machine %s is the one of this patchbot.", machine)
}
