package asl

import (
	"context"
	"encoding/json"
	"time"
)

// try begins a try of the current task: it renders the input and calls Invoke on a
// goroutine of its own.
func (e *execution) try() {
	e.attempt++
	call, timeout, heartbeat, err := e.prepare()
	if err != nil {
		e.taskFailed(e.evaluationFailure(err))
		return
	}
	e.record(EventTaskScheduled, call.Input, nil)
	e.record(EventTaskStarted, nil, nil)
	now := time.Now()
	e.phase, e.due, e.heartbeat = invoking, now.Add(timeout), heartbeat
	if heartbeat > 0 {
		e.beat = now.Add(heartbeat)
	}
	i := e.interpreter
	ctx, cancel := context.WithCancel(i.ctx)
	e.cancel = cancel
	attempt := e.attempt
	i.work.Go(func() {
		defer cancel()
		result, err := i.config.Invoke(ctx, call)
		i.mu.Lock()
		e.invoked(attempt, result, err)
		i.release()
	})
}

// prepare renders what the task asks for.
func (e *execution) prepare() (call Call, timeout, heartbeat time.Duration, err error) {
	s := e.state
	if err := s.task.checkPartition(e.interpreter.config.Partition); err != nil {
		return Call{}, 0, 0, err
	}
	token := ""
	if s.task.callback {
		token = e.interpreter.tokens.issue(e.name, e.attempt)
	}
	sc, err := e.scope(token)
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
	data, err := encodePayload(input, "input of the task '"+s.name+"'")
	return Call{Resource: s.task.resource, Input: data, Execution: e.arn(), State: s.name}, timeout, heartbeat, err
}

// open tells whether the try of this number can still be completed.
func (e *execution) open(attempt uint64) bool {
	return e.status == StatusRunning && e.attempt == attempt && (e.phase == invoking || e.phase == submitted)
}

// invoked takes what Invoke returned. It is dropped when the task was completed by
// its token, timed out or stopped before.
func (e *execution) invoked(attempt uint64, result json.RawMessage, err error) {
	if !e.open(attempt) || e.interpreter.closed() {
		return
	}
	if len(result) == 0 {
		result = json.RawMessage("{}")
	}
	e.cancel = nil
	switch {
	case err != nil && e.state.task.callback:
		e.completed(EventTaskSubmitFailed, nil, taskFailure(err))
	case err != nil:
		e.completed(EventTaskFailed, nil, taskFailure(err))
	case e.state.task.callback:
		e.phase = submitted
		e.record(EventTaskSubmitted, result, nil)
	default:
		e.completed(EventTaskSucceeded, result, nil)
	}
	e.proceed()
}

// completed ends a try with a result or with a failure.
func (e *execution) completed(kind string, result json.RawMessage, f *failure) {
	e.phase, e.due, e.beat = ready, time.Time{}, time.Time{}
	e.record(kind, result, f)
	if f == nil {
		err := e.taskResult(result)
		if err == nil {
			return
		}
		f = e.evaluationFailure(err)
	}
	e.taskFailed(f)
}

// taskFailed retries the task, goes where a catcher leads, or fails the execution.
func (e *execution) taskFailed(f *failure) {
	e.cancelInvoke()
	if e.retry(f.name) {
		return
	}
	for _, c := range e.state.task.catch {
		if c.errors.matches(f.name) {
			if err := e.catch(c, f); err != nil {
				e.fail(e.evaluationFailure(err))
			}
			return
		}
	}
	e.fail(f)
}

func (e *execution) cancelInvoke() {
	if e.cancel != nil {
		e.cancel()
		e.cancel = nil
	}
}

// retry waits for another try if the first retrier that covers the error has one left.
func (e *execution) retry(errorName string) bool {
	retriers := e.state.task.retry
	for n, r := range retriers {
		if !r.errors.matches(errorName) {
			continue
		}
		if e.retries == nil {
			e.retries = make([]int, len(retriers))
		}
		if e.retries[n] >= r.attempts {
			return false
		}
		e.phase, e.due = backing, time.Now().Add(r.delay(e.retries[n]))
		e.retries[n]++
		e.retryCount++
		return true
	}
	return false
}

// catch goes on with the error output, {"Error": ..., "Cause": ...}.
func (e *execution) catch(c *catcher, f *failure) error {
	sc, err := e.scope("")
	if err != nil {
		return err
	}
	errorOutput := map[string]any{"Error": f.name, "Cause": f.cause}
	output, err := c.resultPath.apply(sc.input, errorOutput)
	if err != nil {
		return err
	}
	return e.commit(sc.with(errorOutput), c.next, c.assign, output)
}
