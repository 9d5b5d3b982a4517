package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
	Users  []string // Slack user ids, e.g. "U0123"
	Groups []string // Slack user group ids, e.g. "S0123"
}

// Anyone reports whether nobody in particular was named.
func (a Approvers) Anyone() bool { return len(a.Users) == 0 && len(a.Groups) == 0 }

// Owners is the owner directory. Owner answers ErrNotFound for an unknown name.
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
			r.Message.Channel = channel
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

// isApprover reports whether a Slack user may decide, asking Slack for the members of
// user groups only when the user is not named directly.
func (b *Bot) isApprover(ctx context.Context, a Approvers, user string) (bool, error) {
	if a.Anyone() || slices.Contains(a.Users, user) {
		return true, nil
	}
	var errs []error
	for _, group := range a.Groups {
		members, err := b.groups.members(ctx, b.Slack, group, b.Now())
		if err != nil {
			errs = append(errs, fmt.Errorf("list members of user group %s: %w", group, err))
		}
		if slices.Contains(members, user) {
			return true, nil
		}
	}
	return false, errors.Join(errs...)
}

// groupTime is how long the members of a user group are remembered: Slack allows the
// question 20 times a minute, for all groups together.
const groupTime = time.Minute

// groupCache remembers the members of user groups. Its zero value is ready to use.
type groupCache struct {
	mu     sync.Mutex
	groups map[string]knownGroup
}

type knownGroup struct {
	members []string
	until   time.Time
}

func (c *groupCache) members(ctx context.Context, api Slack, group string, now time.Time) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.groups[group]; ok && now.Before(known.until) {
		return known.members, nil
	}
	members, err := api.GetUserGroupMembersContext(ctx, group)
	if err != nil {
		return nil, err
	}
	if c.groups == nil {
		c.groups = map[string]knownGroup{}
	}
	c.groups[group] = knownGroup{members, now.Add(groupTime)}
	return members, nil
}
