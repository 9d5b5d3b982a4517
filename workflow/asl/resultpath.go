package asl

import (
	"fmt"
	"maps"
	"slices"
)

// resultPath says where a result goes in a state's input: nowhere (null), in place
// of all of it ($, the default), or at a reference path.
type resultPath struct {
	discard bool
	steps   []step
}

// parseResultPath reads a reference path below $: names and indexes only.
func parseResultPath(text string) (resultPath, error) {
	p, err := parsePath(text)
	switch {
	case err != nil:
		return resultPath{}, err
	case p.context || p.variable != "":
		return resultPath{}, fmt.Errorf("path %q does not lead into the state's input", text)
	case !p.definite():
		return resultPath{}, fmt.Errorf("path %q is not a reference path", text)
	}
	return resultPath{steps: p.steps}, nil
}

// apply gives the input with the result placed in it. Objects on the way are
// created; where the path meets anything else it fails with
// States.ResultPathMatchFailure. The input itself is left as it was.
func (p resultPath) apply(input, result any) (any, error) {
	if p.discard {
		return input, nil
	}
	return place(input, p.steps, result)
}

func place(into any, steps []step, result any) (any, error) {
	if len(steps) == 0 {
		return result, nil
	}
	s, rest := steps[0], steps[1:]
	child, exists := s.child(into)
	if !exists && len(rest) > 0 {
		child = map[string]any{}
	}
	placed, err := place(child, rest, result)
	if err != nil {
		return nil, err
	}
	switch into := into.(type) {
	case map[string]any:
		if s.kind == stepName {
			copied := maps.Clone(into)
			copied[s.name] = placed
			return copied, nil
		}
	case []any:
		if s.kind == stepIndex && exists {
			copied := slices.Clone(into)
			copied[(s.index+len(into))%len(into)] = placed
			return copied, nil
		}
	}
	return nil, failf(ErrorResultPath, "Unable to apply the ResultPath to the input %s.", encode(into))
}
