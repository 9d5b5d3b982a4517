package asl

import (
	"encoding/json"
	"maps"
	"time"
)

// scope is what expressions of a state can see.
type scope struct {
	input     any                        // $
	context   func() *contextObject      // $$
	variables map[string]json.RawMessage // $name
}

// with gives the same scope with another $.
func (s *scope) with(input any) *scope {
	return &scope{input: input, context: s.context, variables: s.variables}
}

// lookup evaluates a path that a field gives. A definite path that finds nothing, a slice
// or filter of what has no items, and a variable that was never assigned fail with
// States.Runtime.
func (s *scope) lookup(p *path, field string) (any, error) {
	v, ok, err := s.find(p)
	if err != nil {
		return nil, err
	}
	if _, empty := v.([]any); !ok && !empty {
		return nil, failf(ErrorRuntime, "The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'",
			p.text, field, encode(s.input))
	}
	return v, nil
}

// selected is lookup for the fields whose causes name the step that is missing.
func (s *scope) selected(p *path, field string) (any, error) {
	v, err := s.lookup(p, field)
	if err == nil || !p.definite() || asFailure(err).name != ErrorRuntime {
		return v, err
	}
	root, found, rootErr := s.find(&path{context: p.context, variable: p.variable})
	if rootErr != nil || !found {
		return nil, err
	}
	for n := range p.steps {
		if _, ok := find(root, p.steps[:n+1]); ok {
			continue
		}
		if n == len(p.steps)-1 {
			return nil, failf(ErrorRuntime, "Invalid path '%s' : No results for path: %s", p.text, bracketed(p.steps))
		}
		return nil, failf(ErrorRuntime, "Invalid path '%s' : Missing property in path %s", p.text, bracketed(p.steps[:n+1]))
	}
	return nil, err
}

// find evaluates a path and tells whether it led anywhere.
func (s *scope) find(p *path) (any, bool, error) {
	root := s.input
	switch {
	case p.context:
		tree, err := s.context().tree(p.steps)
		if err != nil {
			return nil, false, err
		}
		root = tree
	case p.variable != "":
		data, ok := s.variables[p.variable]
		if !ok {
			return nil, false, failf(ErrorRuntime, "The variable '$%s' has no value.", p.variable)
		}
		v, err := decode(data)
		if err != nil {
			return nil, false, err
		}
		root = v
	}
	v, ok := find(root, p.steps)
	return v, ok, nil
}

// contextTime is how the context object writes times, e.g. 2026-11-25T17:00:00.123Z.
const contextTime = "2006-01-02T15:04:05.000Z"

// contextObject is what $$ stands for.
type contextObject struct {
	executionID, executionName string
	started                    time.Time
	input                      json.RawMessage
	role                       string // ARN
	redrives                   int
	machineID, machineName     string
	state                      string
	entered                    time.Time
	retryCount                 int
	token                      string // only inside the Parameters of a callback task
	item                       *item  // only inside Map states
}

// tree builds the object that a path walks through. The execution's input is in it only
// if the path can come to it: it may be long.
func (c *contextObject) tree(steps []step) (any, error) {
	var input any
	if leadsTo(steps, "Execution", "Input") {
		var err error
		if input, err = decode(c.input); err != nil {
			return nil, err
		}
	}
	tree := map[string]any{
		"Execution": map[string]any{
			"Id":        c.executionID,
			"Name":      c.executionName,
			"StartTime": c.started.UTC().Format(contextTime),
			"Input":     input,

			"RoleArn":      c.role,
			"RedriveCount": int64(c.redrives),
		},
		"State": map[string]any{
			"Name":        c.state,
			"EnteredTime": c.entered.UTC().Format(contextTime),
			"RetryCount":  int64(c.retryCount),
		},
		"StateMachine": map[string]any{"Id": c.machineID, "Name": c.machineName},
	}
	if c.token != "" {
		tree["Task"] = map[string]any{"Token": c.token}
	}
	if c.item != nil {
		value, err := decode(c.item.value)
		if err != nil {
			return nil, err
		}
		tree["Map"] = map[string]any{"Item": map[string]any{"Index": int64(c.item.index), "Value": value}}
	}
	return tree, nil
}

// leadsTo tells whether steps can come to what has these names.
func leadsTo(steps []step, names ...string) bool {
	for n, s := range steps[:min(len(steps), len(names))] {
		if s.kind != stepName {
			return true
		}
		if s.name != names[n] {
			return false
		}
	}
	return true
}

// contextHas tells whether the context object can have what the path names: the
// first names are checked, Execution.Input and Map.Item.Value hold anything.
func contextHas(p *path, callback, inMap bool) bool {
	known := contextObject{input: json.RawMessage("{}")}
	if callback {
		known.token = "token"
	}
	if inMap {
		known.item = &item{value: json.RawMessage("{}")}
	}
	tree, _ := known.tree(p.steps) // the input above decodes
	steps := p.steps
	if len(steps) > 2 && steps[0].name == "Execution" && steps[1].name == "Input" {
		steps = steps[:2]
	}
	if len(steps) > 3 && steps[0].name == "Map" && steps[2].name == "Value" {
		steps = steps[:3]
	}
	_, ok := find(tree, steps)
	return ok
}

// maxVariables is how much all variables of an execution may hold, in bytes of JSON
// (Step Functions quotas: 10 MiB). What one Assign sets is limited like a payload, but
// does not count to it.
const maxVariables = 10 << 20

// assign evaluates an Assign against the scope and gives the variables as they are
// afterwards. All values are computed before any is set.
func (s *scope) assign(t *template) (map[string]json.RawMessage, error) {
	if t == nil {
		return s.variables, nil
	}
	v, err := t.eval(s)
	if err != nil {
		return nil, err
	}
	after := maps.Clone(s.variables)
	if after == nil {
		after = map[string]json.RawMessage{}
	}
	set, total := 0, 0
	for name, value := range v.(map[string]any) {
		after[name] = encode(value)
		set += len(after[name])
	}
	for _, data := range after {
		total += len(data)
	}
	if set > maxPayload || total > maxVariables {
		f := failf(ErrorDataLimitExceeded, "The variables hold %d bytes, %d of them set at once; the maxima are %d and %d.",
			total, set, maxVariables, maxPayload)
		f.final = true // as for payloads, nobody could confirm that it can be caught
		return nil, f
	}
	return after, nil
}
