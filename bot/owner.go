package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/workflow"
)

// Owner is one entry of the owner directory.
type Owner struct {
	Name      string    // never empty; the value of an instance's tag "owner", e.g. "payments"
	Channel   string    // where its requests are asked, e.g. "C0123456789"; may be empty
	Approvers Approvers // Users and Groups; nobody: the members of Channel
	Window    Window    // when patching is offered to be scheduled for; may be none
	Email     string    // where requests go when Slack cannot be reached; may be empty

	// How many of its instances are patched at once, as TurnLimit says. What is not known here
	// is as the Bot's TurnLimit says.
	AtOnce    AtOnce
	Canary    *bool // nil: not known
	HoldAfter int   // 0: not known
}

// Approvers are the people who may decide. Guests, and people of other organisations, decide
// only when they are among Users. The zero value is nobody.
type Approvers struct {
	Users  []string // the chat's ids of people, e.g. "U0123"
	Groups []string // the chat's ids of groups, e.g. "S0123"
	// Channel is the channel whose members decide; empty where somebody is named. E.g.
	// "C0123456789".
	Channel string `json:",omitempty"`
	// Default says that these are the ones who decide for want of a known owner.
	Default bool `json:",omitempty"`
}

// Named reports whether somebody in particular decides.
func (a Approvers) Named() bool { return len(a.Users) > 0 || len(a.Groups) > 0 }

// OwnerError says that the directory's entry of an owner cannot be used.
type OwnerError struct {
	Name    string // the owner, e.g. "payments"
	Problem string // what is wrong, and what was expected
}

func (e *OwnerError) Error() string { return fmt.Sprintf("owner %q: %s", e.Name, e.Problem) }

// Owners is the owner directory. Owner returns ErrNotFound for an unknown name, and an
// *OwnerError for an entry with a mistake.
type Owners interface {
	Owner(ctx context.Context, name string) (Owner, error)
}

// Directory is an owner directory in memory.
type Directory map[string]Owner

// Owner looks an owner up by name, without case where no name is exactly that.
func (d Directory) Owner(_ context.Context, name string) (Owner, error) {
	if _, exact := d[name]; !exact {
		for known := range d {
			if strings.EqualFold(known, name) {
				name = known
			}
		}
	}
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

// tag is a tag's value. Its key is compared without case, where no key is exactly that.
func tag(tags []workflow.Tag, key string) string {
	for _, same := range []func(string) bool{
		func(k string) bool { return k == key },
		func(k string) bool { return strings.EqualFold(k, key) },
	} {
		if i := slices.IndexFunc(tags, func(t workflow.Tag) bool { return same(t.Key) }); i >= 0 {
			return strings.TrimSpace(tags[i].Value)
		}
	}
	return ""
}

// route says where a new request is asked and who may decide. It is asked where the tag
// "patch-channel" says, else in the owner's channel, else in the default channel; who decides
// does not follow from that.
func (b *Bot) route(ctx context.Context, r *Request, tags []workflow.Tag) error {
	owner, err := b.owner(ctx, r.Owner)
	if err != nil {
		return err
	}
	r.Approvers, r.TurnLimit = b.approversOf(owner), b.turnLimitOf(owner)
	for _, channel := range []string{tag(tags, TagChannel), owner.Channel, b.DefaultChannel} {
		if channel != "" {
			r.Place.Channel = channel
			return nil
		}
	}
	return nil
}

// owner looks an owner up. Nobody, somebody unknown, and somebody whose entry has a mistake,
// have an empty entry; after a mistake, though, one is patched at once.
func (b *Bot) owner(ctx context.Context, name string) (Owner, error) {
	if name == "" {
		return Owner{}, nil
	}
	o, err := b.Owners.Owner(ctx, name)
	var mistake *OwnerError
	switch {
	case errors.Is(err, ErrNotFound):
		return Owner{}, nil
	case errors.As(err, &mistake):
		b.Log.Error("an owner's entry cannot be used, the default approvers decide, one at once", "owner", name, "problem", mistake.Problem)
		strict := StrictTurns()
		return Owner{AtOnce: strict.AtOnce, HoldAfter: strict.HoldAfter}, nil
	case err != nil:
		return Owner{}, fmt.Errorf("look up owner %s: %w", name, err)
	}
	return o, nil
}

// approversOf is the rule of who may decide: the owner's approvers; of an owner without any,
// the members of the owner's own channel; else the default approvers; else the members of the
// default channel.
func (b *Bot) approversOf(o Owner) Approvers {
	switch {
	case o.Approvers.Named():
		return Approvers{Users: o.Approvers.Users, Groups: o.Approvers.Groups}
	case o.Channel != "":
		return Approvers{Channel: o.Channel}
	case b.DefaultApprovers.Named():
		return Approvers{Users: b.DefaultApprovers.Users, Groups: b.DefaultApprovers.Groups, Default: true}
	}
	return Approvers{Channel: b.DefaultChannel, Default: true}
}

// approversNow says who may decide a request now: those of the directory, or, when it does not
// know the owner any more, those who might when the request was opened.
func (b *Bot) approversNow(o Owner, r Request) Approvers {
	if o.Name == "" && (r.Approvers.Named() || r.Approvers.Channel != "") {
		return r.Approvers
	}
	return b.approversOf(o)
}

// turnLimitOf is how many are patched at once: as the owner says, and where the owner does not,
// as the default says.
func (b *Bot) turnLimitOf(o Owner) TurnLimit {
	limit, strict := b.TurnLimit, StrictTurns()
	limit.AtOnce = cmp.Or(o.AtOnce, limit.AtOnce, strict.AtOnce)
	limit.HoldAfter = cmp.Or(o.HoldAfter, limit.HoldAfter, strict.HoldAfter)
	if o.Canary != nil {
		limit.Canary = *o.Canary
	}
	return limit
}

// turnLimitNow is the limit as the directory says now, or, when it does not know the owner any
// more, as it was when the request was opened.
func (b *Bot) turnLimitNow(o Owner, r Request) TurnLimit {
	if o.Name == "" && !o.AtOnce.Known() && r.TurnLimit.AtOnce.Known() {
		return r.TurnLimit
	}
	return b.turnLimitOf(o)
}

// authorise says of an actor whether they may decide. The chat is asked only about people who
// are not named. An error says that it could not be found out.
func (b *Bot) authorise(ctx context.Context, a Approvers, actor Actor) (Actor, error) {
	actor.Approver = false
	if actor.User == "" {
		return actor, nil
	}
	if slices.Contains(a.Users, actor.User) {
		actor.Approver, actor.Outsider = true, false
		return actor, nil
	}
	among, err := b.among(ctx, a, actor.User)
	if err != nil || !among {
		actor.Outsider = false // it does not matter
		return actor, err
	}
	if actor.Outsider {
		return actor, nil
	}
	actor.Outsider, err = b.Chat.IsOutsider(ctx, actor.User)
	actor.Approver = !actor.Outsider && err == nil
	return actor, err
}

// among reports whether a person is in one of the groups or in the channel. A group that
// cannot be looked up matters only when the person is in none of the others.
func (b *Bot) among(ctx context.Context, a Approvers, user string) (bool, error) {
	var errs []error
	for _, group := range a.Groups {
		in, err := b.Chat.InGroup(ctx, group, user)
		if in {
			return true, nil
		}
		errs = append(errs, err)
	}
	if !a.Named() && a.Channel != "" {
		in, err := b.Chat.InChannel(ctx, a.Channel, user)
		if in {
			return true, nil
		}
		errs = append(errs, err)
	}
	return false, errors.Join(errs...)
}
