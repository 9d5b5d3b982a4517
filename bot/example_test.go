package bot_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// question is what the state machine publishes when it starts to wait.
func question() workflow.Notification {
	return workflow.Notification{
		ID:           "e1/Prompt User for Approval/2026-11-25T12:00:00Z/0",
		ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1",
		InstanceID:   "i-0933335a5598d1c2e",
		OccurredAt:   noon,
		Token:        "token",
		Detail: workflow.ApprovalRequested{
			Instance:            workflow.Instance{ID: "i-0933335a5598d1c2e", Tags: []workflow.Tag{{Key: "Name", Value: "web-1"}, {Key: "owner", Value: "payments"}}},
			Severity:            workflow.SeveritySecurity,
			Counts:              workflow.Counts{Missing: 3, Security: 3},
			AnswerWithinSeconds: 3600,
		},
	}
}

func show(c bot.Change) {
	fmt.Println("status:", c.Request.Status)
	for _, e := range c.Effects {
		fmt.Println(strings.TrimSpace(fmt.Sprintln("effect:", e.Kind, e.Line)))
	}
	if c.Answer != "" {
		fmt.Println("answer:", c.Answer)
	}
	for _, a := range c.Audit {
		fmt.Println(strings.TrimSpace(fmt.Sprintln("audit:", a.Actor, a.Action, a.Refused)))
	}
}

// The state machine asks: a request is opened, to be shown, and its execution watched.
func ExampleApply() {
	show(bot.Apply(bot.Request{}, question(), noon))
	// Output:
	// status: asked
	// effect: look_execution
	// effect: render
	// audit: workflow approval_requested
}

// The first decision wins, and whoever comes second is told.
func ExampleDecide() {
	asked := bot.Apply(bot.Request{}, question(), noon).Request
	ada := bot.Actor{Via: "slack", User: "U0ADA", Name: "ada", Approver: true}
	lin := bot.Actor{Via: "slack", User: "U0LIN", Name: "lin", Approver: true}

	first := bot.Decide(asked, ada, bot.Action{Verdict: workflow.Approved}, noon.Add(time.Minute))
	show(first)
	fmt.Println()
	show(bot.Decide(first.Request, lin, bot.Action{Verdict: workflow.Rejected}, noon.Add(2*time.Minute)))
	// Output:
	// status: approved
	// effect: complete_decision
	// effect: render
	// effect: reply decided
	// audit: slack:U0ADA approved
	//
	// status: approved
	// answer: already_decided
	// audit: slack:U0LIN rejected already_decided
}

// An event about the command that the machine waits for resumes it.
func ExampleObserve() {
	asked := bot.Apply(bot.Request{}, question(), noon).Request
	ada := bot.Actor{Via: "slack", User: "U0ADA", Approver: true}
	approved := bot.Decide(asked, ada, bot.Action{Verdict: workflow.Approved}, noon).Request
	patching := bot.Apply(approved, workflow.Notification{
		ID:           "e1/Wait for the Install/2026-11-25T12:01:00Z/0",
		ExecutionARN: approved.ExecutionARN, InstanceID: approved.Instance.ID,
		OccurredAt: noon.Add(time.Minute), Token: "wait-token",
		Detail: workflow.PatchStarted{CommandID: "3f9c0000-0000-4000-8000-000000000001"},
	}, noon.Add(time.Minute)).Request

	ended := workflow.CommandStatus{CommandID: "3f9c0000-0000-4000-8000-000000000001", Status: "Success"}
	show(bot.Observe(patching, ended, noon.Add(9*time.Minute)))
	// Output:
	// status: patching
	// effect: complete_wait
	// audit: eventbridge Success
}
