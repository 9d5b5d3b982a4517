package asl

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/patchbot/patchbot/workflow/clock"
)

// Call is what a task asks for.
type Call struct {
	Resource  string          // ARN without ".waitForTaskToken", e.g. arn:aws:states:::states:startExecution
	Input     json.RawMessage // the task's effective input; must not be changed
	Execution string          // ARN
	State     string          // name of the Task state
}

// Invoke performs a task and gives its result (nothing is {}). For a callback task
// it only submits the task, and may see the token sent back before it returns. An
// error with a method ErrorName() string fails the task with that name and the
// error's text as cause; any other error is States.TaskFailed. The context ends when
// nobody waits for the result any more.
type Invoke func(ctx context.Context, call Call) (json.RawMessage, error)

// Config says what an interpreter runs, and as what. Machine and Invoke are needed.
type Config struct {
	Machine *Machine
	Name    string // of the state machine, e.g. patch-approval
	Region  string // e.g. us-east-1
	Account string // e.g. 123456789012
	// Partition of the machine's ARN; default "aws", elsewhere "aws-us-gov" or "aws-cn". A
	// task whose resource is in another one fails with States.Runtime.
	Partition string
	RoleARN   string // of the machine, for $$.Execution.RoleArn; default a role of the machine's name
	// KeepEnded is how many of the executions that ended last keep their history and can be
	// redriven; default 500, negative is none. The others keep what Describe tells.
	KeepEnded int
	// RedriveKeepsEntered lets a state that is redriven keep the time at which it was first
	// entered. Whether AWS gives it another one, nobody could confirm.
	RedriveKeepsEntered bool
	Clock               clock.Clock // default the time of package time
	// Invoke performs tasks. It is called without any lock and may call the interpreter.
	Invoke Invoke
	// OnStatus, if set, hears of every start and end, each execution's in order. It is
	// called without any lock and may call the interpreter, but not Wait for the same
	// execution.
	OnStatus func(StatusChange)
}

// Interpreter runs executions of one state machine. Its methods may be called from
// any goroutine.
type Interpreter struct {
	config Config
	tokens tokens
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // tasks that are being invoked and timers that are firing

	mu         sync.Mutex // guards what follows and every execution
	executions map[string]*execution
	news       map[*execution][]StatusChange // of executions of which somebody is telling, or soon will
	untold     []*execution                  // whose news release has to tell
	kept       []kept                        // executions that have ended, oldest first
	forgotten  uint64                        // counts Forget
}

// New makes an interpreter. Close it when it is no longer needed.
func New(config Config) *Interpreter {
	if config.Partition == "" {
		config.Partition = "aws"
	}
	if config.RoleARN == "" {
		config.RoleARN = "arn:" + config.Partition + ":iam::" + config.Account + ":role/" + config.Name
	}
	if config.Clock == nil {
		config.Clock = clock.Real{}
	}
	if config.KeepEnded == 0 {
		config.KeepEnded = defaultKeepEnded
	}
	i := &Interpreter{config: config, tokens: newTokens(), executions: map[string]*execution{}, news: map[*execution][]StatusChange{}}
	i.ctx, i.cancel = context.WithCancel(context.Background())
	return i
}

// MachineARN is the ARN of the state machine.
func (i *Interpreter) MachineARN() string { return i.arn("stateMachine", i.config.Name) }

// Definition is the machine's, as it was loaded. It must not be changed.
func (i *Interpreter) Definition() json.RawMessage { return i.config.Machine.definition }

func (i *Interpreter) arn(kind, name string) string {
	return "arn:" + i.config.Partition + ":states:" + i.config.Region + ":" + i.config.Account + ":" + kind + ":" + name
}

// Close stops all timers, ends the contexts of running tasks and waits until they
// have returned. Executions keep the status they have. It must not be called from
// Invoke or OnStatus.
func (i *Interpreter) Close() {
	i.mu.Lock()
	i.cancel()
	for _, e := range i.executions {
		e.disarm()
	}
	i.mu.Unlock()
	i.work.Wait()
}

func (i *Interpreter) closed() bool { return i.ctx.Err() != nil }

// Start begins an execution; an empty name becomes a UUID, an empty input {}. The same
// name and input as those of a running execution give its ARN again. It fails with
// ErrInvalidName, ErrInvalidExecutionInput, ErrValidation, ErrExecutionAlreadyExists
// or ErrClosed.
func (i *Interpreter) Start(name string, input json.RawMessage) (arn string, err error) {
	if name == "" {
		name = newUUID()
	}
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	if err := checkStart(name, input); err != nil {
		return "", fmt.Errorf("start execution %q: %w", name, err)
	}
	i.mu.Lock()
	e, err := i.add(name, input)
	i.release()
	if err != nil {
		return "", fmt.Errorf("start execution %q: %w", name, err)
	}
	return e.arn(), nil
}

func checkStart(name string, input json.RawMessage) error {
	switch {
	case len([]rune(name)) > 80, strings.ContainsFunc(name, notInNames):
		return ErrInvalidName
	case len(input) > maxPayload:
		return fmt.Errorf("%w: the input has %d bytes, the maximum is %d", ErrValidation, len(input), maxPayload)
	case !json.Valid(input):
		return ErrInvalidExecutionInput
	}
	return nil
}

// notInNames are the characters that names of executions cannot have (StartExecution
// API reference).
func notInNames(r rune) bool {
	return r <= ' ' || r >= 0x7f && r <= 0x9f || r >= 0xfffe || strings.ContainsRune("<>{}[]?*\"#%\\^|~`$&,;:/", r)
}

// add finds the execution of this name, or makes one, which begins when it was told.
func (i *Interpreter) add(name string, input json.RawMessage) (*execution, error) {
	if i.closed() {
		return nil, ErrClosed
	}
	if e := i.executions[name]; e != nil {
		if e.status == StatusRunning && sameJSON(e.input, input) {
			return e, nil
		}
		return nil, ErrExecutionAlreadyExists
	}
	e := &execution{
		interpreter: i,
		name:        strings.Clone(name),
		input:       bytes.Clone(input),
		status:      StatusRunning,
		started:     i.config.Clock.Now(),
		history:     make([]event, 0, 5), // as many as a first task with a callback leaves
		attempts:    i.forgotten << 32,   // no token of another execution of this name fits
	}
	e.record(nil, EventExecutionStarted, e.input, nil)
	i.executions[e.name] = e
	i.announce(e)
	return e, nil
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// find gives the execution with this ARN.
func (i *Interpreter) find(arn string) (*execution, error) {
	name, ok := strings.CutPrefix(arn, i.arn("execution", i.config.Name)+":")
	if e := i.executions[name]; ok && e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("execution %q: %w", arn, ErrExecutionDoesNotExist)
}

// Stop aborts an execution; one that has ended stays as it is. It fails with
// ErrExecutionDoesNotExist, ErrValidation or ErrClosed.
func (i *Interpreter) Stop(arn, errorName, cause string) error {
	if err := checkFailure(errorName, cause); err != nil {
		return fmt.Errorf("stop execution %q: %w", arn, err)
	}
	i.mu.Lock()
	defer i.release()
	e, err := i.find(arn)
	switch {
	case err != nil:
		return fmt.Errorf("stop: %w", err)
	case i.closed():
		return fmt.Errorf("stop execution %q: %w", arn, ErrClosed)
	case e.status == StatusRunning:
		e.end(StatusAborted, EventExecutionAborted, nil, &failure{name: errorName, cause: cause})
	}
	return nil
}

// Describe tells how an execution is. It fails with ErrExecutionDoesNotExist.
func (i *Interpreter) Describe(arn string) (Execution, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e, err := i.find(arn)
	if err != nil {
		return Execution{}, fmt.Errorf("describe: %w", err)
	}
	return e.describe(), nil
}

// Wait returns when the execution has ended and OnStatus has heard of it. It fails
// with ErrExecutionDoesNotExist, with ErrClosed or with the context's error.
func (i *Interpreter) Wait(ctx context.Context, arn string) (Execution, error) {
	i.mu.Lock()
	e, err := i.find(arn)
	if err != nil {
		i.mu.Unlock()
		return Execution{}, fmt.Errorf("wait: %w", err)
	}
	if e.done == nil {
		e.done = make(chan struct{})
		if e.told {
			close(e.done)
		}
	}
	done := e.done
	i.mu.Unlock()
	select {
	case <-done:
		i.mu.Lock()
		defer i.mu.Unlock()
		return e.describe(), nil
	case <-ctx.Done():
		return Execution{}, fmt.Errorf("wait for execution %q: %w", arn, context.Cause(ctx))
	case <-i.ctx.Done():
		return Execution{}, fmt.Errorf("wait for execution %q: %w", arn, ErrClosed)
	}
}
