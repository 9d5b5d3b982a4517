package asl

import (
	"encoding/json"
	"strconv"
)

// fork is a Map or Parallel state at work: the branches that have begun, and what those
// that have ended gave.
type fork struct {
	branch  *branch // whose current state it is
	total   int     // how many branches or iterations there are
	begun   int
	limit   int       // how many may be active at once
	active  []*branch // in the order of their beginning
	results []json.RawMessage
	items   []json.RawMessage // of a Map state
	scope   *scope            // of a Map state, for its ItemSelector
	input   json.RawMessage   // of a Parallel state, for each branch

	failures int // that were tolerated
	tolerate int // how many iterations may fail; -1 is none, whose error is then that of the state
}

// position is the place of a branch in a fork.
type position struct {
	fork  *fork
	index int
}

// item is what $$.Map.Item stands for.
type item struct {
	index int
	value json.RawMessage
}

// item gives the item of the innermost Map state around a branch.
func (p *position) item() *item {
	for ; p != nil; p = p.fork.branch.position {
		if p.fork.items != nil {
			return &item{index: p.index, value: p.fork.items[p.index]}
		}
	}
	return nil
}

// fans tells that the state consists of branches.
func (s *state) fans() bool { return s.parallel != nil || s.iterate != nil }

// fanOut begins a Map or Parallel state, or ends it when all its branches have ended.
func (b *branch) fanOut() {
	var err error
	switch {
	case b.fork != nil:
		err = b.join()
	case b.state.parallel != nil:
		b.fork, err = b.beginParallel()
	default:
		b.fork, err = b.beginMap()
	}
	if err != nil {
		b.failed(b.evaluationFailure(err))
		return
	}
	if b.fork != nil {
		b.phase = forked
		b.fork.advance()
	}
}

// join ends the state with the list of its branches' outputs.
func (b *branch) join() error {
	results := make([]any, len(b.fork.results))
	for n, data := range b.fork.results {
		var err error
		if results[n], err = decode(data); err != nil {
			return err
		}
	}
	b.record(b.state.kind+"StateSucceeded", nil, nil)
	b.fork = nil
	return b.takeResult(results)
}

// advance begins what can begin, and lets the state end when nothing is left.
func (f *fork) advance() {
	for f.begun < f.total && len(f.active) < f.limit && f.branch.phase == forked {
		f.begin(f.begun)
	}
	if f.begun == f.total && len(f.active) == 0 {
		f.branch.phase = ready
	}
}

// begin makes the branch of this number.
func (f *fork) begin(index int) {
	f.begun++
	c := &branch{execution: f.branch.execution, position: &position{fork: f, index: index}, variables: f.branch.variables}
	f.active = append(f.active, c)
	f.enter(c)
}

// enter enters the first state of a branch.
func (f *fork) enter(c *branch) {
	parent, index := f.branch, c.position.index
	if f.items == nil {
		c.enter(parent.state.parallel.branches[index].start, f.input)
		return
	}
	f.record(EventMapIterationStarted, index)
	input, err := f.itemInput(index)
	if err != nil {
		c.phase = halted
		f.failed(c, parent.evaluationFailure(err))
		return
	}
	c.enter(parent.state.iterate.graph.start, input)
}

func (f *fork) record(kind string, index int) {
	f.branch.record(kind, json.RawMessage(strconv.Itoa(index)), nil)
}

// succeeded takes the output of a branch.
func (f *fork) succeeded(c *branch, output json.RawMessage) {
	if f.items != nil {
		f.record(EventMapIterationSucceeded, c.position.index)
	}
	f.settle(c, output)
}

func (f *fork) settle(c *branch, output json.RawMessage) {
	f.results[c.position.index] = output
	f.active = without(f.active, c)
	f.advance()
}

func without(list []*branch, c *branch) []*branch {
	kept := make([]*branch, 0, len(list))
	for _, b := range list {
		if b != c {
			kept = append(kept, b)
		}
	}
	return kept
}

// failed takes the failure of a branch. Unless it is tolerated it ends the others, and
// the state fails.
func (f *fork) failed(c *branch, why *failure) {
	if f.items != nil {
		f.record(EventMapIterationFailed, c.position.index)
		if f.failures < f.tolerate {
			f.failures++
			f.settle(c, encode(why.output()))
			return
		}
		if f.tolerate >= 0 {
			why = &failure{name: ErrorToleranceExceeded, cause: "The specified tolerated failure threshold was exceeded"}
		}
	}
	f.abort(c)
	b := f.branch
	if b.retry(why) {
		b.fork = nil // recorded was no failure of the state before it is tried again
		return
	}
	b.record(b.state.kind+"StateFailed", nil, nil)
	b.caught(why)
}

// abort ends the branches that are active. The one that failed has its event already, but
// as was recorded its state, if it is a task, counts as aborted too.
func (f *fork) abort(failed *branch) {
	for _, c := range f.active {
		if c.fork != nil && c.phase == forked {
			c.fork.abort(nil)
		}
		c.halt()
		if s := c.state; s != nil && (s.task != nil || c != failed && (s.wait != nil || s.fans())) {
			c.record(c.state.kind+"StateAborted", nil, nil)
		}
		if f.items != nil && c != failed {
			f.record(EventMapIterationAborted, c.position.index)
		}
	}
}
