package asl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// expression is anything that yields a value: a literal, a path or an intrinsic call.
type expression interface {
	eval(*scope) (any, error)
	// paths lists the paths that the expression uses, for checks at load.
	paths() []*path
}

// pathValue is a path used as a value.
type pathValue struct {
	*path
	field string // the field it was written in, for causes
}

func (p pathValue) eval(s *scope) (any, error) { return s.lookup(p.path, p.field) }
func (p pathValue) paths() []*path             { return []*path{p.path} }

// literal is a value that stands for itself.
type literal struct{ value any }

func (l literal) eval(*scope) (any, error) { return l.value, nil }
func (literal) paths() []*path             { return nil }

// parseExpression reads the value of a field whose name ends in ".$": a path or an
// intrinsic call.
func parseExpression(text, field string) (expression, error) {
	if strings.HasPrefix(text, "$") {
		p, err := parsePath(text)
		if err != nil {
			return nil, err
		}
		return pathValue{p, field}, nil
	}
	return parseIntrinsic(text)
}

// template is a payload template: JSON in which a field "name.$" is replaced by a
// field "name" with the value of its expression. It is the form of Parameters,
// ResultSelector and Assign.
type template struct{ root expression }

// parseTemplate reads a payload template, which is a JSON object.
func parseTemplate(n *node, field string) (*template, error) {
	object, ok := n.plain().(map[string]any)
	if !ok {
		return nil, fmt.Errorf("must be an object")
	}
	root, err := templateOf(object, field)
	if err != nil {
		return nil, err
	}
	return &template{root: root}, nil
}

func (t *template) eval(s *scope) (any, error) { return t.root.eval(s) }

func templateOf(v any, field string) (expression, error) {
	switch v := v.(type) {
	case map[string]any:
		return objectTemplateOf(v)
	case []any:
		list := make(listTemplate, len(v))
		for i, item := range v {
			var err error
			if list[i], err = templateOf(item, fmt.Sprintf("%s[%d]", field, i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return literal{v}, nil
}

func objectTemplateOf(object map[string]any) (expression, error) {
	t := objectTemplate{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name, dynamic := strings.CutSuffix(key, ".$")
		if _, twice := t[name]; twice {
			return nil, fmt.Errorf("%q is given twice", name)
		}
		var err error
		if dynamic {
			text, ok := object[key].(string)
			if !ok {
				return nil, fmt.Errorf("%q must be a path or an intrinsic function", key)
			}
			t[name], err = parseExpression(text, key)
		} else {
			t[name], err = templateOf(object[key], key)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return t, nil
}

type objectTemplate map[string]expression

func (t objectTemplate) eval(s *scope) (any, error) {
	object := make(map[string]any, len(t))
	for _, name := range slices.Sorted(maps.Keys(t)) {
		v, err := t[name].eval(s)
		if err != nil {
			return nil, err
		}
		object[name] = v
	}
	return object, nil
}

func (t objectTemplate) paths() []*path {
	var all []*path
	for _, name := range slices.Sorted(maps.Keys(t)) {
		all = append(all, t[name].paths()...)
	}
	return all
}

type listTemplate []expression

func (t listTemplate) eval(s *scope) (any, error) {
	list := make([]any, len(t))
	for i, e := range t {
		v, err := e.eval(s)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func (t listTemplate) paths() []*path {
	var all []*path
	for _, e := range t {
		all = append(all, e.paths()...)
	}
	return all
}
