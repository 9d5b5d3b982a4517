package asl

import (
	"encoding/json"
	"time"

	"github.com/patchbot/patchbot/workflow/clock"
)

// execution is one run of the machine. Between two steps it is only data and at most
// one timer: JSON is kept as bytes and decoded when a state needs it.
type execution struct {
	interpreter *Interpreter
	name        string
	input       json.RawMessage
	status      Status
	started     time.Time
	outcome     *outcome      // nil while it runs
	told        bool          // OnStatus has heard of the end
	done        chan struct{} // closed after that; nil until somebody waits
	overflow    bool          // the history had no room for an event
	history     []event
	main        branch
	attempts    uint64      // counts all tries of all tasks
	timer       clock.Timer // fires at the next moment at which something is due
	redrive     *redrive    // the last one, or nil
}

// outcome is how an execution ended.
type outcome struct {
	output  json.RawMessage // of a success
	failure *failure        // of anything else
	at      time.Time
	trimmed bool // the history was dropped
}

func (e *execution) now() time.Time { return e.interpreter.config.Clock.Now() }

func (e *execution) arn() string {
	return e.interpreter.arn("execution", e.interpreter.config.Name) + ":" + e.name
}

func (e *execution) describe() Execution {
	x := Execution{
		ARN:        e.arn(),
		MachineARN: e.interpreter.MachineARN(),
		Name:       e.name,
		Status:     e.status,
		Input:      e.input,
		Started:    e.started,

		RedriveCount: e.redrives(),
	}
	if e.outcome != nil {
		x.Output, x.Stopped = e.outcome.output, e.outcome.at
		if f := e.outcome.failure; f != nil {
			x.Error, x.Cause = f.name, f.cause
		}
	}
	return x
}

func (e *execution) change() StatusChange {
	config := &e.interpreter.config
	return StatusChange{Execution: e.describe(), Account: config.Account, Region: config.Region}
}

// begin enters the first state, or after a redrive the one to go on with, unless the
// execution was stopped before.
func (e *execution) begin() {
	if e.status != StatusRunning || e.interpreter.closed() {
		return
	}
	e.main.execution = e
	if e.main.state == nil {
		e.main.clear()
		e.main.enter(e.interpreter.config.Machine.start, e.input)
	} else {
		e.main.reenter()
	}
	e.proceed()
}

// proceed runs states until the execution has to wait or has ended, then sets the timer.
func (e *execution) proceed() {
	for e.status == StatusRunning {
		if e.overflow {
			e.fail(failf(ErrorRuntime, "The execution reached the maximum number of history events (%d).", maxEvents))
			break
		}
		b := e.main.nextReady()
		if b == nil {
			break
		}
		b.step()
	}
	e.arm()
}

// fail ends the execution as failed.
func (e *execution) fail(f *failure) { e.end(StatusFailed, EventExecutionFailed, nil, f) }

// end is the last thing that happens to an execution, unless it is redriven. It keeps
// what a redrive needs.
func (e *execution) end(status Status, kind string, output json.RawMessage, f *failure) {
	if e.overflow && status == StatusSucceeded {
		return // proceed fails it
	}
	e.record(nil, kind, output, f)
	e.status, e.outcome = status, &outcome{output: output, failure: f, at: e.now()}
	e.main.halt()
	e.disarm()
	e.timer = nil
	if status == StatusSucceeded {
		e.main = branch{execution: e, phase: halted}
	}
	e.interpreter.keep(e)
	e.interpreter.announce(e)
}
