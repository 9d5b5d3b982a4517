// Package bot carries the conversation: it asks an instance's owner, records who decided
// what, resumes the paused execution, and keeps what people see true to what happened.
//
// Three pure functions change a Request: Apply (the state machine said something),
// Observe (EventBridge did) and Decide (a person did). Each returns a Change of facts. Bot is
// the thin shell around them: load, call, save, then perform the effects. It knows no chat
// system and no words; a Chat puts the facts to both.
package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Bot is the shell around the pure functions. Emails, EmailAlways, ApprovalPage, Measure, PlatformChannel and
// DefaultApprovers, Executions, Snapshots, BackupDays, RollBacks, Window, Pace and Sleep may be left out, the other fields are needed.
type Bot struct {
	Store  Store
	Chat   Chat
	Tasks  Tasks
	Looker Looker
	// Snapshots are what EndBackups deletes; nil: it deletes none.
	Snapshots Snapshots
	// Executions starts those that people wish for; nil: none are.
	Executions Executions
	// RollBacks starts those that go back to a snapshot; nil: nothing is rolled back.
	RollBacks RollBacks

	Owners Owners
	Emails Emails // tells owners by mail; nil: nobody is
	// EmailAlways has owners told by mail besides the chat, where they do not say when.
	EmailAlways bool
	// ApprovalPage has a mail's link decide, unless its owner says otherwise.
	ApprovalPage bool
	// Channels wakes the one writer of a channel; what it does not hear of, the sweep finds.
	Channels Channels
	Pace     Pace         // how fast the chat is written to
	Measure  func(Metric) // hears of what is worth counting
	// DefaultChannel gets the requests of instances without a channel of their own,
	// e.g. "C0123456789".
	DefaultChannel string
	// PlatformChannel is told when a tag changes that says who decides; empty: DefaultChannel. It
	// hears of what nobody answers, too, where the owner has no escalation; empty: nobody more does.
	PlatformChannel string
	// DefaultApprovers decide where no owner is known: Users and Groups. Nobody: the members
	// of DefaultChannel.
	DefaultApprovers Approvers
	// AskAgainAfter is how long an owner who did not have a set of patches installed is left
	// in peace while no other patch is missing.
	AskAgainAfter time.Duration
	// AfterNoAnswer is what comes after nobody has answered; "": AfterNoAnswerLeave.
	AfterNoAnswer AfterNoAnswer
	// Window is when patching is offered to be scheduled for, where the owner does not say; may be
	// none.
	Window Window
	// TurnLimit is how many of a group are patched at once where the owner does not say. The
	// zero value: one, and the rest is held after the first failure.
	TurnLimit TurnLimit
	// BackupDays is how many days backups are kept where the owner does not say; 0: DefaultBackupDays.
	BackupDays int
	Now        func() time.Time
	// Sleep waits by the clock that Now tells; false says that the context ended first. Nil: by
	// the system's clock.
	Sleep func(ctx context.Context, d time.Duration) bool
	Log   *slog.Logger
}

// Channels is a queue with one consumer a channel, which calls Bot.ServeChannel with what it
// takes from it. It may deliver a signal twice, and lose one.
type Channels interface {
	Signal(ctx context.Context, s Signal) error
}

// Signal says that a channel has something to see, and where to look first: an index may show
// it only a moment later.
type Signal struct {
	Channel string              `json:"channel"`           // e.g. "C0123456789"
	Request string              `json:"request,omitempty"` // its id; empty: look what there is
	Version int64               `json:"version,omitempty"` // of the request, so that one save signals once
	Tags    *workflow.TagChange `json:"tags,omitempty"`    // to be told as it stands here
	// Escalates says that the request stands in another channel, and that this one is to be told
	// that nobody answers it.
	Escalates bool `json:"escalates,omitempty"`
}

// Tasks answers the task tokens of paused executions. Both methods return
// workflow.ErrTaskGone when Step Functions no longer waits; any other error is worth
// another try.
type Tasks interface {
	CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error
	FailTask(ctx context.Context, token workflow.Token, name, cause string) error
}

// Looker asks AWS how something stands, for when an event about it was missed.
type Looker interface {
	// CommandStatus asks about a command on one instance.
	CommandStatus(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error)
	// SnapshotsResult asks about a set of snapshots.
	SnapshotsResult(ctx context.Context, ids []string) (workflow.SnapshotsResult, error)
	// ExecutionStatus asks about an execution of the state machine.
	ExecutionStatus(ctx context.Context, arn string) (workflow.ExecutionStatus, error)
	// Past asks what an execution took and did.
	Past(ctx context.Context, arn string) (workflow.Past, error)
	// ReplacementStatus asks about a task that replaces a root volume.
	ReplacementStatus(ctx context.Context, taskID string) (workflow.ReplacementStatus, error)
}

func (b *Bot) log(r Request) *slog.Logger {
	return b.Log.With("request", r.ID, "instance", r.Instance.ID, "execution", r.ExecutionARN)
}
