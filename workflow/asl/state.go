package asl

import (
	"strings"
)

// state is one state of a machine.
type state struct {
	name string
	kind string // e.g. "Task"
	next *state // nil where the execution ends and in Choice states

	enteredEvent, exitedEvent string // e.g. "TaskStateEntered"; no event for leaving Fail

	input, output selection
	parameters    *template
	selector      *template // ResultSelector
	resultPath    resultPath
	assign        *template

	result any // of a Pass state that has one
	fixed  bool
	retry  []retrier
	catch  []*catcher
	task   *task
	choice *choice
	wait   *wait
	fail   *fail

	parallel *parallel
	iterate  *iterate
}

// selection is an InputPath or OutputPath: everything, a part, or nothing ({}).
type selection struct {
	path  *path // nil selects everything
	field string
	none  bool
}

func (sel selection) apply(s *scope) (any, error) {
	switch {
	case sel.none:
		return map[string]any{}, nil
	case sel.path == nil:
		return s.input, nil
	}
	v, err := s.selected(sel.path, sel.field)
	if list, ok := v.([]any); ok && len(list) == 0 && !sel.path.definite() {
		// Parameters take such a path as an empty list; whether these fields do, nobody could
		// confirm, so here they do not.
		return nil, failf(ErrorRuntime, "Invalid path '%s' : No results for path: %s", sel.path.text, bracketed(sel.path.steps))
	}
	return v, err
}

// ends tells whether the execution can end after the state.
func (s *state) ends() bool { return s.next == nil && s.choice == nil }

// successors are the states that can follow.
func (s *state) successors() []*state {
	all := []*state{s.next}
	for _, c := range s.catch {
		all = append(all, c.next)
	}
	if s.choice != nil {
		all = append(all, s.choice.otherwise)
		for _, r := range s.choice.rules {
			all = append(all, r.next)
		}
	}
	return all
}

// state reads one state.
func (l *loader) state(s *state, raw *node) {
	f, ok := l.fields(raw, s.name, "")
	if !ok {
		return
	}
	f.text("Comment")
	f.queryLanguage()
	if !f.has("Type") {
		f.refuse("Type", "is missing")
		return
	}
	s.kind, _ = f.text("Type")
	switch s.kind {
	case "Task":
		f.task(s)
	case "Choice":
		f.choice(s)
	case "Parallel":
		f.parallel(s)
	case "Map":
		f.iterate(s)
	case "Wait":
		f.wait(s)
	case "Pass":
		f.pass(s)
	case "Succeed":
		f.io(s)
	case "Fail":
		f.fail(s)
	default:
		f.refuse("Type", "%q is not supported", s.kind)
		return
	}
	s.enteredEvent = s.kind + "StateEntered"
	if s.kind != "Fail" {
		s.exitedEvent = s.kind + "StateExited"
	}
	f.finish()
}

// io takes InputPath and OutputPath.
func (f *fields) io(s *state) {
	s.input, s.output = f.selection("InputPath"), f.selection("OutputPath")
}

// transition takes Next or End.
func (f *fields) transition(s *state) {
	raw, end := f.raw("End")
	switch {
	case end && f.has("Next"):
		f.both("End", "Next")
		f.text("Next")
	case f.has("Next"):
		f.target("Next", &s.next)
	case !end:
		f.refuse("Next", "is missing, and so is End")
	}
	if end && raw.value != true {
		f.refuse("End", "must be true")
	}
}

func (f *fields) pass(s *state) {
	f.io(s)
	f.transition(s)
	s.parameters = f.template("Parameters")
	s.resultPath = f.resultPath()
	s.assign = f.assign()
	if raw, ok := f.raw("Result"); ok {
		s.fixed = true
		s.result = raw.plain()
	}
}

// fail is what a Fail state adds: each of the two is fixed text or an expression.
type fail struct{ errorName, cause expression }

func (f *fields) fail(s *state) {
	s.fail = &fail{errorName: f.words("Error"), cause: f.words("Cause")}
}

// words takes the field of this name, or the one with "Path" behind it: a path or one
// of the intrinsic functions that yield a string.
func (f *fields) words(name string) expression {
	f.both(name, name+"Path")
	if text, ok := f.text(name); ok {
		return literal{text}
	}
	text, ok := f.text(name + "Path")
	if !ok {
		return literal{""}
	}
	e, err := parseExpression(text, name+"Path")
	if err != nil {
		f.refuse(name+"Path", "%v", err)
		return literal{""}
	}
	if c, ok := e.(*call); ok && !c.yieldsText() {
		f.refuse(name+"Path", "%s does not yield a string", c.function.name)
	}
	f.check(name+"Path", e.paths())
	return e
}

// yieldsText tells whether AWS takes the function in ErrorPath and CausePath.
func (c *call) yieldsText() bool {
	switch strings.TrimPrefix(c.function.name, "States.") {
	case "Format", "JsonToString", "ArrayGetItem", "Base64Encode", "Base64Decode", "Hash", "UUID":
		return true
	}
	return false
}
