package asl_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

func TestDataFlowOfTasks(t *testing.T) {
	tests := []struct {
		name, fields, sent, output string
	}{
		{"everything goes in and the result comes out", ``, `{"a":{"b":1},"c":2}`, `{"r":[1,2],"s":{}}`},
		{"InputPath selects", `, "InputPath": "$.a"`, `{"b":1}`, `{"r":[1,2],"s":{}}`},
		{"InputPath null sends nothing", `, "InputPath": null`, `{}`, `{"r":[1,2],"s":{}}`},
		{"Parameters see what InputPath selected", `, "InputPath": "$.a", "Parameters": {"x.$": "$.b", "l": [{"y.$": "$.b"}]}`, `{"l":[{"y":1}],"x":1}`, `{"r":[1,2],"s":{}}`},
		{"ResultSelector sees the result", `, "ResultSelector": {"first.$": "$.r[0]"}`, `{"a":{"b":1},"c":2}`, `{"first":1}`},
		{"ResultPath puts it in the raw input", `, "InputPath": "$.a", "ResultSelector": {"first.$": "$.r[0]"}, "ResultPath": "$.a.r"`, `{"b":1}`, `{"a":{"b":1,"r":{"first":1}},"c":2}`},
		{"ResultPath null drops it", `, "ResultPath": null`, `{"a":{"b":1},"c":2}`, `{"a":{"b":1},"c":2}`},
		{"OutputPath selects", `, "ResultPath": "$.a", "OutputPath": "$.a.r"`, `{"a":{"b":1},"c":2}`, `[1,2]`},
		{"OutputPath null gives nothing", `, "OutputPath": null`, `{"a":{"b":1},"c":2}`, `{}`},
		{"the context object can be sent", `, "Parameters": {"n.$": "$$.State.Name", "i.$": "$$.Execution.Input.c", "m.$": "$$.StateMachine.Name", "e.$": "$$.Execution.Name", "r.$": "$$.State.RetryCount"}`, `{"e":"e","i":2,"m":"m","n":"S","r":0}`, `{"r":[1,2],"s":{}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{"r": [1, 2], "s": {}}`)}}
			e := run(t, single(`{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ssm:sendCommand", "End": true`+test.fields+`}`),
				`{"a": {"b": 1}, "c": 2}`, f.invoke)
			require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
			require.Equal(t, test.sent, string(f.calls[0].Input))
			require.Equal(t, test.output, string(e.Output))
			require.Equal(t, "arn:aws:states:::aws-sdk:ssm:sendCommand", f.calls[0].Resource)
			require.Equal(t, e.ARN, f.calls[0].Execution)
			require.Equal(t, "S", f.calls[0].State)
		})
	}
}

func TestDataFlowOfPass(t *testing.T) {
	tests := []struct {
		name, fields, output string
	}{
		{"the input passes", `"Comment": "c"`, `{"a":{"b":1}}`},
		{"Result is fixed", `"Result": {"x.$": "$.a"}`, `{"x.$":"$.a"}`},
		{"Result may be null", `"Result": null, "ResultPath": "$.r"`, `{"a":{"b":1},"r":null}`},
		{"Parameters are rendered", `"InputPath": "$.a", "Parameters": {"x.$": "$.b"}, "ResultPath": "$.p"`, `{"a":{"b":1},"p":{"x":1}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, passing(test.fields), `{"a": {"b": 1}}`, nil)
			require.Equal(t, test.output, string(e.Output), e.Cause)
		})
	}
}

func TestContextTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "Next": "S"}, "S": {"Type": "Pass", "End": true,
		  "Parameters": {"started.$": "$$.Execution.StartTime", "entered.$": "$$.State.EnteredTime", "id.$": "$$.Execution.Id", "machine.$": "$$.StateMachine.Id"}}}}`, `{}`, nil)
		require.JSONEq(t, `{"started": "2000-01-01T00:00:00.000Z", "entered": "2000-01-01T00:00:02.000Z",
		  "id": "arn:aws:states:us-east-1:123456789012:execution:m:e", "machine": "arn:aws:states:us-east-1:123456789012:stateMachine:m"}`, string(e.Output))
	})
}

func TestVariableThatWasNotAssignedOnTheWay(t *testing.T) {
	e := run(t, `{"StartAt": "C", "States": {
	  "C": {"Type": "Choice", "Choices": [{"Variable": "$v", "IsPresent": true, "Next": "A"}], "Default": "P"},
	  "A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "P"},
	  "P": {"Type": "Pass", "Parameters": {"v.$": "$v"}, "End": true}}}`, `{}`, nil)
	require.Equal(t, asl.ErrorRuntime, e.Error)
	require.Contains(t, e.Cause, "The variable '$v' has no value.")
}

func TestVariables(t *testing.T) {
	f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{"id": "c-1", "n": [1, 2]}`), failing("Boom", "why")}}
	e := run(t, `{"StartAt": "A", "States": {
	  "A": {"Type": "Pass", "Result": {"x": 1}, "ResultPath": null, "Assign": {"zero": 0, "p.$": "$", "fixed": [1, {"k.$": "$.x"}]}, "Next": "B"},
	  "B": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "ResultSelector": {"only.$": "$.n"}, "ResultPath": null,
	    "Parameters": {"from.$": "$p.x"}, "Assign": {"raw.$": "$.id", "old.$": "$p.x", "p": "new"}, "Next": "C"},
	  "C": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
	    "Catch": [{"ErrorEquals": ["Boom"], "ResultPath": null, "Assign": {"cause.$": "$.Cause"}, "Next": "D"}]},
	  "D": {"Type": "Wait", "SecondsPath": "$zero", "Assign": {"waited.$": "$.in"}, "Next": "E"},
	  "E": {"Type": "Pass", "End": true, "Parameters": {"raw.$": "$raw", "old.$": "$old", "p.$": "$p", "cause.$": "$cause",
	     "k.$": "$fixed[1]['k']", "all.$": "States.Format('{}/{}', $fixed[0], $waited)"}}}}`, `{"in": "i"}`, f.invoke)
	require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
	require.JSONEq(t, `{"raw": "c-1", "old": 1, "p": "new", "cause": "why", "k": 1, "all": "1/i"}`, string(e.Output))
	require.Equal(t, `{"from":1}`, string(f.calls[0].Input))
}

func TestFail(t *testing.T) {
	tests := []struct {
		name, fields, errorName, cause string
	}{
		{"fixed words", `"Error": "E", "Cause": "c"`, "E", "c"},
		{"nothing said", `"Comment": "c"`, "", ""},
		{"words from paths", `"ErrorPath": "$.e", "CausePath": "States.Format('{} of {}', $.c, $$.Execution.Name)"`, "Err", "why of e"},
		{"a path to a number", `"ErrorPath": "$.n"`, asl.ErrorRuntime, "An error occurred while executing the state 'S' (entered at the event id #2). ErrorPath and CausePath must lead to strings, not to 1 and \"\"."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, single(`{"Type": "Fail", `+test.fields+`}`), `{"e": "Err", "c": "why", "n": 1}`, nil)
			require.Equal(t, asl.StatusFailed, e.Status)
			require.Equal(t, test.errorName, e.Error)
			require.Equal(t, test.cause, e.Cause)
		})
	}
}

func TestSucceed(t *testing.T) {
	e := run(t, single(`{"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}`), `{"a": {"b": 1}}`, nil)
	require.Equal(t, asl.StatusSucceeded, e.Status)
	require.Equal(t, `1`, string(e.Output))
}

func TestWait(t *testing.T) {
	tests := []struct {
		name, fields string
		want         time.Duration
	}{
		{"seconds", `"Seconds": 90`, 90 * time.Second},
		{"no seconds", `"Seconds": 0`, 0},
		{"seconds at a path", `"SecondsPath": "$.s"`, time.Hour},
		{"a time", `"Timestamp": "2000-01-01T02:00:00+01:00"`, time.Hour},
		{"a time at a path", `"TimestampPath": "$.t"`, 1500 * time.Millisecond},
		{"a time that is over", `"Timestamp": "1999-01-01T00:00:00Z"`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := run(t, single(`{"Type": "Wait", "InputPath": "$.in", "End": true, `+test.fields+`}`),
					`{"in": {"s": 3600, "t": "2000-01-01T00:00:01.5Z"}}`, nil)
				require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
				require.Equal(t, test.want, e.Stopped.Sub(e.Started))
			})
		})
	}
}

func TestWaitRefusesOtherValues(t *testing.T) {
	const timestamp = "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.v == "
	tests := []struct{ name, field, value, cause string }{
		{"no seconds", "SecondsPath", ``, "The SecondsPath parameter does not reference an input value: $.v"},
		{"a fraction", "SecondsPath", `1.5`, "The SecondsPath parameter cannot be parsed as a long value: $.v == 1.5"},
		{"a negative fraction", "SecondsPath", `-1.5`, "The SecondsPath parameter cannot be parsed as a long value: $.v == -1.5"},
		{"a negative number", "SecondsPath", `-1`, "The SecondsPath parameter references a negative value: $.v == -1"},
		{"text", "SecondsPath", `"x"`, "The SecondsPath parameter cannot be parsed as a long value: $.v == x"},
		{"more seconds than can be waited", "SecondsPath", `100000000`, "Wait state delay is too long."},
		{"no time", "TimestampPath", ``, "The TimestampPath parameter does not reference an input value: $.v"},
		{"a time without zone", "TimestampPath", `"2016-12-05T21:29:29"`, timestamp + "2016-12-05T21:29:29"},
		{"a time without T", "TimestampPath", `"2016-12-05 21:29:29Z"`, timestamp + "2016-12-05 21:29:29Z"},
		{"a number instead of a time", "TimestampPath", `1`, timestamp + "1"},
		{"a time too far away", "TimestampPath", `"2068-01-20T00:00:00Z"`, "Wait state delay is too long."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				input := `{}`
				if test.value != "" {
					input = `{"v": ` + test.value + `}`
				}
				e := run(t, single(`{"Type": "Wait", "End": true, "`+test.field+`": "$.v"}`), input, nil)
				require.Equal(t, asl.ErrorRuntime, e.Error)
				require.Equal(t, "An error occurred while executing the state 'S' (entered at the event id #2). "+test.cause, e.Cause)
			})
		})
	}
}

func TestWaitUntilAFarTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, single(`{"Type": "Wait", "End": true, "TimestampPath": "$.v"}`), `{"v": "2068-01-19T00:00:00Z"}`, nil)
		require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
		require.Equal(t, 24_855*24*time.Hour, e.Stopped.Sub(e.Started))
	})
}

func TestMissingPathsAreWordedAsOnAWS(t *testing.T) {
	const at = "An error occurred while executing the state '%s' (entered at the event id #2). "
	tests := []struct{ name, definition, cause string }{
		{"a timeout", trying(`"TimeoutSecondsPath": "$.t[0]"`), `Invalid path '$.t[0]' : Missing property in path $['t']`},
		{"an input", passing(`"InputPath": "$.nope"`), `Invalid path '$.nope' : No results for path: $['nope']`},
		{"an input below something", passing(`"InputPath": "$.a.nope"`), `Invalid path '$.a.nope' : No results for path: $['a']['nope']`},
		{"an output below nothing", passing(`"OutputPath": "$.no.such.path"`), `Invalid path '$.no.such.path' : Missing property in path $['no']`},
		{"a parameter", passing(`"Parameters": {"v.$": "$.nope"}`), `The JSONPath '$.nope' specified for the field 'v.$' could not be found in the input '{"a":{}}'`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, test.definition, `{"a": {}}`, nil)
			require.Equal(t, asl.ErrorRuntime, e.Error)
			require.Contains(t, []string{fmt.Sprintf(at, "S") + test.cause, fmt.Sprintf(at, "T") + test.cause}, e.Cause)
		})
	}
}

// most is the longest text that a payload of 256 KiB holds, in bytes.
const most = 262_144 - len(`""`)

func TestPayloadLimits(t *testing.T) {
	t.Run("an output of 256 KiB passes", func(t *testing.T) {
		require.Equal(t, asl.StatusSucceeded, run(t, passing(`"Comment": ""`), quote(long(most)), nil).Status)
	})
	catch := `"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Caught"}]`
	t.Run("an output over 256 KiB fails and is not caught", func(t *testing.T) {
		e := run(t, passing(`"Parameters": {"a.$": "$"}`), quote(long(most)), nil)
		require.Equal(t, asl.ErrorDataLimitExceeded, e.Error)
		require.Equal(t, "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.", e.Cause)

		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(quote(long(most)))}}
		e = run(t, trying(`"ResultPath": "$.r", `+catch), `{"a": 1}`, f.invoke)
		require.Equal(t, asl.ErrorDataLimitExceeded, e.Error, "the result fits, the output with the input does not")
	})
	t.Run("Parameters over 256 KiB fail and are not caught", func(t *testing.T) {
		f := &tasks{}
		e := run(t, catching(`{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"a.$": "$"}, "End": true, `+catch+`}`, `{"Type": "Succeed"}`), quote(long(most)), f.invoke)
		require.Equal(t, asl.ErrorDataLimitExceeded, e.Error)
		require.Empty(t, f.calls)
	})
	for _, name := range []string{"States.ALL", "States.DataLimitExceeded"} {
		t.Run("a result over 256 KiB is caught by "+name, func(t *testing.T) {
			f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(quote(long(most + 1)))}}
			i := newInterpreter(t, trying(`"Catch": [{"ErrorEquals": ["`+name+`"], "Next": "Caught"}]`), f.invoke)
			arn := start(t, i, `{}`)
			require.JSONEq(t, `{"caught": {"Error": "States.DataLimitExceeded",
			  "Cause": "The state/task 'sns' returned a result with a size exceeding the maximum number of bytes service limit."}}`, string(wait(t, i, arn).Output))
			require.Equal(t, []string{"TaskStarted", "TaskFailed", "TaskStateExited"}, types(t, i, arn)[3:6])
		})
	}
	t.Run("a result over 256 KiB is retried by its name", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(quote(long(most + 1))), result(`1`)}}
			e := run(t, trying(`"Retry": [{"ErrorEquals": ["States.DataLimitExceeded"]}]`), `{}`, f.invoke)
			require.Equal(t, `1`, string(e.Output), e.Cause)
		})
	})
	t.Run("variables do not count to a state's input", func(t *testing.T) {
		e := run(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v.$": "$"}, "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`, quote(long(most)), nil)
		require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
	})
	t.Run("variables over 256 KiB fail", func(t *testing.T) {
		e := run(t, passing(`"Assign": {"a.$": "$", "b.$": "$"}`), quote(long(most-1)), nil)
		require.Equal(t, asl.ErrorDataLimitExceeded, e.Error)
	})
}

func TestHistoryLimits(t *testing.T) {
	t.Run("a history of 25,000 events ends a loop", func(t *testing.T) {
		i := newInterpreter(t, `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "C"},
		  "C": {"Type": "Choice", "Choices": [{"Variable": "$.stop", "IsPresent": true, "Next": "S"}], "Default": "P"}, "S": {"Type": "Succeed"}}}`, nil)
		arn := start(t, i, `{}`)
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusFailed, e.Status)
		require.Contains(t, e.Cause, "25000")
		list := types(t, i, arn)
		require.Len(t, list, 25_000)
		require.Equal(t, "ExecutionFailed", list[24_999])
		require.ErrorIs(t, i.Redrive(arn), asl.ErrExecutionNotRedrivable)
	})
	t.Run("a history of 25,000 events ends a Map state", func(t *testing.T) {
		i := newInterpreter(t, mapping(``), echo)
		arn := start(t, i, "[1"+strings.Repeat(",1", 4_000)+"]")
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusFailed, e.Status)
		require.Contains(t, e.Cause, "25000")
		require.Len(t, types(t, i, arn), 25_000)
	})
}
