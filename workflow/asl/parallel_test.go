package asl_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// beside is a machine of a Parallel state with these fields: a branch that calls a task
// and one that waits for two seconds. A catcher may lead to "Caught".
func beside(fields string) string {
	return catching(`{"Type": "Parallel", "End": true, "Branches": [
	    {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}}},
	    {"Comment": "c", "StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 2, "Next": "C"}, "C": {"Type": "Pass", "OutputPath": "$.x", "End": true}}}]`+fields+`}`,
		`{"Type": "Pass", "End": true}`)
}

func TestParallel(t *testing.T) {
	tests := []struct{ name, fields, output string }{
		{"the results come in the order of the branches", ``, `["a",1]`},
		{"InputPath and Parameters give the branches' input", `, "InputPath": "$.in", "Parameters": {"x.$": "$.y"}`, `["a",3]`},
		{"ResultSelector and ResultPath take the list", `, "ResultSelector": {"second.$": "$[1]"}, "ResultPath": "$.r", "OutputPath": "$.r"`, `{"second":1}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`"a"`)}}
				e := run(t, beside(test.fields), `{"x": 1, "in": {"y": 3}}`, f.invoke)
				require.Equal(t, test.output, string(e.Output), e.Cause)
				require.Equal(t, 2*time.Second, e.Stopped.Sub(e.Started))
			})
		})
	}
}

func TestFailuresOfParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("Boom", "because")}}
		i := newInterpreter(t, beside(`, "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Caught"}]`), f.invoke)
		arn := start(t, i, `{"x": 1}`)
		e := wait(t, i, arn)
		require.Equal(t, `{"e":{"Cause":"because","Error":"Boom"},"x":1}`, string(e.Output), e.Cause)
		require.Equal(t, time.Second, e.Stopped.Sub(e.Started), "tried again after a second, the other branch is stopped")
		attempt := []string{"ParallelStateStarted", "TaskStateEntered", "WaitStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "TaskStateAborted", "WaitStateAborted"}
		want := append([]string{"ExecutionStarted", "ParallelStateEntered"}, append(attempt, attempt...)...)
		require.Equal(t, append(want, "ParallelStateFailed", "ParallelStateExited", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"), types(t, i, arn))
	})
}

func TestNestedBranchesAreAborted(t *testing.T) {
	f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("Boom", "because")}}
	i := newInterpreter(t, single(`{"Type": "Parallel", "End": true, "Branches": [
	  {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "Iterator": {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}}}},
	  {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}}}]}`), f.invoke)
	arn := start(t, i, `[1, 2]`)
	require.Equal(t, "Boom", wait(t, i, arn).Error)
	list := types(t, i, arn)
	require.Equal(t, []string{"TaskFailed", "WaitStateAborted", "MapIterationAborted", "WaitStateAborted", "MapIterationAborted", "MapStateAborted", "TaskStateAborted",
		"ParallelStateFailed", "ExecutionFailed"}, list[len(list)-9:])
}
