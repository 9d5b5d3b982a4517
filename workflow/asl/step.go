package asl

import (
	"encoding/json"
	"time"
)

// step runs the current state, or begins it if it takes time.
func (e *execution) step() {
	s := e.state
	if s.task != nil {
		e.try()
		return
	}
	sc, err := e.scope("")
	if err == nil {
		switch {
		case s.choice != nil:
			err = e.choose(sc)
		case s.wait != nil:
			err = e.pause(sc)
		case s.fail != nil:
			err = e.failAsTold(sc)
		case s.kind == "Pass":
			err = e.pass(sc)
		default:
			err = e.succeed(sc)
		}
	}
	if err != nil {
		e.fail(e.evaluationFailure(err))
	}
}

// evaluationFailure names the state in the cause of an error that its fields caused.
func (e *execution) evaluationFailure(err error) *failure {
	f := asFailure(err)
	return failf(f.name, "An error occurred while executing the state '%s' (entered at the event id #%d). %s",
		e.state.name, e.enteredID, f.cause)
}

func (e *execution) choose(sc *scope) error {
	input, err := e.state.input.apply(sc)
	if err != nil {
		return err
	}
	sc = sc.with(input)
	next, assign, err := e.state.pick(sc)
	if err != nil {
		return err
	}
	return e.finish(sc, next, assign, input)
}

func (e *execution) pass(sc *scope) error {
	s := e.state
	result, err := s.input.apply(sc)
	if err != nil {
		return err
	}
	if s.parameters != nil {
		if result, err = s.parameters.eval(sc.with(result)); err != nil {
			return err
		}
	}
	if s.fixed {
		result = s.result
	}
	placed, err := s.resultPath.apply(sc.input, result)
	if err != nil {
		return err
	}
	return e.finish(sc.with(result), s.next, s.assign, placed)
}

func (e *execution) succeed(sc *scope) error {
	input, err := e.state.input.apply(sc)
	if err != nil {
		return err
	}
	return e.finish(sc, nil, nil, input)
}

// pause begins a Wait state; resume ends it.
func (e *execution) pause(sc *scope) error {
	input, err := e.state.input.apply(sc)
	if err != nil {
		return err
	}
	until, err := e.state.wait.end(sc.with(input), time.Now())
	if err != nil {
		return err
	}
	e.phase, e.due = pausing, until
	return nil
}

func (e *execution) resume() {
	sc, err := e.scope("")
	if err == nil {
		var input any
		if input, err = e.state.input.apply(sc); err == nil {
			err = e.finish(sc.with(input), e.state.next, e.state.assign, input)
		}
	}
	if err != nil {
		e.fail(e.evaluationFailure(err))
	}
}

func (e *execution) failAsTold(sc *scope) error {
	name, err := e.state.fail.errorName.eval(sc)
	if err != nil {
		return err
	}
	cause, err := e.state.fail.cause.eval(sc)
	if err != nil {
		return err
	}
	n, okName := name.(string)
	c, okCause := cause.(string)
	if !okName || !okCause {
		return failf(ErrorRuntime, "ErrorPath and CausePath must lead to strings, not to %s and %s.", encode(name), encode(cause))
	}
	e.fail(&failure{name: n, cause: c})
	return nil
}

// finish leaves a state: Assign sees the scope, OutputPath the output. If either
// fails, neither has an effect.
func (e *execution) finish(sc *scope, next *state, assign *template, output any) error {
	selected, err := e.state.output.apply(sc.with(output))
	if err != nil {
		return err
	}
	return e.commit(sc, next, assign, selected)
}

func (e *execution) commit(sc *scope, next *state, assign *template, output any) error {
	variables, err := sc.assign(assign)
	if err != nil {
		return err
	}
	data, err := encodePayload(output, "output of the state '"+e.state.name+"'")
	if err != nil {
		return err
	}
	e.leave(next, data, variables)
	return nil
}

// taskResult ends a task with its result.
func (e *execution) taskResult(result json.RawMessage) error {
	if err := checkPayload(result, "result of the task '"+e.state.name+"'"); err != nil {
		return err
	}
	s := e.state
	sc, err := e.scope("")
	if err != nil {
		return err
	}
	raw, err := decode(result)
	if err != nil {
		return failf(ErrorRuntime, "The result of the task is not JSON: %v", err)
	}
	sc2 := sc.with(raw)
	selected := raw
	if s.selector != nil {
		if selected, err = s.selector.eval(sc2); err != nil {
			return err
		}
	}
	placed, err := s.resultPath.apply(sc.input, selected)
	if err != nil {
		return err
	}
	return e.finish(sc2, s.next, s.assign, placed)
}
