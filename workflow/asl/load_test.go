package asl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// taskWith is a machine whose only state publishes, with more fields.
func taskWith(fields string) string {
	return single(`{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true, ` + fields + `}`)
}

func retrierWith(fields string) string { return taskWith(`"Retry": [{` + fields + `}]`) }

func choiceOf(rule string) string {
	return `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [` + rule + `]}, "S": {"Type": "Succeed"}}}`
}

var refusedDefinitions = []struct {
	name, definition, want string
}{
	{"text that is not JSON", `{"StartAt":`, `definition: is not JSON`},
	{"a definition over 1 MiB", single(`{"Type": "Succeed", "Comment": "` + long(1<<20) + `"}`), `definition: has 1048645 bytes, the maximum is 1048576`},
	{"text that is not UTF-8", "{\"StartAt\": \"\xff\"}", `definition: is not UTF-8`},
	{"a rule that is nested too deep", choiceOf(`{"Next": "S", "Not": ` + strings.Repeat(`{"Not": `, 4_000) + `{"Variable": "$", "IsNull": true}` + strings.Repeat(`}`, 4_000) + `}`), `definition: is nested deeper than 200 levels`},
	{"a name twice deep in a template", passing(`"Parameters": {"a": [{"b": 1, "b": 2}]}`), `Parameters: "b" is given twice`},
	{"a Retry that is no list", retrierWith(`"ErrorEquals": ["A"]}], "Retry2": [{`), `Retry2: the field is unknown`},
	{"a Retry that is null", taskWith(`"Retry": null`), `Retry: must be an array`},
	{"an array", `[]`, `definition: must be an object`},
	{"a machine without states", `{"StartAt": "A"}`, `States: is missing`},
	{"a machine without a start", `{"States": {"A": {"Type": "Succeed"}}}`, `StartAt: is missing`},
	{"an unknown field of the machine", `{"StartAt": "S", "Foo": 1, "States": {"S": {"Type": "Succeed"}}}`, `Foo: the field is unknown`},
	{"an unknown start", `{"StartAt": "X", "States": {"S": {"Type": "Succeed"}}}`, `StartAt: there is no state "X"`},
	{"an unknown version", `{"StartAt": "S", "Version": "2.0", "States": {"S": {"Type": "Succeed"}}}`, `Version: must be 1.0`},
	{"JSONata for the machine", `{"StartAt": "S", "QueryLanguage": "JSONata", "States": {"S": {"Type": "Succeed"}}}`, `QueryLanguage: "JSONata" is not supported`},
	{"JSONata for a state", single(`{"Type": "Succeed", "QueryLanguage": "JSONata"}`), `state "S": QueryLanguage`},
	{"the same state twice", `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "S": {"Type": "Succeed"}}}`, `"S" is given twice`},
	{"a name of more than 80 characters", `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "` + long(81) + `": {"Type": "Succeed"}}}`, `1 to 80 characters`},
	{"a state without a type", single(`{}`), `state "S": Type: is missing`},
	{"a Map state without processor", single(`{"Type": "Map", "End": true}`), `state "S": ItemProcessor: is missing`},
	{"a distributed Map state", single(`{"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "I", "States": {"I": {"Type": "Succeed"}}}}`),
		`state "S": ItemProcessor.ProcessorConfig.Mode: "DISTRIBUTED" is not supported, only INLINE is`},
	{"a Map state with a reader", single(`{"Type": "Map", "End": true, "ItemReader": {}, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}}`), `state "S": ItemReader: the field is unknown`},
	{"a Map state that tolerates too much", single(`{"Type": "Map", "End": true, "ToleratedFailurePercentage": 101, "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}}`), `ToleratedFailurePercentage: must be a number from 0 to 100`},
	{"a processor that cannot end", single(`{"Type": "Map", "End": true, "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "I"}}}}`), `state "S": Iterator.States: no state ends`},
	{"a processor that leads outside", single(`{"Type": "Map", "End": true, "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "S"}}}}`), `state "I": Next: there is no state "S"`},
	{"a processor with a state's name again", single(`{"Type": "Map", "End": true, "Iterator": {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}}`), `another state of the machine has this name`},
	{"an item outside of a Map state", passing(`"Parameters": {"a.$": "$$.Map.Item.Index"}`), `the context object has no "$$.Map.Item.Index"`},
	{"a processor that sets a variable from outside", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "M"},
		"M": {"Type": "Map", "End": true, "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"v": 2}, "End": true}}}}}}`, `the variable $v is assigned inside and outside`},
	{"a variable of a processor read outside", `{"StartAt": "M", "States": {"M": {"Type": "Map", "Next": "P", "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"v": 2}, "End": true}}}},
		"P": {"Type": "Pass", "Parameters": {"v.$": "$v"}, "End": true}}}`, `no state assigns the variable $v`},
	{"a Parallel state without branches", single(`{"Type": "Parallel", "End": true}`), `Branches: is missing`},
	{"an unknown field of a state", single(`{"Type": "Succeed", "Next": "S"}`), `state "S": Next: the field is unknown`},
	{"a state that cannot be reached", `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "T": {"Type": "Succeed"}}}`, `state "T": Type: the state is not reachable`},
	{"a machine that cannot end", `{"StartAt": "S", "States": {"S": {"Type": "Pass", "Next": "S"}}}`, `no state ends the execution`},
	{"a state that leads nowhere", single(`{"Type": "Pass"}`), `Next: is missing, and so is End`},
	{"a state that ends and goes on", single(`{"Type": "Pass", "End": true, "Next": "S"}`), `cannot be used together with End`},
	{"an End that is false", single(`{"Type": "Pass", "End": false}`), `End: must be true`},
	{"a next state that is unknown", single(`{"Type": "Pass", "Next": "X"}`), `state "S": Next: there is no state "X"`},
	{"a path that does not parse", passing(`"InputPath": "$.a["`), `state "S": InputPath: path "$.a["`},
	{"a path without a dollar", passing(`"InputPath": "a"`), `does not start with $`},
	{"an intrinsic in InputPath", passing(`"InputPath": "States.UUID()"`), `InputPath`},
	{"a ResultPath that is no reference path", passing(`"ResultPath": "$.a[*]"`), `is not a reference path`},
	{"a ResultPath into the context object", passing(`"ResultPath": "$$.a"`), `does not lead into the state's input`},
	{"Parameters that are no object", passing(`"Parameters": []`), `Parameters: must be an object`},
	{"an intrinsic that does not parse", passing(`"Parameters": {"a": {"b.$": "States.Format('x'"}}`), `state "S": Parameters: a: b.$: intrinsic`},
	{"an intrinsic that does not exist", passing(`"Parameters": {"a.$": "States.Nope()"}`), `no intrinsic function: "States.Nope"`},
	{"an intrinsic with too few arguments", passing(`"Parameters": {"a.$": "States.MathAdd(1)"}`), `cannot take 1 arguments`},
	{"a format with too many places", passing(`"Parameters": {"a.$": "States.Format('{} {}', 1)"}`), `2 places for 1 arguments`},
	{"a dynamic field that is no string", passing(`"Parameters": {"a.$": 1}`), `"a.$" must be a path or an intrinsic function`},
	{"a field that is fixed and dynamic", passing(`"Parameters": {"a": 1, "a.$": "$"}`), `"a" is given twice`},
	{"a variable that nobody assigns", passing(`"Parameters": {"a.$": "$x.y"}`), `no state assigns the variable $x`},
	{"a variable with a bad name", passing(`"Assign": {"a-b": 1}`), `"a-b" is no name for a variable`},
	{"the reserved variable", passing(`"Assign": {"states": 1}`), `"states" is no name for a variable`},
	{"a context field that does not exist", passing(`"Parameters": {"a.$": "$$.Execution.Nope"}`), `the context object has no "$$.Execution.Nope"`},
	{"a token where there is none", passing(`"Parameters": {"a.$": "$$.Task.Token"}`), `the context object has no "$$.Task.Token"`},
	{"a task without a resource", single(`{"Type": "Task", "End": true}`), `Resource: is missing`},
	{"a resource that is no ARN", single(`{"Type": "Task", "Resource": "x", "End": true}`), `"x" is no ARN`},
	{"a task with .sync", single(`{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true}`), `.sync patterns`},
	{"an activity", single(`{"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:x", "End": true}`), `activities`},
	{"credentials", taskWith(`"Credentials": {"RoleArn": "x"}`), `state "S": Credentials: the field is unknown`},
	{"two timeouts", taskWith(`"TimeoutSeconds": 1, "TimeoutSecondsPath": "$.t"`), `cannot be used together with TimeoutSeconds`},
	{"a timeout of zero", taskWith(`"TimeoutSeconds": 0`), `TimeoutSeconds: must be an integer from 1 to 99999999`},
	{"a timeout that is a fraction", taskWith(`"TimeoutSeconds": 1.5`), `TimeoutSeconds: must be an integer`},
	{"a heartbeat without a callback", taskWith(`"HeartbeatSeconds": 1`), `can have heartbeats`},
	{"a timeout from many values", taskWith(`"TimeoutSecondsPath": "$.a[*]"`), `must be a reference path`},
	{"a retrier without errors", retrierWith(`"MaxAttempts": 1`), `state "S": Retry[0].ErrorEquals: is missing`},
	{"a retrier with an unknown field", retrierWith(`"ErrorEquals": ["A"], "Foo": 1`), `Retry[0].Foo: the field is unknown`},
	{"a backoff below one", retrierWith(`"ErrorEquals": ["A"], "BackoffRate": 0.5`), `Retry[0].BackoffRate`},
	{"a longest delay below the first", retrierWith(`"ErrorEquals": ["A"], "IntervalSeconds": 5, "MaxDelaySeconds": 5`), `must be greater than IntervalSeconds`},
	{"an unknown jitter", retrierWith(`"ErrorEquals": ["A"], "JitterStrategy": "SOME"`), `must be FULL or NONE`},
	{"States.ALL with company", retrierWith(`"ErrorEquals": ["States.ALL", "A"]`), `must be alone`},
	{"States.ALL before another retrier", taskWith(`"Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}]`), `Retry[0].ErrorEquals: States.ALL must be alone and in the last place`},
	{"an error that the language does not have", retrierWith(`"ErrorEquals": ["States.Nope"]`), `"States.Nope" is no error of the language`},
	{"a catcher that leads nowhere", taskWith(`"Catch": [{"ErrorEquals": ["A"], "Next": "X"}]`), `state "S": Catch[0].Next: there is no state "X"`},
	{"a choice without rules", single(`{"Type": "Choice", "Choices": []}`), `Choices: must be an array that is not empty`},
	{"a choice with an unknown default", `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Default": "X", "Choices": [{"Variable": "$", "IsNull": true, "Next": "S"}]}, "S": {"Type": "Succeed"}}}`, `Default: there is no state "X"`},
	{"a rule without a next state", choiceOf(`{"Variable": "$", "IsNull": true}`), `Choices[0].Next: is missing`},
	{"a rule with an unknown operator", choiceOf(`{"Variable": "$", "StringLike": "x", "Next": "S"}`), `Choices[0]: has no comparison operator`},
	{"a rule with two operators", choiceOf(`{"Variable": "$", "IsNull": true, "IsString": true, "Next": "S"}`), `Choices[0].IsString: the field is unknown`},
	{"a rule without a variable", choiceOf(`{"IsNull": true, "Next": "S"}`), `Choices[0].Variable: is missing`},
	{"an operand of the wrong type", choiceOf(`{"Variable": "$", "NumericEquals": "1", "Next": "S"}`), `NumericEquals: cannot be compared with "1"`},
	{"a timestamp that is none", choiceOf(`{"Variable": "$", "TimestampEquals": "today", "Next": "S"}`), `TimestampEquals: cannot be compared`},
	{"a boolean order", choiceOf(`{"Variable": "$", "BooleanLessThan": true, "Next": "S"}`), `has no comparison operator`},
	{"a nested rule with a next state", choiceOf(`{"And": [{"Variable": "$", "IsNull": true, "Next": "S"}], "Next": "S"}`), `Choices[0].And[0].Next: the field is unknown`},
	{"a pattern that ends with a backslash", choiceOf(`{"Variable": "$", "StringMatches": "a\\", "Next": "S"}`), `a backslash must stand before`},
	{"a wait without a time", single(`{"Type": "Wait", "End": true}`), `exactly one of Seconds`},
	{"a wait with two times", single(`{"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": true}`), `exactly one of Seconds`},
	{"a wait until a time that is none", single(`{"Type": "Wait", "Timestamp": "x", "End": true}`), `is no timestamp`},
	{"a failure with two causes", single(`{"Type": "Fail", "Cause": "a", "CausePath": "$.a"}`), `cannot be used together with Cause`},
	{"a failure whose cause is a number", single(`{"Type": "Fail", "CausePath": "States.MathAdd(1, 2)"}`), `does not yield a string`},
}

func TestLoadRefuses(t *testing.T) {
	for _, test := range refusedDefinitions {
		t.Run(test.name, func(t *testing.T) {
			_, err := asl.Load([]byte(test.definition))
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestLoadReportsAllProblems(t *testing.T) {
	_, err := asl.Load([]byte(`{"StartAt": "X", "Nope": 1, "States": {"S": {"Type": "Pass", "Foo": 1}}}`))
	require.ErrorContains(t, err, `Nope: the field is unknown`)
	require.ErrorContains(t, err, `state "S": Next: is missing`)
	require.ErrorContains(t, err, `state "S": Foo: the field is unknown`)
	require.ErrorContains(t, err, `StartAt: there is no state "X"`)
	var problem *asl.Problem
	require.True(t, errors.As(err, &problem))
	require.Equal(t, "S", problem.State)
	require.Equal(t, "Next", problem.Field)
}

func TestLoadTakesEveryField(t *testing.T) {
	load(t, `{
	  "Comment": "c", "Version": "1.0", "QueryLanguage": "JSONPath", "TimeoutSeconds": 60, "StartAt": "T",
	  "States": {
	    "T": {"Type": "Task", "Comment": "c", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
	      "InputPath": "$", "Parameters": {"Token.$": "$$.Task.Token"}, "ResultSelector": {"r.$": "$.r"},
	      "ResultPath": "$.r", "OutputPath": "$", "Assign": {"v.$": "$.r"},
	      "TimeoutSeconds": 10, "HeartbeatSeconds": 5,
	      "Retry": [{"Comment": "c", "ErrorEquals": ["A"], "IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1.5, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}],
	      "Catch": [{"Comment": "c", "ErrorEquals": ["States.ALL"], "ResultPath": null, "Assign": {"e.$": "$.Error"}, "Next": "F"}],
	      "Next": "C"},
	    "C": {"Type": "Choice", "Assign": {"v": 1}, "Default": "W",
	      "Choices": [{"Comment": "c", "Not": {"Comment": "c", "Variable": "$v", "IsNull": true}, "Assign": {"v": 2}, "Next": "P"}]},
	    "W": {"Type": "Wait", "Seconds": 1, "Assign": {"v": 1}, "Next": "P"},
	    "P": {"Type": "Pass", "Result": {"a.$": "stays"}, "Parameters": {"x.$": "$v"}, "Next": "S"},
	    "S": {"Type": "Succeed", "InputPath": null, "OutputPath": null},
	    "F": {"Type": "Fail", "ErrorPath": "$e", "CausePath": "States.Format('{}', $e)"}
	  }}`)
}

func TestLoadIsLinear(t *testing.T) {
	// As deep and as long as is allowed: each level used to be parsed once for each above it.
	rule := strings.Repeat(`{"Not": `, 190) + `{"Variable": "$.` + long(1_000_000) + `", "IsNull": true}` + strings.Repeat(`}`, 190)
	definition := `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Next": "S", "Not": ` + rule + `}]}, "S": {"Type": "Succeed"}}}`
	began := time.Now()
	load(t, definition)
	require.Less(t, time.Since(began), time.Second, "it takes some 20 ms")
}
