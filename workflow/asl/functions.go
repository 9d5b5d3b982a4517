package asl

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// function is one intrinsic function.
type function struct {
	name       string
	min, max   int  // number of arguments; max -1 is any
	isTemplate bool // the first argument is a format, whose escapes the function reads
	apply      func(args []any) (any, error)
	check      func(args []expression) error // at load, or nil
}

func functionNamed(name string) *function {
	for i := range functions {
		if functions[i].name == name {
			return &functions[i]
		}
	}
	return nil
}

// functions are the intrinsic functions of the language.
var functions = []function{
	{name: "States.Format", min: 1, max: -1, isTemplate: true, apply: formatText, check: checkFormat},
	{name: "States.StringToJson", min: 1, max: 1, apply: stringToJSON},
	{name: "States.JsonToString", min: 1, max: 1, apply: jsonToString},
	{name: "States.Array", min: 0, max: -1, apply: array},
	{name: "States.ArrayPartition", min: 2, max: 2, apply: arrayPartition},
	{name: "States.ArrayContains", min: 2, max: 2, apply: arrayContains},
	{name: "States.ArrayRange", min: 3, max: 3, apply: arrayRange},
	{name: "States.ArrayGetItem", min: 2, max: 2, apply: arrayGetItem},
	{name: "States.ArrayLength", min: 1, max: 1, apply: arrayLength},
	{name: "States.ArrayUnique", min: 1, max: 1, apply: arrayUnique},
	{name: "States.Base64Encode", min: 1, max: 1, apply: base64Encode},
	{name: "States.Base64Decode", min: 1, max: 1, apply: base64Decode},
	{name: "States.Hash", min: 2, max: 2, apply: hashText},
	{name: "States.JsonMerge", min: 3, max: 3, apply: jsonMerge},
	{name: "States.MathRandom", min: 2, max: 3, apply: mathRandom},
	{name: "States.MathAdd", min: 2, max: 2, apply: mathAdd},
	{name: "States.StringSplit", min: 2, max: 2, apply: stringSplit},
	{name: "States.UUID", min: 0, max: 0, apply: func([]any) (any, error) { return newUUID(), nil }},
}

// maxText is how much text Hash and the Base64 functions take, in characters
// (10,000, Step Functions developer guide, "Intrinsic functions").
const maxText = 10_000

func asText(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%s is no string", encode(v))
	}
	return s, nil
}

func asShortText(v any) (string, error) {
	s, err := asText(v)
	if err == nil && len([]rune(s)) > maxText {
		return "", fmt.Errorf("the string has more than %d characters", maxText)
	}
	return s, err
}

func asList(v any) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is no array", encode(v))
	}
	return list, nil
}

// asInteger rounds a number to the nearest integer, halves up, and refuses what is
// outside of -2,147,483,648 to 2,147,483,647.
func asInteger(v any) (int64, error) {
	f, ok := asFloat(v)
	if !ok {
		return 0, fmt.Errorf("%s is no number", encode(v))
	}
	f = math.Floor(f + 0.5)
	if f < math.MinInt32 || f > math.MaxInt32 {
		return 0, fmt.Errorf("%s is outside of -2147483648 to 2147483647", encode(v))
	}
	return int64(f), nil
}

func asIntegers(args []any) ([]int64, error) {
	integers := make([]int64, len(args))
	for i, a := range args {
		var err error
		if integers[i], err = asInteger(a); err != nil {
			return nil, err
		}
	}
	return integers, nil
}

// mathRandom gives an integer from the first number up to, but without, the second.
func mathRandom(args []any) (any, error) {
	n, err := asIntegers(args)
	if err != nil {
		return nil, err
	}
	if n[1] <= n[0] {
		return nil, errors.New("the end must be greater than the start")
	}
	if len(n) == 3 {
		seed := uint64(n[2])                                                   // #nosec G115 -- any seed will do
		return n[0] + rand.New(rand.NewPCG(seed, seed)).Int64N(n[1]-n[0]), nil // #nosec G404 -- States.MathRandom is no secret, and repeatable by its seed
	}
	return n[0] + rand.Int64N(n[1]-n[0]), nil // #nosec G404 -- States.MathRandom is no secret
}

func mathAdd(args []any) (any, error) {
	n, err := asIntegers(args)
	if err != nil {
		return nil, err
	}
	return n[0] + n[1], nil
}
