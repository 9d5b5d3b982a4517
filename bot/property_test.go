package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/workflow"
)

func TestNoSequencePatchesWithoutApprovalOrForgetsADecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		people := rapid.SampledFrom([]Actor{ada, lin, gus, eve, byMail, {Via: ViaEmail, Name: "Eve", Approver: true}})
		t.Repeat(map[string]func(*rapid.T){
			"notification": func(t *rapid.T) { w.deliver(rapid.IntRange(0, len(w.published)-1).Draw(t, "which")) },
			"approve":      func(t *rapid.T) { w.decide(people.Draw(t, "who"), approve) },
			"reject":       func(t *rapid.T) { w.decide(people.Draw(t, "who"), reject) },
			"schedule":     func(t *rapid.T) { w.decide(people.Draw(t, "who"), w.schedule(t)) },
			"patch now":    func(t *rapid.T) { w.decide(people.Draw(t, "who"), changing(approve)) },
			"move":         func(t *rapid.T) { w.decide(people.Draw(t, "who"), changing(w.schedule(t))) },
			"cancel":       func(t *rapid.T) { w.decide(people.Draw(t, "who"), changing(reject)) },
			"perform": func(t *rapid.T) {
				if n := len(w.r.Effects); n > 0 {
					w.perform(rapid.IntRange(0, n-1).Draw(t, "effect"))
				}
			},
			"minute": func(*rapid.T) { w.now = w.now.Add(time.Minute) },
			"outage": func(t *rapid.T) { w.outage = rapid.Bool().Draw(t, "outage") },
			"lost":   func(t *rapid.T) { w.lost = rapid.Bool().Draw(t, "lost") },
			"past us": func(t *rapid.T) {
				w.answerPast(rapid.SampledFrom([]workflow.Verdict{workflow.Approved, workflow.Scheduled, workflow.Rejected, "maybe"}).Draw(t, "answer"))
			},
			"remind":  func(*rapid.T) { w.remind() },
			"timeout": func(*rapid.T) { w.timeOut() },
			"stop":    func(*rapid.T) { w.stop() },
			"told of the execution": func(*rapid.T) {
				if w.r.ID != "" {
					w.change(Observe(w.r, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: w.executionStatus()}, w.now))
				}
			},
			"retry": func(t *rapid.T) {
				switch w.retry++; w.phase {
				case "asking":
					w.publish(w.asks)
				case "scheduled": // which waits all over again
					d := w.published[len(w.published)-1].Detail.(workflow.ScheduleWaiting)
					w.goesOn = w.now.Add(time.Duration(d.WaitSeconds) * time.Second)
					w.publish(d)
				}
			},
		})
		w.settle()

		if w.phase != "asking" {
			require.Empty(t, w.r.Kinds())
		}
		if w.r.Decision != nil {
			require.NotEqual(t, "asking", w.phase, "a decision is undelivered while Step Functions would take it")
		}
		require.Contains(t, truthful(w), w.r.Status, "in phase %s", w.phase)
		if w.installed {
			require.NotEqual(t, InstalledNothing, w.r.Installed())
		}
	})
}

// schedule has it patched some time from now.
func (w *world) schedule(t *rapid.T) Action {
	return Action{Verdict: workflow.Scheduled, Until: w.now.Add(time.Duration(rapid.IntRange(5, 300).Draw(t, "minutes")) * time.Minute)}
}

// truthful lists the statuses that do not contradict what the machine did, although every
// event about it was lost.
func truthful(w *world) []Status {
	rejectedHere := w.r.Decision != nil && w.r.Decision.Verdict != workflow.Approved && w.r.Decision.Verdict != workflow.Scheduled
	switch w.phase {
	case "asking":
		return []Status{StatusAsked}
	case "rejected":
		return []Status{StatusRejected}
	case "expired":
		if rejectedHere {
			return []Status{StatusRejected} // nothing was installed either way
		}
		return []Status{StatusExpired}
	case "done":
		return []Status{StatusCompliant}
	case "stopped":
		if rejectedHere && !w.installed {
			return []Status{StatusRejected}
		}
		return []Status{StatusStopped}
	}
	return []Status{StatusPatching, StatusScanning}
}
