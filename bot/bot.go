// Package bot carries the conversation: it asks an instance's owner in Slack, records
// who decided what, resumes the paused execution, and keeps message and thread true to
// what happened.
//
// Three pure functions change a Request: Apply (the state machine said something),
// Observe (EventBridge did) and Decide (a person did). Bot is the thin shell around
// them: load, call, save, then perform the effects.
package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/workflow"
)

// Bot is the shell around the pure functions. All fields but Emails and Measure are
// needed.
type Bot struct {
	Store   Store
	Slack   Slack
	Tasks   Tasks
	Looker  Looker
	Owners  Owners
	Emails  Emails       // the fallback when Slack cannot be reached
	Measure func(Metric) // hears of what is worth counting
	// DefaultChannel gets the requests of instances without a channel of their own,
	// e.g. "C0123456789".
	DefaultChannel string
	// AskAgainAfter is how long an owner who did not have a set of patches installed is left
	// in peace while no other patch is missing.
	AskAgainAfter time.Duration
	Now           func() time.Time
	Log           *slog.Logger

	groups groupCache
}

// Slack is what the bot asks of the Web API; *slack.Client implements it.
type Slack interface {
	PostMessageContext(ctx context.Context, channel string, options ...slack.MsgOption) (channelID, ts string, err error)
	UpdateMessageContext(ctx context.Context, channel, ts string, options ...slack.MsgOption) (channelID, newTS, text string, err error)
	GetPermalinkContext(ctx context.Context, params *slack.PermalinkParameters) (string, error)
	GetUserGroupMembersContext(ctx context.Context, group string, options ...slack.GetUserGroupMembersOption) ([]string, error)
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
	// Command asks about a command on one instance.
	Command(ctx context.Context, instanceID, commandID string) (workflow.CommandStatus, error)
	// Snapshots asks about a set of snapshots.
	Snapshots(ctx context.Context, ids []string) (workflow.SnapshotsResult, error)
	// Execution asks about an execution of the state machine.
	Execution(ctx context.Context, arn string) (workflow.ExecutionStatus, error)
	// Past asks what an execution took and did.
	Past(ctx context.Context, arn string) (workflow.Past, error)
}
