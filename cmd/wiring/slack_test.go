package wiring

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestEveryCallOfSlackIsMadeAgainWithANewToken(t *testing.T) {
	for name, call := range map[string]func(t *testing.T, s stage) error{
		"posting a message": func(t *testing.T, s stage) error {
			_, _, err := s.Bot.Slack.PostMessageContext(t.Context(), s.channel.ID, slack.MsgOptionText("hello", false))
			return err
		},
		"updating a message": func(t *testing.T, s stage) error {
			m := s.slack.Say(s.slack.BotUserID(), s.channel.ID, "", "hello")
			_, _, _, err := s.Bot.Slack.UpdateMessageContext(t.Context(), s.channel.ID, m.TS, slack.MsgOptionText("bye", false))
			return err
		},
		"asking for a link": func(t *testing.T, s stage) error {
			m := s.slack.Say(s.slack.BotUserID(), s.channel.ID, "", "hello")
			link, err := s.Bot.Slack.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: s.channel.ID, Ts: m.TS})
			require.Equal(t, err == nil, link != "")
			return err
		},
		"asking for the members of a group": func(t *testing.T, s stage) error {
			ada := s.slack.AddUser(slacksim.User{Name: "ada"})
			group := s.slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{ada.ID}})
			members, err := s.Bot.Slack.GetUserGroupMembersContext(t.Context(), group.ID)
			require.Equal(t, err == nil, len(members) == 1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			require.EqualError(t, call(t, s), "invalid_auth", "the token is the old one")
			require.Equal(t, 1, s.vault.reads)
			s.rotate()
			require.NoError(t, call(t, s))
			require.Equal(t, 2, s.vault.reads)
			require.NoError(t, call(t, s))
			require.Equal(t, 2, s.vault.reads)
		})
	}
}

func TestOnlyTokenErrorsReadTheSecretAgain(t *testing.T) {
	s := rotated(t)
	s.clock.pass(renewEvery)
	_, _, err := s.Bot.Slack.PostMessageContext(t.Context(), "C0NOWHERE00", slack.MsgOptionText("hello", false))
	require.EqualError(t, err, "channel_not_found")
	require.Equal(t, 2, s.vault.reads)
}

func TestTheCallIsNotRepeatedWhenOnlyTheSigningSecretChanged(t *testing.T) {
	s := newStage(t)
	s.vault.put(`{"bot_token": "xoxb-first", "signing_secret": "next"}`)
	s.clock.pass(renewEvery)
	_, _, err := s.Bot.Slack.PostMessageContext(t.Context(), s.channel.ID, slack.MsgOptionText("hello", false))
	require.EqualError(t, err, "invalid_auth")
	require.Len(t, s.slack.Calls(), 1)
}
