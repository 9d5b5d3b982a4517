package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of a definition: its length in bytes (Step Functions quotas: 1 MB a request), and
// how deep its objects and arrays may be nested, which is a limit of this package. The
// machine of a real workflow has some twenty levels.
const (
	maxDefinition = 1 << 20
	maxDepth      = 200
)

// node is one value of a definition. It is parsed once, and keeps what maps would lose:
// the order of names, and that one was given twice.
type node struct {
	value   any // of what is neither object nor array
	list    []*node
	order   []string
	members map[string]*node
	twice   string // a name that is given twice, or ""
}

func (n *node) isObject() bool { return n.members != nil }
func (n *node) isArray() bool  { return n.list != nil }
func (n *node) isNull() bool   { return n.value == nil && !n.isObject() && !n.isArray() }

// plain gives the value as it is when an execution handles it.
func (n *node) plain() any {
	switch {
	case n.isObject():
		object := make(map[string]any, len(n.members))
		for name, m := range n.members {
			object[name] = m.plain()
		}
		return object
	case n.isArray():
		list := make([]any, len(n.list))
		for i, item := range n.list {
			list[i] = item.plain()
		}
		return list
	}
	return n.value
}

// repeated gives a name that the value or one below it has twice, or "".
func (n *node) repeated() string {
	if n.twice != "" {
		return n.twice
	}
	for _, item := range n.list {
		if name := item.repeated(); name != "" {
			return name
		}
	}
	for _, name := range n.order {
		if name := n.members[name].repeated(); name != "" {
			return name
		}
	}
	return ""
}

// parseDocument reads a definition.
func parseDocument(data []byte) (*node, error) {
	switch {
	case len(data) > maxDefinition:
		return nil, fmt.Errorf("has %d bytes, the maximum is %d", len(data), maxDefinition)
	case !utf8.Valid(data):
		return nil, errors.New("is not UTF-8")
	}
	if _, err := decode(data); err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return parseNode(d, 0)
}

func parseNode(d *json.Decoder, depth int) (*node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delimiter, nests := token.(json.Delim)
	switch {
	case !nests:
		return &node{value: settle(token)}, nil
	case depth == maxDepth:
		return nil, fmt.Errorf("is nested deeper than %d levels", maxDepth)
	}
	n := &node{}
	if delimiter == '[' {
		err = n.parseItems(d, depth+1)
	} else {
		err = n.parseMembers(d, depth+1)
	}
	if err != nil {
		return nil, err
	}
	_, err = d.Token() // the closing delimiter
	return n, err
}

func (n *node) parseItems(d *json.Decoder, depth int) error {
	n.list = []*node{}
	for d.More() {
		item, err := parseNode(d, depth)
		if err != nil {
			return err
		}
		n.list = append(n.list, item)
	}
	return nil
}

func (n *node) parseMembers(d *json.Decoder, depth int) error {
	n.members = map[string]*node{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name := token.(string) // the document is JSON
		value, err := parseNode(d, depth)
		if err != nil {
			return err
		}
		if _, twice := n.members[name]; twice {
			n.twice = name
		}
		n.order, n.members[name] = append(n.order, name), value
	}
	return nil
}
