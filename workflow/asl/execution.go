package asl

import (
	"context"
	"encoding/json"
	"time"
)

// phase is what an execution is waiting for.
type phase uint8

const (
	ready     phase = iota // for nothing: the current state can run
	invoking               // for Invoke to return
	submitted              // for the task token
	pausing                // for the end of a Wait state
	backing                // for the next try of a task
)

// execution is one run of the machine. Between two steps it is only data and at most
// one timer: JSON is kept as bytes and decoded when a state needs it.
type execution struct {
	interpreter *Interpreter
	name        string
	input       json.RawMessage
	output      json.RawMessage
	status      Status
	failure     *failure
	started     time.Time
	stopped     time.Time
	told        bool          // OnStatus has heard of the end
	done        chan struct{} // closed after that; nil until somebody waits
	history     []event
	variables   map[string]json.RawMessage // of Assign; replaced, never changed

	state      *state          // the current state
	stateInput json.RawMessage // its input, before InputPath
	entered    time.Time       // kept when the state is retried
	enteredID  int             // id of the event of entering
	retryCount int
	retries    []int // how often each retrier of the state was used

	phase     phase
	attempt   uint64             // counts all tries of all tasks; part of the token
	cancel    context.CancelFunc // of the call of Invoke, or nil
	due       time.Time          // when the phase is over: timeout, end of wait, next try
	heartbeat time.Duration      // 0 is none
	beat      time.Time          // when the next heartbeat is missed, or zero
	timer     *time.Timer        // fires at the earliest of due, beat and the machine's timeout
}

func (e *execution) arn() string {
	return e.interpreter.arn("execution", e.interpreter.config.Name) + ":" + e.name
}

func (e *execution) describe() Execution {
	x := Execution{
		ARN:        e.arn(),
		MachineARN: e.interpreter.MachineARN(),
		Name:       e.name,
		Status:     e.status,
		Input:      e.input,
		Output:     e.output,
		Started:    e.started,
		Stopped:    e.stopped,
	}
	if e.failure != nil {
		x.Error, x.Cause = e.failure.name, e.failure.cause
	}
	return x
}

func (e *execution) change() StatusChange {
	config := &e.interpreter.config
	return StatusChange{Execution: e.describe(), Account: config.Account, Region: config.Region}
}

// begin enters the first state, unless the execution was stopped before.
func (e *execution) begin() {
	if e.status != StatusRunning || e.interpreter.closed() {
		return
	}
	e.enter(e.interpreter.config.Machine.start, e.input)
	e.proceed()
}

func (e *execution) enter(s *state, input json.RawMessage) {
	e.state, e.stateInput, e.entered = s, input, time.Now()
	e.retryCount, e.retries = 0, nil
	e.record(s.enteredEvent, input, nil)
	e.enteredID = len(e.history)
}

// proceed runs states until the execution has to wait or has ended, then sets the timer.
func (e *execution) proceed() {
	for e.status == StatusRunning && e.phase == ready {
		if len(e.history) >= maxEvents {
			e.fail(failf(ErrorRuntime, "The execution reached the maximum number of history events (%d).", maxEvents))
			break
		}
		e.step()
	}
	e.arm()
}

// scope is what the current state sees; token is that of a callback, or "".
func (e *execution) scope(token string) (*scope, error) {
	input, err := decode(e.stateInput)
	if err != nil {
		return nil, err
	}
	return &scope{input: input, variables: e.variables, context: func() (any, error) {
		i := e.interpreter
		c := contextObject{
			executionID: e.arn(), executionName: e.name, started: e.started, input: e.input,
			machineID: i.MachineARN(), machineName: i.config.Name,
			state: e.state.name, entered: e.entered, retryCount: e.retryCount, token: token,
		}
		return c.tree()
	}}, nil
}

// leave goes on to the next state with this output, or ends the execution.
func (e *execution) leave(next *state, output json.RawMessage, variables map[string]json.RawMessage) {
	e.variables = variables
	if e.state.exitedEvent != "" {
		e.record(e.state.exitedEvent, output, nil)
	}
	e.phase, e.due, e.beat, e.cancel = ready, time.Time{}, time.Time{}, nil
	if next == nil {
		e.end(StatusSucceeded, EventExecutionSucceeded, output, nil)
		return
	}
	e.enter(next, output)
}

// fail ends the execution as failed.
func (e *execution) fail(f *failure) { e.end(StatusFailed, EventExecutionFailed, nil, f) }

// end is the last thing that happens to an execution. It keeps the outcome and drops
// what only a running execution needs.
func (e *execution) end(status Status, kind string, output json.RawMessage, f *failure) {
	e.record(kind, output, f)
	e.status, e.output, e.failure, e.stopped = status, output, f, time.Now()
	if e.cancel != nil {
		e.cancel()
	}
	e.disarm()
	e.phase, e.cancel, e.timer = ready, nil, nil
	e.stateInput, e.variables, e.retries = nil, nil, nil
	e.interpreter.ended = append(e.interpreter.ended, e)
}
