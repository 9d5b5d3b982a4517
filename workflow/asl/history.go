package asl

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Types of history events that are not about entering or leaving a state, named as
// GetExecutionHistory names them. The others are the state's type with StateEntered,
// StateExited or, in a Map or Parallel state that fails, StateAborted behind it, e.g.
// "TaskStateEntered".
const (
	EventExecutionStarted   = "ExecutionStarted"
	EventExecutionSucceeded = "ExecutionSucceeded"
	EventExecutionFailed    = "ExecutionFailed"
	EventExecutionAborted   = "ExecutionAborted"
	EventExecutionTimedOut  = "ExecutionTimedOut"
	EventExecutionRedriven  = "ExecutionRedriven"
	EventTaskScheduled      = "TaskScheduled"
	EventTaskStarted        = "TaskStarted"
	EventTaskSubmitted      = "TaskSubmitted"
	EventTaskSubmitFailed   = "TaskSubmitFailed"
	EventTaskSucceeded      = "TaskSucceeded"
	EventTaskFailed         = "TaskFailed"
	EventTaskTimedOut       = "TaskTimedOut"

	EventParallelStateStarted   = "ParallelStateStarted"
	EventParallelStateSucceeded = "ParallelStateSucceeded"
	EventParallelStateFailed    = "ParallelStateFailed"
	EventMapStateStarted        = "MapStateStarted"
	EventMapStateSucceeded      = "MapStateSucceeded"
	EventMapStateFailed         = "MapStateFailed"
	EventMapIterationStarted    = "MapIterationStarted"
	EventMapIterationSucceeded  = "MapIterationSucceeded"
	EventMapIterationFailed     = "MapIterationFailed"
	EventMapIterationAborted    = "MapIterationAborted"
)

// maxEvents is how long a history can get: the last event is that the execution failed
// (Step Functions quotas: 25,000 events).
const maxEvents = 25_000

// HistoryEvent is one entry of an execution's history. The JSON in it is shared and
// must not be changed.
type HistoryEvent struct {
	ID       int    // 1 is the first
	Type     string // e.g. EventTaskSubmitted or "ChoiceStateEntered"
	Time     time.Time
	State    string          // name of the state, "" for events of the execution
	Resource string          // of task events: ARN without ".waitForTaskToken"
	Input    json.RawMessage // of ExecutionStarted, StateEntered, TaskScheduled (the parameters)
	Output   json.RawMessage // of TaskSubmitted, TaskSucceeded, StateExited, ExecutionSucceeded
	Index    int             // of MapIteration events: number of the iteration, from 0
	Length   int             // of MapStateStarted: how many items there are
	Error    string          // of failures, timeouts and aborts
	Cause    string
}

// event is a history entry as it is kept: small, and sharing what it can.
type event struct {
	at      int64 // Unix time in nanoseconds
	kind    string
	state   *state
	data    json.RawMessage
	failure *failure
}

// record adds an event; those of the execution have no state.
func (e *execution) record(s *state, kind string, data json.RawMessage, f *failure) {
	if s != nil && len(e.history) >= maxEvents-1 {
		e.overflow = true // what is left is for the end
		return
	}
	e.history = append(e.history, event{at: e.now().UnixNano(), kind: kind, state: s, data: data, failure: f})
}

// History lists the events of an execution, oldest first. It fails with
// ErrExecutionDoesNotExist, or with ErrHistoryDropped if too many executions have ended
// since (see [Config].KeepEnded).
func (i *Interpreter) History(arn string) ([]HistoryEvent, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e, err := i.find(arn)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if e.outcome != nil && e.outcome.trimmed {
		return nil, fmt.Errorf("history of execution %q: %w", arn, ErrHistoryDropped)
	}
	list := make([]HistoryEvent, len(e.history))
	for n, ev := range e.history {
		list[n] = ev.export(n + 1)
	}
	return list, nil
}

func (ev event) export(id int) HistoryEvent {
	h := HistoryEvent{ID: id, Type: ev.kind, Time: time.Unix(0, ev.at)}
	if ev.state != nil {
		h.State = ev.state.name
		if ev.state.task != nil && !strings.HasPrefix(ev.kind, "TaskState") {
			h.Resource = ev.state.task.resource
		}
	}
	switch {
	case ev.kind == EventMapStateStarted:
		h.Length, _ = strconv.Atoi(string(ev.data))
	case strings.HasPrefix(ev.kind, "MapIteration"):
		h.Index, _ = strconv.Atoi(string(ev.data))
	case ev.kind == EventExecutionStarted, ev.kind == EventTaskScheduled, strings.HasSuffix(ev.kind, "StateEntered"):
		h.Input = ev.data
	default:
		h.Output = ev.data
	}
	if ev.failure != nil {
		h.Error, h.Cause = ev.failure.name, ev.failure.cause
	}
	return h
}
