package asl

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Longest error name and cause that the API takes, in characters (SendTaskFailure and
// StopExecution API reference).
const (
	maxErrorName = 256
	maxCause     = 32_768
)

func checkFailure(errorName, cause string) error {
	if len([]rune(errorName)) > maxErrorName || len([]rune(cause)) > maxCause {
		return fmt.Errorf("%w: an error has at most %d characters, a cause %d", ErrValidation, maxErrorName, maxCause)
	}
	return nil
}

// SendTaskSuccess completes the task of a token with its output. It fails with
// ErrInvalidOutput, ErrValidation, ErrInvalidToken, ErrTaskDoesNotExist,
// ErrTaskTimedOut or ErrClosed.
func (i *Interpreter) SendTaskSuccess(token string, output json.RawMessage) error {
	switch {
	case len(output) > maxPayload:
		return fmt.Errorf("send task success: %w: the output has %d bytes, the maximum is %d", ErrValidation, len(output), maxPayload)
	case !json.Valid(output):
		return fmt.Errorf("send task success: %w", ErrInvalidOutput)
	}
	err := i.withTask(token, func(b *branch) { b.answered(EventTaskSucceeded, bytes.Clone(output), nil) })
	if err != nil {
		return fmt.Errorf("send task success: %w", err)
	}
	return nil
}

// SendTaskFailure fails the task of a token; its Retry and Catch apply. It fails with
// ErrValidation, ErrInvalidToken, ErrTaskDoesNotExist, ErrTaskTimedOut or ErrClosed.
func (i *Interpreter) SendTaskFailure(token, errorName, cause string) error {
	err := checkFailure(errorName, cause)
	if err == nil {
		err = i.withTask(token, func(b *branch) { b.answered(EventTaskFailed, nil, &failure{name: errorName, cause: cause}) })
	}
	if err != nil {
		return fmt.Errorf("send task failure: %w", err)
	}
	return nil
}

// SendTaskHeartbeat starts the heartbeat's time again. It fails with ErrInvalidToken,
// ErrTaskDoesNotExist, ErrTaskTimedOut or ErrClosed.
func (i *Interpreter) SendTaskHeartbeat(token string) error {
	err := i.withTask(token, func(b *branch) {
		if b.heartbeat > 0 {
			b.beat = b.execution.now().Add(b.heartbeat)
			b.execution.arm()
		}
	})
	if err != nil {
		return fmt.Errorf("send task heartbeat: %w", err)
	}
	return nil
}

// withTask calls f, under the lock, if the token's task is still open.
func (i *Interpreter) withTask(token string, f func(*branch)) error {
	name, attempt, err := i.tokens.read(token)
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.release()
	e := i.executions[name]
	switch {
	case i.closed():
		return ErrClosed
	case e == nil:
		return ErrTaskDoesNotExist
	}
	b := e.main.find(func(b *branch) bool { return b.open(attempt) })
	if b == nil {
		return fmt.Errorf("execution %q: %w", e.arn(), ErrTaskTimedOut)
	}
	f(b)
	return nil
}

// answered completes a callback. The answer may be faster than Invoke, whose result
// is then dropped, and whose context is left alone since it may be the one answering.
func (b *branch) answered(kind string, output json.RawMessage, f *failure) {
	if b.phase == invoking {
		b.record(EventTaskSubmitted, nil, nil)
	}
	b.cancel = nil
	b.completed(kind, output, f)
	b.execution.proceed()
}
