package asl

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxPayload is the largest input, output or result of a state, in bytes of JSON
// (Step Functions quotas: 256 KiB).
const maxPayload = 262_144

// A value is decoded JSON: nil, bool, string, int64, float64, json.Number (an
// integer beyond int64), []any or map[string]any. Integers and fractions stay
// apart so that 1 and 1.0 leave as they came.

// decode reads exactly one JSON value.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return settle(v), nil
}

// settle turns the numbers of a freshly decoded value into int64 and float64.
func settle(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = settle(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = settle(v[k])
		}
	}
	return v
}

func number(n json.Number) any {
	if !strings.ContainsAny(n.String(), ".eE") {
		if i, err := n.Int64(); err == nil {
			return i
		}
		return n
	}
	f, err := n.Float64()
	if err != nil {
		return n
	}
	return f
}

// encode writes compact JSON with sorted keys, without HTML escapes.
func encode(v any) json.RawMessage { return appendJSON(nil, v) }

// encodePayload encodes what goes in or out of a state; over 256 KiB it fails with
// States.DataLimitExceeded. Nobody could confirm that this can be caught, so it cannot.
func encodePayload(v any, state string) (json.RawMessage, error) {
	data := encode(v)
	if len(data) > maxPayload {
		return nil, &failure{name: ErrorDataLimitExceeded, cause: tooLong(state), final: true}
	}
	return data, nil
}

// tooLong words the cause of a result or payload over maxPayload.
func tooLong(who string) string {
	return "The state/task '" + who + "' returned a result with a size exceeding the maximum number of bytes service limit."
}

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return appendFloat(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, k), ':')
			b = appendJSON(b, v[k])
		}
		return append(b, '}')
	default:
		panic(fmt.Sprintf("asl: %T is not a JSON value", v))
	}
}

// appendFloat keeps the fraction of whole numbers: 1.0 stays 1.0.
func appendFloat(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendFloat(b, f, 'f', 1, 64)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			var buf bytes.Buffer
			e := json.NewEncoder(&buf)
			e.SetEscapeHTML(false)
			_ = e.Encode(s) // a string always encodes
			return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// asFloat gives the number of a value.
func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// equal compares two values; numbers by what they are worth, so 1 equals 1.0.
func equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	case int64, float64, json.Number:
		return compareNumbers(a, b) == 0
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

// compareNumbers gives -1, 0 or 1, or incomparable when one of the values is no number.
func compareNumbers(a, b any) int {
	x, xInt := a.(int64)
	y, yInt := b.(int64)
	if xInt && yInt {
		return cmp.Compare(x, y)
	}
	f, okA := asFloat(a)
	g, okB := asFloat(b)
	if !okA || !okB {
		return incomparable
	}
	return cmp.Compare(f, g)
}
