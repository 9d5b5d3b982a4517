package asl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of the interpreter, named after the errors of the Step Functions API.
var (
	// ErrExecutionAlreadyExists: the name was used for another input or by an execution that has ended.
	ErrExecutionAlreadyExists = errors.New("ExecutionAlreadyExists")
	// ErrExecutionDoesNotExist: no execution has this ARN.
	ErrExecutionDoesNotExist = errors.New("ExecutionDoesNotExist")
	// ErrExecutionNotRedrivable: the execution runs, succeeded, or ended too long ago.
	ErrExecutionNotRedrivable = errors.New("ExecutionNotRedrivable")
	// ErrExecutionRunning: only executions that have ended can be forgotten.
	ErrExecutionRunning = errors.New("execution is running")
	// ErrHistoryDropped: the execution ended too long ago to have its history still.
	ErrHistoryDropped = errors.New("history was dropped")
	// ErrInvalidName: the execution's name is over 80 characters or has one that AWS does not allow.
	ErrInvalidName = errors.New("InvalidName")
	// ErrInvalidExecutionInput: the execution's input is not JSON.
	ErrInvalidExecutionInput = errors.New("InvalidExecutionInput")
	// ErrInvalidOutput: the output given for a task is not JSON.
	ErrInvalidOutput = errors.New("InvalidOutput")
	// ErrInvalidToken: the string cannot be a task token: empty, malformed or over 2,048 characters.
	ErrInvalidToken = errors.New("InvalidToken")
	// ErrTaskDoesNotExist: the token was not issued by this interpreter.
	ErrTaskDoesNotExist = errors.New("TaskDoesNotExist")
	// ErrTaskTimedOut: the task was completed, retried or timed out, or its execution has ended.
	ErrTaskTimedOut = errors.New("TaskTimedOut")
	// ErrValidation: an argument is longer than the API allows (input and output
	// 262,144 bytes, error name 256 characters, cause 32,768 characters).
	ErrValidation = errors.New("ValidationException")
	// ErrClosed: the interpreter was closed.
	ErrClosed = errors.New("interpreter is closed")
)

// Error names of the Amazon States Language, as they appear in ErrorEquals, in
// [Execution].Error and in error outputs.
const (
	ErrorAll               = "States.ALL"
	ErrorTimeout           = "States.Timeout"
	ErrorHeartbeatTimeout  = "States.HeartbeatTimeout"
	ErrorTaskFailed        = "States.TaskFailed"
	ErrorPermissions       = "States.Permissions"
	ErrorRuntime           = "States.Runtime"
	ErrorResultPath        = "States.ResultPathMatchFailure"
	ErrorParameterPath     = "States.ParameterPathFailure"
	ErrorBranchFailed      = "States.BranchFailed"
	ErrorNoChoiceMatched   = "States.NoChoiceMatched"
	ErrorIntrinsicFailure  = "States.IntrinsicFailure"
	ErrorDataLimitExceeded = "States.DataLimitExceeded"
	ErrorToleranceExceeded = "States.ExceedToleratedFailureThreshold"
)

// failure is an error of the language: it can be retried and caught by its name.
type failure struct {
	name  string // e.g. "States.Timeout" or "Ssm.ThrottlingException"
	cause string // for people
	final bool   // it cannot be retried or caught
}

// Error gives the name and the cause.
func (f *failure) Error() string { return f.name + ": " + f.cause }

// output is what a catcher makes of the failure.
func (f *failure) output() map[string]any {
	return map[string]any{"Error": f.name, "Cause": f.cause}
}

func failf(name, format string, args ...any) *failure {
	return &failure{name: name, cause: cut(fmt.Sprintf(format, args...))}
}

// cut shortens a cause to what AWS keeps of it.
func cut(cause string) string {
	if len(cause) <= maxCause {
		return cause
	}
	return strings.ToValidUTF8(cause[:maxCause], "")
}

// asFailure gives an error of evaluation its name; one without a name is States.Runtime.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return &failure{name: ErrorRuntime, cause: err.Error()}
}

// named is implemented by errors of Invoke that know their name in the language,
// e.g. "Sns.SnsException".
type named interface{ ErrorName() string }

// taskFailure names an error that Invoke returned.
func taskFailure(err error) *failure {
	f := &failure{name: ErrorTaskFailed, cause: err.Error()}
	var n named
	if errors.As(err, &n) && n.ErrorName() != "" {
		f.name = n.ErrorName()
	}
	f.cause = cut(f.cause)
	return f
}

// errorEquals is the ErrorEquals of a retrier or catcher: error names and the
// wildcards States.ALL and States.TaskFailed.
type errorEquals []string

// matches tells whether the list covers a failure. States.Runtime is never covered
// ("will always cause the execution to fail"). States.DataLimitExceeded is covered by
// States.ALL, which was recorded, but not by States.TaskFailed, which was not.
func (list errorEquals) matches(f *failure) bool {
	if f.final || f.name == ErrorRuntime {
		return false
	}
	if slices.Contains(list, f.name) || slices.Contains(list, ErrorAll) {
		return true
	}
	if f.name == ErrorHeartbeatTimeout && slices.Contains(list, ErrorTimeout) {
		return true
	}
	return f.name != ErrorTimeout && f.name != ErrorDataLimitExceeded && slices.Contains(list, ErrorTaskFailed)
}
