package asl

import (
	"fmt"
	"time"
)

// redrivePeriod is how long after its end an execution can be redriven (Step Functions
// developer guide, "Restarting state machine executions with redrive").
const redrivePeriod = 14 * 24 * time.Hour

// redrive says how often an execution was redriven, and when last.
type redrive struct {
	count int
	at    time.Time
}

func (e *execution) redrives() int {
	if e.redrive == nil {
		return 0
	}
	return e.redrive.count
}

// Redrive continues an execution that failed, timed out or was stopped under the same ARN,
// in the state that did not end well: it is entered again, with its retries and timeouts
// before it, and a callback task gets another token. Of a Map or Parallel state only the
// branches that did not succeed go on. The machine's timeout begins anew. It fails with
// ErrExecutionDoesNotExist, ErrClosed, and with ErrExecutionNotRedrivable if the execution
// runs, succeeded, ended more than 14 days ago, has no room in its history, or has none
// any more (see [Config].KeepEnded).
func (i *Interpreter) Redrive(arn string) error {
	i.mu.Lock()
	defer i.release()
	e, err := i.find(arn)
	switch {
	case err != nil:
		return fmt.Errorf("redrive: %w", err)
	case i.closed():
		return fmt.Errorf("redrive execution %q: %w", arn, ErrClosed)
	case !e.redrivable(e.now()):
		return fmt.Errorf("redrive execution %q, which is %s: %w", arn, e.status, ErrExecutionNotRedrivable)
	}
	if e.told {
		e.told, e.done = false, nil
	}
	e.redrive = &redrive{count: e.redrives() + 1, at: e.now()}
	e.status, e.outcome = StatusRunning, nil
	e.record(nil, EventExecutionRedriven, nil, nil)
	i.announce(e)
	return nil
}

func (e *execution) redrivable(now time.Time) bool {
	return e.status != StatusRunning && e.status != StatusSucceeded && !e.outcome.trimmed &&
		len(e.history) < maxEvents-1 && now.Sub(e.outcome.at) <= redrivePeriod
}

// reenter enters the state again in which the branch ended, or in a Map or Parallel state
// those of its branches that ended so.
func (b *branch) reenter() {
	if b.state == nil {
		b.clear()
		b.position.fork.enter(b)
		return
	}
	if b.fork == nil || len(b.fork.active) == 0 {
		b.clear()
		before := b.entered
		b.enter(b.state, b.stateInput)
		if b.execution.interpreter.config.RedriveKeepsEntered {
			b.entered = before
		}
		return
	}
	b.phase = forked
	f := b.fork
	for _, c := range f.active {
		if c.reenter(); b.phase != forked {
			return // it failed at once
		}
	}
	f.advance()
}

// Forget drops an execution that has ended, as AWS does 90 days after its end: its name
// can be used again. It fails with ErrExecutionDoesNotExist or ErrExecutionRunning.
func (i *Interpreter) Forget(arn string) error {
	i.mu.Lock()
	defer i.release()
	e, err := i.find(arn)
	switch {
	case err != nil:
		return fmt.Errorf("forget: %w", err)
	case e.status == StatusRunning:
		return fmt.Errorf("forget execution %q: %w", arn, ErrExecutionRunning)
	}
	i.forgotten++
	delete(i.executions, e.name)
	return nil
}

// defaultKeepEnded is the default of Config.KeepEnded.
const defaultKeepEnded = 500

// kept is an execution that keeps its history, and the end after which it does.
type kept struct {
	execution *execution
	outcome   *outcome
}

// keep makes room for the history of an execution that has just ended: the oldest go.
func (i *Interpreter) keep(e *execution) {
	i.kept = append(i.kept, kept{e, e.outcome})
	for len(i.kept) > max(i.config.KeepEnded, 0) {
		oldest := i.kept[0]
		i.kept = i.kept[1:]
		if oldest.execution.outcome == oldest.outcome { // not redriven since
			oldest.execution.trim()
		}
	}
}

// trim drops what only History and Redrive need.
func (e *execution) trim() {
	e.history, e.main = nil, branch{execution: e, phase: halted}
	e.outcome.trimmed = true
}
