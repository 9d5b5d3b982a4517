package asl_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// mapping is a machine of a Map state M with these fields; its one Task calls back with
// the iteration's input. A catcher may lead to "Caught".
func mapping(fields string) string {
	state := `{"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "I", "States": {
	    "I": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ssm:sendCommand", "End": true}}}` + fields + `}`
	return catching(state, `{"Type": "Pass", "End": true}`)
}

// echo gives a task's input back, or fails with the name in its field "fail".
func echo(_ context.Context, call asl.Call) (json.RawMessage, error) {
	var input struct{ Fail string }
	if json.Unmarshal(call.Input, &input) == nil && input.Fail != "" {
		return nil, namedError{input.Fail, "because"}
	}
	return call.Input, nil
}

func TestDataFlowOfMap(t *testing.T) {
	input := `{"list": [{"n": 1}, {"n": 2}], "other": "o"}`
	tests := []struct{ name, fields, input, output string }{
		{"the whole input can be the items", ``, `[1, "two", null]`, `[1,"two",null]`},
		{"no items give no results", `, "ItemsPath": "$.list"`, `{"list": []}`, `[]`},
		{"ItemsPath finds the items", `, "ItemsPath": "$.list"`, input, `[{"n":1},{"n":2}]`},
		{"InputPath comes before", `, "InputPath": "$.list"`, input, `[{"n":1},{"n":2}]`},
		{"ItemSelector sees the state's input and the item", `, "ItemsPath": "$.list", "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value.n", "o.$": "$.other"}`,
			input, `[{"i":0,"o":"o","v":1},{"i":1,"o":"o","v":2}]`},
		{"Parameters are the same under an older name", `, "ItemsPath": "$.list", "Parameters": {"v.$": "$$.Map.Item.Value.n"}`, input, `[{"v":1},{"v":2}]`},
		{"ResultSelector sees the list", `, "ItemsPath": "$.list", "ResultSelector": {"last.$": "$[-1].n", "all.$": "$[*].n"}`, input, `{"all":[1,2],"last":2}`},
		{"ResultPath puts it in the input", `, "ItemsPath": "$.list", "ResultPath": "$.list"`, `{"list": [1], "a": 2}`, `{"a":2,"list":[1]}`},
		{"Assign sees it", `, "ItemsPath": "$.list", "Assign": {"v.$": "$[0]"}`, input, `[{"n":1},{"n":2}]`},
		{"what is no list fails", `, "ItemsPath": "$.other"`, input, `! An error occurred while executing the state 'T' (entered at the event id #2). Map state input must be an array but was: "o"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, mapping(test.fields), test.input, echo)
			if e.Status == asl.StatusFailed {
				require.Equal(t, test.output, "! "+e.Cause)
				require.Equal(t, asl.ErrorRuntime, e.Error)
				return
			}
			require.Equal(t, test.output, string(e.Output))
		})
	}
}

func TestFailuresOfMap(t *testing.T) {
	const bad, good = `{"fail": "Boom"}`, `{"ok": 1}`
	tests := []struct{ name, fields, items, output string }{
		{"a failing iteration fails the state with its error", ``, good + `,` + bad, `! Boom: because`},
		{"it can be caught", `, "Catch": [{"ErrorEquals": ["Boom"], "Next": "Caught"}]`, bad, `{"Cause":"because","Error":"Boom"}`},
		{"a tolerated failure leaves its error", `, "ToleratedFailureCount": 1`, good + `,` + bad, `[{"ok":1},{"Cause":"because","Error":"Boom"}]`},
		{"one more is too much", `, "ToleratedFailureCount": 1`, bad + `,` + bad, `! States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded`},
		{"a share can be tolerated", `, "ToleratedFailurePercentage": 50`, good + `,` + bad, `[{"ok":1},{"Cause":"because","Error":"Boom"}]`},
		{"more than the share is too much", `, "ToleratedFailurePercentage": 49.9`, good + `,` + bad, `! States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded`},
		{"the smaller of both counts", `, "ToleratedFailurePercentage": 50, "ToleratedFailureCount": 0`, good + `,` + bad, `! States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded`},
		{"the exceeded tolerance can be caught", `, "ToleratedFailureCount": 0, "Catch": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "ResultPath": null, "Next": "Caught"}]`, bad, `[{"fail":"Boom"}]`},
		{"States.Runtime cannot be caught", `, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`, `{"fail": "States.Runtime"}`, `! States.Runtime: because`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, mapping(test.fields), `[`+test.items+`]`, echo)
			if e.Status == asl.StatusFailed {
				require.Equal(t, test.output, "! "+e.Error+": "+e.Cause)
				return
			}
			require.Equal(t, test.output, string(e.Output))
		})
	}
}

func TestLimitsOfMapFromPaths(t *testing.T) {
	const cause = `An error occurred while executing the state 'T' (entered at the event id #2). `
	tests := []struct{ name, fields, input, cause string }{
		{"a count is taken", `"ToleratedFailureCountPath": "$.n"`, `1`, ``},
		{"text is no count", `"ToleratedFailureCountPath": "$.n"`, `"x"`, `The ToleratedFailureCountPath field refers to value "x" which is not a valid integer: $.n`},
		{"an object is no count", `"ToleratedFailureCountPath": "$.n"`, `{}`, `The ToleratedFailureCountPath field refers to value "{}" which is not a valid integer: $.n`},
		{"text is no concurrency", `"MaxConcurrencyPath": "$.n"`, `"x"`, `The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.n`},
		{"a number in text is a concurrency", `"MaxConcurrencyPath": "$.n"`, `"1"`, ``},
		{"a count cannot be negative", `"ToleratedFailureCountPath": "$.n"`, `-1`, `ToleratedFailureCount cannot be negative.`},
		{"a share is taken", `"ToleratedFailurePercentagePath": "$.n"`, `99.5`, ``},
		{"a share has an end", `"ToleratedFailurePercentagePath": "$.n"`, `101`, `ToleratedFailurePercentage must be between 0 and 100.`},
		{"a concurrency is taken", `"MaxConcurrencyPath": "$.n"`, `0`, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, mapping(`, "ItemsPath": "$.l", `+test.fields), `{"l": [1], "n": `+test.input+`}`, echo)
			if test.cause == "" {
				require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
				return
			}
			require.Equal(t, cause+test.cause, e.Cause)
		})
	}
}

func TestMapHistory(t *testing.T) {
	i := newInterpreter(t, mapping(`, "MaxConcurrency": 1`), echo)
	arn := start(t, i, `[{"a": 1}, {"fail": "Boom"}, 3]`)
	wait(t, i, arn)
	require.Equal(t, []string{
		"ExecutionStarted", "MapStateEntered", "MapStateStarted",
		"MapIterationStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "MapIterationSucceeded",
		"MapIterationStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "MapIterationFailed", "TaskStateAborted",
		"MapStateFailed", "ExecutionFailed",
	}, types(t, i, arn))
	events, err := i.History(arn)
	require.NoError(t, err)
	require.Equal(t, 3, events[2].Length)
	require.Equal(t, "T", events[10].State)
	require.Equal(t, 1, events[10].Index)
	require.Equal(t, "I", events[11].State)
	require.JSONEq(t, `{"fail": "Boom"}`, string(events[11].Input))
}

// gate counts how many tasks run at once, each for a second.
type gate struct {
	mu        sync.Mutex
	now, most int
}

func (g *gate) invoke(ctx context.Context, call asl.Call) (json.RawMessage, error) {
	g.add(1)
	defer g.add(-1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
	return call.Input, ctx.Err()
}

func (g *gate) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now += n
	g.most = max(g.most, g.now)
}

func TestMapConcurrency(t *testing.T) {
	for _, test := range []struct {
		name, fields string
		want         int
		takes        time.Duration
	}{
		{"one after the other", `, "MaxConcurrency": 1`, 1, 100 * time.Second},
		{"seven at once", `, "MaxConcurrency": 7`, 7, 15 * time.Second},
		{"no limit is forty", ``, 40, 3 * time.Second},
		{"zero is no limit", `, "MaxConcurrency": 0`, 40, 3 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				items, want := "", ""
				for n := range 100 {
					items += "," + strconv.Itoa(n)
				}
				want = "[" + items[1:] + "]"
				g := &gate{}
				e := run(t, mapping(test.fields), want, g.invoke)
				require.Equal(t, want, string(e.Output), "results keep the order of the items")
				require.Equal(t, test.want, g.most)
				require.Equal(t, test.takes, e.Stopped.Sub(e.Started))
			})
		})
	}
}

func TestAFailingIterationStopsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := make(chan struct{}, 2)
		i := newInterpreter(t, mapping(`, "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1, "IntervalSeconds": 10}]`), func(ctx context.Context, call asl.Call) (json.RawMessage, error) {
			if string(call.Input) == `{"fail":"Boom"}` {
				time.Sleep(time.Second)
				return echo(ctx, call)
			}
			<-ctx.Done()
			stopped <- struct{}{}
			return nil, ctx.Err()
		})
		arn := start(t, i, `[1, {"fail": "Boom"}]`)
		e := wait(t, i, arn)
		require.Equal(t, "Boom", e.Error)
		require.Equal(t, 12*time.Second, e.Stopped.Sub(e.Started), "the whole state is tried again")
		synctest.Wait()
		require.Len(t, stopped, 2)
		list := types(t, i, arn)
		require.Equal(t, []string{"TaskFailed", "MapIterationFailed", "TaskStateAborted", "MapIterationAborted", "TaskStateAborted", "MapStateStarted", "MapIterationStarted"}, list[11:18])
		require.Equal(t, []string{"MapIterationAborted", "TaskStateAborted", "MapStateFailed", "ExecutionFailed"}, list[len(list)-4:])
	})
}

func TestStatesInsideOfMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, `{"StartAt": "V", "States": {
		  "V": {"Type": "Pass", "Assign": {"limit": 2}, "Next": "M"},
		  "M": {"Type": "Map", "End": true, "ItemsPath": "$.l", "Iterator": {"StartAt": "Wait", "States": {
		    "Wait": {"Type": "Wait", "SecondsPath": "$", "Next": "Big?"},
		    "Big?": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThanPath": "$limit", "Next": "Inner"}], "Default": "Name"},
		    "Name": {"Type": "Pass", "Parameters": {"n.$": "$", "index.$": "$$.Map.Item.Index", "of.$": "$$.Execution.Name"}, "Assign": {"own.$": "$.n"}, "Next": "Read"},
		    "Read": {"Type": "Pass", "Parameters": {"own.$": "$own", "in.$": "$"}, "End": true},
		    "Inner": {"Type": "Map", "InputPath": "$$.Execution.Input.l", "ItemSelector": {"of.$": "$$.Map.Item.Value"}, "End": true,
		      "Iterator": {"StartAt": "Deep", "States": {"Deep": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index", "of.$": "$.of"}, "Next": "Done"}, "Done": {"Type": "Succeed"}}}}
		  }}}}}`, `{"l": [3, 1]}`, nil)
		require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
		require.JSONEq(t, `[[{"i": 0, "of": 3}, {"i": 1, "of": 1}], {"own": 1, "in": {"n": 1, "index": 1, "of": "e"}}]`, string(e.Output))
		require.Equal(t, 3*time.Second, e.Stopped.Sub(e.Started), "iterations wait side by side")
	})
}

func TestCallbacksInsideOfMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, single(`{"Type": "Map", "End": true, "Iterator": {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
		  "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "Parameters": {"Token.$": "$$.Task.Token", "n.$": "$"}, "TimeoutSeconds": 60}}}}`), f.invoke)
		arn := start(t, i, `[0, 1]`)
		synctest.Wait()
		require.NoError(t, i.SendTaskSuccess(f.token(t, 1), f.calls[1].Input))
		require.ErrorIs(t, i.SendTaskSuccess(f.token(t, 1), json.RawMessage(`{}`)), asl.ErrTaskTimedOut, "used")
		require.NoError(t, i.SendTaskHeartbeat(f.token(t, 0)))
		require.NoError(t, i.SendTaskSuccess(f.token(t, 0), f.calls[0].Input))
		require.Equal(t, asl.StatusSucceeded, wait(t, i, arn).Status)
	})
}

func TestMapOfManyItemsInALongInput(t *testing.T) {
	began := time.Now()
	e := run(t, single(`{"Type": "Map", "End": true, "ItemsPath": "$.l", "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "e.$": "$$.Execution.Name"},
	  "ResultPath": null, "OutputPath": null, "Iterator": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}`),
		`{"l": [1`+strings.Repeat(",1", 4_000)+`], "long": [1`+strings.Repeat(",1", 120_000)+`]}`, nil)
	require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
	require.Less(t, time.Since(began), 5*time.Second, "the input is not read again for each item: it takes some 0.1 s")
}
