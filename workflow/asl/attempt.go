package asl

import (
	"context"
	"encoding/json"
	"time"
)

// try begins a try of the current task: it renders the input and calls Invoke on a
// goroutine of its own.
func (b *branch) try() {
	b.execution.attempts++
	b.attempt = b.execution.attempts
	call, timeout, heartbeat, err := b.prepare()
	if err != nil {
		b.failed(b.evaluationFailure(err))
		return
	}
	b.record(EventTaskScheduled, call.Input, nil)
	b.record(EventTaskStarted, nil, nil)
	now := b.execution.now()
	b.phase, b.due, b.heartbeat = invoking, now.Add(timeout), heartbeat
	if heartbeat > 0 {
		b.beat = now.Add(heartbeat)
	}
	i := b.interpreter()
	ctx, cancel := context.WithCancel(i.ctx)
	b.cancel = cancel
	attempt := b.attempt
	i.work.Go(func() {
		defer cancel()
		result, err := i.config.Invoke(ctx, call)
		i.mu.Lock()
		b.invoked(attempt, result, err)
		i.release()
	})
}

// prepare renders what the task asks for.
func (b *branch) prepare() (call Call, timeout, heartbeat time.Duration, err error) {
	s := b.state
	if err := s.task.checkPartition(b.interpreter().config.Partition); err != nil {
		return Call{}, 0, 0, err
	}
	token := ""
	if s.task.callback {
		token = b.interpreter().tokens.issue(b.execution.name, b.attempt)
	}
	sc, err := b.scope(token)
	if err != nil {
		return Call{}, 0, 0, err
	}
	input, err := s.input.apply(sc)
	if err != nil {
		return Call{}, 0, 0, err
	}
	sc = sc.with(input)
	if timeout, heartbeat, err = s.task.limits(sc); err != nil {
		return Call{}, 0, 0, err
	}
	if s.parameters != nil {
		if input, err = s.parameters.eval(sc); err != nil {
			return Call{}, 0, 0, err
		}
	}
	data, err := encodePayload(input, s.name)
	return Call{Resource: s.task.resource, Input: data, Execution: b.execution.arn(), State: s.name}, timeout, heartbeat, err
}

// open tells whether the try of this number can still be completed.
func (b *branch) open(attempt uint64) bool {
	return b.attempt == attempt && (b.phase == invoking || b.phase == submitted)
}

// invoked takes what Invoke returned. It is dropped when the task was completed by
// its token, timed out or stopped before.
func (b *branch) invoked(attempt uint64, result json.RawMessage, err error) {
	if !b.open(attempt) || b.interpreter().closed() {
		return
	}
	if len(result) == 0 {
		result = json.RawMessage("{}")
	}
	b.cancel = nil
	switch {
	case err != nil && b.state.task.callback:
		b.completed(EventTaskSubmitFailed, nil, taskFailure(err))
	case err != nil:
		b.completed(EventTaskFailed, nil, taskFailure(err))
	case b.state.task.callback:
		b.phase = submitted
		b.record(EventTaskSubmitted, result, nil)
	default:
		b.completed(EventTaskSucceeded, result, nil)
	}
	b.execution.proceed()
}

// completed ends a try with a result or with a failure.
func (b *branch) completed(kind string, result json.RawMessage, f *failure) {
	b.phase, b.due, b.beat = ready, time.Time{}, time.Time{}
	if len(result) > maxPayload {
		kind, result, f = EventTaskFailed, nil, &failure{name: ErrorDataLimitExceeded, cause: tooLong(b.state.task.service())}
	}
	b.record(kind, result, f)
	if f == nil {
		err := b.taskResult(result)
		if err == nil {
			return
		}
		f = b.evaluationFailure(err)
	}
	b.failed(f)
}

func (b *branch) cancelInvoke() {
	if b.cancel != nil {
		b.cancel()
		b.cancel = nil
	}
}
