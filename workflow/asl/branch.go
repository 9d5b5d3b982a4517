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
	backing                // for the next try of a state that failed
	forked                 // for the branches of a Parallel or the iterations of a Map state
	halted                 // for nothing any more: it failed, or was stopped with the others
)

// branch is where an execution is among its states. An execution has a main one; each
// branch of a Parallel state and each iteration of a Map state has one of its own.
type branch struct {
	execution *execution
	position  *position                  // among the branches of a state; nil for the main branch
	fork      *fork                      // of the current state, if it is a Map or Parallel state
	variables map[string]json.RawMessage // of Assign; replaced, never changed

	state      *state          // the current state
	stateInput json.RawMessage // its input, before InputPath
	entered    time.Time       // kept when the state is retried
	enteredID  int32           // id of the event of entering
	retryCount int32
	retries    []int // how often each retrier of the state was used

	attempt   uint64             // number of the current try; part of the token
	cancel    context.CancelFunc // of the call of Invoke, or nil
	due       time.Time          // when the phase is over: timeout, end of wait, next try
	heartbeat time.Duration      // 0 is none
	beat      time.Time          // when the next heartbeat is missed, or zero
	phase     phase
}

func (b *branch) interpreter() *Interpreter { return b.execution.interpreter }

func (b *branch) record(kind string, data json.RawMessage, f *failure) {
	b.execution.record(b.state, kind, data, f)
}

func (b *branch) enter(s *state, input json.RawMessage) {
	b.state, b.stateInput, b.entered = s, input, b.execution.now()
	b.retryCount, b.retries = 0, nil
	b.record(s.enteredEvent, input, nil)
	b.enteredID = int32(len(b.execution.history)) // #nosec G115 -- a history has at most 25,000 events
}

// leave goes on to the next state with this output, or ends the branch.
func (b *branch) leave(next *state, output json.RawMessage, variables map[string]json.RawMessage) {
	b.variables = variables
	if b.state.exitedEvent != "" {
		b.record(b.state.exitedEvent, output, nil)
	}
	b.clear()
	switch {
	case next != nil:
		b.enter(next, output)
	case b.position != nil:
		b.phase = halted
		b.position.fork.succeeded(b, output)
	default:
		b.execution.end(StatusSucceeded, EventExecutionSucceeded, output, nil)
	}
}

// clear forgets what the branch was waiting for.
func (b *branch) clear() {
	b.phase, b.due, b.beat, b.cancel, b.fork = ready, time.Time{}, time.Time{}, nil, nil
}

// fail ends the branch, and with it what it is a part of.
func (b *branch) fail(f *failure) {
	if b.position == nil {
		b.execution.fail(f)
		return
	}
	b.halt()
	b.position.fork.failed(b, f)
}

// halt stops the branch and all branches in it.
func (b *branch) halt() {
	b.cancelInvoke()
	b.phase, b.due, b.beat = halted, time.Time{}, time.Time{}
	for c := range b.active() {
		c.halt()
	}
}

// active yields the branches that the current state has begun and not ended.
func (b *branch) active() func(func(*branch) bool) {
	return func(yield func(*branch) bool) {
		if b.fork == nil {
			return
		}
		for _, c := range b.fork.active {
			if !yield(c) {
				return
			}
		}
	}
}

// find gives the first of the branch and all in it for which the condition holds, or nil.
func (b *branch) find(holds func(*branch) bool) *branch {
	if holds(b) {
		return b
	}
	for c := range b.active() {
		if found := c.find(holds); found != nil {
			return found
		}
	}
	return nil
}

func (b *branch) nextReady() *branch {
	return b.find(func(b *branch) bool { return b.phase == ready && b.state != nil })
}

// scope is what the current state sees; token is that of a callback, or "".
func (b *branch) scope(token string) (*scope, error) {
	input, err := decode(b.stateInput)
	if err != nil {
		return nil, err
	}
	return &scope{input: input, variables: b.variables, context: func() *contextObject {
		return b.contextObject(token)
	}}, nil
}

func (b *branch) contextObject(token string) *contextObject {
	e, i := b.execution, b.interpreter()
	return &contextObject{
		executionID: e.arn(), executionName: e.name, started: e.started, input: e.input,
		role: i.config.RoleARN, redrives: e.redrives(),
		machineID: i.MachineARN(), machineName: i.config.Name,
		state: b.state.name, entered: b.entered, retryCount: int(b.retryCount), token: token,
		item: b.position.item(),
	}
}
