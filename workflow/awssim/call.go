package awssim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Call answers one task of a state machine. Service and action are spelled as in
// its resource, arn:aws:states:::aws-sdk:ssm:sendCommand being "ssm" and
// "sendCommand"; input is the task's Parameters. A member that AWS does not know
// is refused, so that a misspelt state machine is noticed.
//
// Errors are [*APIError], [ErrNotSimulated] or the context's.
func (f *Fleet) Call(ctx context.Context, service, action string, input json.RawMessage) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer f.deliverEvents()
	f.mu.Lock()
	defer f.mu.Unlock()
	output, err := f.answer(service, action, input)
	if err == nil {
		output, err = f.lost(service, action, output)
	}
	if refusal, ok := errors.AsType[*APIError](err); ok {
		refusal.RequestID = f.ids.uuid()
	}
	return output, err
}

func (f *Fleet) answer(service, action string, input json.RawMessage) (json.RawMessage, error) {
	name := service + ":" + action
	if refusal := f.refusal(service, name); refusal != nil {
		return nil, refusal
	}
	switch name {
	case "ec2:describeInstances":
		return serve(service, input, f.describeInstances)
	case "ec2:describeInstanceStatus":
		return serve(service, input, f.describeInstanceStatus)
	case "ec2:createSnapshots":
		return serve(service, input, f.createSnapshots)
	case "ec2:describeSnapshots":
		return serve(service, input, f.describeSnapshots)
	case "ec2:deleteSnapshot":
		return serve(service, input, f.deleteSnapshot)
	case "autoscaling:describeAutoScalingInstances":
		return serve(service, input, f.describeAutoScalingInstances)
	case "autoscaling:enterStandby":
		return serve(service, input, f.enterStandby)
	case "autoscaling:exitStandby":
		return serve(service, input, f.exitStandby)
	case "ec2:describeVolumes":
		return serve(service, input, f.describeVolumes)
	case "ec2:createReplaceRootVolumeTask":
		return serve(service, input, f.createReplaceRootVolumeTask)
	case "ec2:describeReplaceRootVolumeTasks":
		return serve(service, input, f.describeReplaceRootVolumeTasks)
	case "ssm:describeInstanceInformation":
		return serve(service, input, f.describeInstanceInformation)
	case "ssm:describeInstancePatchStates":
		return serve(service, input, f.describeInstancePatchStates)
	case "ssm:describeInstancePatches":
		return serve(service, input, f.describeInstancePatches)
	case "ssm:listTagsForResource":
		return serve(service, input, f.listTagsForResource)
	case "ssm:sendCommand":
		return serve(service, input, f.sendCommand)
	case "ssm:listCommandInvocations":
		return serve(service, input, f.listCommandInvocations)
	case "ssm:getCalendarState":
		return serve(service, input, f.getCalendarState)
	case "ssm:getCommandInvocation":
		return serve(service, input, f.getCommandInvocation)
	default:
		return nil, fmt.Errorf("%w: %s", ErrNotSimulated, name)
	}
}

func serve[In, Out any](service string, input json.RawMessage, do func(In) (Out, error)) (json.RawMessage, error) {
	var in In
	if err := decode(service, input, &in); err != nil {
		return nil, err
	}
	out, err := do(in)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}
