package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
)

const (
	resourcePublish = "arn:aws:states:::sns:publish"
	resourceStart   = "arn:aws:states:::states:startExecution"
	resourceSDK     = "arn:aws:states:::aws-sdk:"
)

// invoke performs the tasks of the state machines: a publish reaches the bot, a start the
// machine that it names, every other call the fleet.
func (p *Patchbot) invoke(ctx context.Context, call asl.Call) (json.RawMessage, error) {
	switch call.Resource {
	case resourcePublish:
		return json.RawMessage(`{"MessageId": "local"}`), p.publish(call.Input)
	case resourceStart:
		return p.startExecution(call.Input)
	}
	service, action, ok := strings.Cut(strings.TrimPrefix(call.Resource, resourceSDK), ":")
	if !ok {
		return nil, fmt.Errorf("state %q calls %s, which does not exist here", call.State, call.Resource)
	}
	return p.Fleet.Call(ctx, service, action, call.Input)
}

// startExecution is Step Functions' call of that name.
func (p *Patchbot) startExecution(input json.RawMessage) (json.RawMessage, error) {
	var start struct {
		StateMachineArn string
		Name            string
		Input           json.RawMessage
	}
	if err := json.Unmarshal(input, &start); err != nil {
		return nil, err
	}
	machines := map[string]*asl.Interpreter{machineARN(workflow.PatchApproval): p.Machine, machineARN(workflow.FindMissing): p.Finder}
	machine, ok := machines[start.StateMachineArn]
	if !ok {
		return nil, fmt.Errorf("start an execution of %s: no such state machine", start.StateMachineArn)
	}
	arn, err := machine.Start(start.Name, start.Input)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"ExecutionArn": arn, "StartDate": p.config.Clock.Now().UTC().Format(time.RFC3339)})
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
	execution, err := p.machineOf(change.ARN).Describe(change.ARN)
	if err == nil && execution.Status != asl.StatusRunning && p.config.Ended != nil {
		p.config.Ended(execution)
	}
}

// tasks answers the interpreters' task tokens.
type tasks struct{ p *Patchbot }

func (t tasks) CompleteTask(_ context.Context, token workflow.Token, output json.RawMessage) error {
	return t.answer(func(machine *asl.Interpreter) error { return machine.SendTaskSuccess(token.Reveal(), output) })
}

func (t tasks) FailTask(_ context.Context, token workflow.Token, name, cause string) error {
	return t.answer(func(machine *asl.Interpreter) error { return machine.SendTaskFailure(token.Reveal(), name, cause) })
}

// answer answers the machine that knows the token.
func (t tasks) answer(send func(*asl.Interpreter) error) error {
	err := send(t.p.Machine)
	if errors.Is(err, asl.ErrTaskDoesNotExist) || errors.Is(err, asl.ErrInvalidToken) {
		err = send(t.p.Back)
	}
	for _, gone := range []error{asl.ErrTaskTimedOut, asl.ErrTaskDoesNotExist, asl.ErrInvalidToken} {
		if errors.Is(err, gone) {
			return fmt.Errorf("%w: %w", workflow.ErrTaskGone, err)
		}
	}
	return err
}

// executions starts those of the machine that asks, one of a name.
type executions struct{ machine *asl.Interpreter }

func (e executions) Start(_ context.Context, name, instanceID string) (string, error) {
	_, err := e.machine.Start(name, fmt.Appendf(nil, `{"instance_id": %q}`, instanceID))
	if errors.Is(err, asl.ErrExecutionAlreadyExists) {
		err = nil
	}
	return executionARN(workflow.PatchApproval, name), err
}

// rollBacks starts executions of roll-back, one of a name.
type rollBacks struct{ machine *asl.Interpreter }

func (r rollBacks) ExecutionARN(name string) string { return executionARN(workflow.RollBack, name) }

func (r rollBacks) Start(_ context.Context, name, instanceID, snapshotID string) error {
	_, err := r.machine.Start(name, fmt.Appendf(nil, `{"instance_id": %q, "snapshot_id": %q}`, instanceID, snapshotID))
	if errors.Is(err, asl.ErrExecutionAlreadyExists) {
		return nil
	}
	return err
}

// looker asks the fleet and the interpreters.
type looker struct{ p *Patchbot }

func (l looker) CommandStatus(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error) {
	var out struct{ CommandInvocations []struct{ Status string } }
	err := l.call(ctx, "ssm", "listCommandInvocations", map[string]any{"CommandId": commandID, "InstanceId": instanceID}, &out)
	status := workflow.CommandStatus{CommandID: commandID, InstanceID: instanceID, Status: "Pending"}
	for _, invocation := range out.CommandInvocations {
		status.Status = invocation.Status
	}
	return status, err
}

func (l looker) SnapshotsResult(ctx context.Context, ids []string) (workflow.SnapshotsResult, error) {
	var out struct{ Snapshots []struct{ State string } }
	err := l.call(ctx, "ec2", "describeSnapshots", map[string]any{"SnapshotIds": ids}, &out)
	var states []string
	for _, s := range out.Snapshots {
		states = append(states, s.State)
	}
	return workflow.JudgeSnapshots(ids, states), err
}

func (l looker) ReplacementStatus(ctx context.Context, taskID string) (workflow.ReplacementStatus, error) {
	var out struct{ ReplaceRootVolumeTasks []struct{ TaskState string } }
	err := l.call(ctx, "ec2", "describeReplaceRootVolumeTasks", map[string]any{"ReplaceRootVolumeTaskIds": []string{taskID}}, &out)
	status := workflow.ReplacementStatus{TaskID: taskID}
	for _, task := range out.ReplaceRootVolumeTasks {
		status.State = task.TaskState
	}
	return status, err
}

func (l looker) ExecutionStatus(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	e, err := l.p.machineOf(arn).Describe(arn)
	if errors.Is(err, asl.ErrExecutionDoesNotExist) {
		return workflow.ExecutionStatus{ExecutionARN: arn, Status: "ABORTED", Error: workflow.ErrorNoExecution}, nil
	}
	status := workflow.ExecutionStatus{ExecutionARN: arn, Status: string(e.Status), Error: e.Error, Cause: e.Cause}
	if !e.Stopped.IsZero() {
		status.StopDate = e.Stopped.UnixMilli()
	}
	return status, err
}

func (l looker) Past(_ context.Context, arn string) (workflow.Past, error) {
	history, err := l.p.machineOf(arn).History(arn)
	var past workflow.Past
	if errors.Is(err, asl.ErrHistoryDropped) {
		return past, nil
	}
	for _, e := range history {
		switch {
		case strings.HasSuffix(e.Type, "StateEntered"):
			past.Entered(e.State)
		case strings.HasSuffix(e.Type, "StateExited"):
			past.Left(e.State, e.Output)
		}
	}
	return past, err
}

func (l looker) call(ctx context.Context, service, action string, input, output any) error {
	data, err := json.Marshal(input)
	if err != nil {
		return err
	}
	if data, err = l.p.Fleet.Call(ctx, service, action, data); err != nil {
		return fmt.Errorf("%s:%s: %w", service, action, err)
	}
	return json.Unmarshal(data, output)
}
