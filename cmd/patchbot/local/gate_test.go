package local_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// outside is a running patchbot, and whoever may set tags and write in Slack: Eve, with a
// channel of her own that the bot was invited to.
type outside struct {
	*system
	evesChannel slacksim.Channel
}

func attacked(t *testing.T, test func(*testing.T, outside)) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.DefaultApprovers = bot.Approvers{Users: []string{w.ada.ID}}
		test(t, outside{w, w.Slack.AddChannel(slacksim.Channel{Name: "eve", BotIsMember: true, Members: []string{w.eve.ID}})})
	})
}

// asks lets the question about an instance with these tags be asked, and finds it.
func (o outside) asks(tags map[string]string, channel string) slacksim.Message {
	o.t.Helper()
	o.add(web2, tags)
	require.NoError(o.t, o.Fleet.Scan(web2))
	synctest.Wait()
	messages := o.Slack.Messages(channel)
	require.NotEmpty(o.t, messages, "nobody was asked in channel %s", channel)
	return messages[len(messages)-1]
}

// refused lets somebody click Approve, and says what they were told.
func (o outside) refused(user slacksim.User, m slacksim.Message) string {
	o.t.Helper()
	_, err := o.Slack.ClickOn(o.t.Context(), user.ID, m, slackchat.ButtonApprove)
	require.NoError(o.t, err)
	synctest.Wait()
	require.Zero(o.t, o.installs(), "an install on %s's click", user.Name)
	told := o.toldAlone(user)
	require.NotEmpty(o.t, told)
	return told[len(told)-1]
}

func TestNoTagMakesEverybodyAnApprover(t *testing.T) {
	for name, c := range map[string]struct {
		tags func(o outside) map[string]string
		want string
	}{
		"an owner that nobody knows, in a channel of one's own": {func(o outside) map[string]string {
			return map[string]string{"owner": "nobody", "patch-channel": o.evesChannel.ID}
		}, "I know no approvers of `nobody`, so only @ada can decide this."},
		"no owner, in a channel of one's own": {func(o outside) map[string]string {
			return map[string]string{"owner": "", "patch-channel": o.evesChannel.ID}
		}, "The instance names no owner, so only @ada can decide this."},
		"a misspelled owner": {func(o outside) map[string]string {
			return map[string]string{"owner": "payment", "patch-channel": o.evesChannel.ID}
		}, "I know no approvers of `payment`, so only @ada can decide this."},
		"another channel for a known owner": {func(o outside) map[string]string {
			return map[string]string{"patch-channel": o.evesChannel.ID}
		}, "Only approvers of payments can decide this: @ada, @oncall-payments."},
		"another channel for an owner without approvers": {func(o outside) map[string]string {
			o.Bot.Owners.(bot.Directory)["search"] = bot.Owner{Channel: o.payments.ID}
			o.Slack.EditChannel(o.payments.ID, func(c *slacksim.Channel) { c.Members = []string{o.ada.ID} })
			return map[string]string{"owner": "search", "patch-channel": o.evesChannel.ID}
		}, "Only members of #payments can decide this."},
	} {
		t.Run(name, func(t *testing.T) {
			attacked(t, func(t *testing.T, o outside) {
				m := o.asks(c.tags(o), o.evesChannel.ID)
				require.Equal(t, c.want, o.refused(o.eve, m))
				o.Slack.EditChannel(o.evesChannel.ID, func(c *slacksim.Channel) { c.Members = append(c.Members, o.ada.ID) })
				_, err := o.Slack.ClickOn(t.Context(), o.ada.ID, m, slackchat.ButtonApprove)
				require.NoError(t, err)
				o.end()
				require.Equal(t, 1, o.installs(), "whoever may decide can")
			})
		})
	}
}

func TestADirectMessageMakesNobodyAnApprover(t *testing.T) {
	attacked(t, func(t *testing.T, o outside) {
		o.add(web2, map[string]string{"owner": "", "patch-channel": o.eve.ID})
		require.NoError(t, o.Fleet.Scan(web2))
		synctest.Wait()
		r, err := o.Store.ByInstance(t.Context(), web2, 1)
		require.NoError(t, err)
		direct := o.Slack.Messages(r[0].Place.Channel)
		require.NotEmpty(t, direct)
		require.Equal(t, "The instance names no owner, so only @ada can decide this.", o.refused(o.eve, direct[0]))
	})
}

func TestWithoutAnyNamesTheDefaultChannelsMembersDecide(t *testing.T) {
	attacked(t, func(t *testing.T, o outside) {
		o.Bot.DefaultApprovers = bot.Approvers{}
		o.Slack.EditChannel(o.Bot.DefaultChannel, func(c *slacksim.Channel) { c.Members = []string{o.lin.ID} })
		m := o.asks(map[string]string{"owner": "nobody", "patch-channel": o.evesChannel.ID}, o.evesChannel.ID)
		require.Equal(t, "I know no approvers of `nobody`, so only members of #patching can decide this.", o.refused(o.eve, m))
	})
}

func TestGuestsAndOutsidersDecideOnlyWhenNamed(t *testing.T) {
	for name, c := range map[string]struct {
		user  slacksim.User
		named bool
	}{
		"a guest of several channels":               {slacksim.User{Name: "gus", Guest: slacksim.MultiChannelGuest}, false},
		"a guest of one channel":                    {slacksim.User{Name: "gus", Guest: slacksim.SingleChannelGuest}, false},
		"somebody from another organisation":        {slacksim.User{Name: "gus", TeamID: "T0OTHER"}, false},
		"a guest who is named":                      {slacksim.User{Name: "gus", Guest: slacksim.SingleChannelGuest}, true},
		"somebody of another organisation, by name": {slacksim.User{Name: "gus", TeamID: "T0OTHER"}, true},
	} {
		for place, approvers := range map[string]func(o outside, gus slacksim.User) bot.Owner{
			"in the owner's channel": func(o outside, _ slacksim.User) bot.Owner { return bot.Owner{Channel: o.payments.ID} },
			"in a group": func(o outside, gus slacksim.User) bot.Owner {
				group := o.Slack.AddUserGroup(slacksim.UserGroup{Handle: "guests", Members: []string{gus.ID}})
				return bot.Owner{Channel: o.payments.ID, Approvers: bot.Approvers{Groups: []string{group.ID}}}
			},
		} {
			t.Run(name+" "+place, func(t *testing.T) {
				attacked(t, func(t *testing.T, o outside) {
					gus := o.Slack.AddUser(c.user)
					owner := approvers(o, gus)
					if c.named {
						owner.Approvers.Users = []string{gus.ID}
					}
					o.Bot.Owners = bot.Directory{"payments": owner}
					m := o.asks(nil, o.payments.ID)
					if !c.named {
						require.Contains(t, o.refused(gus, m), "Guests, and people of other organisations, decide only when they are named.")
						return
					}
					_, err := o.Slack.ClickOn(t.Context(), gus.ID, m, slackchat.ButtonApprove)
					require.NoError(t, err)
					o.end()
					require.Equal(t, 1, o.installs())
				})
			})
		}
	}
}

func TestAQuestionThatMovesWidensNothing(t *testing.T) {
	attacked(t, func(t *testing.T, o outside) {
		o.Bot.Owners = bot.Directory{"payments": {Channel: o.payments.ID}}
		o.Slack.EditChannel(o.payments.ID, func(c *slacksim.Channel) { c.Members, c.Archived = []string{o.ada.ID}, true })
		m := o.asks(nil, o.Bot.DefaultChannel)
		require.Equal(t, "Only members of #payments can decide this.", o.refused(o.eve, m))
	})
}

func TestWhatCannotBeCheckedDecidesNothing(t *testing.T) {
	for _, method := range []string{"conversations.members", "users.info"} {
		t.Run(method, func(t *testing.T) {
			attacked(t, func(t *testing.T, o outside) {
				o.Bot.Owners = bot.Directory{"payments": {Channel: o.payments.ID}}
				m := o.asks(nil, o.payments.ID)
				o.Slack.Fail(method, slacksim.Fault{Error: "internal_error"})
				require.Contains(t, o.refused(o.ada, m), "I could not check with Slack whether you may decide this")
				o.Slack.Heal(method)
				_, err := o.Slack.ClickOn(t.Context(), o.ada.ID, m, slackchat.ButtonApprove)
				require.NoError(t, err)
				o.end()
				require.Equal(t, 1, o.installs())
			})
		})
	}
}

func TestThePatchCommandTellsNothingOfChannelsThatTheAskerIsNotIn(t *testing.T) {
	for name, c := range map[string]struct {
		private bool
		asker   func(o outside) slacksim.User
		fault   string
		told    bool
	}{
		"a public channel":                    {false, func(o outside) slacksim.User { return o.eve }, "", true},
		"a private channel, to a member":      {true, func(o outside) slacksim.User { return o.ada }, "", true},
		"a private channel, to somebody else": {true, func(o outside) slacksim.User { return o.eve }, "", false},
		"a channel that cannot be looked up":  {false, func(o outside) slacksim.User { return o.eve }, "conversations.info", false},
		"members that cannot be looked up":    {true, func(o outside) slacksim.User { return o.ada }, "conversations.members", false},
	} {
		t.Run(name, func(t *testing.T) {
			attacked(t, func(t *testing.T, o outside) {
				secret := o.Slack.AddChannel(slacksim.Channel{Name: "secret", Private: c.private, BotIsMember: true, Members: []string{o.ada.ID}})
				lobby := o.Slack.AddChannel(slacksim.Channel{Name: "lobby", BotIsMember: true})
				o.Bot.Owners = bot.Directory{"payments": {Channel: secret.ID}}
				o.asks(nil, secret.ID)
				if c.fault != "" {
					o.Slack.Fail(c.fault, slacksim.Fault{Error: "internal_error"})
				}
				for command, found := range map[string]string{"status " + web2: "6 patches to install on web-1", "status payments": "1 open request of owner payments"} {
					d, err := o.Slack.Command(t.Context(), c.asker(o).ID, lobby.ID, slackchat.SlashCommand, command)
					require.NoError(t, err)
					if text := slacksim.PlainText(*d.Shown, o.reader()); c.told {
						require.Contains(t, text, found)
					} else {
						require.NotContains(t, text, found)
						require.NotContains(t, text, "web-1")
					}
				}
			})
		})
	}
}
