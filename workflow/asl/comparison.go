package asl

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// comparison tests the value that a rule's Variable leads to.
type comparison func(s *scope, variable *path) (bool, error)

// incomparable is the result of comparing values of another type than the operator's.
const incomparable = 2

// comparison takes the operator of this name, e.g. "NumericLessThanEqualsPath". A
// name that is none gives nil.
func (f *fields) comparison(name string) (comparison, error) {
	if test := typeTest(name); test != nil {
		return f.typeTest(name, test)
	}
	if name == "StringMatches" {
		return f.stringMatches()
	}
	base, byPath := strings.CutSuffix(name, "Path")
	compare, relation := operator(base)
	if compare == nil || relation == nil {
		return nil, nil
	}
	operand := func(*scope) (any, error) { return nil, nil }
	if byPath {
		p := f.path(name, false)
		operand = func(s *scope) (any, error) { return s.operand(p, name, compare) }
	} else {
		raw, _ := f.raw(name)
		v := raw.plain()
		if compare(v, v) == incomparable {
			return nil, fmt.Errorf("cannot be compared with %s", encode(v))
		}
		operand = func(*scope) (any, error) { return v, nil }
	}
	return func(s *scope, variable *path) (bool, error) {
		v, err := s.lookup(variable, "Variable")
		if err != nil {
			return false, err
		}
		o, err := operand(s)
		if err != nil {
			return false, err
		}
		return relation(compare(v, o)), nil
	}, nil
}

// operand evaluates the path of an operator, which has to lead to a value of the
// operator's type.
func (s *scope) operand(p *path, field string, compare func(a, b any) int) (any, error) {
	v, err := s.lookup(p, field)
	if err == nil && compare(v, v) == incomparable {
		err = failf(ErrorRuntime, "The %s '%s' does not lead to a value that it can compare: %s", field, p.text, encode(v))
	}
	return v, err
}

// operator takes a name apart, e.g. "StringLessThan" into the order of strings and
// "less than"; nil is unknown.
func operator(name string) (compare func(a, b any) int, relation func(order int) bool) {
	if name == "BooleanEquals" {
		return compareBooleans, relationNamed("Equals")
	}
	if rest, ok := strings.CutPrefix(name, "String"); ok {
		return compareStrings, relationNamed(rest)
	}
	if rest, ok := strings.CutPrefix(name, "Numeric"); ok {
		return compareNumbers, relationNamed(rest)
	}
	if rest, ok := strings.CutPrefix(name, "Timestamp"); ok {
		return compareTimestamps, relationNamed(rest)
	}
	return nil, nil
}

func relationNamed(name string) func(order int) bool {
	switch name {
	case "Equals":
		return func(order int) bool { return order == 0 }
	case "LessThan":
		return func(order int) bool { return order == -1 }
	case "GreaterThan":
		return func(order int) bool { return order == 1 }
	case "LessThanEquals":
		return func(order int) bool { return order == -1 || order == 0 }
	case "GreaterThanEquals":
		return func(order int) bool { return order == 1 || order == 0 }
	}
	return nil
}

func compareStrings(a, b any) int {
	x, okA := a.(string)
	y, okB := b.(string)
	if !okA || !okB {
		return incomparable
	}
	return strings.Compare(x, y)
}

func compareTimestamps(a, b any) int {
	x, okA := timestamp(a)
	y, okB := timestamp(b)
	if !okA || !okB {
		return incomparable
	}
	return x.Compare(y)
}

// compareBooleans only knows equal (0) and not equal (1).
func compareBooleans(a, b any) int {
	x, okA := a.(bool)
	y, okB := b.(bool)
	switch {
	case !okA || !okB:
		return incomparable
	case x == y:
		return 0
	}
	return 1
}

// timestamp reads a time in the profile of ISO 8601 that RFC 3339 gives, with capital
// T and Z, e.g. 2026-11-25T17:00:00Z.
func timestamp(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok || strings.Contains(s, ",") || strings.Index(s, ":") != len("2026-11-25T17") {
		return time.Time{}, false // package time would take a comma and hours of one digit
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// typeTest gives the test behind an operator such as IsString; nil is unknown.
// IsPresent is answered before: its test is never asked.
func typeTest(name string) func(v any) bool {
	switch name {
	case "IsPresent":
		return func(any) bool { return true }
	case "IsNull":
		return func(v any) bool { return v == nil }
	case "IsString":
		return func(v any) bool { _, ok := v.(string); return ok }
	case "IsNumeric":
		return func(v any) bool { _, ok := asFloat(v); return ok }
	case "IsBoolean":
		return func(v any) bool { _, ok := v.(bool); return ok }
	case "IsTimestamp":
		return func(v any) bool { _, ok := timestamp(v); return ok }
	}
	return nil
}

// typeTest takes an operator whose operand is true or false. Only IsPresent allows
// the variable to be missing.
func (f *fields) typeTest(name string, test func(v any) bool) (comparison, error) {
	raw, _ := f.raw(name)
	want, ok := raw.value.(bool)
	if !ok {
		return nil, errors.New("must be true or false")
	}
	return func(s *scope, variable *path) (bool, error) {
		if name == "IsPresent" {
			present, err := s.has(variable)
			return present == want && err == nil, err
		}
		v, err := s.lookup(variable, "Variable")
		return err == nil && test(v) == want, err
	}, nil
}

// has tells whether a path leads anywhere. A variable without a value is not there.
func (s *scope) has(p *path) (bool, error) {
	if _, ok := s.variables[p.variable]; p.variable != "" && !ok {
		return false, nil
	}
	_, ok, err := s.find(p)
	return ok, err
}

// stringMatches takes StringMatches: * stands for any characters, \* for an asterisk
// and \\ for a backslash.
func (f *fields) stringMatches() (comparison, error) {
	pattern, _ := f.text("StringMatches")
	parts, err := splitPattern(pattern)
	if err != nil {
		return nil, err
	}
	return func(s *scope, variable *path) (bool, error) {
		v, err := s.lookup(variable, "Variable")
		if err != nil {
			return false, err
		}
		text, ok := v.(string)
		return ok && matchParts(text, parts), nil
	}, nil
}

// splitPattern gives the literal text between the asterisks of a pattern.
func splitPattern(pattern string) ([]string, error) {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			parts = append(parts, b.String())
			b.Reset()
		case '\\':
			if i++; i == len(pattern) || pattern[i] != '*' && pattern[i] != '\\' {
				return nil, errors.New(`in a pattern a backslash must stand before * or \`)
			}
			b.WriteByte(pattern[i])
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, b.String()), nil
}

func matchParts(text string, parts []string) bool {
	if len(parts) == 1 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[last])
}
