package bot

import (
	"context"
	"errors"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Errors of a Store that a caller can test for.
var (
	ErrNotFound = errors.New("not found")
	// ErrConflict says that the request, or the record of turns, was saved by somebody else
	// since it was loaded: load it again and decide again.
	ErrConflict = errors.New("changed by somebody else in the meantime")
)

// InstanceBusyError says that an instance has an open request already.
type InstanceBusyError struct {
	RequestID string // the open request
}

func (e *InstanceBusyError) Error() string {
	return "the instance has an open request: " + e.RequestID
}

// Store keeps requests, and whose turn it is.
type Store interface {
	// Get loads a request, or returns ErrNotFound.
	Get(ctx context.Context, id string) (Request, error)
	// Save writes a request whose Version is the loaded one (0 for a new one) together
	// with the audit entries of the change, or nothing at all. It returns the request with
	// its new version. It returns ErrConflict when the version is no longer the saved one,
	// and *InstanceBusyError when the request is open and the instance has another open one.
	Save(ctx context.Context, r Request, audit ...AuditEntry) (Request, error)
	// Record keeps audit entries of a request that does not change, as it was loaded, whatever
	// its version is by now: many refused tries at once do not get into each other's way.
	Record(ctx context.Context, r Request, audit ...AuditEntry) error
	// ByInstance lists an instance's requests, the newest first, at most limit.
	ByInstance(ctx context.Context, instanceID string, limit int) ([]Request, error)
	// OpenInChannel lists the open requests whose message stands in a channel, the oldest first.
	OpenInChannel(ctx context.Context, channel string) ([]Request, error)
	// ByOwner lists an owner's requests that have one of the statuses, the oldest first.
	ByOwner(ctx context.Context, owner string, statuses ...Status) ([]Request, error)
	// WaitingFor finds the request that waits for something, or returns ErrNotFound.
	WaitingFor(ctx context.Context, subject workflow.Subject) (Request, error)
	// GetAll loads many requests, in the order of their ids; those that are not found are left out.
	GetAll(ctx context.Context, ids []string) ([]Request, error)
	// Due lists requests whose outbox has something of an urgency to perform by now (see
	// Outbox.Due and Outbox.Urgency), those first that have waited longest; at most limit.
	Due(ctx context.Context, u Urgency, now time.Time, limit int) ([]Request, error)
	// Unshown lists what a channel must still see (see Request.Unshown). What was saved a moment
	// ago may be missing, or be listed as it was before.
	Unshown(ctx context.Context, channel string) ([]Unshown, error)
	// UnshownChannels lists the channels that must still see something.
	UnshownChannels(ctx context.Context) ([]string, error)
	// HeldUntil is when a channel may be written to again, the zero time if nothing was said.
	HeldUntil(ctx context.Context, channel string) (time.Time, error)
	// Hold says until when a channel is not to be written to.
	Hold(ctx context.Context, channel string, until time.Time) error
	// Spend counts one use of something of which there may be so many in the window that begins
	// at a time, and reports whether it is still one of those.
	Spend(ctx context.Context, use string, window time.Time, atMost int) (bool, error)
	// Digest loads a digest, or returns ErrNotFound.
	Digest(ctx context.Context, id string) (Digest, error)
	// NewestDigest loads the digest of a channel and an owner (compared without case) that was
	// made last of those that ask, or returns ErrNotFound.
	NewestDigest(ctx context.Context, channel, owner string) (Digest, error)
	// SaveDigest writes a digest whose Version is the loaded one (0 for a new one), and returns it
	// with its new version, or returns ErrConflict.
	SaveDigest(ctx context.Context, d Digest) (Digest, error)
	// AllOpen lists the open requests in short, the oldest first.
	AllOpen(ctx context.Context) ([]Summary, error)
	// CreatedBetween lists in short the requests that were made from a time on and before
	// another, the oldest first.
	CreatedBetween(ctx context.Context, from, before time.Time) ([]Summary, error)
	// Turns loads whose turn it is in a group: nobody's where nothing is known of it.
	Turns(ctx context.Context, group string) (Turns, error)
	// SaveTurns writes the record of a group whose Version is the loaded one, or nothing. It
	// returns the record with its new version, or ErrConflict when the version is no longer the
	// saved one.
	SaveTurns(ctx context.Context, t Turns) (Turns, error)
	// Audit lists the audit entries of a request, the oldest first; none of an unknown one.
	Audit(ctx context.Context, id string) ([]AuditEntry, error)
}
