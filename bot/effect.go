package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Effect is one thing that the world must still see of a change: a fact, which whoever
// performs it puts to words from the saved request.
type Effect struct {
	Kind      EffectKind
	Seq       int       // its number in the outbox
	NotBefore time.Time // when it is due; zero: at once. What calls the chat goes by the channel's pace instead.
	Since     time.Time `json:",omitzero"` // when it came about
	Tries     int       // how often it has failed

	Line  LineKind       `json:",omitempty"` // reply
	Text  string         `json:",omitempty"` // reply: see Line.Stored
	Token workflow.Token `json:",omitempty"` // complete_decision, complete_wait, stop_turn, look_freeze
}

// EffectKind says what an effect does.
type EffectKind string

// Every kind of effect. All of them survive a crash: they are saved with the change that they
// follow from, and performed at least once.
const (
	EffectRender           EffectKind = "render"            // show the message, or update it
	EffectReply            EffectKind = "reply"             // one line in the thread
	EffectCompleteDecision EffectKind = "complete_decision" // resume the execution with the decision
	EffectCompleteWait     EffectKind = "complete_wait"     // resume it after a command or a backup
	EffectTurns            EffectKind = "turns"             // tell the group's record where the request stands, and the others what follows
	EffectStopTurn         EffectKind = "stop_turn"         // end an execution that waits for its turn
	EffectStartRollBack    EffectKind = "start_roll_back"   // start the execution that rolls back
	EffectLook             EffectKind = "look"              // ask AWS whether what is waited for has ended; again every few minutes
	EffectLookFreeze       EffectKind = "look_freeze"       // have the execution read the change calendars again
	EffectFreezeOver       EffectKind = "freeze_over"       // see that a question is no longer asked in a freeze that has ended
	EffectLookExecution    EffectKind = "look_execution"    // ask AWS whether the execution still runs
	EffectEscalate         EffectKind = "escalate"          // have the escalation's channel told; its writer takes the effect out
	EffectEmail            EffectKind = "email"             // tell the owner by mail, together with what else there is to tell
)

// chats reports whether an effect calls the chat, and so is performed by the channel's writer.
func (e Effect) chats() bool { return e.Kind == EffectRender || e.Kind == EffectReply }

// shared reports whether an effect is performed together with other requests', and so by nobody who
// works through one outbox.
func (e Effect) shared() bool { return e.chats() || e.Kind == EffectEmail }

func (e Effect) urgency() Urgency {
	switch e.Kind {
	case EffectCompleteDecision, EffectCompleteWait, EffectTurns, EffectStopTurn, EffectStartRollBack, EffectLookFreeze:
		return UrgencyResume
	case EffectEmail, EffectEscalate:
		return UrgencyMail
	case EffectLook, EffectLookExecution, EffectFreezeOver, EffectRender, EffectReply:
	}
	return UrgencyLook
}

// line is what a reply says.
func (e Effect) line() Line { return Line{Kind: e.Line, Stored: e.Text} }

var (
	render        = Effect{Kind: EffectRender}
	look          = Effect{Kind: EffectLook}
	lookExecution = Effect{Kind: EffectLookExecution}
	email         = Effect{Kind: EffectEmail}
	escalate      = Effect{Kind: EffectEscalate}
)

func reply(line LineKind) Effect { return Effect{Kind: EffectReply, Line: line} }

func completeDecision(token workflow.Token) Effect {
	return Effect{Kind: EffectCompleteDecision, Token: token}
}

func stopTurn(token workflow.Token) Effect { return Effect{Kind: EffectStopTurn, Token: token} }

func completeWait(token workflow.Token) Effect {
	return Effect{Kind: EffectCompleteWait, Token: token}
}
