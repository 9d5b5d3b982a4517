package asl

import (
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
	start   *state
	timeout time.Duration // of a whole execution; 0 is none
	states  []*state      // in the order of the definition
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

// Load reads a state machine definition, which is JSON. It refuses what the language
// does not know, what this package does not run, and what could not work. The error
// lists every problem; errors.As finds the first [*Problem].
func Load(definition []byte) (*Machine, error) {
	l := &loader{assigned: map[string]bool{}}
	m := l.machine(definition)
	if len(l.problems) > 0 {
		return nil, fmt.Errorf("load state machine: %w", errors.Join(l.problems...))
	}
	return m, nil
}

// loader collects what is known while a definition is read.
type loader struct {
	problems []error
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
	f, ok := l.fields(definition, "", "")
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
	f.target("StartAt", &m.start)
	if raw, ok := f.required("States"); ok {
		m.states = l.states(raw)
	}
	f.finish()
	l.resolve()
	l.checkVariables()
	if m.start != nil {
		l.checkReach(m)
	}
	return m
}

func (l *loader) states(raw json.RawMessage) []*state {
	f, ok := l.fields(raw, "", "States")
	if !ok {
		return nil
	}
	if len(f.names) == 0 {
		f.refuse("", "must have at least one state")
	}
	l.byName = map[string]*state{}
	var states []*state
	for _, name := range f.names {
		s := &state{name: name}
		if n := len([]rune(name)); n == 0 || n > 80 {
			f.refuse(name, "a state's name must have 1 to 80 characters")
		}
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

// checkVariables refuses reading a variable that no state assigns.
func (l *loader) checkVariables() {
	for _, u := range l.uses {
		if !l.assigned[u.variable] {
			known := strings.Join(slices.Sorted(maps.Keys(l.assigned)), ", ")
			l.refuse(u.at, "no state assigns the variable $%s (assigned: %s)", u.variable, known)
		}
	}
}

// checkReach refuses states that cannot be reached and machines that cannot end.
func (l *loader) checkReach(m *Machine) {
	reached := map[*state]bool{m.start: true}
	ends := false
	for queue := []*state{m.start}; len(queue) > 0; {
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
	for _, s := range m.states {
		if !reached[s] {
			l.refuse(Problem{State: s.name, Field: "Type"}, "the state is not reachable")
		}
	}
	if !ends {
		l.refuse(Problem{Field: "States"}, "no state ends the execution")
	}
}
