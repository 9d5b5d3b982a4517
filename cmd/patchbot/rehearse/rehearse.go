// Package rehearse plays the whole story on a real instance without changing it.
package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/workflow"
)

// Command plays the whole story on a real instance without changing it.
type Command struct {
	Instance string `arg:"" help:"The instance, i-… or mi-…; it must carry the tag patch-policy."`
	Name     string `default:"patchbot" help:"The installation's name: the Terraform variable name."`
}

// Run starts a rehearsal and waits until the owner was asked, or will not be.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	if !strings.HasPrefix(c.Instance, "i-") && !strings.HasPrefix(c.Instance, "mi-") {
		return terminal.UsageError(fmt.Sprintf("the instance is %q, expected an id such as i-0933335a5598d1c2e, or mi-… for a hybrid node", c.Instance))
	}
	account, where, err := installation.Open(ctx, c.Name)
	if err != nil {
		return err
	}
	return rehearse(ctx, t, account.SFN, where, c.Instance)
}

// askedWithin is how long a rehearsal may take until it asks; Systems Manager can be slow on a
// busy day.
const askedWithin = 2 * time.Minute

func rehearse(ctx context.Context, t terminal.Terminal, client *sfn.Client, where installation.Installation, instance string) error {
	ctx, cancel := context.WithTimeout(ctx, askedWithin)
	defer cancel()
	input, err := json.Marshal(map[string]any{"instance_id": instance, "rehearsal": true})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("rehearsal-%s-%d", instance, time.Now().Unix())
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &where.StateMachineARN, Name: &name, Input: aws.String(string(input))})
	if err != nil {
		return fmt.Errorf("start the rehearsal: %w. Your credentials need states:StartExecution on %s", err, where.StateMachineARN)
	}
	arn := aws.ToString(started.ExecutionArn)
	_, _ = fmt.Fprintln(t.Out, "✅ Started", arn)
	if err := awaitQuestion(ctx, client, arn); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(t.Out, "✅ The owner is being asked, in a message that says “Rehearsal”. Approve it there: a scan stands in\n   for the install, no snapshot is taken, nothing reboots. The thread tells each step.")
	return nil
}

// awaitQuestion waits until the execution asks. One that ends without asking says why.
func awaitQuestion(ctx context.Context, client *sfn.Client, arn string) error {
	for {
		execution, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil {
			return fmt.Errorf("look at the rehearsal: %w", err)
		}
		if execution.Status != types.ExecutionStatusRunning {
			return notAsked(execution)
		}
		history, err := client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, ReverseOrder: true, IncludeExecutionData: aws.Bool(false)})
		if err != nil {
			return fmt.Errorf("look at the rehearsal: %w", err)
		}
		for _, e := range history.Events {
			if e.Type == types.HistoryEventTypeTaskSubmitted { // the question is the first task that is submitted
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the rehearsal has not asked yet; see in the Step Functions console in which state it is")
		case <-time.After(time.Second):
		}
	}
}

// notAsked says why an execution ended without asking.
func notAsked(execution *sfn.DescribeExecutionOutput) error {
	var out struct{ Outcome, Reason string }
	_ = json.Unmarshal([]byte(aws.ToString(execution.Output)), &out) // a failed execution has none
	switch {
	case strings.Contains(out.Reason, workflow.PolicyTag):
		return fmt.Errorf("nobody was asked: %s. Tag the instance, then try again", out.Reason)
	case out.Reason != "":
		return fmt.Errorf("nobody was asked: %s", out.Reason)
	}
	return fmt.Errorf("the rehearsal ended as %s: %s %s. Run patchbot doctor", execution.Status, aws.ToString(execution.Error), aws.ToString(execution.Cause))
}
