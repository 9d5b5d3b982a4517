package asl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

const choiceInput = `{
  "text": "b", "textB": "b", "textC": "c", "n": 2, "f": 2.0, "three": 3, "yes": true, "alsoYes": true, "no": false, "nothing": null,
  "at": "2026-11-25T17:00:00Z", "same": "2026-11-25T18:00:00+01:00", "later": "2026-11-25T17:00:00.5Z",
  "fraction": "2026-11-25T19:00:00.500000+02:00", "comma": "2026-11-25T17:00:00,5Z", "digit": "2026-11-25T7:00:00Z", "local": "2026-11-25T17:00:00",
  "list": [1], "star": "a*c", "log": "foo.log", "slash": "a\\b"
}`

// choosing is a machine that ends with the output "yes" if the rule holds, else "no".
func choosing(rule string) string {
	return `{"StartAt": "C", "States": {
	  "C": {"Type": "Choice", "Choices": [` + rule + `], "Default": "No"},
	  "Yes": {"Type": "Pass", "Result": "yes", "End": true}, "No": {"Type": "Pass", "Result": "no", "End": true}}}`
}

var choiceOperators = []struct {
	name, test, want string // want "" is States.Runtime
}{
	{"equal text", `"Variable": "$.text", "StringEquals": "b"`, "yes"},
	{"other text", `"Variable": "$.text", "StringEquals": "B"`, "no"},
	{"a number is no text", `"Variable": "$.n", "StringEquals": "2"`, "no"},
	{"equal text at a path", `"Variable": "$.text", "StringEqualsPath": "$.textB"`, "yes"},
	{"text against a number at a path", `"Variable": "$.text", "StringEqualsPath": "$.n"`, ""},
	{"text before", `"Variable": "$.text", "StringLessThan": "c"`, "yes"},
	{"text not before", `"Variable": "$.text", "StringLessThan": "b"`, "no"},
	{"text before that at a path", `"Variable": "$.text", "StringLessThanPath": "$.textC"`, "yes"},
	{"text after", `"Variable": "$.text", "StringGreaterThan": "a"`, "yes"},
	{"text not after that at a path", `"Variable": "$.text", "StringGreaterThanPath": "$.textC"`, "no"},
	{"text before or equal", `"Variable": "$.text", "StringLessThanEquals": "b"`, "yes"},
	{"text before or equal to that at a path", `"Variable": "$.text", "StringLessThanEqualsPath": "$.textB"`, "yes"},
	{"text after or equal", `"Variable": "$.text", "StringGreaterThanEquals": "b"`, "yes"},
	{"text after or equal to that at a path", `"Variable": "$.text", "StringGreaterThanEqualsPath": "$.textC"`, "no"},
	{"an equal number", `"Variable": "$.n", "NumericEquals": 2.0`, "yes"},
	{"text is no number", `"Variable": "$.text", "NumericEquals": 2`, "no"},
	{"text is not less than a number", `"Variable": "$.text", "NumericLessThan": 2`, "no"},
	{"text is not greater or equal to a number", `"Variable": "$.text", "NumericGreaterThanEquals": 2`, "no"},
	{"an equal number at a path", `"Variable": "$.n", "NumericEqualsPath": "$.f"`, "yes"},
	{"a lower number", `"Variable": "$.n", "NumericLessThan": 2.5`, "yes"},
	{"a lower number than at a path", `"Variable": "$.n", "NumericLessThanPath": "$.three"`, "yes"},
	{"a greater number", `"Variable": "$.n", "NumericGreaterThan": 2`, "no"},
	{"a greater number than at a path", `"Variable": "$.three", "NumericGreaterThanPath": "$.n"`, "yes"},
	{"a number at most", `"Variable": "$.n", "NumericLessThanEquals": 2`, "yes"},
	{"a number at most that at a path", `"Variable": "$.n", "NumericLessThanEqualsPath": "$.f"`, "yes"},
	{"a number at least", `"Variable": "$.n", "NumericGreaterThanEquals": 3`, "no"},
	{"a number at least that at a path", `"Variable": "$.three", "NumericGreaterThanEqualsPath": "$.n"`, "yes"},
	{"an equal boolean", `"Variable": "$.no", "BooleanEquals": false`, "yes"},
	{"another boolean", `"Variable": "$.yes", "BooleanEquals": false`, "no"},
	{"text is no boolean", `"Variable": "$.text", "BooleanEquals": true`, "no"},
	{"an equal boolean at a path", `"Variable": "$.yes", "BooleanEqualsPath": "$.alsoYes"`, "yes"},
	{"another boolean at a path", `"Variable": "$.yes", "BooleanEqualsPath": "$.no"`, "no"},
	{"an equal time", `"Variable": "$.at", "TimestampEquals": "2026-11-25T17:00:00Z"`, "yes"},
	{"an equal time of another zone", `"Variable": "$.at", "TimestampEqualsPath": "$.same"`, "yes"},
	{"text is no time", `"Variable": "$.text", "TimestampLessThan": "2026-11-25T17:00:00Z"`, "no"},
	{"an earlier time", `"Variable": "$.at", "TimestampLessThan": "2026-11-25T17:00:01Z"`, "yes"},
	{"an earlier time than at a path", `"Variable": "$.at", "TimestampLessThanPath": "$.later"`, "yes"},
	{"a later time", `"Variable": "$.later", "TimestampGreaterThan": "2026-11-25T17:00:00Z"`, "yes"},
	{"a later time than at a path", `"Variable": "$.at", "TimestampGreaterThanPath": "$.later"`, "no"},
	{"a time not later", `"Variable": "$.at", "TimestampLessThanEquals": "2026-11-25T17:00:00Z"`, "yes"},
	{"a time not later than at a path", `"Variable": "$.at", "TimestampLessThanEqualsPath": "$.same"`, "yes"},
	{"a time not earlier", `"Variable": "$.at", "TimestampGreaterThanEquals": "2026-11-25T17:00:01Z"`, "no"},
	{"a time not earlier than at a path", `"Variable": "$.at", "TimestampGreaterThanEqualsPath": "$.same"`, "yes"},
	{"a fraction of a second later", `"Variable": "$.fraction", "TimestampGreaterThanPath": "$.at"`, "yes"},
	{"a fraction of a second earlier", `"Variable": "$.at", "TimestampLessThan": "2026-11-25T17:00:00.000001Z"`, "yes"},
	{"equal fractions of other lengths", `"Variable": "$.fraction", "TimestampEquals": "2026-11-25T17:00:00.500Z"`, "yes"},
	{"a fraction after a comma is no time", `"Variable": "$.comma", "IsTimestamp": true`, "no"},
	{"an hour of one digit is no time", `"Variable": "$.digit", "IsTimestamp": true`, "no"},
	{"a time without zone is no time", `"Variable": "$.local", "TimestampLessThan": "2027-01-01T00:00:00Z"`, "no"},
	{"a path to no time cannot be compared", `"Variable": "$.at", "TimestampLessThanPath": "$.local"`, ""},
	{"a pattern", `"Variable": "$.log", "StringMatches": "*.log"`, "yes"},
	{"a pattern with asterisks around", `"Variable": "$.log", "StringMatches": "f*o*g"`, "yes"},
	{"a pattern longer than the text", `"Variable": "$.log", "StringMatches": "foo.log*g"`, "no"},
	{"a pattern whose ends overlap", `"Variable": "$.text", "StringMatches": "b*b"`, "no"},
	{"a pattern that is only text", `"Variable": "$.log", "StringMatches": "foo.log"`, "yes"},
	{"an escaped asterisk", `"Variable": "$.star", "StringMatches": "a\\*c"`, "yes"},
	{"an escaped asterisk is no wildcard", `"Variable": "$.log", "StringMatches": "foo\\*log"`, "no"},
	{"an escaped backslash", `"Variable": "$.slash", "StringMatches": "a\\\\*"`, "yes"},
	{"a pattern for a number", `"Variable": "$.n", "StringMatches": "*"`, "no"},
	{"null is null", `"Variable": "$.nothing", "IsNull": true`, "yes"},
	{"text is not null", `"Variable": "$.text", "IsNull": false`, "yes"},
	{"null is present", `"Variable": "$.nothing", "IsPresent": true`, "yes"},
	{"what is missing is not present", `"Variable": "$.nope.x", "IsPresent": false`, "yes"},
	{"what is missing is not there", `"Variable": "$.nope", "IsPresent": true`, "no"},
	{"a number is numeric", `"Variable": "$.f", "IsNumeric": true`, "yes"},
	{"text is not numeric", `"Variable": "$.text", "IsNumeric": true`, "no"},
	{"text is a string", `"Variable": "$.text", "IsString": true`, "yes"},
	{"a list is no string", `"Variable": "$.list", "IsString": false`, "yes"},
	{"true is a boolean", `"Variable": "$.yes", "IsBoolean": true`, "yes"},
	{"null is no boolean", `"Variable": "$.nothing", "IsBoolean": true`, "no"},
	{"a time is a timestamp", `"Variable": "$.at", "IsTimestamp": true`, "yes"},
	{"other text is no timestamp", `"Variable": "$.text", "IsTimestamp": true`, "no"},
	{"what is missing cannot be compared", `"Variable": "$.nope", "StringEquals": "b"`, ""},
	{"what is missing has no type", `"Variable": "$.nope", "IsString": false`, ""},
	{"a missing operand cannot be compared", `"Variable": "$.text", "StringEqualsPath": "$.nope"`, ""},
	{"the context object can be asked", `"Variable": "$$.State.Name", "StringEquals": "C"`, "yes"},
	{"all hold", `"And": [{"Variable": "$.n", "IsNumeric": true}, {"Variable": "$.yes", "BooleanEquals": true}]`, "yes"},
	{"one of all does not hold", `"And": [{"Variable": "$.n", "IsNumeric": true}, {"Variable": "$.no", "BooleanEquals": true}]`, "no"},
	{"And stops early", `"And": [{"Variable": "$.nope", "IsPresent": true}, {"Variable": "$.nope", "IsNull": true}]`, "no"},
	{"one holds", `"Or": [{"Variable": "$.no", "BooleanEquals": true}, {"Variable": "$.n", "IsNumeric": true}]`, "yes"},
	{"none holds", `"Or": [{"Variable": "$.no", "BooleanEquals": true}, {"Variable": "$.n", "IsNull": true}]`, "no"},
	{"Or stops early", `"Or": [{"Variable": "$.n", "IsNumeric": true}, {"Variable": "$.nope", "IsNull": true}]`, "yes"},
	{"not", `"Not": {"Variable": "$.no", "BooleanEquals": true}`, "yes"},
	{"not not", `"Not": {"Not": {"Or": [{"And": [{"Variable": "$.n", "IsNull": true}]}]}}`, "no"},
	{"not does not hide an error", `"Not": {"Variable": "$.nope", "BooleanEquals": true}`, ""},
}

func TestChoiceOperators(t *testing.T) {
	for _, test := range choiceOperators {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, choosing(`{`+test.test+`, "Next": "Yes"}, {"Variable": "$.nope", "IsPresent": true, "Next": "Yes"}`), choiceInput, nil)
			if test.want == "" {
				require.Equal(t, asl.ErrorRuntime, e.Error)
				return
			}
			require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
			require.Equal(t, `"`+test.want+`"`, string(e.Output))
		})
	}
}

func TestChoiceWithoutMatch(t *testing.T) {
	e := run(t, `{"StartAt": "C", "States": {
	  "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "S"}]}, "S": {"Type": "Succeed"}}}`, `{}`, nil)
	require.Equal(t, asl.StatusFailed, e.Status)
	require.Equal(t, asl.ErrorNoChoiceMatched, e.Error)
}

func TestChoiceAssigns(t *testing.T) {
	definition := `{"StartAt": "C", "States": {
	  "C": {"Type": "Choice", "InputPath": "$.in", "OutputPath": "$.x", "Default": "P", "Assign": {"v.$": "States.Format('default {}', $.x)"},
	    "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "P", "Assign": {"v.$": "States.Format('rule {}', $.x)"}}]},
	  "P": {"Type": "Pass", "Parameters": {"v.$": "$v", "in.$": "$"}, "End": true}}}`
	require.JSONEq(t, `{"v": "rule 1", "in": 1}`, string(run(t, definition, `{"in": {"x": 1}}`, nil).Output))
	require.JSONEq(t, `{"v": "default 2", "in": 2}`, string(run(t, definition, `{"in": {"x": 2}}`, nil).Output))
}
