package doctor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
)

func (d *doctorTest) slackDefects() map[string]defect {
	edit := func(f func(*slacksim.Channel)) func(*testing.T) {
		return func(*testing.T) { d.Slack.EditChannel(d.Payments.ID, f) }
	}
	owner := func(channel, email string) func(*testing.T) {
		return func(*testing.T) { d.PutOwner(channel, email) }
	}
	mendOwner := owner(d.Payments.ID, "payments@example.com")
	lonely := d.Slack.AddChannel(slacksim.Channel{Name: "lonely"})
	tagged := func(channel string) func(*testing.T) {
		return func(*testing.T) {
			d.run(installationtest.Tags(bot.TagOwner, installationtest.Owner, bot.TagChannel, channel))
		}
	}
	return map[string]defect{
		"a secret without a value": {func(*testing.T) { d.PutSecret(`{}`) }, func(*testing.T) { d.PutSecret(installationtest.Secret) },
			"secret, token, channels, approvers", failure, "bot_token is missing"},
		"a token that was revoked": {func(*testing.T) { d.Slack.Fail("auth.test", slacksim.Fault{Error: "token_revoked"}) },
			func(*testing.T) { d.Slack.Heal("auth.test") }, "token, channels, approvers", failure, "token_revoked"},
		"the bot outside a channel": {edit(func(ch *slacksim.Channel) { ch.BotIsMember = false }), edit(func(ch *slacksim.Channel) { ch.BotIsMember = true }),
			"channels", failure, "The bot is not in #payments, the channel of the owner payments."},
		"a channel that did not take a question": {func(t *testing.T) { d.moved(t, &bot.Moved{From: d.Payments.ID, Code: "restricted_action"}) },
			func(t *testing.T) { d.moved(t, nil) }, "moved questions", warning,
			"Slack did not take 1 question of the last 7 days in " + d.Payments.ID + ": restricted_action; asked in the default channel instead."},
		"an approver who has left, and nobody else": {func(*testing.T) { d.Slack.EditUser("U0ADA", func(u *slacksim.User) { u.Deleted = true }) },
			func(*testing.T) { d.Slack.EditUser("U0ADA", func(u *slacksim.User) { u.Deleted = false }) },
			"approvers, approvers", failure, "Nobody can decide about the instances of payments: none of its approvers is there."},
		"an archived channel": {edit(func(ch *slacksim.Channel) { ch.Archived = true }), edit(func(ch *slacksim.Channel) { ch.Archived = false }),
			"channels", failure, "is archived"},
		"an unknown channel":                 {owner("C0NOWHERE", "payments@example.com"), mendOwner, "channels", failure, "channel_not_found"},
		"an address without subscription":    {owner(d.Payments.ID, "new@example.com"), mendOwner, "emails", failure, "new@example.com of payments is not subscribed"},
		"the bot outside a tag's channel":    {tagged(lonely.ID), d.remove, "channels", failure, "The bot is not in #lonely, the tag patch-channel of i-"},
		"an unknown channel of a tag":        {tagged("C0ELSEWHERE"), d.remove, "channels", failure, "C0ELSEWHERE, the tag patch-channel of i-"},
		"the bot outside a hybrid's channel": {func(*testing.T) { d.enrol("mi-0000000000000000a", installationtest.Tags(bot.TagChannel, lonely.ID)) }, d.remove, "channels", failure, "The bot is not in #lonely, the tag patch-channel of mi-"},
		"a channel is asked about only once": {func(t *testing.T) { tagged(lonely.ID)(t); tagged(lonely.ID)(t) }, d.remove, "channels", failure, "#lonely"},
		"an untagged hybrid node's channel is nobody's": {func(*testing.T) {
			d.enrol("mi-0000000000000000b", map[string]string{bot.TagChannel: lonely.ID})
			tagged("C0ELSEWHERE")(d.t)
		}, d.remove, "channels", failure, "C0ELSEWHERE"},
	}
}

// moved saves a question that had to move, or did not.
func (d *doctorTest) moved(t *testing.T, why *bot.Moved) {
	store := dynamostore.New(d.Account.DynamoDB, d.Installation.Table)
	r, err := store.Get(t.Context(), "r-moved")
	if err != nil {
		r = bot.Request{ID: "r-moved", ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:moved", Status: bot.StatusExpired,
			CreatedAt: time.Now().Add(-time.Hour), Instance: bot.Instance{ID: "i-0933335a5598d1c2e"}}
	}
	r.Moved = why
	_, err = store.Save(t.Context(), r)
	require.NoError(t, err)
}
