package asl

import (
	"fmt"
	"strings"
)

// fields reads one JSON object of a definition. Each method takes one field and
// reports what is wrong with it; finish reports the fields that nobody took.
type fields struct {
	*loader
	state    string   // the state that the object belongs to, or ""
	prefix   string   // path of the object in the state, e.g. "Retry[0]"
	order    []string // of the names
	values   map[string]*node
	taken    map[string]bool
	callback bool // the object is of a task with .waitForTaskToken
	ofMap    bool // the object is a Map state
}

// fields opens an object, and reports if there is none. A name given twice is refused,
// since either value would be ignored.
func (l *loader) fields(n *node, state, prefix string) (*fields, bool) {
	f := &fields{loader: l, state: state, prefix: prefix, order: n.order, values: n.members, taken: map[string]bool{}}
	switch {
	case !n.isObject():
		f.refuse("", "must be an object")
	case n.twice != "":
		f.refuse("", "%q is given twice", n.twice)
	default:
		return f, true
	}
	return nil, false
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

func (f *fields) raw(name string) (*node, bool) {
	f.taken[name] = true
	raw, ok := f.values[name]
	return raw, ok
}

func (f *fields) required(name string) (*node, bool) {
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
	s, ok := raw.value.(string)
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
	n, ok := raw.value.(int64)
	if !ok || n < low || n > high {
		f.refuse(name, "must be an integer from %d to %d", low, high)
		return 0, false
	}
	return n, true
}

// list gives the elements of an array. Only Retry and Catch may have none.
func (f *fields) list(name string) []*node {
	raw, ok := f.raw(name)
	if !ok {
		return nil
	}
	if !raw.isArray() || len(raw.list) == 0 && name != "Retry" && name != "Catch" {
		f.refuse(name, "must be an array that is not empty")
	}
	return raw.list
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
	if raw, ok := f.values[name]; ok && raw.isNull() {
		f.taken[name] = true
		return selection{none: true}
	}
	return selection{path: f.path(name, false), field: name}
}

// resultPath takes ResultPath.
func (f *fields) resultPath() resultPath {
	raw, ok := f.raw("ResultPath")
	if !ok || raw.isNull() {
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
	if twice := raw.repeated(); twice != "" {
		f.refuse(name, "%q is given twice", twice)
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
