package bot

import "time"

// Change is what Apply, Observe or Decide make of a request. Its parts go different ways, so
// each has its own field: an answer can never come into an outbox.
type Change struct {
	Request Request
	Effects []Effect     // what must survive a crash: saved with the request, then performed
	Answer  Refusal      // what only the acting person is told; empty when message and thread say it all
	Audit   []AuditEntry // saved with the request
}

// with is a change to this request, and what follows from it.
func (r Request) with(effects ...Effect) Change { return Change{Request: r, Effects: effects} }

// then goes on with another change, whose answer counts.
func (c Change) then(next func(Request) Change) Change {
	more := next(c.Request)
	more.Effects = append(c.Effects, more.Effects...)
	more.Audit = append(c.Audit, more.Audit...)
	return more
}

// record adds the audit entry of a change that began in a status.
func (c Change) record(now time.Time, actor, action string, from Status) Change {
	c.Audit = append(c.Audit, AuditEntry{At: now, Actor: actor, Action: action, From: from, To: c.Request.Status})
	return c
}

// refuse is no change, but the attempt is recorded and answered.
func (r Request) refuse(now time.Time, actor, action string, why Refusal) Change {
	return Change{Request: r, Answer: why,
		Audit: []AuditEntry{{At: now, Actor: actor, Action: action, From: r.Status, To: r.Status, Refused: why}}}
}

// Nothing reports whether a change has nothing to save: what caused it was doubled, or late.
func (c Change) Nothing() bool { return len(c.Effects) == 0 && len(c.Audit) == 0 }

// filled is the request with the effects in its outbox. It also sees to it that the execution
// of a request which needs it is looked at some time, that the request's group knows where it
// stands, and that a question hears of the end of its freeze.
func (c Change) filled(now time.Time) Request {
	r := c.Request
	for _, e := range c.Effects {
		e.Since = now
		if e.Kind == EffectLookExecution || e.Kind == EffectTurns {
			r.putOnce(e.Kind, e.NotBefore)
		} else {
			r.put(e)
		}
	}
	r.seeToTurn()
	r.seeToMail()
	r.seeToFreeze()
	if r.needsExecution() {
		r.putOnce(EffectLookExecution, r.nextWatch(now))
	} else {
		r.withoutKind(EffectLookExecution)
	}
	return r
}
