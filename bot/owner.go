package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/workflow"
)

// Owner is one entry of the owner directory.
type Owner struct {
	Name      string    // the value of an instance's tag "owner", e.g. "payments"; empty of a person who is in no directory
	Channel   string    // where its requests are asked, e.g. "C0123456789"; may be empty
	Approvers Approvers // Users and Groups; nobody: the members of Channel
	Notify    Notified  // whom the chat notifies
	Window    Window    // when patching is offered to be scheduled for; may be none
	Email     string    // the address whose mailbox is told by mail, e.g. "payments@example.com"; may be empty

	EmailWhen    EmailWhen // when it is
	ApprovalPage *bool     // whether the links in its mail decide; nil: not known

	// Escalation is who hears of what nobody answers.
	Escalation Escalation

	// How many of its instances are patched at once, as TurnLimit says. What is not known here
	// is as the Bot's TurnLimit says.
	AtOnce    AtOnce
	Canary    *bool // nil: not known
	HoldAfter int   // 0: not known

	ApprovalsRequired int // how many different people must approve, 1 to MaxApprovals; 0: not known, so one

	BackupDays int // how many days its backups are kept, 1 to MaxBackupDays; 0: not known
}

// Approvers are the people who may decide. Guests, and people of other organisations, decide
// only when they are among Users. The zero value is nobody.
type Approvers struct {
	Users  []string // the chat's ids of people, e.g. "U0123"
	Groups []string // the chat's ids of groups, e.g. "S0123"
	// Channel is the channel whose members decide; empty where somebody is named. E.g.
	// "C0123456789".
	Channel string `json:",omitempty"`
	// Person says that the only one among Users is the owner, who is asked directly; nobody is there
	// while the chat does not tell who that is.
	Person bool `json:",omitempty"`
	// Default says that these are the ones who decide for want of a known owner.
	Default bool `json:",omitempty"`
}

// Named reports whether somebody in particular decides.
func (a Approvers) Named() bool { return len(a.Users) > 0 || len(a.Groups) > 0 }

// untold reports whether the chat has yet to tell who the owner is, who is a person.
func (a Approvers) untold() bool { return a.Person && !a.Named() }

// OwnerError says that the directory's entry of an owner cannot be used.
type OwnerError struct {
	Name    string // the owner, e.g. "payments"
	Problem string // what is wrong, and what was expected
	// ApprovalsRequired is what the entry says of that all the same, MaxApprovals where the mistake is in it.
	ApprovalsRequired int
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

// address is what an email address looks like.
var address = regexp.MustCompile(`^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$`)

// ownerOrPerson looks an owner up; one whose name is an email address, and who is not in the
// directory, is a person, who is asked directly and decides alone.
func (b *Bot) ownerOrPerson(ctx context.Context, name string) (Owner, error) {
	o, err := b.owner(ctx, name)
	if err != nil || o.Name != "" || !address.MatchString(name) || o.AtOnce.Known() { // the last: an entry with a mistake
		return o, err
	}
	user, channel, err := b.Chat.Person(ctx, name)
	switch {
	case errors.Is(err, ErrNotFound):
		return o, nil
	case errors.Is(err, ErrUnknowable): // nobody decides, rather than somebody else
		b.Log.Error("an owner who is a person cannot be looked up, so nobody can decide until somebody mends it", "owner", name, "error", err)
		return Owner{Approvers: Approvers{Person: true}}, nil
	case err != nil:
		return o, fmt.Errorf("look up the person %s: %w", name, err)
	}
	return Owner{Channel: channel, Approvers: Approvers{Users: []string{user}, Person: true}}, nil
}

// ownerNow looks the owner of a request up; a person whom the chat did not tell when it was opened, too.
func (b *Bot) ownerNow(ctx context.Context, r Request) (Owner, error) {
	if r.Approvers.untold() {
		return b.ownerOrPerson(ctx, r.Owner)
	}
	return b.owner(ctx, r.Owner)
}

// route says where a new request is asked and who may decide. It is asked where the tag
// "patch-channel" says, else in the owner's channel, else in the default channel; who decides
// does not follow from that.
func (b *Bot) route(ctx context.Context, r *Request, tags []workflow.Tag) error {
	owner, err := b.ownerOrPerson(ctx, r.Owner)
	if err != nil {
		return err
	}
	r.Approvers, r.Notify, r.TurnLimit, r.Escalation = b.approversOf(owner), owner.Notify, b.turnLimitOf(owner), b.escalationOf(owner)
	r.BackupDays = b.backupDaysOf(owner)
	r.ApprovalsTag = approvalsTag(tags)
	r.ApprovalsRequired = approvalsOf(owner, r.ApprovalsTag)
	if owner.Email != "" && b.emailWhen(owner) == EmailAlways {
		r.Mail.Why = MailAlways
	}
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
		return Owner{AtOnce: strict.AtOnce, HoldAfter: strict.HoldAfter, ApprovalsRequired: mistake.ApprovalsRequired}, nil
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
	case o.Approvers.Named(), o.Approvers.Person:
		return Approvers{Users: o.Approvers.Users, Groups: o.Approvers.Groups, Person: o.Approvers.Person}
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
	found := o.Name != "" || o.Approvers.Named()
	if !found && (r.Approvers.Named() || r.Approvers.Person || r.Approvers.Channel != "") {
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
