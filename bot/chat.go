package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Chat is where people are asked. It renders all that it shows from the saved request. An
// error that is a *ChatError says what can be done; any other is worth another try.
type Chat interface {
	// Show posts a message in the channel of its place, and returns where it stands.
	Show(ctx context.Context, m Message) (Place, error)
	// Update makes the message at its place say what its requests say now.
	Update(ctx context.Context, m Message) error
	// AddLine adds one line to the message's thread.
	AddLine(ctx context.Context, m Message, line Line) error
	// AnnounceTags tells a channel that tags changed which say who decides.
	AnnounceTags(ctx context.Context, channel string, c workflow.TagChange) error
	// Escalate tells a channel that nobody answers the questions of a message that stands in another one.
	Escalate(ctx context.Context, channel string, m Message) error
	// InGroup reports whether a person is in a group; see Approvers.Groups. ErrUnknowable says that
	// asking again does not help, of it and of InChannel.
	InGroup(ctx context.Context, group, user string) (bool, error)
	// InChannel reports whether a person is a member of a channel; see Approvers.Channel.
	InChannel(ctx context.Context, channel, user string) (bool, error)
	// AnyoneThere reports whether somebody who is named, or in a group that is, still is in the
	// chat.
	AnyoneThere(ctx context.Context, a Approvers) (bool, error)
	// Person finds somebody by email address, and the channel in which they are asked directly. It
	// returns ErrNotFound where there is no such person, or the chat does not tell.
	Person(ctx context.Context, email string) (user, channel string, err error)
	// IsOutsider reports whether a person is a guest, belongs to another organisation, or is
	// not active.
	IsOutsider(ctx context.Context, user string) (bool, error)
}

// Place is where a request stands in the chat. Both members are the chat's own: here they are
// only kept, compared, and handed back.
type Place struct {
	Channel string // e.g. "C0123456789", or what a tag named before the message is shown
	Message string `json:"TS"` // e.g. "1503435956.000247"; empty before the message is shown
}

// Shown reports whether the message stands somewhere.
func (p Place) Shown() bool { return p.Message != "" }

// ChatError says what can be done about something that a chat did not take.
type ChatError struct {
	Remedy Remedy
	// After is how long to leave the chat alone with these requests, where it is tried again at
	// the same place, or with all of the channel, where the remedy is RemedyHold.
	After time.Duration
	Code  string // the chat's own word for it, e.g. "is_archived"; may be empty
	Err   error
}

// Remedy is what can be done.
type Remedy string

// The remedies.
const (
	RemedyElsewhere Remedy = "elsewhere" // this channel takes no messages: use another one
	RemedyAnew      Remedy = "anew"      // the message cannot be changed any more: show it anew
	RemedyLater     Remedy = "later"     // it passes by itself
	RemedyHold      Remedy = "hold"      // the channel takes nothing for a while
	RemedyNever     Remedy = "never"     // it does not pass by itself: somebody has to mend it
	RemedyDrop      Remedy = "drop"      // this line will never be taken: leave it out
)

func (e *ChatError) Error() string { return fmt.Sprintf("%v (remedy: %s)", e.Err, e.Remedy) }

func (e *ChatError) Unwrap() error { return e.Err }
