package asl

import (
	"cmp"
	"slices"
	"time"
)

// Place is a state that a running execution is in.
type Place struct {
	State string
	Due   time.Time // when its timeout, its pause or its next try is due; zero if nothing is
}

// Progress is an execution and how far it has come.
type Progress struct {
	Execution
	Places []Place // a Map or Parallel state first, then those in it; none when it has ended
	Events int     // how long its history is
}

// List tells of all executions, the oldest first.
func (i *Interpreter) List() []Progress {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := make([]Progress, 0, len(i.executions))
	for _, e := range i.executions {
		p := Progress{Execution: e.describe(), Events: len(e.history)}
		if e.status == StatusRunning {
			p.Places = e.main.places(nil)
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Progress) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func (b *branch) places(before []Place) []Place {
	if b.state == nil {
		return before
	}
	all := append(before, Place{State: b.state.name, Due: earliest(b.due, b.beat)})
	for c := range b.active() {
		all = c.places(all)
	}
	return all
}
