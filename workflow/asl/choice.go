package asl

// choice is what a Choice state adds.
type choice struct {
	rules     []*rule
	otherwise *state // Default, or nil
}

// rule leads to a state when its condition holds.
type rule struct {
	holds  condition
	next   *state
	assign *template
}

// condition tests what a scope holds.
type condition func(*scope) (bool, error)

func (f *fields) choice(s *state) {
	f.io(s)
	s.assign = f.assign()
	s.choice = &choice{}
	if !f.has("Choices") {
		f.refuse("Choices", "is missing")
	}
	for _, o := range f.objects("Choices") {
		r := &rule{assign: o.assign()}
		o.target("Next", &r.next)
		r.holds = o.condition()
		s.choice.rules = append(s.choice.rules, r)
	}
	if f.has("Default") {
		f.target("Default", &s.choice.otherwise)
	}
}

// pick gives the next state and the Assign that goes with it: that of the rule, or,
// when no rule holds, that of the state.
func (s *state) pick(sc *scope) (*state, *template, error) {
	for _, r := range s.choice.rules {
		holds, err := r.holds(sc)
		if err != nil {
			return nil, nil, err
		}
		if holds {
			return r.next, r.assign, nil
		}
	}
	if s.choice.otherwise == nil {
		return nil, nil, failf(ErrorNoChoiceMatched, "Unable to find a Choice rule that matches in the state '%s'.", s.name)
	}
	return s.choice.otherwise, s.assign, nil
}

// condition takes what a rule tests: And, Or, Not, or a Variable and one operator.
func (f *fields) condition() condition {
	defer f.finish()
	f.text("Comment")
	switch {
	case f.has("And"):
		return every(f.conditions("And"))
	case f.has("Or"):
		return either(f.conditions("Or"))
	case f.has("Not"):
		raw, _ := f.raw("Not")
		o, ok := f.fields(raw, f.state, f.at("Not").Field)
		if !ok {
			return nil
		}
		return not(o.condition())
	}
	if !f.has("Variable") {
		f.refuse("Variable", "is missing, and so are And, Or and Not")
		return nil
	}
	variable := f.path("Variable", false)
	for _, name := range f.order {
		if f.taken[name] {
			continue
		}
		test, err := f.comparison(name)
		switch {
		case err != nil:
			f.refuse(name, "%v", err)
			return nil
		case test != nil:
			return func(s *scope) (bool, error) { return test(s, variable) }
		}
	}
	f.refuse("", "has no comparison operator")
	return nil
}

func (f *fields) conditions(name string) []condition {
	var list []condition
	for _, o := range f.objects(name) {
		list = append(list, o.condition())
	}
	return list
}

func every(list []condition) condition {
	return func(s *scope) (bool, error) {
		for _, c := range list {
			if holds, err := c(s); err != nil || !holds {
				return false, err
			}
		}
		return true, nil
	}
}

func either(list []condition) condition {
	return func(s *scope) (bool, error) {
		for _, c := range list {
			if holds, err := c(s); err != nil || holds {
				return holds, err
			}
		}
		return false, nil
	}
}

func not(c condition) condition {
	return func(s *scope) (bool, error) {
		holds, err := c(s)
		return !holds && err == nil, err
	}
}
