package asl

import (
	"encoding/json"
)

// step runs the current state, or begins it if it takes time.
func (b *branch) step() {
	s := b.state
	if s.task != nil {
		b.try()
		return
	}
	if s.fans() {
		b.fanOut()
		return
	}
	sc, err := b.scope("")
	if err == nil {
		switch {
		case s.choice != nil:
			err = b.choose(sc)
		case s.wait != nil:
			err = b.pause(sc)
		case s.fail != nil:
			err = b.failAsTold(sc)
		case s.kind == "Pass":
			err = b.pass(sc)
		default:
			err = b.succeed(sc)
		}
	}
	if err != nil {
		b.fail(b.evaluationFailure(err))
	}
}

// evaluationFailure names the state in the cause of an error that its fields caused.
func (b *branch) evaluationFailure(err error) *failure {
	f := asFailure(err)
	if f.final {
		return f
	}
	return failf(f.name, "An error occurred while executing the state '%s' (entered at the event id #%d). %s",
		b.state.name, b.enteredID, f.cause)
}

func (b *branch) choose(sc *scope) error {
	input, err := b.state.input.apply(sc)
	if err != nil {
		return err
	}
	sc = sc.with(input)
	next, assign, err := b.state.pick(sc)
	if err != nil {
		return err
	}
	return b.finish(sc, next, assign, input)
}

func (b *branch) pass(sc *scope) error {
	s := b.state
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
	return b.finish(sc.with(result), s.next, s.assign, placed)
}

func (b *branch) succeed(sc *scope) error {
	input, err := b.state.input.apply(sc)
	if err != nil {
		return err
	}
	return b.finish(sc, nil, nil, input)
}

// pause begins a Wait state; resume ends it.
func (b *branch) pause(sc *scope) error {
	input, err := b.state.input.apply(sc)
	if err != nil {
		return err
	}
	until, err := b.state.wait.end(sc.with(input), b.execution.now())
	if err != nil {
		return err
	}
	b.phase, b.due = pausing, until
	return nil
}

func (b *branch) resume() {
	sc, err := b.scope("")
	if err == nil {
		var input any
		if input, err = b.state.input.apply(sc); err == nil {
			err = b.finish(sc.with(input), b.state.next, b.state.assign, input)
		}
	}
	if err != nil {
		b.fail(b.evaluationFailure(err))
	}
}

func (b *branch) failAsTold(sc *scope) error {
	name, err := b.state.fail.errorName.eval(sc)
	if err != nil {
		return err
	}
	cause, err := b.state.fail.cause.eval(sc)
	if err != nil {
		return err
	}
	n, okName := name.(string)
	c, okCause := cause.(string)
	if !okName || !okCause {
		return failf(ErrorRuntime, "ErrorPath and CausePath must lead to strings, not to %s and %s.", encode(name), encode(cause))
	}
	b.fail(&failure{name: n, cause: c})
	return nil
}

// finish leaves a state: Assign sees the scope, OutputPath the output. If either
// fails, neither has an effect.
func (b *branch) finish(sc *scope, next *state, assign *template, output any) error {
	selected, err := b.state.output.apply(sc.with(output))
	if err != nil {
		return err
	}
	return b.commit(sc, next, assign, selected)
}

func (b *branch) commit(sc *scope, next *state, assign *template, output any) error {
	variables, err := sc.assign(assign)
	if err != nil {
		return err
	}
	data, err := encodePayload(output, b.state.name)
	if err != nil {
		return err
	}
	b.leave(next, data, variables)
	return nil
}

// taskResult ends a task with its result.
func (b *branch) taskResult(result json.RawMessage) error {
	raw, err := decode(result)
	if err != nil {
		return failf(ErrorRuntime, "The result of the task is not JSON: %v", err)
	}
	return b.takeResult(raw)
}

// takeResult ends a state with the result of its work: that of a task, or the list of its
// branches' outputs.
func (b *branch) takeResult(raw any) error {
	s := b.state
	sc, err := b.scope("")
	if err != nil {
		return err
	}
	selected, within := raw, sc.with(raw)
	if s.selector != nil {
		if selected, err = s.selector.eval(within); err != nil {
			return err
		}
	}
	placed, err := s.resultPath.apply(sc.input, selected)
	if err != nil {
		return err
	}
	return b.finish(within, s.next, s.assign, placed)
}
