package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxSeconds is the longest wait or timeout, in seconds (Step Functions developer
// guide, "Task workflow state"). It is also the timeout of a task that has none.
const maxSeconds = 99_999_999

// Machine is a loaded state machine. It does not change and may be shared.
type Machine struct {
	graph
	definition json.RawMessage
	timeout    time.Duration // of a whole execution; 0 is none
}

// graph is the states that lead to each other: those of the machine, of a branch, or of
// the processor of a Map state.
type graph struct {
	start  *state
	states []*state // in the order of the definition
}

// Problem is one reason why a definition was refused.
type Problem struct {
	State  string // name of the state, or "" for the machine itself
	Field  string // e.g. "Retry[0].MaxAttempts"
	Reason string
}

// Error names the state, the field and the reason.
func (p *Problem) Error() string {
	if p.State == "" {
		return fmt.Sprintf("%s: %s", p.Field, p.Reason)
	}
	return fmt.Sprintf("state %q: %s: %s", p.State, p.Field, p.Reason)
}

// Load reads a state machine definition, which is JSON of at most 1 MiB, nested at most
// 200 levels deep. It refuses what the language
// does not know, what this package does not run, and what could not work. The error
// lists every problem; errors.As finds the first [*Problem].
func Load(definition []byte) (*Machine, error) {
	l := &loader{stateNames: map[string]bool{}}
	m := l.machine(definition)
	if len(l.problems) > 0 {
		return nil, fmt.Errorf("load state machine: %w", errors.Join(l.problems...))
	}
	m.definition = bytes.Clone(definition)
	return m, nil
}

// loader collects what is known while a definition is read.
type loader struct {
	problems   []error
	stateNames map[string]bool // of the whole definition
	*names                     // of the graph that is being read
	all        []*names
}

// names are what the states of one graph know each other and their variables by.
type names struct {
	outer    *names // of the graph around it, or nil
	inMap    bool   // the graph is in a Map state
	byName   map[string]*state
	targets  []target
	uses     []use
	assigned map[string]bool // variables that some Assign sets
}

// target is a reference to a state that has yet to be resolved.
type target struct {
	from  Problem // where it is written
	name  string
	place **state
}

// use is a variable that some path reads.
type use struct {
	at       Problem
	variable string
}

func (l *loader) refuse(at Problem, format string, args ...any) {
	at.Reason = fmt.Sprintf(format, args...)
	l.problems = append(l.problems, &at)
}

func (l *loader) machine(definition []byte) *Machine {
	document, err := parseDocument(definition)
	if err != nil {
		l.refuse(Problem{Field: "definition"}, "%v", err)
		return nil
	}
	f, ok := l.fields(document, "", "")
	if !ok {
		return nil
	}
	m := &Machine{}
	f.text("Comment")
	f.queryLanguage()
	if version, ok := f.text("Version"); ok && version != "1.0" {
		f.refuse("Version", "must be 1.0")
	}
	if n, ok := f.integer("TimeoutSeconds", 1, maxSeconds); ok {
		m.timeout = time.Duration(n) * time.Second
	}
	m.graph = f.graph(false)
	f.finish()
	l.checkVariables()
	return m
}

// graph takes StartAt and States.
func (f *fields) graph(inMap bool) graph {
	l := f.loader
	outer := l.names
	l.names = &names{outer: outer, inMap: inMap || outer != nil && outer.inMap, byName: map[string]*state{}, assigned: map[string]bool{}}
	l.all = append(l.all, l.names)
	defer func() { l.names = outer }()

	var g graph
	f.target("StartAt", &g.start)
	if raw, ok := f.required("States"); ok {
		g.states = f.states(raw)
	}
	l.resolve()
	if g.start != nil {
		f.checkReach(g)
	}
	return g
}

func (f *fields) states(raw *node) []*state {
	l := f.loader
	f, ok := l.fields(raw, f.state, f.at("States").Field)
	if !ok {
		return nil
	}
	if len(f.order) == 0 {
		f.refuse("", "must have at least one state")
	}
	var states []*state
	for _, name := range f.order {
		s := &state{name: name}
		if n := len([]rune(name)); n == 0 || n > 80 {
			f.refuse(name, "a state's name must have 1 to 80 characters")
		}
		if l.stateNames[name] {
			f.refuse(name, "another state of the machine has this name")
		}
		l.stateNames[name] = true
		l.state(s, f.values[name])
		l.byName[name] = s
		states = append(states, s)
	}
	return states
}

func (l *loader) resolve() {
	for _, t := range l.targets {
		if s, ok := l.byName[t.name]; ok {
			*t.place = s
		} else {
			l.refuse(t.from, "there is no state %q", t.name)
		}
	}
}

// checkVariables refuses reading a variable that no state assigns, and assigning one of
// the graph around: inside Map and Parallel states those can only be read.
func (l *loader) checkVariables() {
	for _, n := range l.all {
		for _, u := range n.uses {
			if !n.knows(u.variable) {
				known := strings.Join(slices.Sorted(maps.Keys(n.assigned)), ", ")
				l.refuse(u.at, "no state assigns the variable $%s (assigned: %s)", u.variable, known)
			}
		}
		for name := range n.assigned {
			if n.outer.knows(name) {
				l.refuse(Problem{Field: "Assign"}, "the variable $%s is assigned inside and outside of a Map or Parallel state", name)
			}
		}
	}
}

// knows tells whether some state of the graph, or of one around it, sets the variable.
func (n *names) knows(variable string) bool {
	return n != nil && (n.assigned[variable] || n.outer.knows(variable))
}

// checkReach refuses states that cannot be reached and graphs that cannot end.
func (f *fields) checkReach(g graph) {
	reached := map[*state]bool{g.start: true}
	ends := false
	for queue := []*state{g.start}; len(queue) > 0; {
		s := queue[0]
		queue = queue[1:]
		ends = ends || s.ends()
		for _, next := range s.successors() {
			if next != nil && !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	for _, s := range g.states {
		if !reached[s] {
			f.loader.refuse(Problem{State: s.name, Field: "Type"}, "the state is not reachable")
		}
	}
	if !ends {
		f.refuse("States", "no state ends the execution")
	}
}
