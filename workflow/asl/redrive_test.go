package asl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

func TestRedriveAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, `{"StartAt": "Before", "States": {"Before": {"Type": "Pass", "Assign": {"v": 1}, "Next": "Ask"},
		  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "TimeoutSeconds": 60, "Next": "After",
		    "Parameters": {"Token.$": "$$.Task.Token", "redrives.$": "$$.Execution.RedriveCount", "entered.$": "$$.State.EnteredTime", "retry.$": "$$.State.RetryCount", "v.$": "$v", "in.$": "$.a"},
		    "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1, "IntervalSeconds": 10}]},
		  "After": {"Type": "Succeed"}}}`, f.invoke)
		arn := start(t, i, `{"a": 1}`)
		require.ErrorIs(t, i.Redrive(arn), asl.ErrExecutionNotRedrivable, "it runs")
		e := wait(t, i, arn)
		require.Equal(t, asl.ErrorTimeout, e.Error)
		require.Equal(t, 0, e.RedriveCount)
		old := f.token(t, 1)

		time.Sleep(time.Hour)
		require.NoError(t, i.Redrive(arn))
		synctest.Wait()
		e, err := i.Describe(arn)
		require.NoError(t, err)
		require.Equal(t, asl.StatusRunning, e.Status)
		require.Equal(t, 1, e.RedriveCount)
		require.Empty(t, e.Error)
		require.Zero(t, e.Stopped)
		require.ErrorIs(t, i.SendTaskSuccess(old, json.RawMessage(`{}`)), asl.ErrTaskTimedOut)
		var input map[string]any
		require.NoError(t, json.Unmarshal(f.calls[2].Input, &input))
		delete(input, "Token")
		require.Equal(t, map[string]any{"redrives": 1.0, "entered": "2000-01-01T01:02:10.000Z", "retry": 0.0, "v": 1.0, "in": 1.0}, input)
		require.NoError(t, i.SendTaskSuccess(f.token(t, 2), json.RawMessage(`"yes"`)))
		e = wait(t, i, arn)
		require.Equal(t, `"yes"`, string(e.Output))
		require.ErrorIs(t, i.Redrive(arn), asl.ErrExecutionNotRedrivable, "it succeeded")

		list := types(t, i, arn)
		require.Equal(t, []string{"TaskTimedOut", "ExecutionFailed", "ExecutionRedriven", "TaskStateEntered", "TaskScheduled"}, list[11:16])
	})
}

func TestRedriveOfOtherEnds(t *testing.T) {
	tests := []struct {
		name, definition string
		end              func(t *testing.T, i *asl.Interpreter, arn string)
		want             time.Duration // from the redrive to the end
	}{
		{"a stopped execution waits anew", waiting, func(t *testing.T, i *asl.Interpreter, arn string) { require.NoError(t, i.Stop(arn, "", "")) }, time.Minute},
		{"an execution that timed out has its whole time again", `{"StartAt": "W", "TimeoutSeconds": 60, "States": {"W": {"Type": "Wait", "SecondsPath": "$.n", "End": true}}}`,
			func(t *testing.T, i *asl.Interpreter, arn string) {
				require.Equal(t, asl.StatusTimedOut, wait(t, i, arn).Status)
			}, time.Minute},
		{"a Fail state fails again", single(`{"Type": "Fail"}`), func(*testing.T, *asl.Interpreter, string) {}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := newInterpreter(t, test.definition, nil)
				arn := start(t, i, `{"n": 90}`)
				test.end(t, i, arn)
				before := wait(t, i, arn)
				time.Sleep(time.Hour)
				redriven := time.Now()
				require.NoError(t, i.Redrive(arn))
				after := wait(t, i, arn)
				require.Equal(t, test.want, after.Stopped.Sub(redriven))
				require.Equal(t, before.Started, after.Started)
				if before.Status != asl.StatusAborted {
					require.Equal(t, before.Status, after.Status)
				}
			})
		})
	}
}

func TestRedriveOfMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		var calls []string
		i := newInterpreter(t, mapping(`, "MaxConcurrency": 1, "ToleratedFailureCount": 0`), func(_ context.Context, call asl.Call) (json.RawMessage, error) {
			calls = append(calls, string(call.Input))
			if string(call.Input) == "2" && broken {
				return nil, namedError{"Boom", "because"}
			}
			return call.Input, nil
		})
		arn := start(t, i, `[1, 2, 3]`)
		require.Equal(t, asl.ErrorToleranceExceeded, wait(t, i, arn).Error)
		broken = false
		require.NoError(t, i.Redrive(arn))
		require.Equal(t, `[1,2,3]`, string(wait(t, i, arn).Output))
		require.Equal(t, []string{"1", "2", "2", "3"}, calls, "what succeeded is not done again")
	})
}

func TestRedriveOfAnItemSelectorThatFails(t *testing.T) {
	i := newInterpreter(t, mapping(`, "ItemSelector": {"a.$": "$$.Map.Item.Value.a"}`), echo)
	arn := start(t, i, `[{"a": 1}, {}, {"a": 2}]`)
	for range 3 {
		e := wait(t, i, arn)
		require.Equal(t, asl.ErrorRuntime, e.Error)
		require.Contains(t, e.Cause, "$$.Map.Item.Value.a")
		require.NoError(t, i.Redrive(arn))
	}
}

func TestRedriveEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInterpreter(t, single(`{"Type": "Fail"}`), nil)
		require.ErrorIs(t, i.Redrive("arn"), asl.ErrExecutionDoesNotExist)
		arn := start(t, i, `{}`)
		time.Sleep(14*24*time.Hour + time.Second)
		require.ErrorIs(t, i.Redrive(arn), asl.ErrExecutionNotRedrivable, "after 14 days")
		i.Close()
		require.ErrorIs(t, i.Redrive(arn), asl.ErrClosed)
	})
}

func TestStatusHandlerMayRedrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var i *asl.Interpreter
		var statuses []asl.Status
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("A", "a"), failing("B", "b"), result(`1`)}}
		i = asl.New(asl.Config{Machine: load(t, trying(`"Comment": ""`)), Name: "m", Invoke: f.invoke, OnStatus: func(c asl.StatusChange) {
			statuses = append(statuses, c.Status)
			if c.Status == asl.StatusFailed {
				require.NoError(t, i.Redrive(c.ARN))
			}
		}})
		defer i.Close()
		e := wait(t, i, start(t, i, `{}`))
		require.Equal(t, asl.StatusSucceeded, e.Status, "Wait waits for the last end")
		require.Equal(t, 2, e.RedriveCount)
		require.Equal(t, []asl.Status{asl.StatusRunning, asl.StatusFailed, asl.StatusRunning, asl.StatusFailed, asl.StatusRunning, asl.StatusSucceeded}, statuses)
	})
}

func TestNewsComeInOrder(t *testing.T) {
	var mu sync.Mutex
	var statuses []asl.Status
	i := asl.New(asl.Config{Machine: load(t, waiting), Name: "m", OnStatus: func(c asl.StatusChange) {
		mu.Lock()
		defer mu.Unlock()
		statuses = append(statuses, c.Status)
	}})
	defer i.Close()
	arn := start(t, i, `{}`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				_ = i.Stop(arn, "", "")
				_ = i.Redrive(arn) // or somebody else does
			}
		})
	}
	group.Wait()
	require.NoError(t, i.Stop(arn, "", ""))
	wait(t, i, arn)
	mu.Lock()
	defer mu.Unlock()
	require.Greater(t, len(statuses), 2)
	for n, status := range statuses {
		require.Equal(t, []asl.Status{asl.StatusRunning, asl.StatusAborted}[n%2], status, "news %d", n)
	}
}

func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, asking(``), f.invoke)
		arn := start(t, i, `{}`)
		synctest.Wait()
		require.ErrorIs(t, i.Forget(arn), asl.ErrExecutionRunning)
		require.NoError(t, i.Stop(arn, "", ""))
		require.NoError(t, i.Forget(arn))
		require.ErrorIs(t, i.Forget(arn), asl.ErrExecutionDoesNotExist)
		require.ErrorIs(t, i.SendTaskSuccess(f.token(t, 0), json.RawMessage(`{}`)), asl.ErrTaskDoesNotExist)

		require.Equal(t, arn, start(t, i, `{"another": "input"}`), "the same ARN, another life")
		synctest.Wait()
		require.ErrorIs(t, i.SendTaskSuccess(f.token(t, 0), json.RawMessage(`{}`)), asl.ErrTaskTimedOut, "the old token")
		require.NoError(t, i.SendTaskSuccess(f.token(t, 1), json.RawMessage(`{}`)))
		require.Len(t, types(t, i, arn), 8)
	})
}

func TestKeepEnded(t *testing.T) {
	i := asl.New(asl.Config{Machine: load(t, single(`{"Type": "Fail", "Error": "E"}`)), Name: "m", KeepEnded: 2})
	defer i.Close()
	var arns []string
	for n := range 4 {
		arn, err := i.Start(fmt.Sprint(n), json.RawMessage(`{"n": 1}`))
		require.NoError(t, err)
		arns = append(arns, arn)
		if n == 2 {
			require.NoError(t, i.Redrive(arns[1]), "which makes it one of the newest")
		}
	}
	for n, arn := range arns {
		e, err := i.Describe(arn)
		require.NoError(t, err)
		require.Equal(t, "E", e.Error)
		require.Equal(t, `{"n": 1}`, string(e.Input))
		_, err = i.History(arn)
		if n == 1 || n == 3 {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, asl.ErrHistoryDropped)
		require.ErrorIs(t, i.Redrive(arn), asl.ErrExecutionNotRedrivable)
	}
	_, err := i.Start("0", nil)
	require.ErrorIs(t, err, asl.ErrExecutionAlreadyExists)
}

func TestExecutionContext(t *testing.T) {
	e := run(t, passing(`"Parameters": {"role.$": "$$.Execution.RoleArn", "redrives.$": "$$.Execution.RedriveCount"}`), `{}`, nil)
	require.JSONEq(t, `{"role": "arn:aws:iam::123456789012:role/m", "redrives": 0}`, string(e.Output))
}

func TestHistoryTellsWhatAStateLeftWith(t *testing.T) {
	f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{"decision": "approved"}`)}}
	i := newInterpreter(t, `{"StartAt": "Prompt User for Approval", "States": {
	  "Prompt User for Approval": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "ResultPath": "$.decision", "Next": "Done"},
	  "Done": {"Type": "Pass", "Result": {}, "End": true}}}`, f.invoke)
	arn := start(t, i, `{"id": "i-1"}`)
	wait(t, i, arn)
	events, err := i.History(arn)
	require.NoError(t, err)
	for _, e := range events {
		switch e.Type {
		case "TaskStateEntered":
			require.Equal(t, "Prompt User for Approval", e.State)
			require.JSONEq(t, `{"id": "i-1"}`, string(e.Input))
		case "TaskStateExited":
			require.Equal(t, "Prompt User for Approval", e.State)
			require.JSONEq(t, `{"id": "i-1", "decision": {"decision": "approved"}}`, string(e.Output))
			return
		}
	}
	require.Fail(t, "the state was never left")
}
