package wiring

import (
	"context"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestEveryCallOfSlackIsMadeAgainWithANewToken(t *testing.T) {
	hello := slack.MsgOptionText("hello", false)
	for name, call := range map[string]func(ctx context.Context, c *slack.Client, s testApp) error{
		"posting a message": func(ctx context.Context, c *slack.Client, s testApp) error {
			_, _, err := c.PostMessageContext(ctx, s.channel.ID, hello)
			return err
		},
		"asking for a link": func(ctx context.Context, c *slack.Client, s testApp) error {
			m := s.slack.Say(s.slack.BotUserID(), s.channel.ID, "", "hello")
			_, err := c.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: s.channel.ID, Ts: m.TS})
			return err
		},
		"asking for the members of a group": func(ctx context.Context, c *slack.Client, s testApp) error {
			group := s.slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall"})
			_, err := c.GetUserGroupMembersContext(ctx, group.ID)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestApp(t)
			require.EqualError(t, made(t, s, call), "invalid_auth", "the token is the old one")
			require.Equal(t, 1, s.manager.reads)
			s.rotate()
			require.NoError(t, made(t, s, call))
			require.Equal(t, 2, s.manager.reads)
			require.NoError(t, made(t, s, call))
			require.Equal(t, 2, s.manager.reads)
		})
	}
}

// made makes one call of Slack.
func made(t *testing.T, s testApp, call func(context.Context, *slack.Client, testApp) error) error {
	t.Helper()
	return s.api(t.Context(), func(c *slack.Client) error { return call(t.Context(), c, s) })
}

// posted posts to a channel.
func posted(t *testing.T, s testApp, channel string) error {
	t.Helper()
	return s.api(t.Context(), func(c *slack.Client) error {
		_, _, err := c.PostMessageContext(t.Context(), channel, slack.MsgOptionText("hello", false))
		return err
	})
}

func TestOnlyTokenErrorsReadTheSecretAgain(t *testing.T) {
	s := rotated(t)
	s.clock.pass(renewEvery)
	require.EqualError(t, posted(t, s, "C0NOWHERE00"), "channel_not_found")
	require.Equal(t, 2, s.manager.reads)
}

func TestTheCallIsNotRepeatedWhenOnlyTheSigningSecretChanged(t *testing.T) {
	s := newTestApp(t)
	s.manager.put(`{"bot_token": "xoxb-first", "signing_secret": "next"}`)
	s.clock.pass(renewEvery)
	require.EqualError(t, posted(t, s, s.channel.ID), "invalid_auth")
	require.Len(t, s.slack.Calls(), 1)
}
