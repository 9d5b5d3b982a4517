package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/workflow"
)

// Owner is one entry of the owner directory.
type Owner struct {
	Name      string // never empty; the value of an instance's tag "owner", e.g. "payments"
	Channel   string // where its requests are asked, e.g. "C0123456789"
	Approvers Approvers
	Email     string // where requests go when Slack cannot be reached; may be empty
}

// Approvers are the people who may decide. When both lists are empty, everybody who
// can see the message may.
type Approvers struct {
	Users  []string // the chat's ids of people, e.g. "U0123"
	Groups []string // the chat's ids of groups, e.g. "S0123"
}

// Anyone reports whether nobody in particular was named.
func (a Approvers) Anyone() bool { return len(a.Users) == 0 && len(a.Groups) == 0 }

// Owners is the owner directory. Owner returns ErrNotFound for an unknown name.
type Owners interface {
	Owner(ctx context.Context, name string) (Owner, error)
}

// Directory is an owner directory in memory.
type Directory map[string]Owner

// Owner looks an owner up by name.
func (d Directory) Owner(_ context.Context, name string) (Owner, error) {
	o, ok := d[name]
	if !ok {
		return Owner{}, fmt.Errorf("owner %q: %w", name, ErrNotFound)
	}
	o.Name = name
	return o, nil
}

// Tags of an instance that say who is asked.
const (
	TagName    = "Name"
	TagOwner   = "owner"         // an entry of the owner directory
	TagChannel = "patch-channel" // a channel of its own, before the owner's
)

func tag(tags []workflow.Tag, key string) string {
	for _, t := range tags {
		if t.Key == key {
			return strings.TrimSpace(t.Value)
		}
	}
	return ""
}

// route says where a new request is asked and who may decide: the tag
// "patch-channel", else the owner's channel, else the default channel.
func (b *Bot) route(ctx context.Context, r *Request, tags []workflow.Tag) error {
	owner, err := b.owner(ctx, r.Owner)
	if err != nil {
		return err
	}
	r.Approvers = owner.Approvers
	for _, channel := range []string{tag(tags, TagChannel), owner.Channel, b.DefaultChannel} {
		if channel != "" {
			r.Place.Channel = channel
			return nil
		}
	}
	return nil
}

// owner looks an owner up; nobody and somebody unknown have an empty entry.
func (b *Bot) owner(ctx context.Context, name string) (Owner, error) {
	if name == "" {
		return Owner{}, nil
	}
	o, err := b.Owners.Owner(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return Owner{}, nil
	}
	if err != nil {
		return Owner{}, fmt.Errorf("look up owner %s: %w", name, err)
	}
	return o, nil
}

// approvers says who may decide a request now: those whom the directory names, or, when
// it does not know the owner any more, those whom it named when the request was opened.
func (b *Bot) approvers(ctx context.Context, r Request) (Approvers, error) {
	o, err := b.owner(ctx, r.Owner)
	if err != nil {
		return Approvers{}, err
	}
	if o.Name == "" {
		return r.Approvers, nil
	}
	return o.Approvers, nil
}

// isApprover reports whether a user may decide, asking the chat for the members of groups
// only when the user is not named directly.
func (b *Bot) isApprover(ctx context.Context, a Approvers, user string) (bool, error) {
	if a.Anyone() || slices.Contains(a.Users, user) {
		return true, nil
	}
	var errs []error
	for _, group := range a.Groups {
		members, err := b.Chat.Members(ctx, group)
		if err != nil {
			errs = append(errs, err)
		}
		if slices.Contains(members, user) {
			return true, nil
		}
	}
	return false, errors.Join(errs...)
}
