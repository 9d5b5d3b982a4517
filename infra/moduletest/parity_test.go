package moduletest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/clock"
)

// step is one state that an execution entered, and with what.
type step struct {
	State string
	Input any
}

// result is what a task came to.
type result struct {
	output     json.RawMessage
	name, text string // of an error
}

// recording is an execution as an interpreter ran it.
type recording struct {
	name    string      // of the execution; empty: it does not matter
	clock   clock.Clock // what it is replayed by, where times are compared with those of results; nil: the system's
	input   json.RawMessage
	steps   []step
	results map[string][]result // by state, in order
	status  string
	output  any
}

// theLocalInterpreterAgrees runs stories on the deployed machine in moto, gives the same
// task results to the local interpreter, and compares: the same states in the same order
// with the same input, and the same output.
func theLocalInterpreterAgrees(t *testing.T, s mototest.Server, m mototest.Machine, inbox mototest.Inbox) {
	yes := workflow.Decision{Verdict: workflow.Approved}
	failed := &mototest.Invocation{Status: "Failed", StatusDetails: "Failed", ResponseCode: 1}
	const critical = "[[0,72000,86400,false],[1,14400,14400,true]]" // the waits where a critical patch is missing
	require.Contains(t, string(m.Definition(t)), critical)
	impatient := s.CreateMachineFrom(t, "impatient", // the same machine, which reminds after a second, and gives up after another one
		strings.Replace(string(m.Definition(t)), critical, "[[0,1,2,false],[1,1,1,true]]", 1))
	for name, story := range map[string]struct {
		tags    map[string]string
		missing []string
		install *mototest.Invocation
		byHand  string // the input of a manual start about %s; default: the event
		answer  any    // of the approval; nil: nobody answers
		waits   int    // callbacks after the approval
		end     string
	}{
		"approved":        {tags: tagged(), missing: []string{"kernel"}, answer: yes, waits: 4, end: "compliant"},
		"rejected":        {tags: tagged(), missing: []string{"kernel"}, answer: workflow.Decision{Verdict: workflow.Rejected}, end: "rejected"},
		"expired":         {tags: tagged(), missing: []string{"kernel"}, end: "expired"},
		"failed command":  {tags: tagged(), missing: []string{"kernel"}, install: failed, answer: yes, waits: 4, end: "still_non_compliant"},
		"not tagged":      {tags: map[string]string{"Name": "web-1"}, missing: []string{"kernel"}, end: "ignored"},
		"nothing missing": {tags: tagged(), byHand: `{"instance_id": "%s"}`, end: "ignored"},
		"found by looking": {tags: tagged(), missing: []string{"kernel"}, byHand: `{"instance_id": "%s", "started_by": "find-missing"}`,
			answer: yes, waits: 4, end: "compliant"},
		"a rehearsal": {tags: tagged(), byHand: `{"instance_id": "%s", "rehearsal": true}`, answer: yes, waits: 3, end: "rehearsed"},
	} {
		t.Run(name, func(t *testing.T) {
			id := s.RunInstance(t, story.tags)
			node := mototest.MissingPatches(id, story.missing...)
			node.Install = story.install
			s.SetNode(t, id, node)
			m := m
			if story.end == "expired" {
				m = impatient
			}
			input := mototest.ComplianceEvent(id, "non_compliant")
			if story.byHand != "" {
				input = fmt.Sprintf(story.byHand, id)
			}
			execution := m.Start(t, strings.ReplaceAll(name, " ", "-"), input)
			if story.end != "ignored" {
				asked := awaitToken(t, inbox)
				if story.answer != nil {
					m.Answer(t, asked.Token, story.answer)
				} else {
					awaitToken(t, inbox) // of the reminder, which nobody answers either
				}
			}
			for range story.waits {
				waiting := awaitToken(t, inbox)
				if _, installing := waiting.Detail.(workflow.PatchStarted); installing && story.install == nil {
					s.SetNode(t, id, mototest.MissingPatches(id))
				}
				m.Answer(t, waiting.Token, answerOf(waiting))
			}
			ended := m.Await(t, execution)
			theirs := record(t, m.History(t, execution))
			theirs.input, theirs.status = json.RawMessage(aws.ToString(ended.Input)), string(ended.Status)
			require.NoError(t, json.Unmarshal([]byte(aws.ToString(ended.Output)), &theirs.output))
			require.Equal(t, story.end, theirs.output.(map[string]any)["outcome"])

			ours := replay(t, m.Definition(t), theirs)
			require.Equal(t, theirs.steps, ours.steps)
			require.Equal(t, theirs.status, ours.status)
			require.Equal(t, theirs.output, ours.output)
		})
	}
}

// answerOf is what the bot answers when the machine may go on.
func answerOf(waiting workflow.Notification) any {
	if _, turn := waiting.Detail.(workflow.TurnRequested); turn {
		return mototest.Turn(waiting)
	}
	return struct{}{}
}

// findMissingAgrees is the same for the other machine. The items of its Map run at once, so
// their order is not compared.
func findMissingAgrees(t *testing.T, s mototest.Server, m, approval mototest.Machine, inbox mototest.Inbox) {
	for i := range 3 {
		id := s.RunInstance(t, tagged())
		s.SetNode(t, id, mototest.MissingPatches(id, []string{"kernel"}[:i%2]...))
	}
	execution := m.Start(t, "look", `{}`)
	ended := m.Await(t, execution)
	require.Equal(t, types.ExecutionStatusSucceeded, ended.Status)
	theirs := record(t, m.History(t, execution))
	theirs.input = json.RawMessage(aws.ToString(ended.Input))

	ours := replay(t, m.Definition(t), theirs)
	states := func(steps []step) (names []string) {
		for _, s := range steps {
			names = append(names, s.State)
		}
		return names
	}
	require.ElementsMatch(t, states(theirs.steps), states(ours.steps))
	require.Contains(t, states(ours.steps), "Start Approval")
	require.Equal(t, "SUCCEEDED", ours.status)

	asked := awaitToken(t, inbox)
	require.Equal(t, workflow.StartedByFindMissing, asked.Detail.(workflow.ApprovalRequested).Started.By)
	approval.Answer(t, asked.Token, workflow.Decision{Verdict: workflow.Rejected})
	approval.Await(t, asked.ExecutionARN)
}

func tagged() map[string]string {
	return map[string]string{"Name": "web-1", "owner": "payments", "patch-policy": "patch-on-approval"}
}

// awaitToken takes notifications until one waits for an answer.
func awaitToken(t *testing.T, inbox mototest.Inbox) workflow.Notification {
	t.Helper()
	for range 20 {
		if n := inbox.Next(t); workflow.Waits(n.Detail) {
			return n
		}
	}
	require.Fail(t, "none of 20 notifications waits for an answer")
	return workflow.Notification{}
}

// record reads a history as Step Functions gives it.
func record(t *testing.T, events []types.HistoryEvent) recording {
	t.Helper()
	r := recording{results: map[string][]result{}}
	state := ""
	for _, e := range events {
		switch {
		case e.StateEnteredEventDetails != nil:
			state = aws.ToString(e.StateEnteredEventDetails.Name)
			var input any
			require.NoError(t, json.Unmarshal([]byte(aws.ToString(e.StateEnteredEventDetails.Input)), &input))
			r.steps = append(r.steps, step{state, input})
		case e.TaskSucceededEventDetails != nil:
			r.results[state] = append(r.results[state], result{output: json.RawMessage(aws.ToString(e.TaskSucceededEventDetails.Output))})
		case e.TaskTimedOutEventDetails != nil:
			r.results[state] = append(r.results[state], result{name: asl.ErrorTimeout})
		case e.TaskFailedEventDetails != nil:
			d := e.TaskFailedEventDetails
			r.results[state] = append(r.results[state], result{name: aws.ToString(d.Error), text: aws.ToString(d.Cause)})
		}
	}
	return r
}

// taskError is a recorded failure.
type taskError struct{ result }

func (e taskError) Error() string     { return e.text }
func (e taskError) ErrorName() string { return e.name }

// replay runs the local interpreter with the results that were recorded elsewhere.
func replay(t *testing.T, definition []byte, recorded recording) recording {
	t.Helper()
	machine, err := asl.Load(definition)
	require.NoError(t, err)
	left := recorded.results
	var taking sync.Mutex // the items of a Map call at once
	var interpreter *asl.Interpreter
	interpreter = asl.New(asl.Config{Machine: machine, Clock: recorded.clock, Name: "patchbot-patch-approval", Region: mototest.Region, Account: mototest.Account,
		Invoke: func(_ context.Context, call asl.Call) (json.RawMessage, error) {
			taking.Lock()
			defer taking.Unlock()
			if len(left[call.State]) == 0 {
				return nil, fmt.Errorf("%s was not called elsewhere", call.State)
			}
			r := left[call.State][0]
			left[call.State] = left[call.State][1:]
			return r.give(interpreter, call.Input)
		}})
	defer interpreter.Close()
	arn, err := interpreter.Start(recorded.name, recorded.input)
	require.NoError(t, err)
	execution, err := interpreter.Wait(t.Context(), arn)
	require.NoError(t, err)
	history, err := interpreter.History(arn)
	require.NoError(t, err)

	ours := recording{status: string(execution.Status)}
	require.NoError(t, json.Unmarshal(execution.Output, &ours.output))
	for _, e := range history {
		if strings.HasSuffix(e.Type, "StateEntered") {
			var input any
			require.NoError(t, json.Unmarshal(e.Input, &input))
			ours.steps = append(ours.steps, step{e.State, input})
		}
	}
	return ours
}

// give answers a task: at once, or through the token where it waits with one.
func (r result) give(interpreter *asl.Interpreter, input json.RawMessage) (json.RawMessage, error) {
	var publish struct {
		Message struct {
			Token string `json:"task_token"`
		}
	}
	if err := json.Unmarshal(input, &publish); err != nil {
		return nil, err
	}
	token := publish.Message.Token
	switch {
	case token != "" && r.name == asl.ErrorTimeout:
		return json.RawMessage(`{}`), nil // nobody answers here either
	case token != "":
		return json.RawMessage(`{}`), interpreter.SendTaskSuccess(token, r.output)
	case r.name != "":
		return nil, taskError{r}
	case r.output == nil:
		return nil, errors.New("nothing was recorded")
	}
	return r.output, nil
}

// queueURL is the address of one of the module's queues.
func (p plan) queueURL(t *testing.T, name string) string {
	t.Helper()
	for _, r := range p.ofType(t, "aws_sqs_queue") {
		if r.Name == name {
			return r.text("url")
		}
	}
	require.Fail(t, "no queue "+name)
	return ""
}
