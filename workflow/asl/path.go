package asl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ohler55/ojg/jp"
)

// path is a JSONPath of the language: it starts at the state's input ($), the
// context object ($$) or a variable ($name).
type path struct {
	text     string // as written, e.g. "$.tags[?(@.Key == 'x')].Value"
	context  bool   // starts with $$
	variable string // name of the variable it starts with, or ""
	steps    []step
}

// definite tells that the path names at most one value. Any other path yields a list.
func (p *path) definite() bool {
	for _, s := range p.steps {
		if !s.definite() {
			return false
		}
	}
	return true
}

// bracketed writes definite steps in the other notation, e.g. $['a'][0].
func bracketed(steps []step) string {
	text := "$"
	for _, s := range steps {
		if s.kind == stepName {
			text += "['" + s.name + "']"
		} else {
			text += "[" + strconv.Itoa(s.index) + "]"
		}
	}
	return text
}

type stepKind uint8

const (
	stepName     stepKind = iota // .name or ['name']
	stepIndex                    // [0], [-1]
	stepWildcard                 // .* or [*]
	stepDescent                  // ..
	stepSlice                    // [1:3]
	stepUnion                    // [0,2]
	stepFilter                   // [?(@.Key == 'x')]
)

// step is one move of a path from a value to values below it.
type step struct {
	kind    stepKind
	name    string
	index   int
	from    int        // of a slice
	to      *int       // of a slice; nil is the end
	indexes []int      // of a union
	filter  *jp.Filter // of a filter
}

func (s step) definite() bool { return s.kind == stepName || s.kind == stepIndex }

// parsePath reads a path. Besides the grammar of the reference path it takes
// wildcards, descents, slices, unions of indexes and filters.
func parsePath(text string) (*path, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("path %q does not start with $", text)
	}
	p := &path{text: text}
	if after, ok := strings.CutPrefix(rest, "$"); ok {
		p.context, rest = true, after
	} else {
		p.variable = leadingName(rest)
		rest = rest[len(p.variable):]
	}
	for rest != "" {
		s, after, err := parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", text, err)
		}
		p.steps, rest = append(p.steps, s), after
	}
	if n := len(p.steps); n > 0 && p.steps[n-1].kind == stepDescent {
		return nil, fmt.Errorf("the .. at the end of path %q leads nowhere", text)
	}
	return p, nil
}

// leadingName gives the identifier that s starts with, or "".
func leadingName(s string) string {
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)) {
			continue
		}
		return s[:i]
	}
	return s
}

func parseStep(s string) (step, string, error) {
	switch {
	case strings.HasPrefix(s, ".."):
		rest := s[2:]
		if strings.HasPrefix(rest, ".") {
			return step{}, "", fmt.Errorf("unexpected %q", s)
		}
		if rest != "" && rest[0] != '[' {
			rest = s[1:] // leave the dot of ..name
		}
		return step{kind: stepDescent}, rest, nil
	case strings.HasPrefix(s, ".*"):
		return step{kind: stepWildcard}, s[2:], nil
	case s[0] == '.':
		name := s[1:]
		if end := strings.IndexAny(name, ".[]()?*'\" \t\n\r,\\$"); end >= 0 {
			name = name[:end]
		}
		if name == "" || !utf8.ValidString(name) {
			return step{}, "", fmt.Errorf("no name after the dot in %q", s)
		}
		return step{kind: stepName, name: name}, s[1+len(name):], nil
	case s[0] == '[':
		end, err := closing(s)
		if err != nil {
			return step{}, "", err
		}
		b, err := parseBracket(strings.TrimSpace(s[1:end]))
		return b, s[end+1:], err
	}
	return step{}, "", fmt.Errorf("unexpected %q", s)
}

// closing finds the bracket or parenthesis that closes the one s starts with.
func closing(s string) (int, error) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			if depth--; depth == 0 {
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("%q is not closed", s)
}

func parseBracket(s string) (step, error) {
	switch {
	case s == "*":
		return step{kind: stepWildcard}, nil
	case strings.HasPrefix(s, "?"):
		return parseFilter(s)
	case strings.HasPrefix(s, "'"), strings.HasPrefix(s, `"`):
		name, err := unquote(s)
		return step{kind: stepName, name: name}, err
	case strings.Contains(s, ":"):
		return parseSlice(s)
	case strings.Contains(s, ","):
		u := step{kind: stepUnion}
		for part := range strings.SplitSeq(s, ",") {
			i, err := strconv.Atoi(strings.TrimSpace(part))
			if err != nil {
				return step{}, fmt.Errorf("[%s]: only indexes can be listed", s)
			}
			u.indexes = append(u.indexes, i)
		}
		return u, nil
	}
	i, err := strconv.Atoi(s)
	if err != nil {
		return step{}, fmt.Errorf("[%s] is no index, name, slice or filter", s)
	}
	return step{kind: stepIndex, index: i}, nil
}

func parseSlice(s string) (step, error) {
	from, to, _ := strings.Cut(s, ":")
	sl := step{kind: stepSlice}
	var err error
	if from = strings.TrimSpace(from); from != "" {
		if sl.from, err = strconv.Atoi(from); err != nil {
			return step{}, fmt.Errorf("[%s] is no slice", s)
		}
	}
	if to = strings.TrimSpace(to); to != "" {
		end, err := strconv.Atoi(to)
		if err != nil {
			return step{}, fmt.Errorf("[%s] is no slice (steps are not supported)", s)
		}
		sl.to = &end
	}
	return sl, nil
}

// parseFilter reads ?(...). A filter sees only the element (@): a $ in it is refused.
func parseFilter(s string) (step, error) {
	if !strings.HasPrefix(s, "?(") || !strings.HasSuffix(s, ")") {
		return step{}, fmt.Errorf("[%s]: a filter is written [?(...)]", s)
	}
	if strings.Contains(unquoted(s), "$") {
		return step{}, fmt.Errorf("[%s]: a filter can only use @", s)
	}
	f, err := jp.NewFilter("[" + s + "]")
	if err != nil {
		return step{}, fmt.Errorf("[%s]: %w", s, err)
	}
	return step{kind: stepFilter, filter: f}, nil
}

// unquoted drops the quoted parts of s.
func unquoted(s string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case quote == c:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unquote reads 'name' or "name", in which a backslash escapes that quote and itself.
func unquote(s string) (string, error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			if i != len(s)-1 {
				return "", fmt.Errorf("[%s]: names cannot be listed", s)
			}
			return b.String(), nil
		case '\\':
			if i++; i < len(s) {
				if s[i] != s[0] && s[i] != '\\' {
					b.WriteByte('\\') // recorded: before anything else it stands for itself
				}
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", errors.New("a quoted name is not closed")
}
