package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// trying is a machine of one task with these fields; a catcher may lead to "Caught",
// which ends with what was caught under "caught".
func trying(fields string) string {
	return catching(`{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
	    "Parameters": {"retry.$": "$$.State.RetryCount", "entered.$": "$$.State.EnteredTime"}, `+fields+`}`,
		`{"Type": "Pass", "Parameters": {"caught.$": "$"}, "End": true}`)
}

func TestRetry(t *testing.T) {
	type answers = []func(asl.Call) (json.RawMessage, error)
	a, b, c, ok := failing("A", "a"), failing("B", "b"), failing("C", "c"), result(`"ok"`)
	tests := []struct {
		name, retry string
		answers     answers
		at          []time.Duration // when the tries begin
		status      asl.Status
		errorName   string
	}{
		{"the defaults are three tries after 1, 2 and 4 seconds", `{"ErrorEquals": ["A"]}`,
			answers{a}, []time.Duration{0, 1, 3, 7}, asl.StatusFailed, "A"},
		{"a try that succeeds ends it", `{"ErrorEquals": ["A"]}`,
			answers{a, ok}, []time.Duration{0, 1}, asl.StatusSucceeded, ""},
		{"another error is not retried", `{"ErrorEquals": ["A"]}`,
			answers{b}, []time.Duration{0}, asl.StatusFailed, "B"},
		{"no attempts is no retry", `{"ErrorEquals": ["A"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}`,
			answers{a}, []time.Duration{0}, asl.StatusFailed, "A"},
		{"the interval grows at the rate up to the longest delay", `{"ErrorEquals": ["A"], "IntervalSeconds": 2, "BackoffRate": 3.0, "MaxAttempts": 4, "MaxDelaySeconds": 10}`,
			answers{a}, []time.Duration{0, 2, 8, 18, 28}, asl.StatusFailed, "A"},
		{"a rate of one keeps the interval", `{"ErrorEquals": ["A"], "IntervalSeconds": 5, "BackoffRate": 1, "MaxAttempts": 2}`,
			answers{a}, []time.Duration{0, 5, 10}, asl.StatusFailed, "A"},
		{"each retrier counts for itself", `{"ErrorEquals": ["A", "B"], "MaxAttempts": 2}, {"ErrorEquals": ["C"], "IntervalSeconds": 5}`,
			answers{a, b, c, b}, []time.Duration{0, 1, 3, 8}, asl.StatusFailed, "B"},
		{"States.TaskFailed retries any error of a task", `{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1}`,
			answers{a}, []time.Duration{0, 1}, asl.StatusFailed, "A"},
		{"no retriers are none", ``,
			answers{a}, []time.Duration{0}, asl.StatusFailed, "A"},
		{"States.TaskFailed does not retry States.Timeout", `{"ErrorEquals": ["States.TaskFailed"]}`,
			answers{failing(asl.ErrorTimeout, "x")}, []time.Duration{0}, asl.StatusFailed, asl.ErrorTimeout},
		{"States.ALL retries States.Timeout", `{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}`,
			answers{failing(asl.ErrorTimeout, "x"), ok}, []time.Duration{0, 1}, asl.StatusSucceeded, ""},
		{"States.ALL does not retry States.Runtime", `{"ErrorEquals": ["States.ALL"]}`,
			answers{failing(asl.ErrorRuntime, "x")}, []time.Duration{0}, asl.StatusFailed, asl.ErrorRuntime},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &tasks{answers: test.answers}
				e := run(t, trying(`"Catch": [], "Retry": [`+test.retry+`]`), `{}`, f.invoke)
				require.Equal(t, test.status, e.Status)
				require.Equal(t, test.errorName, e.Error)
				require.Len(t, f.at, len(test.at))
				for n, at := range f.at {
					require.Equal(t, test.at[n]*time.Second, at.Sub(e.Started), "try %d", n)
					require.JSONEq(t, `{"retry": `+string(rune('0'+n))+`, "entered": "2000-01-01T00:00:00.000Z"}`, string(f.calls[n].Input))
				}
			})
		})
	}
}

func TestRetryWithJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("A", "a")}}
		run(t, trying(`"Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 100, "BackoffRate": 1, "MaxAttempts": 20, "JitterStrategy": "FULL"}]`), `{}`, f.invoke)
		full := 0
		for n := 1; n < len(f.at); n++ {
			d := f.at[n].Sub(f.at[n-1])
			require.LessOrEqual(t, d, 100*time.Second)
			if d == 100*time.Second {
				full++
			}
		}
		require.Len(t, f.at, 21)
		require.Less(t, full, 20, "some delays are shorter")
	})
}

func TestCatch(t *testing.T) {
	tests := []struct {
		name, catch string
		err         error
		want        string // "" is not caught
	}{
		{"by name", `{"ErrorEquals": ["A", "B"], "Next": "Caught"}`, namedError{"B", "why"}, `{"caught":{"Cause":"why","Error":"B"}}`},
		{"by States.ALL", `{"ErrorEquals": ["A"], "Next": "T"}, {"ErrorEquals": ["States.ALL"], "Next": "Caught"}`, namedError{"B", "why"}, `{"caught":{"Cause":"why","Error":"B"}}`},
		{"by States.TaskFailed", `{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}`, namedError{"States.Permissions", "no"}, `{"caught":{"Cause":"no","Error":"States.Permissions"}}`},
		{"an error without a name", `{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}`, errors.New("plain"), `{"caught":{"Cause":"plain","Error":"States.TaskFailed"}}`},
		{"into a part of the input", `{"ErrorEquals": ["B"], "ResultPath": "$.e", "Next": "Caught"}`, namedError{"B", "why"}, `{"caught":{"e":{"Cause":"why","Error":"B"},"in":1}}`},
		{"not by another name", `{"ErrorEquals": ["A"], "Next": "Caught"}`, namedError{"B", "why"}, ``},
		{"States.Runtime not by States.ALL", `{"ErrorEquals": ["States.ALL"], "Next": "Caught"}`, namedError{asl.ErrorRuntime, "x"}, ``},
		{"States.Runtime not by States.TaskFailed", `{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}`, namedError{asl.ErrorRuntime, "x"}, ``},
		{"States.Runtime not even by its name", `{"ErrorEquals": ["States.Runtime"], "Next": "Caught"}`, namedError{asl.ErrorRuntime, "x"}, ``},
		{"States.DataLimitExceeded by States.ALL", `{"ErrorEquals": ["States.ALL"], "Next": "Caught"}`, namedError{asl.ErrorDataLimitExceeded, "x"}, `{"caught":{"Cause":"x","Error":"States.DataLimitExceeded"}}`},
		{"States.DataLimitExceeded not by States.TaskFailed", `{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}`, namedError{asl.ErrorDataLimitExceeded, "x"}, ``},
		{"States.DataLimitExceeded by its name", `{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"}`, namedError{asl.ErrorDataLimitExceeded, "x"}, `{"caught":{"Cause":"x","Error":"States.DataLimitExceeded"}}`},
		{"States.Timeout not by States.TaskFailed", `{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}`, namedError{asl.ErrorTimeout, "x"}, ``},
		{"States.HeartbeatTimeout by States.Timeout", `{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}`, namedError{asl.ErrorHeartbeatTimeout, "x"}, `{"caught":{"Cause":"x","Error":"States.HeartbeatTimeout"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, trying(`"OutputPath": "$.unused", "Catch": [`+test.catch+`]`), `{"in": 1}`,
				func(context.Context, asl.Call) (json.RawMessage, error) { return nil, test.err })
			if test.want == "" {
				require.Equal(t, asl.StatusFailed, e.Status)
				require.Equal(t, test.err.Error(), e.Cause)
				return
			}
			require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
			require.Equal(t, test.want, string(e.Output))
		})
	}
}

func TestErrorsOfEvaluationInTasks(t *testing.T) {
	definition := func(fields string) string {
		return catching(`{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true, `+fields+`, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}`,
			`{"Type": "Pass", "OutputPath": "$.Error", "End": true}`)
	}
	tests := []struct{ name, fields, caught, failed string }{
		{"an intrinsic that fails is caught", `"Parameters": {"a.$": "States.StringToJson('{')"}`, asl.ErrorIntrinsicFailure, ""},
		{"a ResultPath that does not fit is caught", `"ResultPath": "$.s.x"`, asl.ErrorResultPath, ""},
		{"Parameters that find nothing are not", `"Parameters": {"a.$": "$.nope"}`, "", asl.ErrorRuntime},
		{"a ResultSelector that finds nothing is not", `"ResultSelector": {"a.$": "$.nope"}`, "", asl.ErrorRuntime},
		{"an OutputPath that finds nothing is not", `"OutputPath": "$.nope"`, "", asl.ErrorRuntime},
		{"a timeout that is no number is not", `"TimeoutSecondsPath": "$.s"`, "", asl.ErrorRuntime},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &tasks{}
			e := run(t, definition(test.fields), `{"s": "text"}`, f.invoke)
			require.Equal(t, test.failed, e.Error)
			if test.caught != "" {
				require.Equal(t, quote(test.caught), string(e.Output))
			}
		})
	}
	t.Run("a catcher that cannot place the error fails", func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("A", "a")}}
		e := run(t, trying(`"Catch": [{"ErrorEquals": ["A"], "ResultPath": "$.s.x", "Next": "Caught"}]`), `{"s": "text"}`, f.invoke)
		require.Equal(t, asl.ErrorResultPath, e.Error)
	})
	t.Run("a long cause is cut", func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("A", long(40_000))}}
		require.Len(t, run(t, trying(`"Comment": ""`), `{}`, f.invoke).Cause, 32_768)
	})
	t.Run("a result that is not JSON is not", func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{`)}}
		require.Equal(t, asl.ErrorRuntime, run(t, definition(`"ResultPath": null`), `{}`, f.invoke).Error)
	})
}

func TestTimeouts(t *testing.T) {
	hang := func(ctx context.Context, _ asl.Call) (json.RawMessage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	tests := []struct {
		name, fields string
		want         time.Duration
	}{
		{"after the seconds given", `"TimeoutSeconds": 30`, 30 * time.Second},
		{"after the seconds at a path", `"TimeoutSecondsPath": "$.t"`, 7 * time.Second},
		{"after 99,999,999 seconds", `"Comment": "c"`, 99_999_999 * time.Second},
		{"after each try", `"TimeoutSeconds": 10, "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2}]`, 33 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := run(t, trying(test.fields), `{"t": 7}`, hang)
				require.Equal(t, asl.StatusFailed, e.Status)
				require.Equal(t, asl.ErrorTimeout, e.Error)
				require.Equal(t, test.want, e.Stopped.Sub(e.Started))
			})
		})
	}
}

func TestMachineTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInterpreter(t, `{"StartAt": "W", "TimeoutSeconds": 60, "States": {"W": {"Type": "Wait", "Seconds": 50, "Next": "X"}, "X": {"Type": "Wait", "Seconds": 50, "End": true}}}`, nil)
		arn := start(t, i, `{}`)
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusTimedOut, e.Status)
		require.Empty(t, e.Error+e.Cause)
		require.Equal(t, time.Minute, e.Stopped.Sub(e.Started))
		require.Equal(t, []string{"ExecutionStarted", "WaitStateEntered", "WaitStateExited", "WaitStateEntered", "ExecutionTimedOut"}, types(t, i, arn))
	})
}
