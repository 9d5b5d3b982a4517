package slacksim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"
)

// object is a JSON object of Block Kit; numbers are json.Number.
type object = map[string]any

// report collects what is wrong, in Slack's form: the problem and a pointer to
// its place.
type report struct{ problems []string }

func (r *report) add(at, problem string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(problem, args...)+" [json-pointer:"+at+"]")
}

// check looks at one JSON value and reports what is wrong with it.
type check func(r *report, at string, v any)

// field is one property of an object.
type field struct {
	name     string
	required bool
	check    check
}

func required(name string, c check) field { return field{name, true, c} }
func optional(name string, c check) field { return field{name, false, c} }

// schema describes an object: its properties, and rules between them.
type schema struct {
	fields []field
	rules  []func(r *report, at string, o object)
}

func fields(fs ...field) schema { return schema{fields: fs} }

// with is the schema with one property more.
func (s schema) with(f field) schema {
	s.fields = append(slices.Clone(s.fields), f)
	return s
}

// and is the schema with one rule more.
func (s schema) and(rule func(r *report, at string, o object)) schema {
	s.rules = append(slices.Clone(s.rules), rule)
	return s
}

// check reports missing, unknown and wrong properties. null counts as missing.
func (s schema) check(r *report, at string, v any) {
	o, ok := v.(object)
	if !ok {
		r.add(at, "must provide an object")
		return
	}
	for _, f := range s.fields {
		if v, ok := o[f.name]; ok && v != nil {
			f.check(r, at+"/"+f.name, v)
		} else if f.required {
			r.add(at, "missing required field: %s", f.name)
		}
	}
	for _, name := range sortedKeys(o) {
		if !slices.ContainsFunc(s.fields, func(f field) bool { return f.name == name }) {
			r.add(at, "invalid additional property: %s", name)
		}
	}
	for _, rule := range s.rules {
		rule(r, at, o)
	}
}

// typed checks an object by the schema that its "type" names.
func typed(find func(kind string) (schema, bool), allowed ...string) check {
	return func(r *report, at string, v any) {
		o, ok := v.(object)
		if !ok {
			r.add(at, "must provide an object")
			return
		}
		kind, ok := o["type"].(string)
		if !ok {
			r.add(at, "missing required field: type")
			return
		}
		s, known := find(kind)
		if !known || !slices.Contains(allowed, kind) {
			r.add(at+"/type", "unsupported type: %s", kind)
			return
		}
		s.fields = append(slices.Clone(s.fields), required("type", oneOf(kind)))
		s.check(r, at, v)
	}
}

// str is a string of least to most characters.
func str(least, most int) check {
	return func(r *report, at string, v any) {
		s, ok := v.(string)
		switch n := utf8.RuneCountInString(s); {
		case !ok:
			r.add(at, "must be a string")
		case n < least:
			r.add(at, "must be more than %d characters", least-1)
		case n > most:
			r.add(at, "must be less than %d characters", most+1)
		}
	}
}

// matching is a string of a given form, e.g. a date.
func matching(form *regexp.Regexp, name string) check {
	return func(r *report, at string, v any) {
		if s, ok := v.(string); !ok || !form.MatchString(s) {
			r.add(at, "must be %s", name)
		}
	}
}

func oneOf(values ...string) check {
	return func(r *report, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			r.add(at, "must be a valid enum value")
		}
	}
}

// list is an array of least to most items.
func list(least, most int, item check) check {
	return func(r *report, at string, v any) {
		items, ok := v.([]any)
		switch {
		case !ok:
			r.add(at, "must be an array")
			return
		case len(items) < least:
			r.add(at, "no fewer than %d items allowed", least)
		case len(items) > most:
			r.add(at, "no more than %d items allowed", most)
		}
		for i, v := range items {
			item(r, fmt.Sprintf("%s/%d", at, i), v)
		}
	}
}

func boolean(r *report, at string, v any) {
	if _, ok := v.(bool); !ok {
		r.add(at, "must be a boolean")
	}
}

// integer is a whole number from least to most.
func integer(least, most int64) check {
	return func(r *report, at string, v any) {
		number, _ := v.(json.Number)
		if n, err := number.Int64(); err != nil || n < least || n > most {
			r.add(at, "must be a whole number from %d to %d", least, most)
		}
	}
}

// anything leaves a value to Slack, where the simulator does not know its rules.
func anything(*report, string, any) {}
