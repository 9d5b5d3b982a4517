package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// fields reads one JSON object of a definition. Each method takes one field and
// reports what is wrong with it; finish reports the fields that nobody took.
type fields struct {
	*loader
	state    string   // the state that the object belongs to, or ""
	prefix   string   // path of the object in the state, e.g. "Retry[0]"
	order    []string // of the names
	values   map[string]json.RawMessage
	taken    map[string]bool
	callback bool // the object is of a task with .waitForTaskToken
	ofMap    bool // the object is a Map state
}

// fields opens an object, and reports if there is none.
func (l *loader) fields(data json.RawMessage, state, prefix string) (*fields, bool) {
	f := &fields{loader: l, state: state, prefix: prefix, taken: map[string]bool{}}
	var err error
	if f.order, f.values, err = splitObject(data); err != nil {
		f.refuse("", "%v", err)
		return nil, false
	}
	return f, true
}

// splitObject gives the fields of a JSON object in their order. A name given twice is
// an error, since either value would be ignored.
func splitObject(data []byte) ([]string, map[string]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, nil, errors.New("is not UTF-8")
	}
	if _, err := decode(data); err != nil {
		return nil, nil, fmt.Errorf("is not JSON: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, nil, errors.New("must be an object")
	}
	var names []string
	values := map[string]json.RawMessage{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		if _, twice := values[name]; twice {
			return nil, nil, fmt.Errorf("%q is given twice", name)
		}
		names, values[name] = append(names, name), value
	}
	return names, values, nil
}

// at names a field for a problem.
func (f *fields) at(field string) Problem {
	switch {
	case field == "" && f.prefix == "":
		field = "definition"
	case field == "":
		field = f.prefix
	case f.prefix != "":
		field = f.prefix + "." + field
	}
	return Problem{State: f.state, Field: field}
}

func (f *fields) refuse(field, format string, args ...any) {
	f.loader.refuse(f.at(field), format, args...)
}

// finish refuses the fields that were not taken.
func (f *fields) finish() {
	for _, name := range f.order {
		if !f.taken[name] {
			f.refuse(name, "the field is unknown or not supported here")
		}
	}
}

func (f *fields) has(name string) bool {
	_, ok := f.values[name]
	return ok
}

// both refuses two fields that exclude each other.
func (f *fields) both(a, b string) {
	if f.has(a) && f.has(b) {
		f.refuse(b, "cannot be used together with %s", a)
	}
}

func (f *fields) raw(name string) (json.RawMessage, bool) {
	f.taken[name] = true
	raw, ok := f.values[name]
	return raw, ok
}

func (f *fields) required(name string) (json.RawMessage, bool) {
	raw, ok := f.raw(name)
	if !ok {
		f.refuse(name, "is missing")
	}
	return raw, ok
}

func (f *fields) text(name string) (string, bool) {
	raw, ok := f.raw(name)
	if !ok {
		return "", false
	}
	v, _ := decode(raw)
	s, ok := v.(string)
	if !ok {
		f.refuse(name, "must be a string")
	}
	return s, ok
}

func (f *fields) integer(name string, low, high int64) (int64, bool) {
	raw, ok := f.raw(name)
	if !ok {
		return 0, false
	}
	v, _ := decode(raw)
	n, ok := v.(int64)
	if !ok || n < low || n > high {
		f.refuse(name, "must be an integer from %d to %d", low, high)
		return 0, false
	}
	return n, true
}

// list gives the elements of an array. Only Retry and Catch may have none.
func (f *fields) list(name string) []json.RawMessage {
	raw, ok := f.raw(name)
	if !ok {
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 && (list == nil || name != "Retry" && name != "Catch") {
		f.refuse(name, "must be an array that is not empty")
		return nil
	}
	return list
}

// objects opens each element of an array of objects.
func (f *fields) objects(name string) []*fields {
	var opened []*fields
	for i, raw := range f.list(name) {
		prefix := strings.TrimPrefix(fmt.Sprintf("%s.%s[%d]", f.prefix, name, i), ".")
		if o, ok := f.fields(raw, f.state, prefix); ok {
			opened = append(opened, o)
		}
	}
	return opened
}

// queryLanguage takes the field QueryLanguage, which has to be JSONPath.
func (f *fields) queryLanguage() {
	if language, ok := f.text("QueryLanguage"); ok && language != "JSONPath" {
		f.refuse("QueryLanguage", "%q is not supported, only JSONPath is", language)
	}
}

// target takes the name of a state, to be resolved when all states are known.
func (f *fields) target(name string, place **state) {
	if !f.has(name) {
		f.refuse(name, "is missing")
		return
	}
	if text, ok := f.text(name); ok {
		f.targets = append(f.targets, target{from: f.at(name), name: text, place: place})
	}
}

// path takes a path; a reference path names at most one value.
func (f *fields) path(name string, reference bool) *path {
	text, ok := f.text(name)
	if !ok {
		return nil
	}
	p, err := parsePath(text)
	switch {
	case err != nil:
		f.refuse(name, "%v", err)
		return nil
	case reference && !p.definite():
		f.refuse(name, "%q must be a reference path", text)
	}
	f.check(name, []*path{p})
	return p
}

// selection takes InputPath or OutputPath.
func (f *fields) selection(name string) selection {
	if raw, ok := f.values[name]; ok && string(raw) == "null" {
		f.taken[name] = true
		return selection{none: true}
	}
	return selection{path: f.path(name, false), field: name}
}

// resultPath takes ResultPath.
func (f *fields) resultPath() resultPath {
	raw, ok := f.raw("ResultPath")
	if !ok || string(raw) == "null" {
		return resultPath{discard: ok}
	}
	text, ok := f.text("ResultPath")
	if !ok {
		return resultPath{}
	}
	p, err := parseResultPath(text)
	if err != nil {
		f.refuse("ResultPath", "%v", err)
	}
	return p
}

// template takes a payload template.
func (f *fields) template(name string) *template {
	raw, ok := f.raw(name)
	if !ok {
		return nil
	}
	if _, _, err := splitObject(raw); err != nil {
		f.refuse(name, "%v", err)
		return nil
	}
	t, err := parseTemplate(raw, name)
	if err != nil {
		f.refuse(name, "%v", err)
		return nil
	}
	f.check(name, t.root.paths())
	return t
}

// assign takes Assign and remembers the variables that it sets.
func (f *fields) assign() *template {
	t := f.template("Assign")
	if t == nil {
		return nil
	}
	for name := range t.root.(objectTemplate) {
		if name == "states" || leadingName(name) != name || name == "" || len([]rune(name)) > 80 {
			f.refuse("Assign", "%q is no name for a variable", name)
		}
		f.assigned[name] = true
	}
	return t
}

// check refuses paths into the context object that can never be there, and remembers
// the variables that are read.
func (f *fields) check(field string, paths []*path) {
	for _, p := range paths {
		if p.variable != "" {
			f.uses = append(f.uses, use{f.at(field), p.variable})
		}
		callback := f.callback && field == "Parameters"
		inMap := f.inMap || f.ofMap && (field == "ItemSelector" || field == "Parameters")
		if p.context && p.definite() && !contextHas(p, callback, inMap) {
			f.refuse(field, "the context object has no %q here", p.text)
		}
	}
}
