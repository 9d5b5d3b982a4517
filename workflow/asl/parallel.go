package asl

import "encoding/json"

// parallel is what a Parallel state adds.
type parallel struct{ branches []graph }

func (f *fields) parallel(s *state) {
	s.parallel = &parallel{}
	f.io(s)
	f.transition(s)
	s.parameters = f.template("Parameters")
	s.selector = f.template("ResultSelector")
	s.resultPath = f.resultPath()
	s.assign = f.assign()
	f.retriers(s)
	f.catchers(s)
	if !f.has("Branches") {
		f.refuse("Branches", "is missing")
	}
	for _, o := range f.objects("Branches") {
		o.text("Comment")
		s.parallel.branches = append(s.parallel.branches, o.graph(false))
		o.finish()
	}
}

// beginParallel gives each branch the same input.
func (b *branch) beginParallel() (*fork, error) {
	b.record(EventParallelStateStarted, nil, nil)
	sc, err := b.scope("")
	if err != nil {
		return nil, err
	}
	input, err := b.state.input.apply(sc)
	if err != nil {
		return nil, err
	}
	if b.state.parameters != nil {
		if input, err = b.state.parameters.eval(sc.with(input)); err != nil {
			return nil, err
		}
	}
	data, err := encodePayload(input, b.state.name)
	if err != nil {
		return nil, err
	}
	n := len(b.state.parallel.branches)
	return &fork{branch: b, total: n, limit: n, results: make([]json.RawMessage, n), input: data, tolerate: -1}, nil
}
