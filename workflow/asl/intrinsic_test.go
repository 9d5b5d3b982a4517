package asl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/workflow/asl"
)

const intrinsicInput = `{
  "name": "Arnav", "template": "Hello, {} \\{\\}", "open": "a {", "json": "{\"foo\": [1, 2.0]}", "blank": " ", "bad": "{",
  "list": [1, 2, 3, 3, 1.0, "a", {"k": [1]}, {"k": [1]}, null], "o": {"b": 1, "a": [true]}, "o2": {"a": 2, "c": 3},
  "patches": [{"Title": "a", "CVEIds": "1,2,3"}, {"Title": "b, (c)", "CVEIds": "4"}], "hash": "SHA-1",
  "a b": 4, "half": 2.5, "path": "x/y"
}`

var intrinsics = []struct {
	name, call, want string // want "" is States.IntrinsicFailure
}{
	{"Format puts values into places", `States.Format('{} is {} of {}, {}', $.name, 1, 2.50, null)`, `"Arnav is 1 of 2.5, null"`},
	{"Format takes a template from a path", `States.Format($.template, $.name)`, `"Hello, Arnav {}"`},
	{"Format knows escapes", `States.Format('\'{}\' \{\} \\', 'it\'s')`, `"'it's' {} \\"`},
	{"Format writes objects", `States.Format('{}', $.o)`, `"{a=[true], b=1}"`},
	{"Format takes no values", `States.Format('plain')`, `"plain"`},
	{"Format refuses an open brace", `States.Format($.open, 1)`, ``},
	{"Format refuses missing values", `States.Format($.template)`, ``},
	{"Format refuses a template that is no text", `States.Format($.o)`, ``},
	{"StringToJson reads JSON", `States.StringToJson($.json)`, `{"foo":[1,2.0]}`},
	{"StringToJson reads a number", `States.StringToJson('12')`, `12`},
	{"StringToJson reads nothing", `States.StringToJson($.blank)`, `null`},
	{"StringToJson refuses what is not JSON", `States.StringToJson($.bad)`, ``},
	{"StringToJson refuses an object", `States.StringToJson($.o)`, ``},
	{"JsonToString writes JSON", `States.JsonToString($.o)`, `"{\"a\":[true],\"b\":1}"`},
	{"Array holds its arguments", `States.Array(1, 'a', true, null, $.name, States.Array())`, `[1,"a",true,null,"Arnav",[]]`},
	{"ArrayPartition cuts", `States.ArrayPartition(States.ArrayRange(1, 5, 1), 2)`, `[[1,2],[3,4],[5]]`},
	{"ArrayPartition rounds", `States.ArrayPartition(States.ArrayRange(1, 4, 1), $.half)`, `[[1,2,3],[4]]`},
	{"ArrayPartition refuses zero", `States.ArrayPartition($.list, 0)`, ``},
	{"ArrayPartition refuses text", `States.ArrayPartition($.name, 1)`, ``},
	{"ArrayContains finds", `States.ArrayContains($.list, 3)`, `true`},
	{"ArrayContains finds objects", `States.ArrayContains($.list, States.StringToJson('{"k": [1]}'))`, `true`},
	{"ArrayContains does not find", `States.ArrayContains($.list, 'b')`, `false`},
	{"ArrayContains refuses text", `States.ArrayContains($.name, 'A')`, ``},
	{"ArrayRange counts", `States.ArrayRange(1, 9, 2)`, `[1,3,5,7,9]`},
	{"ArrayRange counts down", `States.ArrayRange(3, 1, -1)`, `[3,2,1]`},
	{"ArrayRange refuses no increment", `States.ArrayRange(1, 9, 0)`, ``},
	{"ArrayRange refuses more than 1000 items", `States.ArrayRange(1, 1001, 1)`, ``},
	{"ArrayRange takes 1000 items", `States.ArrayLength(States.ArrayRange(1, 1000, 1))`, `1000`},
	{"ArrayGetItem gets", `States.ArrayGetItem($.list, 1)`, `2`},
	{"ArrayGetItem refuses an index beyond the end", `States.ArrayGetItem($.list, 9)`, ``},
	{"ArrayGetItem refuses an index below zero", `States.ArrayGetItem($.list, -1)`, ``},
	{"ArrayLength counts", `States.ArrayLength($.list)`, `9`},
	{"ArrayLength refuses an object", `States.ArrayLength($.o)`, ``},
	{"ArrayUnique keeps the first", `States.ArrayUnique($.list)`, `[1,2,3,"a",{"k":[1]},null]`},
	{"Base64Encode encodes", `States.Base64Encode('Data to encode')`, `"RGF0YSB0byBlbmNvZGU="`},
	{"Base64Decode decodes", `States.Base64Decode('RGVjb2RlZCBkYXRh')`, `"Decoded data"`},
	{"Base64Decode refuses other text", `States.Base64Decode('%')`, ``},
	{"Hash with MD5", `States.Hash('a', 'MD5')`, `"0cc175b9c0f1b6a831c399e269772661"`},
	{"Hash with SHA-1", `States.Hash('input data', 'SHA-1')`, `"aaff4a450a104cd177d28d18d74485e8cae074b7"`},
	{"Hash with SHA-256", `States.Hash('a', 'SHA-256')`, `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`},
	{"Hash with SHA-384", `States.Hash('a', 'SHA-384')`, `"54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31"`},
	{"Hash with SHA-512", `States.Hash('a', 'SHA-512')`, `"1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"`},
	{"Hash refuses other algorithms", `States.Hash('a', 'CRC')`, ``},
	{"Hash refuses objects", `States.Hash($.o, 'MD5')`, ``},
	{"JsonMerge lets the second win", `States.JsonMerge($.o, $.o2, false)`, `{"a":2,"b":1,"c":3}`},
	{"JsonMerge refuses to go deep", `States.JsonMerge($.o, $.o2, true)`, ``},
	{"JsonMerge refuses text", `States.JsonMerge($.o, $.name, false)`, ``},
	{"MathRandom leaves out the end", `States.MathRandom(4, 5)`, `4`},
	{"MathRandom refuses an empty range", `States.MathRandom(4, 4)`, ``},
	{"MathAdd adds", `States.MathAdd(111, -1)`, `110`},
	{"MathAdd rounds", `States.MathAdd($.half, -2.5)`, `1`},
	{"MathAdd refuses large numbers", `States.MathAdd(2147483648, 1)`, ``},
	{"MathAdd refuses text", `States.MathAdd('1', 1)`, ``},
	{"StringSplit splits", `States.StringSplit('1,2,3', ',')`, `["1","2","3"]`},
	{"StringSplit splits at any character", `States.StringSplit('This.is+a,test=string', '.+,=')`, `["This","is","a","test","string"]`},
	{"StringSplit leaves out what is empty", `States.StringSplit(',,1,,2,', ',')`, `["1","2"]`},
	{"a path with brackets is an argument", `States.Format('{}', $['a b'])`, `"4"`},
	{"a filter is an argument", `States.Array($.list[?(@.k)].k[0], 1)`, `[[1,1],1]`},
	{"spaces do not matter", `States.MathAdd( 1 ,States.ArrayLength( $.list ) )`, `10`},
	{"calls nest", `States.ArrayGetItem(States.StringSplit(States.Format('{}/z', $.path), '/'), 2)`, `"z"`},
	{"the number of all ids of all patches", `States.ArrayLength(States.StringSplit(States.JsonToString($.patches[*].CVEIds), ','))`, `4`},
	{"the last item", `States.ArrayGetItem($.list, States.MathAdd(States.ArrayLength($.list), -1))`, `null`},
	{"the first of a call in a call", `States.ArrayGetItem(States.ArrayGetItem(States.ArrayPartition($.list, 2), 1), 0)`, `3`},
	{"MathAdd with negatives", `States.MathAdd(-5, States.MathAdd(-1, 2))`, `-4`},
	{"MathAdd rounds negatives", `States.MathAdd(-2.6, 0)`, `-3`},
	{"Hash of a call", `States.Hash(States.Format('{}', 'a'), 'MD5')`, `"0cc175b9c0f1b6a831c399e269772661"`},
	{"Hash with an algorithm from a path", `States.Hash('a', $.hash)`, `"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"`},
	{"a call with a slice", `States.ArrayLength($.patches[1:])`, `1`},
	{"a call with a filter that has a comma", `States.ArrayLength($.patches[?(@.Title == 'b, (c)')])`, `1`},
}

func TestIntrinsics(t *testing.T) {
	for _, test := range intrinsics {
		t.Run(test.name, func(t *testing.T) {
			e := run(t, passing(`"Parameters": {"v.$": `+quote(test.call)+`}, "OutputPath": "$.v"`), intrinsicInput, nil)
			if test.want == "" {
				require.Equal(t, asl.ErrorIntrinsicFailure, e.Error, string(e.Output))
				return
			}
			require.Equal(t, asl.StatusSucceeded, e.Status, e.Cause)
			require.JSONEq(t, test.want, string(e.Output))
		})
	}
}

func TestIntrinsicsOfVariables(t *testing.T) {
	e := run(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"patches.$": "$.patches", "none": []}, "Next": "B"},
	  "B": {"Type": "Pass", "End": true, "Parameters": {"titles.$": "$patches[*].Title", "none.$": "$none[*].Title", "rest.$": "$patches[1:].CVEIds",
	    "ids.$": "States.ArrayLength(States.StringSplit(States.JsonToString($patches[*].CVEIds), ','))",
	    "last.$": "States.ArrayGetItem($patches[*].Title, States.MathAdd(States.ArrayLength($patches), -1))"}}}}`, intrinsicInput, nil)
	require.JSONEq(t, `{"titles": ["a", "b, (c)"], "none": [], "rest": ["4"], "ids": 4, "last": "b, (c)"}`, string(e.Output), e.Cause)
}

func TestIntrinsicsOfChance(t *testing.T) {
	e := run(t, passing(`"Parameters": {
	  "uuid.$": "States.UUID()", "other.$": "States.UUID()",
	  "seeded.$": "States.Array(States.MathRandom(0, 1000000, 7), States.MathRandom(0, 1000000, 7))"}`), `{}`, nil)
	require.Regexp(t, `"uuid":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"`, string(e.Output))
	require.Regexp(t, `"seeded":\[(\d+),\d+\]`, string(e.Output))
}

func TestIntrinsicLimits(t *testing.T) {
	for _, call := range []string{"States.Hash($, 'MD5')", "States.Base64Encode($)", "States.Base64Decode($)"} {
		definition := passing(`"Parameters": {"v.$": "` + call + `"}`)
		text := strings.Repeat("YWFh", 2_500)
		require.Equal(t, asl.StatusSucceeded, run(t, definition, quote(text), nil).Status)
		require.Equal(t, asl.ErrorIntrinsicFailure, run(t, definition, quote(text+"YWFh"), nil).Error)
	}
	nested := func(n int) string {
		return passing(`"Parameters": {"v.$": "` + strings.Repeat("States.Array(", n) + strings.Repeat(")", n) + `"}`)
	}
	load(t, nested(10))
	_, err := asl.Load([]byte(nested(11)))
	require.ErrorContains(t, err, "more than 10 functions are nested")
}

func TestIntrinsicWithoutItsArgument(t *testing.T) {
	e := run(t, passing(`"Parameters": {"v.$": "States.Format('{}', $.nope)"}`), `{}`, nil)
	require.Equal(t, asl.ErrorRuntime, e.Error)
	require.Contains(t, e.Cause, `The JSONPath '$.nope' specified for the field 'States.Format('{}', $.nope)'`)
}

func TestIntrinsicsThatDoNotParse(t *testing.T) {
	for _, call := range []string{
		`States.Array(`, `States.Array)`, `States.Array(1,)`, `States.Array(,1)`, `States.Array(1 2)`, `States.Array('a)`,
		`States.Array('\n')`, `States.Array("a")`, `States.Array($.a[)`, `States.Array(01)`, `States.Array() x`, `States.UUID(1)`,
		`Array()`, `x`, ``, `States.Array([1])`, `States.Format(1)`, `States.Format('{')`,
	} {
		t.Run(call, func(t *testing.T) {
			_, err := asl.Load([]byte(passing(`"Parameters": {"v.$": ` + quote(call) + `}`)))
			require.ErrorContains(t, err, "v.$")
		})
	}
}

func TestIntrinsicsNeverPanic(t *testing.T) {
	pieces := []string{
		"States.Array", "States.Format", "States.MathAdd", "States.StringSplit", "States.JsonMerge", "States.ArrayRange", "States.ArrayPartition",
		"(", "(", "(", ")", ")", ")", ",", ",", "'", "\\", "{}", "{", "$.a", "$", "$$.State.Name", "$.a[*]", "[?(@.b)]", "1", "-2.5", "1e999", "true", "null", " ", "é",
	}
	rapid.Check(t, func(t *rapid.T) {
		call := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 20).Draw(t, "pieces"), "")
		m, err := asl.Load([]byte(passing(fmt.Sprintf(`"Parameters": {"v.$": %s}`, quote(call)))))
		if err != nil {
			return
		}
		i := asl.New(asl.Config{Machine: m})
		defer i.Close()
		_, err = i.Start("", []byte(`{"a": [1, {"b": "x,y"}]}`))
		require.NoError(t, err)
	})
}
