package awssim

import "time"

// hold keeps news about a machine from the calls that describe it, while events may
// already have told.
type hold struct {
	until time.Time
	while Kind // and while this fault is on; empty for none
}

// newHold holds news back for delay and, if a fault of this kind strikes, for its For
// longer, or with no For until it is healed.
func (f *Fleet) newHold(kind Kind, n *node, delay time.Duration, fits func(*Fault) bool) hold {
	h := hold{until: f.now().Add(delay)}
	if fault, struck := f.strike(kind, n, fits); struck {
		h.until = h.until.Add(fault.For)
		if fault.For == 0 {
			h.while = kind
		}
	}
	return h
}

func (f *Fleet) holds(h hold, n *node) bool {
	return f.now().Before(h.until) || h.while != "" && f.broken(h.while, n)
}
