package asl

import (
	"encoding/json"
	"math"
)

// maxConcurrency is how many iterations of an inline Map state run at once (Step
// Functions developer guide, "Using Map state in Inline mode").
const maxConcurrency = 40

// iterate is what a Map state adds. AWS documents the tolerated failures for distributed
// maps; a tolerated iteration gives its error output here, as nothing else is documented.
type iterate struct {
	graph       graph
	items       *path     // ItemsPath, or nil for the whole input
	item        *template // ItemSelector, or nil for the item itself
	concurrency limit
	count       limit // ToleratedFailureCount
	percentage  limit
}

// limit is a number that a Map state gives itself or by a path.
type limit struct {
	field string // e.g. "MaxConcurrency"
	value any    // int64 or float64; nil is not given
	path  *path
}

func (f *fields) iterate(s *state) {
	m := &iterate{}
	s.iterate = m
	f.ofMap = true
	f.io(s)
	f.transition(s)
	f.both("ItemSelector", "Parameters")
	if m.item = f.template("ItemSelector"); m.item == nil {
		m.item = f.template("Parameters")
	}
	m.items = f.path("ItemsPath", true)
	m.concurrency = f.limit("MaxConcurrency", math.MaxInt32)
	m.count = f.limit("ToleratedFailureCount", math.MaxInt32)
	m.percentage = f.limit("ToleratedFailurePercentage", 100)
	s.selector = f.template("ResultSelector")
	s.resultPath = f.resultPath()
	s.assign = f.assign()
	f.retriers(s)
	f.catchers(s)
	f.processor(m)
}

// processor takes ItemProcessor, or Iterator as it was called before.
func (f *fields) processor(m *iterate) {
	f.both("ItemProcessor", "Iterator")
	name := "ItemProcessor"
	if f.has("Iterator") {
		name = "Iterator"
	}
	raw, ok := f.required(name)
	if !ok {
		return
	}
	o, ok := f.fields(raw, f.state, f.at(name).Field)
	if !ok {
		return
	}
	o.text("Comment")
	if raw, ok := o.raw("ProcessorConfig"); ok {
		if config, ok := f.fields(raw, f.state, o.at("ProcessorConfig").Field); ok {
			if mode, ok := config.text("Mode"); ok && mode != "INLINE" {
				config.refuse("Mode", "%q is not supported, only INLINE is", mode)
			}
			config.finish()
		}
	}
	m.graph = o.graph(true)
	o.finish()
}

// limit takes the field of this name, or the one with "Path" behind it.
func (f *fields) limit(name string, most float64) limit {
	f.both(name, name+"Path")
	l := limit{field: name, path: f.path(name+"Path", true)}
	raw, ok := f.raw(name)
	if !ok {
		return l
	}
	v := raw.value
	n, isNumber := asFloat(v)
	_, isInteger := v.(int64)
	if !isNumber || n < 0 || n > most || !isInteger && most > 100 {
		f.refuse(name, "must be a number from 0 to %v", most)
	}
	l.value = v
	return l
}

// eval gives the number, and whether there is one.
func (l limit) eval(s *scope, most float64) (n float64, given bool, err error) {
	v := l.value
	if l.path != nil {
		if v, err = s.lookup(l.path, l.field+"Path"); err != nil {
			return 0, false, err
		}
	}
	if v == nil && l.path == nil {
		return 0, false, nil
	}
	if text, ok := v.(string); ok { // recorded: "1" is taken as a number
		if number, err := decode([]byte(text)); err == nil {
			v = number
		}
	}
	n, isNumber := asFloat(v)
	_, isInteger := v.(int64)
	switch {
	case !isNumber || !isInteger && most > 100:
		return 0, false, failf(ErrorRuntime, "The %sPath field refers to value %s which is not a valid %s: %s",
			l.field, encode(plain(v)), map[bool]string{true: "integer", false: "float"}[most > 100], l.path.text)
	case most == 100 && (n < 0 || n > most):
		return 0, false, failf(ErrorRuntime, "%s must be between 0 and 100.", l.field)
	case n < 0:
		return 0, false, failf(ErrorRuntime, "%s cannot be negative.", l.field)
	}
	return n, true, nil
}

// beginMap takes the items apart.
func (b *branch) beginMap() (*fork, error) {
	sc, err := b.scope("")
	if err != nil {
		return nil, err
	}
	input, err := b.state.input.apply(sc)
	if err != nil {
		return nil, err
	}
	sc = sc.with(input)
	m, v := b.state.iterate, input
	if m.items != nil {
		if v, err = sc.lookup(m.items, "ItemsPath"); err != nil {
			return nil, err
		}
	}
	list, ok := v.([]any)
	if !ok {
		return nil, failf(ErrorRuntime, "Map state input must be an array but was: %s", encode(v))
	}
	f := &fork{branch: b, total: len(list), scope: sc, results: make([]json.RawMessage, len(list)), items: make([]json.RawMessage, len(list))}
	for n, v := range list {
		f.items[n] = encode(v)
	}
	if f.limit, err = m.atOnce(sc); err != nil {
		return nil, err
	}
	b.record(EventMapStateStarted, encode(int64(len(list))), nil)
	f.tolerate, err = m.tolerated(sc, len(list))
	return f, err
}

// atOnce gives how many iterations run at once.
func (m *iterate) atOnce(s *scope) (int, error) {
	n, given, err := m.concurrency.eval(s, math.MaxInt32)
	if err != nil || !given || n == 0 {
		return maxConcurrency, err
	}
	return int(min(n, maxConcurrency)), nil
}

// tolerated gives how many of the iterations may fail, or -1 if nothing is said about it.
func (m *iterate) tolerated(s *scope, total int) (int, error) {
	count, byCount, err := m.count.eval(s, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	percentage, byPercentage, err := m.percentage.eval(s, 100)
	if err != nil {
		return 0, err
	}
	n := -1
	if byCount {
		n = int(min(count, float64(total)))
	}
	if share := int(percentage * float64(total) / 100); byPercentage && (!byCount || share < n) {
		n = share
	}
	return n, nil
}

// itemInput gives the input of an iteration: the item, or what ItemSelector makes of it.
func (f *fork) itemInput(index int) (json.RawMessage, error) {
	selector := f.branch.state.iterate.item
	if selector == nil {
		return f.items[index], nil
	}
	s := f.scope.with(f.scope.input)
	s.context = func() *contextObject {
		c := f.branch.contextObject("")
		c.item = &item{index: index, value: f.items[index]}
		return c
	}
	v, err := selector.eval(s)
	if err != nil {
		return nil, err
	}
	return encodePayload(v, f.branch.state.name)
}
