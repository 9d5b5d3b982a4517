package bot

import (
	"encoding/json"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Effect is one thing that the world must see of a change. Effects that have a Seq
// are kept in the request's outbox until they are performed.
type Effect struct {
	Kind EffectKind
	Seq  int // set when the effect enters the outbox
	// NotBefore is when it is due; zero: at once.
	NotBefore time.Time
	Tries     int // how often it has failed

	Text   string          // reply, answer: mrkdwn, already escaped
	Token  workflow.Token  // complete_decision, complete_wait
	Output json.RawMessage // complete_decision, complete_wait: the task's output
	Entry  *AuditEntry     // audit
}

// EffectKind says what an effect does.
type EffectKind string

// Every kind of effect. Those before EffectAnswer are durable.
const (
	EffectRender           EffectKind = "render"            // post or update the message from the saved request
	EffectReply            EffectKind = "reply"             // one line in the thread
	EffectCompleteDecision EffectKind = "complete_decision" // resume the execution with the decision
	EffectCompleteWait     EffectKind = "complete_wait"     // resume it after a command or a backup
	EffectLook             EffectKind = "look"              // ask AWS whether what is waited for has ended; again every few minutes
	EffectLookExecution    EffectKind = "look_execution"    // ask AWS whether the execution still runs
	EffectEmail            EffectKind = "email"             // tell the owner what Slack does not take

	EffectAnswer EffectKind = "answer" // tell only the person who acted
	EffectAudit  EffectKind = "audit"  // record who tried what; saved with the change
)

// durable reports whether an effect must survive a crash.
func (e Effect) durable() bool { return e.Kind != EffectAnswer && e.Kind != EffectAudit }

// talks reports whether an effect calls Slack, and so waits while Slack asks for it.
func (e Effect) talks() bool { return e.Kind == EffectRender || e.Kind == EffectReply }

// AuditEntry records one transition of a request, or one that was refused.
type AuditEntry struct {
	At      time.Time
	Actor   string // e.g. "slack:U0123", "workflow", "eventbridge"
	Action  string // e.g. "approve", "patch_started", "ABORTED"
	From    Status
	To      Status
	Refused string // why nothing changed; empty when something did
}

func render() Effect            { return Effect{Kind: EffectRender} }
func answer(text string) Effect { return Effect{Kind: EffectAnswer, Text: text} }

// line is one line of the request's thread.
func (r Request) line(text string) Effect {
	if r.Rehearsal {
		text = rehearsalMark + text
	}
	return Effect{Kind: EffectReply, Text: text}
}

func completeDecision(token workflow.Token, d workflow.Decision) Effect {
	output, _ := json.Marshal(d) // a Decision always marshals
	return Effect{Kind: EffectCompleteDecision, Token: token, Output: output}
}

func completeWait(token workflow.Token) Effect {
	return Effect{Kind: EffectCompleteWait, Token: token, Output: json.RawMessage(`{}`)}
}

func audit(now time.Time, actor, action string, from, to Status, refused string) Effect {
	return Effect{Kind: EffectAudit, Entry: &AuditEntry{At: now, Actor: actor, Action: action, From: from, To: to, Refused: refused}}
}
