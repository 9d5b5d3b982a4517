package asl_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// A fuzz target runs its seeds with every `go test`; `go test -fuzz FuzzLoad` looks for more.

// fuzzInput is what fuzzed machines get: something of every type.
const fuzzInput = `{"a": [1, {"b": "x", "c": null}, [], 2.5], "b": {"a": 0, "t": "2026-11-25T17:00:00Z"}, "s": "text, more", "n": -1, "yes": true,
  "patches": [{"Title": "a", "CVEIds": "1,2"}, {"Title": "b"}]}`

// runFuzzed runs a machine that may do anything: it must end within the deadline, or wait.
func runFuzzed(t *testing.T, definition []byte) {
	m, err := asl.Load(definition)
	if err != nil {
		return
	}
	i := asl.New(asl.Config{Machine: m, Name: "m", Invoke: func(_ context.Context, call asl.Call) (json.RawMessage, error) {
		return call.Input, nil
	}})
	defer i.Close()
	arn, err := i.Start("e", json.RawMessage(fuzzInput))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	e, err := i.Wait(ctx, arn)
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, i.Stop(arn, "", ""))
		if e, err = i.Describe(arn); err != nil {
			t.Fatal(err)
		}
	}
	if e.Status == asl.StatusSucceeded {
		require.True(t, json.Valid(e.Output), "%s", e.Output)
	}
	events, err := i.History(arn)
	require.NoError(t, err)
	require.LessOrEqual(t, len(events), 25_000)
	require.NotEqual(t, asl.StatusRunning, e.Status)
}

func FuzzLoad(f *testing.F) {
	for _, definition := range []string{
		`{}`, `[]`, `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}`,
		single(`{"Type": "Fail", "ErrorPath": "$.s", "CausePath": "States.Format('{}', $.n)"}`),
		single(`{"Type": "Wait", "SecondsPath": "$.n", "End": true}`),
		single(`{"Type": "Wait", "TimestampPath": "$.b.t", "End": true}`),
		trying(`"Retry": [{"ErrorEquals": ["A"], "BackoffRate": 1.5, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}], "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Caught"}]`),
		asking(`, "TimeoutSeconds": 10, "HeartbeatSeconds": 5`),
		mapping(`, "ItemsPath": "$.a", "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 2, "ToleratedFailureCount": 1`),
		beside(`, "ResultSelector": {"x.$": "$[0]"}`),
		choosing(`{"And": [{"Variable": "$.n", "NumericLessThanPath": "$.b.a"}, {"Not": {"Variable": "$.s", "StringMatches": "te*t"}}], "Next": "Yes"}`),
		passing(`"Assign": {"v.$": "$.a[*]"}, "Parameters": {"l": [1, {"x.$": "States.Array($.a[?(@.b == 'x')], $$.Execution.Name)"}]}, "ResultPath": "$.a[0]", "OutputPath": "$.a"`),
	} {
		f.Add([]byte(definition))
	}
	f.Fuzz(func(t *testing.T, definition []byte) { runFuzzed(t, definition) })
}

func FuzzPaths(f *testing.F) {
	for _, path := range []string{
		`$`, `$$`, `$.a[0].b`, `$['b']["a"]`, `$.a[-1]`, `$.a[*].b`, `$..b`, `$.a[1:3]`, `$.a[:-1]`, `$.a[0,2]`, `$.a[?(@.b == 'x')].b`,
		`$.a[?(@.b != 'x' && @.c == null)]`, `$[?(@.yes == true)]`, `$.patches[?(@.Title =~ /a/)]`, `$$.Execution.Input.a`, `$.é`, `$.a[`, `$.a[?(`, `$.a[99999999999999999999]`,
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, field := range []string{"InputPath", "OutputPath", "ResultPath"} {
			runFuzzed(t, []byte(passing(quote(field)+`: `+quote(path))))
		}
		runFuzzed(t, []byte(choosing(`{"Variable": `+quote(path)+`, "IsPresent": true, "Next": "Yes"}`)))
	})
}

func FuzzIntrinsics(f *testing.F) {
	for _, call := range []string{
		`States.UUID()`, `States.Format('{} \'{}\' \\{', $.n, $.s)`, `States.ArrayLength(States.StringSplit(States.JsonToString($.patches[*].CVEIds), ','))`,
		`States.ArrayGetItem($.a, States.MathAdd(States.ArrayLength($.a), -1))`, `States.Hash($.s, 'SHA-1')`, `States.ArrayRange(1, 9, 2)`, `States.ArrayRange(2147483647, -2147483648, -1)`,
		`States.ArrayPartition($.a, 2)`, `States.JsonMerge($.b, $.b, false)`, `States.StringToJson('[1]')`, `States.Base64Decode('%')`, `States.MathRandom(-5, 5, 3)`,
		`States.ArrayUnique($.a[*])`, `States.ArrayContains($.a, 2.5)`, `States.Array(1e400, -0, true, null)`, `States.Format('`, `States.Nope(`,
	} {
		f.Add(call)
	}
	f.Fuzz(func(t *testing.T, call string) {
		runFuzzed(t, []byte(passing(`"Parameters": {"v.$": `+quote(call)+`}`)))
	})
}
