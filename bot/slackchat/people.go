package slackchat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// peopleTime is how long what Slack says about people is remembered: it allows 20 questions
// about user groups a minute, and 100 about members and about users.
const peopleTime = time.Minute

// membersAtOnce is how many members Slack gives at once, at most.
const membersAtOnce = 1000

// InGroup reports whether somebody is in a user group.
func (c *Chat) InGroup(ctx context.Context, group, user string) (bool, error) {
	members, err := c.groupMembers(ctx, group)
	return slices.Contains(members, user), err
}

// groupMembers lists the active members of a user group.
func (c *Chat) groupMembers(ctx context.Context, group string) ([]string, error) {
	members, err := c.groups.get(group, c.now(), func() (members []string, err error) {
		err = c.api(ctx, func(s *slack.Client) (err error) {
			members, err = s.GetUserGroupMembersContext(ctx, group)
			return err
		})
		return members, err
	})
	if err != nil {
		return nil, fmt.Errorf("list members of user group %s: %w", group, knowable(err))
	}
	return members, nil
}

// knowable marks an error that does not pass by itself.
func knowable(err error) error {
	if code := codeIn(err); code != "" && !passingErrors.MatchString(code) && !pacingErrors.MatchString(code) {
		return fmt.Errorf("%w: %w", bot.ErrUnknowable, err)
	}
	return err
}

// InChannel reports whether somebody is a member of a channel. A private channel that the bot
// is not in is an error.
func (c *Chat) InChannel(ctx context.Context, channel, user string) (bool, error) {
	members, err := c.channels.get(channel, c.now(), func() ([]string, error) { return c.channelMembers(ctx, channel) })
	if err != nil {
		return false, fmt.Errorf("list members of channel %s: %w", channel, knowable(err))
	}
	return slices.Contains(members, user), nil
}

func (c *Chat) channelMembers(ctx context.Context, channel string) ([]string, error) {
	var all []string
	for params := (slack.GetUsersInConversationParameters{ChannelID: channel, Limit: membersAtOnce}); ; {
		var page []string
		err := c.api(ctx, func(s *slack.Client) (err error) {
			page, params.Cursor, err = s.GetUsersInConversationContext(ctx, &params)
			return err
		})
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); params.Cursor == "" {
			return all, nil
		}
	}
}

// IsOutsider reports whether somebody is a guest, comes from another organisation, or is
// deactivated. Slack's is_stranger is not enough: it is false of people of other organisations
// who are in a channel that is shared with them.
func (c *Chat) IsOutsider(ctx context.Context, user string) (bool, error) {
	u, err := c.user(ctx, user)
	if err != nil {
		return false, err
	}
	here, err := c.installed.get(ctx, c.api, c.now()) // last: somebody may be asking already
	if err != nil {
		return false, err
	}
	return u.IsRestricted || u.IsUltraRestricted || u.IsStranger || u.Deleted || u.IsBot || !here.has(u), nil
}

// Zone is somebody's time zone as Slack knows it, nil where it does not.
func (c *Chat) Zone(ctx context.Context, user string) (*time.Location, error) {
	u, err := c.user(ctx, user)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(u.TZ)
	if err != nil || u.TZ == "" {
		return nil, nil
	}
	return zone, nil
}

func (c *Chat) user(ctx context.Context, id string) (*slack.User, error) {
	u, err := c.users.get(id, c.now(), func() (u *slack.User, err error) {
		err = c.api(ctx, func(s *slack.Client) (err error) {
			u, err = s.GetUserInfoContext(ctx, id)
			return err
		})
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("look up user %s: %w", id, err)
	}
	return u, nil
}

// askedAbout is about how many named people Slack is asked, at most, whether they are still there.
const askedAbout = 10

// AnyoneThere reports whether one of those who are named is active, or anybody in the groups that
// are.
func (c *Chat) AnyoneThere(ctx context.Context, a bot.Approvers) (bool, error) {
	for _, id := range a.Users[:min(len(a.Users), askedAbout)] {
		u, err := c.user(ctx, id)
		switch {
		case userGone.MatchString(codeIn(err)):
		case err != nil:
			return false, err
		case !u.Deleted:
			return true, nil
		}
	}
	for _, id := range a.Groups {
		members, err := c.groupMembers(ctx, id)
		if err != nil && !errors.Is(err, bot.ErrUnknowable) || len(members) > 0 {
			return len(members) > 0, err
		}
	}
	return len(a.Users) > askedAbout, nil
}

// addressee is who has an address, and the channel in which they are asked directly.
type addressee struct{ user, channel string }

// Person finds somebody by email address, and opens the direct messages with them; where only that
// cannot be done, there is no channel.
func (c *Chat) Person(ctx context.Context, email string) (user, channel string, err error) {
	p, err := c.people.get(strings.ToLower(email), c.now(), func() (p addressee, err error) {
		err = c.api(ctx, func(s *slack.Client) error {
			u, err := s.GetUserByEmailContext(ctx, email)
			if err != nil {
				return err
			}
			p.user = u.ID
			direct, _, _, err := s.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{u.ID}})
			if errors.Is(knowable(err), bot.ErrUnknowable) {
				return nil
			}
			if err == nil {
				p.channel = direct.ID
			}
			return err
		})
		return p, err
	})
	if userGone.MatchString(codeIn(err)) {
		return "", "", fmt.Errorf("%w: %w", bot.ErrNotFound, err)
	}
	return p.user, p.channel, knowable(err)
}

// cache remembers what Slack said for peopleTime. Its zero value is ready to use.
type cache[V any] struct {
	mu    sync.Mutex
	known map[string]*answered[V]
}

type answered[V any] struct {
	turn  chan struct{} // of whoever asks or reads; full while somebody does
	value V
	until time.Time
}

// get returns what is remembered, or asks. Those who want the same wait for one answer, and for
// nobody else's.
func (c *cache[V]) get(key string, now time.Time, ask func() (V, error)) (V, error) {
	known := c.of(key)
	known.turn <- struct{}{}
	defer func() { <-known.turn }()
	if now.Before(known.until) {
		return known.value, nil
	}
	value, err := ask()
	if err == nil {
		known.value, known.until = value, now.Add(peopleTime)
	}
	return value, err
}

func (c *cache[V]) of(key string) *answered[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[key] == nil {
		if c.known == nil {
			c.known = map[string]*answered[V]{}
		}
		c.known[key] = &answered[V]{turn: make(chan struct{}, 1)}
	}
	return c.known[key]
}
