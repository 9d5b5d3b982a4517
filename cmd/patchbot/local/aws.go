package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

const (
	resourcePublish = "arn:aws:states:::sns:publish"
	resourceSDK     = "arn:aws:states:::aws-sdk:"
)

// invoke performs the tasks of the state machine: a publish reaches the bot, every other
// call the fleet.
func (p *Patchbot) invoke(ctx context.Context, call asl.Call) (json.RawMessage, error) {
	if call.Resource == resourcePublish {
		return json.RawMessage(`{"MessageId": "local"}`), p.publish(call.Input)
	}
	service, action, ok := strings.Cut(strings.TrimPrefix(call.Resource, resourceSDK), ":")
	if !ok {
		return nil, fmt.Errorf("state %q calls %s, which does not exist here", call.State, call.Resource)
	}
	return p.Fleet.Call(ctx, service, action, call.Input)
}

// publish is the topic and its queue: the message is delivered until the bot takes it.
func (p *Patchbot) publish(input json.RawMessage) error {
	var message struct {
		TopicArn string
		Message  json.RawMessage
	}
	if err := json.Unmarshal(input, &message); err != nil || message.TopicArn != topicARN {
		return fmt.Errorf("publish to topic %q: no such topic", message.TopicArn)
	}
	deliver := func(data []byte) { p.work.Go(func() { p.retry(func() error { return p.notify(data) }) }) }
	if p.config.Notifications != nil {
		p.config.Notifications(message.Message, deliver)
	} else {
		deliver(message.Message)
	}
	return nil
}

func (p *Patchbot) notify(data []byte) error {
	n, err := workflow.ParseNotification(data)
	if err != nil {
		p.config.Log.Error("dropped a notification", "error", err)
		return nil
	}
	return p.Bot.Notify(p.ctx, n)
}

// onStatus hands the status of an execution to the event bus, and to who waits for its end.
func (p *Patchbot) onStatus(change asl.StatusChange) {
	p.emit(change.Event())
	execution, err := p.Machine.Describe(change.ARN)
	if err == nil && execution.Status != asl.StatusRunning && p.config.Ended != nil {
		p.config.Ended(execution)
	}
}

// tasks answers the interpreter's task tokens.
type tasks struct{ machine *asl.Interpreter }

func (t tasks) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	return taskError(t.machine.SendTaskSuccess(token.Reveal(), output))
}

func (t tasks) FailTask(_ context.Context, token workflow.Token, name, cause string) error {
	return taskError(t.machine.SendTaskFailure(token.Reveal(), name, cause))
}

func taskError(err error) error {
	for _, gone := range []error{asl.ErrTaskTimedOut, asl.ErrTaskDoesNotExist, asl.ErrInvalidToken} {
		if errors.Is(err, gone) {
			return fmt.Errorf("%w: %w", workflow.ErrTaskGone, err)
		}
	}
	return err
}

// looker asks the fleet and the interpreter.
type looker struct {
	machine *asl.Interpreter
	fleet   *awssim.Fleet
}

func (l looker) Command(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error) {
	var out struct{ Status string }
	err := l.call(ctx, "ssm", "getCommandInvocation", map[string]any{"CommandId": commandID, "InstanceId": instanceID}, &out)
	return workflow.CommandStatus{CommandID: commandID, InstanceID: instanceID, Status: out.Status}, err
}

func (l looker) Snapshots(ctx context.Context, ids []string) (workflow.SnapshotsResult, error) {
	var out struct{ Snapshots []struct{ State string } }
	err := l.call(ctx, "ec2", "describeSnapshots", map[string]any{"SnapshotIds": ids}, &out)
	var states []string
	for _, s := range out.Snapshots {
		states = append(states, s.State)
	}
	return workflow.JudgeSnapshots(ids, states), err
}

func (l looker) Execution(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	e, err := l.machine.Describe(arn)
	status := workflow.ExecutionStatus{ExecutionARN: arn, Status: string(e.Status), Error: e.Error, Cause: e.Cause}
	if !e.Stopped.IsZero() {
		status.StopDate = e.Stopped.UnixMilli()
	}
	return status, err
}

func (l looker) call(ctx context.Context, service, action string, input, output any) error {
	data, err := json.Marshal(input)
	if err != nil {
		return err
	}
	if data, err = l.fleet.Call(ctx, service, action, data); err != nil {
		return fmt.Errorf("%s:%s: %w", service, action, err)
	}
	return json.Unmarshal(data, output)
}
