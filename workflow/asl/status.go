package asl

import (
	"encoding/json"
	"time"
)

// Status of an execution, as DescribeExecution names it.
type Status string

// The statuses of an execution; all but StatusRunning are final, unless it is redriven.
const (
	StatusRunning   Status = "RUNNING"
	StatusSucceeded Status = "SUCCEEDED"
	StatusFailed    Status = "FAILED"
	StatusTimedOut  Status = "TIMED_OUT"
	StatusAborted   Status = "ABORTED"
)

// Execution is what DescribeExecution tells. The JSON in it is shared and must not be
// changed.
type Execution struct {
	ARN        string // e.g. arn:aws:states:us-east-1:123456789012:execution:patch-approval:web-1
	MachineARN string
	Name       string // e.g. web-1
	Status     Status
	Input      json.RawMessage
	Output     json.RawMessage // of a succeeded execution, else nil
	Error      string          // of a failed, timed out or aborted execution
	Cause      string
	Started    time.Time
	Stopped    time.Time // zero while the execution runs

	RedriveCount int // how often it was redriven
}

// StatusChange is what EventBridge tells about an execution: that it started, or how
// it ended.
type StatusChange struct {
	Execution
	Account string
	Region  string
}

// maxEventData is how much input and output an event carries, in bytes; beyond it AWS
// leaves both out (248 KiB, Step Functions developer guide, "Automating event delivery").
const maxEventData = 248 << 10

// Event renders the change as the EventBridge event "Step Functions Execution Status
// Change". Each call gives the event another id.
func (c StatusChange) Event() json.RawMessage {
	at := c.Started
	if c.Status != StatusRunning {
		at = c.Stopped
	}
	included := len(c.Input)+len(c.Output) <= maxEventData
	return encode(map[string]any{
		"version":     "0",
		"id":          newUUID(),
		"detail-type": "Step Functions Execution Status Change",
		"source":      "aws.states",
		"account":     c.Account,
		"time":        at.UTC().Format(time.RFC3339),
		"region":      c.Region,
		"resources":   []any{c.ARN},
		"detail": map[string]any{
			"executionArn":    c.ARN,
			"stateMachineArn": c.MachineARN,
			"name":            c.Name,
			"status":          string(c.Status),
			"startDate":       c.Started.UnixMilli(),
			"stopDate":        orNull(c.Status != StatusRunning, c.Stopped.UnixMilli()),
			"input":           orNull(included, string(c.Input)),
			"inputDetails":    map[string]any{"included": included},
			"output":          orNull(included && c.Output != nil, string(c.Output)),
			"outputDetails":   orNull(c.Output != nil, map[string]any{"included": included}),
			"error":           orNull(c.Error != "", c.Error),
			"cause":           orNull(c.Cause != "", c.Cause),
		},
	})
}

func orNull(present bool, v any) any {
	if !present {
		return nil
	}
	return v
}
