package asl

import (
	"maps"
	"slices"
)

// find follows a path's steps from root, and tells whether they led anywhere. A definite
// path gives its value. Any other path gives a list, empty when nothing matches: also
// where one of the definite steps that it begins with is missing, though then it led
// nowhere.
func find(root any, steps []step) (any, bool) {
	v := root
	for i, s := range steps {
		if !s.definite() {
			return findAll(v, steps[i:])
		}
		var ok bool
		if v, ok = s.child(v); ok {
			continue
		}
		if slices.ContainsFunc(steps[i:], func(s step) bool { return !s.definite() }) {
			return []any{}, false
		}
		return nil, false
	}
	return v, true
}

// findAll follows steps of which the first is not definite.
func findAll(v any, steps []step) (any, bool) {
	if !steps[0].appliesTo(v) {
		return nil, false
	}
	found := []any{v}
	for _, s := range steps {
		next := []any{}
		for _, v := range found {
			next = s.appendChildren(next, v)
		}
		found = next
	}
	return found, true
}

// child gives the one value that a definite step leads to.
func (s step) child(v any) (any, bool) {
	if s.kind == stepName {
		object, _ := v.(map[string]any)
		c, ok := object[s.name]
		return c, ok
	}
	list, _ := v.([]any)
	i := s.index
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil, false
	}
	return list[i], true
}

// appliesTo tells whether the step can be taken from a value that must be there:
// slices and unions need an array, a filter an array or an object.
func (s step) appliesTo(v any) bool {
	switch v.(type) {
	case []any:
		return true
	case map[string]any:
		return s.kind != stepSlice && s.kind != stepUnion
	}
	return s.kind == stepWildcard || s.kind == stepDescent
}

func (s step) appendChildren(found []any, v any) []any {
	switch s.kind {
	case stepWildcard:
		return append(found, children(v)...)
	case stepDescent:
		return appendDescendants(found, v)
	case stepSlice:
		list, _ := v.([]any)
		return append(found, s.slice(list)...)
	case stepUnion:
		for _, i := range s.indexes {
			if c, ok := (step{kind: stepIndex, index: i}).child(v); ok {
				found = append(found, c)
			}
		}
		return found
	case stepFilter:
		return s.appendMatches(found, v)
	case stepName, stepIndex:
	}
	if c, ok := s.child(v); ok {
		found = append(found, c)
	}
	return found
}

// appendMatches adds the elements of an array that pass the filter; an object is
// tested itself.
func (s step) appendMatches(found []any, v any) []any {
	list, ok := v.([]any)
	if object, isObject := v.(map[string]any); !ok && isObject {
		list = []any{object}
	}
	for _, item := range list {
		if s.filter.Match(item) {
			found = append(found, item)
		}
	}
	return found
}

func (s step) slice(list []any) []any {
	bound := func(i int) int {
		if i < 0 {
			i += len(list)
		}
		return min(max(i, 0), len(list))
	}
	from, to := bound(s.from), len(list)
	if s.to != nil {
		to = bound(*s.to)
	}
	if from >= to {
		return nil
	}
	return list[from:to]
}

// children gives the elements of an array or the values of an object, by key.
func children(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		list := make([]any, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, v[k])
		}
		return list
	}
	return nil
}

// appendDescendants adds v and everything below it.
func appendDescendants(found []any, v any) []any {
	found = append(found, v)
	for _, c := range children(v) {
		found = appendDescendants(found, c)
	}
	return found
}
