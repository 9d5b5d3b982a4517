package asl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// namedError is an error of a task that knows its name in the language.
type namedError struct{ name, text string }

func (e namedError) Error() string     { return e.text }
func (e namedError) ErrorName() string { return e.name }

// tasks is an Invoke that records its calls and answers from a list; the last answer
// is repeated.
type tasks struct {
	mu      sync.Mutex
	answers []func(asl.Call) (json.RawMessage, error)
	calls   []asl.Call
	at      []time.Time
}

func (t *tasks) invoke(_ context.Context, call asl.Call) (json.RawMessage, error) {
	t.mu.Lock()
	n := len(t.calls)
	t.calls = append(t.calls, call)
	t.at = append(t.at, time.Now())
	answers := t.answers
	t.mu.Unlock()
	if len(answers) == 0 {
		return nil, nil
	}
	return answers[min(n, len(answers)-1)](call)
}

// token gives the task token that the nth call carries in its input.
func (t *tasks) token(tb testing.TB, n int) string {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	require.Greater(tb, len(t.calls), n)
	var input struct{ Token string }
	require.NoError(tb, json.Unmarshal(t.calls[n].Input, &input))
	return input.Token
}

func result(text string) func(asl.Call) (json.RawMessage, error) {
	return func(asl.Call) (json.RawMessage, error) { return json.RawMessage(text), nil }
}

func failing(name, text string) func(asl.Call) (json.RawMessage, error) {
	return func(asl.Call) (json.RawMessage, error) { return nil, namedError{name, text} }
}

func load(tb testing.TB, definition string) *asl.Machine {
	tb.Helper()
	m, err := asl.Load([]byte(definition))
	require.NoError(tb, err)
	return m
}

func newInterpreter(tb testing.TB, definition string, invoke asl.Invoke) *asl.Interpreter {
	tb.Helper()
	i := asl.New(asl.Config{
		Machine: load(tb, definition), Name: "m", Region: "us-east-1", Account: "123456789012", Invoke: invoke,
	})
	tb.Cleanup(i.Close)
	return i
}

// run starts an execution named "e" and waits for its end.
func run(tb testing.TB, definition, input string, invoke asl.Invoke) asl.Execution {
	tb.Helper()
	i := newInterpreter(tb, definition, invoke)
	return wait(tb, i, start(tb, i, input))
}

func start(tb testing.TB, i *asl.Interpreter, input string) string {
	tb.Helper()
	arn, err := i.Start("e", json.RawMessage(input))
	require.NoError(tb, err)
	return arn
}

func wait(tb testing.TB, i *asl.Interpreter, arn string) asl.Execution {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience())
	defer cancel()
	e, err := i.Wait(ctx, arn)
	require.NoError(tb, err, "execution %s has not ended within %s", arn, patience())
	return e
}

// patience is how long a test waits for one thing. Simulated time begins in the year 2000 and
// costs nothing.
func patience() time.Duration {
	if time.Now().Year() < 2020 {
		return 250 * 365 * 24 * time.Hour
	}
	return 30 * time.Second
}

// await takes what a channel brings, or says what never came.
func await[T any](tb testing.TB, from <-chan T, what string) T {
	tb.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience()):
		require.FailNow(tb, what+" never came", "within %s", patience())
		panic("not reached")
	}
}

// single is a machine of one state, which ends the execution.
func single(state string) string {
	return fmt.Sprintf(`{"StartAt": "S", "States": {"S": %s}}`, state)
}

// catching is a machine of one task, and of a state "Caught" if the task leads there.
func catching(task, caught string) string {
	if !strings.Contains(task, `"Next": "Caught"`) {
		return fmt.Sprintf(`{"StartAt": "T", "States": {"T": %s}}`, task)
	}
	return fmt.Sprintf(`{"StartAt": "T", "States": {"T": %s, "Caught": %s}}`, task, caught)
}

// passing is a machine of one Pass state with these fields.
func passing(fields string) string {
	return single(`{"Type": "Pass", "End": true, ` + fields + `}`)
}

// types lists the event types of a history.
func types(tb testing.TB, i *asl.Interpreter, arn string) []string {
	tb.Helper()
	events, err := i.History(arn)
	require.NoError(tb, err)
	var list []string
	for _, e := range events {
		list = append(list, e.Type)
	}
	return list
}

// quote renders text as a JSON string.
func quote(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// long is a string of n bytes.
func long(n int) string { return strings.Repeat("x", n) }
