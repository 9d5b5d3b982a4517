package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrUnknowable says that a chat will not tell who is in a group or a channel until somebody
// mends something: there is no such group any more, or the chat's plan has no groups.
var ErrUnknowable = errors.New("the chat does not tell who is in it")

// authorise says of an actor whether they may decide. The chat is asked only about people who
// are not named, at the same time whether they are among the approvers and whether they belong here. An error says that it could not be found out.
func (b *Bot) authorise(ctx context.Context, a Approvers, actor Actor) (Actor, error) {
	actor.Approver = false
	if actor.User == "" {
		return actor, nil
	}
	if slices.Contains(a.Users, actor.User) {
		actor.Approver, actor.Outsider = true, false
		return actor, nil
	}
	outsider, unknown := actor.Outsider, error(nil)
	var asked sync.WaitGroup
	if !outsider {
		asked.Go(func() { outsider, unknown = b.Chat.IsOutsider(ctx, actor.User) })
	}
	among, err := b.among(ctx, a, actor.User)
	asked.Wait()
	if err != nil || !among {
		actor.Outsider = false // it does not matter
		return actor, err
	}
	actor.Outsider = outsider
	actor.Approver = !outsider && unknown == nil
	return actor, unknown
}

// among reports whether a person is in one of the groups or in the channel. A group that
// cannot be looked up matters only when the person is in none of the others; one of which the
// chat will not tell, when all others could be.
func (b *Bot) among(ctx context.Context, a Approvers, user string) (bool, error) {
	var passing, unknowable []error
	is := func(in bool, err error) bool {
		if errors.Is(err, ErrUnknowable) {
			unknowable = append(unknowable, err)
		} else {
			passing = append(passing, err)
		}
		return in
	}
	for _, group := range a.Groups {
		if is(b.Chat.InGroup(ctx, group, user)) {
			return true, nil
		}
	}
	if !a.Named() && a.Channel != "" && is(b.Chat.InChannel(ctx, a.Channel, user)) {
		return true, nil
	}
	if err := errors.Join(passing...); err != nil {
		return false, err
	}
	return false, errors.Join(unknowable...)
}

// abandoned reports whether somebody is named, but none of them is there any more, as far as can
// be found out.
func (b *Bot) abandoned(ctx context.Context, a Approvers) bool {
	if !a.Named() {
		return false
	}
	there, err := b.Chat.AnyoneThere(ctx, a)
	return err == nil && !there
}

// unchecked is why somebody may not decide of whom it could not be found out.
func unchecked(err error) Refusal {
	if errors.Is(err, ErrUnknowable) {
		return RefusedUnknowable
	}
	return RefusedNotChecked
}
