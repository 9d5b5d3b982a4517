package asl_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

const waiting = `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}`

func TestStartTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInterpreter(t, waiting, nil)
		arn, err := i.Start("web-1", json.RawMessage(`{"a": 1}`))
		require.NoError(t, err)
		require.Equal(t, "arn:aws:states:us-east-1:123456789012:execution:m:web-1", arn)

		again, err := i.Start("web-1", json.RawMessage(`{"a":1}`))
		require.NoError(t, err, "same name and input while it runs")
		require.Equal(t, arn, again)

		_, err = i.Start("web-1", json.RawMessage(`{"a": 2}`))
		require.ErrorIs(t, err, asl.ErrExecutionAlreadyExists, "other input")

		wait(t, i, arn)
		_, err = i.Start("web-1", json.RawMessage(`{"a": 1}`))
		require.ErrorIs(t, err, asl.ErrExecutionAlreadyExists, "finished")
	})
}

func TestStartRefuses(t *testing.T) {
	i := newInterpreter(t, passing(`"Comment": ""`), nil)
	for _, name := range []string{long(81), "a b", "a/b", "a:b", "a*", "a\n", "a\u0085", "a\"b", "a$"} {
		_, err := i.Start(name, nil)
		require.ErrorIs(t, err, asl.ErrInvalidName, name)
	}
	_, err := i.Start("a", json.RawMessage(`{`))
	require.ErrorIs(t, err, asl.ErrInvalidExecutionInput)
	_, err = i.Start("a", json.RawMessage(quote(long(262_143))))
	require.ErrorIs(t, err, asl.ErrValidation)

	arn, err := i.Start("", nil)
	require.NoError(t, err, "a name is made up, the input is {}")
	require.Equal(t, `{}`, string(wait(t, i, arn).Output))
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cancelled := make(chan struct{})
		i := newInterpreter(t, trying(`"Retry": [{"ErrorEquals": ["States.ALL"]}]`), func(ctx context.Context, _ asl.Call) (json.RawMessage, error) {
			<-ctx.Done()
			close(cancelled)
			return json.RawMessage(`"late"`), nil
		})
		arn := start(t, i, `{}`)
		time.Sleep(time.Second)
		require.NoError(t, i.Stop(arn, "Operator", "not today"))
		await(t, cancelled, "the end of the task's context")
		synctest.Wait()
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusAborted, e.Status)
		require.Equal(t, "Operator", e.Error)
		require.Equal(t, "not today", e.Cause)
		require.Nil(t, e.Output)
		require.Equal(t, time.Second, e.Stopped.Sub(e.Started))
		require.Equal(t, []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "ExecutionAborted"}, types(t, i, arn))
		require.NoError(t, i.Stop(arn, "Again", "x"), "an execution that has ended stays as it is")
		require.ErrorIs(t, i.Stop(arn, long(257), ""), asl.ErrValidation)
	})
}

func TestStopInEveryPhase(t *testing.T) {
	tests := []struct{ name, definition string }{
		{"while it waits", waiting},
		{"while a callback is open", asking(``)},
		{"between two tries", asking(`, "TimeoutSeconds": 1, "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}]`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &tasks{}
				i := newInterpreter(t, test.definition, f.invoke)
				arn := start(t, i, `{}`)
				time.Sleep(2 * time.Second)
				require.NoError(t, i.Stop(arn, "", ""))
				time.Sleep(time.Hour)
				e := wait(t, i, arn)
				require.Equal(t, asl.StatusAborted, e.Status)
				require.Equal(t, 2*time.Second, e.Stopped.Sub(e.Started))
				if len(f.calls) > 0 {
					require.Len(t, f.calls, 1)
					require.ErrorIs(t, i.SendTaskSuccess(f.token(t, 0), json.RawMessage(`{}`)), asl.ErrTaskTimedOut)
				}
			})
		})
	}
}

func TestUnknownExecution(t *testing.T) {
	i := newInterpreter(t, waiting, nil)
	start(t, i, `{}`)
	for _, arn := range []string{"", "e", "arn:aws:states:us-east-1:123456789012:execution:m:x", "arn:aws:states:us-east-1:123456789012:execution:other:e"} {
		_, err := i.Describe(arn)
		require.ErrorIs(t, err, asl.ErrExecutionDoesNotExist)
		_, err = i.History(arn)
		require.ErrorIs(t, err, asl.ErrExecutionDoesNotExist)
		_, err = i.Wait(context.Background(), arn)
		require.ErrorIs(t, err, asl.ErrExecutionDoesNotExist)
		require.ErrorIs(t, i.Stop(arn, "", ""), asl.ErrExecutionDoesNotExist)
	}
}

func TestDescribeWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInterpreter(t, waiting, nil)
		e, err := i.Describe(start(t, i, `{"a": 1}`))
		require.NoError(t, err)
		require.Equal(t, asl.Execution{
			ARN: "arn:aws:states:us-east-1:123456789012:execution:m:e", MachineARN: i.MachineARN(), Name: "e",
			Status: asl.StatusRunning, Input: json.RawMessage(`{"a": 1}`), Started: time.Now(),
		}, e)
	})
}

func TestHistoryOfAllStates(t *testing.T) {
	i := newInterpreter(t, `{"StartAt": "P", "States": {
	  "P": {"Type": "Pass", "Result": {"go": true}, "Next": "C"},
	  "C": {"Type": "Choice", "Choices": [{"Variable": "$.go", "BooleanEquals": true, "Next": "W"}], "Default": "F"},
	  "W": {"Type": "Wait", "Seconds": 0, "Next": "T"},
	  "T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "S"},
	  "S": {"Type": "Succeed"}, "F": {"Type": "Fail"}}}`, (&tasks{}).invoke)
	arn := start(t, i, `{"in": 1}`)
	wait(t, i, arn)
	require.Equal(t, []string{
		"ExecutionStarted", "PassStateEntered", "PassStateExited", "ChoiceStateEntered", "ChoiceStateExited",
		"WaitStateEntered", "WaitStateExited", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited",
		"SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded",
	}, types(t, i, arn))
	events, err := i.History(arn)
	require.NoError(t, err)
	require.Equal(t, `{"in": 1}`, string(events[1].Input))
	require.Equal(t, `{"go":true}`, string(events[2].Output))

	i = newInterpreter(t, single(`{"Type": "Fail", "Error": "E", "Cause": "c"}`), nil)
	arn = start(t, i, `{}`)
	require.Equal(t, []string{"ExecutionStarted", "FailStateEntered", "ExecutionFailed"}, types(t, i, arn))
	events, err = i.History(arn)
	require.NoError(t, err)
	require.Equal(t, "E", events[2].Error)
	require.Equal(t, "c", events[2].Cause)
}

func TestStatusChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes []asl.StatusChange
		i := asl.New(asl.Config{
			Machine: load(t, waiting), Name: "m", Region: "eu-west-1", Account: "123456789012",
			OnStatus: func(c asl.StatusChange) { changes = append(changes, c) },
		})
		defer i.Close()
		arn := start(t, i, `{"a":1}`)
		wait(t, i, arn)
		require.Len(t, changes, 2, "Wait returns after OnStatus has heard of the end")

		var event map[string]any
		require.NoError(t, json.Unmarshal(changes[0].Event(), &event))
		require.Len(t, event["id"], 36)
		delete(event, "id")
		got, err := json.Marshal(event)
		require.NoError(t, err)
		require.JSONEq(t, `{"version": "0", "detail-type": "Step Functions Execution Status Change", "source": "aws.states",
		  "account": "123456789012", "time": "2000-01-01T00:00:00Z", "region": "eu-west-1",
		  "resources": ["arn:aws:states:eu-west-1:123456789012:execution:m:e"],
		  "detail": {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e", "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
		    "name": "e", "status": "RUNNING", "startDate": 946684800000, "stopDate": null, "input": "{\"a\":1}", "inputDetails": {"included": true},
		    "output": null, "outputDetails": null, "error": null, "cause": null}}`, string(got))
		require.JSONEq(t, `{"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e", "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
		    "name": "e", "status": "SUCCEEDED", "startDate": 946684800000, "stopDate": 946684860000, "input": "{\"a\":1}", "inputDetails": {"included": true},
		    "output": "{\"a\":1}", "outputDetails": {"included": true}, "error": null, "cause": null}`, detail(t, changes[1]))
	})
}

func TestStatusChangeLeavesOutLongData(t *testing.T) {
	c := asl.StatusChange{Execution: asl.Execution{
		Status: asl.StatusFailed, Input: json.RawMessage(quote(long(248 << 10))), Error: "E", Cause: "c",
	}}
	var d struct {
		Input        *string
		InputDetails struct{ Included bool }
		Error, Cause string
	}
	require.NoError(t, json.Unmarshal([]byte(detail(t, c)), &d))
	require.Nil(t, d.Input)
	require.False(t, d.InputDetails.Included)
	require.Equal(t, "E", d.Error)
	require.Equal(t, "c", d.Cause)
}

func detail(t *testing.T, c asl.StatusChange) string {
	t.Helper()
	var event struct{ Detail json.RawMessage }
	require.NoError(t, json.Unmarshal(c.Event(), &event))
	return string(event.Detail)
}

func TestStatusHandlerMayCallBack(t *testing.T) {
	var i *asl.Interpreter
	var names []string
	i = asl.New(asl.Config{Machine: load(t, passing(`"Comment": ""`)), OnStatus: func(c asl.StatusChange) {
		names = append(names, c.Name+" "+string(c.Status))
		if c.Name == "first" && c.Status == asl.StatusSucceeded {
			_, err := i.Start("second", nil)
			require.NoError(t, err)
		}
	}})
	defer i.Close()
	_, err := i.Start("first", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"first RUNNING", "first SUCCEEDED", "second RUNNING", "second SUCCEEDED"}, names)
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInterpreter(t, waiting, nil)
		arn := start(t, i, `{}`)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := i.Wait(ctx, arn)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := false
		i := asl.New(asl.Config{Machine: load(t, asking(``)), Name: "m", Invoke: func(ctx context.Context, _ asl.Call) (json.RawMessage, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			stopped = true
			return nil, ctx.Err()
		}})
		arn := start(t, i, `{}`)
		failed := make(chan error)
		go func() {
			_, err := i.Wait(t.Context(), arn)
			failed <- err
		}()
		synctest.Wait()
		i.Close()
		require.True(t, stopped, "Close waits for tasks")
		require.ErrorIs(t, await(t, failed, "the end of Wait"), asl.ErrClosed)
		_, err := i.Start("x", nil)
		require.ErrorIs(t, err, asl.ErrClosed)
		require.ErrorIs(t, i.Stop(arn, "", ""), asl.ErrClosed)
		e, err := i.Describe(arn)
		require.NoError(t, err)
		require.Equal(t, asl.StatusRunning, e.Status)
		i.Close()
	})
}

func TestManyExecutionsAtOnce(t *testing.T) {
	i := newInterpreter(t, `{"StartAt": "T", "States": {
	  "T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "ResultPath": "$.r", "Next": "P"},
	  "P": {"Type": "Pass", "Assign": {"v.$": "$.n"}, "Next": "U"},
	  "U": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"n.$": "$v"}, "End": true}}}`,
		func(_ context.Context, call asl.Call) (json.RawMessage, error) { return call.Input, nil })
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			arn, err := i.Start("", json.RawMessage(`{"n": 1}`))
			require.NoError(t, err)
			require.Equal(t, `{"n":1}`, string(wait(t, i, arn).Output))
		})
	}
	group.Wait()
}
