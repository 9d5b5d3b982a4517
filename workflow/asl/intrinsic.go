package asl

import (
	"errors"
	"fmt"
	"strings"
)

// maxNesting is how deep intrinsic calls can be nested ("up to 10 intrinsic
// functions within a field", Step Functions developer guide).
const maxNesting = 10

// call is an intrinsic function applied to its arguments.
type call struct {
	text     string // as written, for causes
	function *function
	args     []expression
}

// eval evaluates the arguments and applies the function. What the function itself
// refuses fails with States.IntrinsicFailure.
func (c *call) eval(s *scope) (any, error) {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(s)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	v, err := c.function.apply(args)
	if err != nil {
		return nil, failf(ErrorIntrinsicFailure, "The function '%s' had the following error: %v", c.text, err)
	}
	return v, nil
}

func (c *call) paths() []*path {
	var all []*path
	for _, a := range c.args {
		all = append(all, a.paths()...)
	}
	return all
}

// parseIntrinsic reads a call such as "States.Format('{} of {}', $.name, $total)".
func parseIntrinsic(text string) (*call, error) {
	p := intrinsicParser{text: text}
	c, err := p.call(1)
	if err == nil {
		if p.space(); p.rest() != "" {
			err = fmt.Errorf("unexpected %q", p.rest())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("intrinsic %q: %w", text, err)
	}
	return c, nil
}

type intrinsicParser struct {
	text string
	at   int // index of the next byte
}

func (p *intrinsicParser) rest() string { return p.text[p.at:] }

func (p *intrinsicParser) space() {
	p.at = len(p.text) - len(strings.TrimLeft(p.rest(), " \t\r\n"))
}

// take consumes the token if it comes next, after any space.
func (p *intrinsicParser) take(token string) bool {
	p.space()
	if !strings.HasPrefix(p.rest(), token) {
		return false
	}
	p.at += len(token)
	return true
}

func (p *intrinsicParser) call(depth int) (*call, error) {
	p.space()
	start := p.at
	name, _, ok := strings.Cut(p.rest(), "(")
	f := functionNamed(strings.TrimSpace(name))
	switch {
	case !ok || f == nil:
		return nil, fmt.Errorf("no path and no intrinsic function: %q", name)
	case depth > maxNesting:
		return nil, fmt.Errorf("more than %d functions are nested", maxNesting)
	}
	p.at += len(name) + 1
	args, err := p.arguments(f, depth)
	if err != nil {
		return nil, err
	}
	if len(args) < f.min || f.max >= 0 && len(args) > f.max {
		return nil, fmt.Errorf("%s cannot take %d arguments", f.name, len(args))
	}
	if f.check != nil {
		if err := f.check(args); err != nil {
			return nil, err
		}
	}
	return &call{text: p.text[start:p.at], function: f, args: args}, nil
}

func (p *intrinsicParser) arguments(f *function, depth int) ([]expression, error) {
	var args []expression
	if p.take(")") {
		return nil, nil
	}
	for {
		a, err := p.argument(depth, f.isTemplate && len(args) == 0)
		if err != nil {
			return nil, err
		}
		args = append(args, a)
		if p.take(")") {
			return args, nil
		}
		if !p.take(",") {
			return nil, fmt.Errorf("%q instead of a comma or a closing parenthesis", p.rest())
		}
	}
}

// argument reads a string, a path, a call or a JSON literal. keepEscapes leaves the
// escapes of a string to the function.
func (p *intrinsicParser) argument(depth int, keepEscapes bool) (expression, error) {
	p.space()
	switch rest := p.rest(); {
	case strings.HasPrefix(rest, "'"):
		s, err := p.quoted(keepEscapes)
		return literal{s}, err
	case strings.HasPrefix(rest, "$"):
		return p.path()
	case strings.HasPrefix(rest, "States."):
		return p.call(depth + 1)
	}
	end := strings.IndexAny(p.rest(), ",) \t\r\n")
	if end <= 0 {
		return nil, fmt.Errorf("no argument at %q", p.rest())
	}
	word := p.rest()[:end]
	v, err := decode([]byte(word))
	switch v.(type) {
	case string, []any, map[string]any:
		err = errors.New("not allowed")
	}
	if err != nil {
		return nil, fmt.Errorf("argument %q is no string, number, boolean, null, path or function", word)
	}
	p.at += end
	return literal{v}, nil
}

// quoted reads a string in single quotes. A backslash may stand before ' { } and \.
func (p *intrinsicParser) quoted(keepEscapes bool) (string, error) {
	var b strings.Builder
	s := p.rest()
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'':
			p.at += i + 1
			return b.String(), nil
		case '\\':
			i++
			if i == len(s) || !strings.ContainsRune(`'{}\`, rune(s[i])) {
				return "", errors.New(`a backslash must stand before ', {, } or \`)
			}
			if keepEscapes {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("the string %s is not closed", s)
}

func (p *intrinsicParser) path() (expression, error) {
	s := p.rest()
	end := 0
	for end < len(s) && !strings.ContainsRune(",) \t\r\n", rune(s[end])) {
		if s[end] == '[' {
			n, err := closing(s[end:])
			if err != nil {
				return nil, err
			}
			end += n
		}
		end++
	}
	parsed, err := parsePath(s[:end])
	if err != nil {
		return nil, err
	}
	p.at += end
	return pathValue{parsed, p.text}, nil
}
