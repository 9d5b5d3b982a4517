package asl_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/workflow/asl"
)

const pathInput = `{
  "a b": {"c": [1, 2.5, {"z": null}]},
  "detail": {"resource-id": "i-1", "aws:tag": 7},
  "tags": [{"Key": "x", "Value": "1", "n": 3}, {"Key": "y", "Value": "2", "n": 4.5}],
  "m": {"b": 2, "a": 1}, "nothing": null, "empty": [], "flags": [{"id": 1, "on": true}, {"id": 2, "on": false}, {"id": 3}], "big": 12345678901234567890, "one": 1.0, "é": "<&>", "q\\\"x": 5, "it's": 6
}`

var definitePaths = []struct {
	name, path, want string // want "" is States.Runtime
}{
	{"a name", `$.m.a`, `1`},
	{"a name in brackets", `$['a b'].c[0]`, `1`},
	{"a name in double quotes", `$[\"a b\"]['c'][1]`, `2.5`},
	{"a name with a hyphen", `$.detail.resource-id`, `"i-1"`},
	{"a name with a colon", `$.detail.aws:tag`, `7`},
	{"a name beyond ASCII", `$.é`, `"<&>"`},
	{"an index from the end", `$['a b'].c[-1]`, `{"z":null}`},
	{"a null that is there", `$.nothing`, `null`},
	{"an integer beyond 64 bits", `$.big`, `12345678901234567890`},
	{"a whole number with a fraction", `$.one`, `1.0`},
	{"a missing name", `$.nope`, ``},
	{"a name below null", `$.nothing.x`, ``},
	{"a name of an array", `$.tags.Key`, ``},
	{"an index beyond the end", `$.tags[2]`, ``},
	{"an index of an object", `$.m[0]`, ``},
	{"all items", `$.tags[*].Key`, `["x","y"]`},
	{"all items of an empty array", `$.empty[*].Key`, `[]`},
	{"all items of what is missing", `$.nope[*].Key`, `[]`},
	{"all items of what is missing further down", `$.m.nope.list[*]`, `[]`},
	{"a slice of what is missing", `$.nope[1:]`, `[]`},
	{"a slice with an end of what is missing", `$.nope[0:2]`, `[]`},
	{"a slice of the rest", `$.tags[1:].Key`, `["y"]`},
	{"a slice of which nothing is left", `$.tags[2:]`, `[]`},
	{"a slice of an empty array", `$.empty[1:]`, `[]`},
	{"a filter of what is missing", `$.nope[?(@.Key == 'x')]`, `[]`},
	{"a filter that excludes", `$.tags[?(@.Key != 'x')].Value`, `["2"]`},
	{"a filter that excludes by a name that is missing", `$.tags[?(@.q != 'x')].Key`, `["x","y"]`},
	{"a filter on true and false", `$.flags[?(@.on == false)].id`, `[2]`},
	{"all items of null", `$.nothing[*]`, `[]`},
	{"all values of an object", `$.m.*`, `[1,2]`},
	{"a name that only some items have", `$.tags[*].q`, `[]`},
	{"a filter", `$.tags[?(@.Key == 'x')].Value`, `["1"]`},
	{"a filter without spaces", `$.tags[?(@.Key=='y')]`, `[{"Key":"y","Value":"2","n":4.5}]`},
	{"a filter that nothing passes", `$.tags[?(@.Key == 'q')].Value`, `[]`},
	{"a filter of numbers", `$.tags[?(@.n > 3)].Key`, `["y"]`},
	{"a filter of equal numbers", `$.tags[?(@.n == 3)].Key`, `["x"]`},
	{"a filter with two conditions", `$.tags[?(@.Key == 'x' && @.n == 3)].Key`, `["x"]`},
	{"a filter that asks for a name", `$.tags[?(@.Value)].n`, `[3,4.5]`},
	{"a filter on an object", `$.m[?(@.a == 1)].b`, `[2]`},
	{"a filter on text", `$.é[?(@.a == 1)]`, ``},
	{"a slice", `$['a b'].c[0:2]`, `[1,2.5]`},
	{"a slice from the end", `$['a b'].c[-2:]`, `[2.5,{"z":null}]`},
	{"a slice up to an index", `$['a b'].c[:1]`, `[1]`},
	{"a slice of an object", `$.m[0:1]`, ``},
	{"a list of indexes", `$['a b'].c[1,0]`, `[2.5,1]`},
	{"everything below", `$..Key`, `["x","y"]`},
	{"an escaped quote in a name", `$['it\\'s']`, `6`},
	{"a backslash before another quote", `$['q\\\"x']`, `5`},
	{"an object", `$.m`, `{"a":1,"b":2}`},
}

func TestPaths(t *testing.T) {
	for _, test := range definitePaths {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, passing(`"Parameters": {"v.$": "`+test.path+`"}`), pathInput, nil)
			if test.want == "" {
				require.Equal(t, asl.ErrorRuntime, e.Error)
				return
			}
			require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
			require.Equal(t, `{"v":`+test.want+`}`, string(e.Output))
		})
	}
}

func TestPathsOfMissingLists(t *testing.T) {
	f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{"Other": 1}`)}}
	e := run(t, single(`{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ssm:describeInstancePatches", "End": true,
	  "Parameters": {"all.$": "$.items[*]", "rest.$": "$.looks[1:]", "two.$": "$.looks[0:2]"},
	  "ResultSelector": {"all.$": "$.Patches[*].Title", "rest.$": "$.Looks[1:]"}}`), `{}`, f.invoke)
	require.Equal(t, `{"all":[],"rest":[]}`, string(e.Output), e.Cause)
	require.Equal(t, `{"all":[],"rest":[],"two":[]}`, string(f.calls[0].Input))

	e = run(t, passing(`"InputPath": "$[?(@.started == false)].id"`), `[{"id": 1, "started": true}, {"id": 2, "started": false}]`, nil)
	require.Equal(t, `[2]`, string(e.Output), e.Cause)
}

func TestAnEmptyListIsNoInput(t *testing.T) {
	for _, field := range []string{"InputPath", "OutputPath"} {
		e := run(t, passing(`"`+field+`": "$.looks[1:]"`), `{"looks": [1]}`, nil)
		require.Equal(t, asl.ErrorRuntime, e.Error, "whether AWS takes it, nobody could confirm")
		require.Contains(t, e.Cause, "No results for path")
	}
}

func TestMissingListsAreNotPresent(t *testing.T) {
	e := run(t, `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.nope[*]", "IsPresent": true, "Next": "F"}], "Default": "S"},
	  "S": {"Type": "Succeed"}, "F": {"Type": "Fail"}}}`, `{}`, nil)
	require.Equal(t, asl.StatusSucceeded, e.Status)
}

func TestPathsThatDoNotParse(t *testing.T) {
	for _, path := range []string{
		``, `a`, `$.`, `$..`, `$...a`, `$a b`, `$.a b`, `$.a[`, `$.a[b]`, `$.a['b`, `$['a','b']`, `$.a[?(@.b == 'x']`,
		`$.a[?(@.b == $.c)]`, `$.a[?@.b]`, `$.a[0:2:1]`, `$.a[0,x]`, `$.a.length()`, `$.a\\.b`, `$[(@.length-1)]`, `$ .a`,
	} {
		t.Run(path, func(t *testing.T) {
			_, err := asl.Load([]byte(passing(`"InputPath": "` + path + `"`)))
			require.ErrorContains(t, err, "InputPath")
		})
	}
}

func TestPathsNeverPanic(t *testing.T) {
	alphabet := []rune(`$$..[]()?@*'"\ =<>&|!ab0-:,é`)
	rapid.Check(t, func(t *rapid.T) {
		path := "$" + rapid.StringOfN(rapid.RuneFrom(alphabet), 0, 20, -1).Draw(t, "path")
		m, err := asl.Load([]byte(passing(`"InputPath": ` + quote(path))))
		if err != nil {
			return
		}
		i := asl.New(asl.Config{Machine: m})
		defer i.Close()
		_, err = i.Start("", []byte(`{"a": [1, {"b": "x"}, null, [[]]], "b": {"a": 0}}`))
		require.NoError(t, err)
	})
}

func TestResultPath(t *testing.T) {
	tests := []struct {
		name, path, want string // want "" is States.ResultPathMatchFailure
	}{
		{"the default replaces the input", ``, `"r"`},
		{"a dollar replaces the input", `"ResultPath": "$",`, `"r"`},
		{"null keeps the input", `"ResultPath": null,`, `{"l":[1,2],"o":{"x":1},"s":"t"}`},
		{"a new name is added", `"ResultPath": "$.n",`, `{"l":[1,2],"n":"r","o":{"x":1},"s":"t"}`},
		{"objects on the way are made", `"ResultPath": "$.n['a b'].c",`, `{"l":[1,2],"n":{"a b":{"c":"r"}},"o":{"x":1},"s":"t"}`},
		{"a name below an object is added", `"ResultPath": "$.o.y",`, `{"l":[1,2],"o":{"x":1,"y":"r"},"s":"t"}`},
		{"an item of an array is replaced", `"ResultPath": "$.l[-1]",`, `{"l":[1,"r"],"o":{"x":1},"s":"t"}`},
		{"a name below text cannot be made", `"ResultPath": "$.s.y",`, ``},
		{"an index beyond the end cannot be made", `"ResultPath": "$.l[2]",`, ``},
		{"an index of nothing cannot be made", `"ResultPath": "$.n[0]",`, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, passing(test.path+`"Result": "r"`), `{"o": {"x": 1}, "l": [1, 2], "s": "t"}`, nil)
			if test.want == "" {
				require.Equal(t, asl.ErrorResultPath, e.Error)
				return
			}
			require.Equal(t, test.want, string(e.Output))
		})
	}
}
