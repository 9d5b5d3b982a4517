package bot

import (
	"strings"
	"time"
)

// AuditEntry records one transition of a request, or one that was refused.
type AuditEntry struct {
	At     time.Time
	Actor  string // a person, e.g. "slack:U0123"; or ActorWorkflow, ActorEventBridge, ActorExecution, ActorTurns, ActorSchedule
	Action string // the verdict that was given, the kind of notification, what AWS said, or one of the Actions
	From   Status
	To     Status

	Until     time.Time `json:",omitzero"` // of a schedule: the time
	Refused   Refusal   // why nothing changed; empty when something did
	Execution string    // the ARN of another execution that was turned away
}

// Actors that are no persons.
const (
	ActorWorkflow    = "workflow"    // a notification of the state machine, e.g. "patch_started"
	ActorEventBridge = "eventbridge" // an event, or a look at AWS, e.g. "ABORTED"
	ActorTurns       = "turns"       // the record of the request's group, e.g. "turn"
	ActorSchedule    = "schedule"    // what is done every hour, e.g. "backup_ended"
	ActorExecution   = "execution"   // what the execution's history says that it took, e.g. "approved"
)

// ActionNextLife is recorded of a request whose execution lives again and asks anew.
const ActionNextLife = "asked again"

// ActionEscalated is recorded when a channel was told that nobody answers, ActionNotEscalated when it
// does not take that, or when all was decided before.
const (
	ActionEscalated    = "escalated"
	ActionNotEscalated = "not_escalated"
)

// ActionBackupEnded is recorded when its snapshots begin to be deleted.
const ActionBackupEnded = "backup_ended"

// ActionEmergency is recorded when a person wants a request patched in a freeze, or agrees to that.
const ActionEmergency = "emergency"

// What is recorded of a request's turn in its group.
const (
	ActionTurn     = "turn"      // it may start
	ActionHeld     = "held"      // it is held, after others failed
	ActionGoOn     = "go_on"     // a person lets the rest go on
	ActionStopRest = "stop_rest" // a person stops the rest
)

// Person tells a person's id from the way it came here, e.g. "U0123" from "slack"; the id is
// empty where the actor is no person.
func (e AuditEntry) Person() (via, user string) {
	via, user, _ = strings.Cut(e.Actor, ":")
	return via, user
}
