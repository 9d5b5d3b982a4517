package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// typed is what a person reads who types a command.
func (w *system) typed(user slacksim.User, channel, text string) string {
	w.t.Helper()
	d, err := w.Slack.Command(w.t.Context(), user.ID, channel, "/patch", text)
	require.NoError(w.t, err)
	require.Equal(w.t, user.ID, d.Shown.Ephemeral)
	return slacksim.PlainText(*d.Shown, w.reader())
}

// askedAlsoInPrivate has web-1 asked about in payments' channel, and an instance of the owner
// vault in a private channel that only Ada is in.
func (w *system) askedAlsoInPrivate() (elsewhere slacksim.Channel) {
	w.t.Helper()
	const vault1 = "i-0000000000000001a"
	elsewhere = w.Slack.AddChannel(slacksim.Channel{Name: "elsewhere", BotIsMember: true})
	secret := w.Slack.AddChannel(slacksim.Channel{Name: "secret", Private: true, BotIsMember: true, Members: []string{w.ada.ID}})
	w.Bot.Owners.(bot.Directory)["vault"] = bot.Owner{Name: "vault", Channel: secret.ID, Approvers: bot.Approvers{Users: []string{w.ada.ID}}}
	w.asked()
	w.add(vault1, map[string]string{"owner": "vault"})
	require.NoError(w.t, w.Fleet.Scan(vault1))
	synctest.Wait()
	require.Contains(w.t, w.message(secret.ID), "[Approve]")
	return elsewhere
}

func TestAListShowsWhatIsOpenToThoseWhoMaySeeIt(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		elsewhere := w.askedAlsoInPrivate()
		all := w.typed(w.ada, elsewhere.ID, "list")
		require.Contains(t, all, "2 open requests of 2 owners: 2 wait for a decision")
		require.Contains(t, all, "*payments*  1\n❔ *web-1* `"+web1+"`  waits for a decision until")
		require.Contains(t, all, "*vault*  1\n❔ *web-1* `i-0000000000000001a`")

		public := w.typed(w.eve, elsewhere.ID, "list")
		require.Contains(t, public, "2 open requests of 2 owners", "it is counted")
		require.Contains(t, public, web1)
		require.NotContains(t, public, "vault")
		require.NotContains(t, public, "i-0000000000000001a")
		require.Contains(t, public, "1 is in private channels that you are not in")

		w.rejects(w.ada, nil)
		synctest.Wait()
		require.Contains(t, w.typed(w.ada, elsewhere.ID, "list payments"), "No request is open for an owner `payments`.")
		require.Contains(t, w.typed(w.ada, elsewhere.ID, "list VAULT waiting"), "1 request waits for a decision")
		require.Contains(t, w.typed(w.ada, elsewhere.ID, "list failed"), "Nothing has failed or left patches missing in the last 30 days.")
		require.Contains(t, w.typed(w.ada, elsewhere.ID, "list failed open"), "I expected one of `open`, `waiting` and `failed`")
	})
}

func TestAListOfWhatFailed(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Fleet.Break(awssim.Fault{Kind: awssim.InstallIsPartial, Patches: 5})
		w.click(w.ada, "approve")
		w.end()
		w.closed()
		time.Sleep(time.Hour) // simulated
		require.Regexp(t, "1 instance: the newest request .*\n\\*payments\\*  1\n(❌|⚠️) \\*web-1\\* `"+web1+"`", w.typed(w.eve, w.payments.ID, "list payments failed"))
		time.Sleep(31 * 24 * time.Hour) // simulated
		require.Contains(t, w.typed(w.eve, w.payments.ID, "list payments failed"), "Nothing has failed")
	})
}

func TestAnIDIsReadAsPeoplePasteIt(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		require.Contains(t, w.typed(w.eve, w.payments.ID, "status `"+web1+"`,"), "6 patches to install on web-1")
	})
}

func TestAHistoryTellsWhoDecidedAndWhoWasRefused(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		elsewhere := w.askedAlsoInPrivate()
		w.click(w.eve, "approve")
		synctest.Wait()
		w.rejects(w.ada, nil)
		synctest.Wait()
		told := w.typed(w.eve, elsewhere.ID, "history “"+web1+"”.")
		require.Contains(t, told, "1 request of web-1* `"+web1+"`, the newest first:")
		require.Regexp(t, `🚫 Asked [^·]* · rejected by @ada, [^·]* · Open the message`, told)
		require.Regexp(t, `• Refused: @eve tried to approve, .*: not an approver`, told)

		w.end()
		time.Sleep(8 * 24 * time.Hour) // simulated: the owner was left in peace for a week
		require.NoError(t, w.Fleet.ReportNonCompliance(web1))
		time.Sleep(time.Minute) // simulated
		told = w.typed(w.eve, elsewhere.ID, "history "+web1)
		require.Regexp(t, `(?s)2 requests of web-1.*waits for a decision.*rejected by @ada`, told, "the newest first")

		require.Contains(t, w.typed(w.ada, elsewhere.ID, "history i-0000000000000001a"), "1 request of web-1")
		require.Contains(t, w.typed(w.eve, elsewhere.ID, "history i-0000000000000001a"), "I have no request for")
		require.Contains(t, w.typed(w.eve, elsewhere.ID, "history payments"), "I know no instance `payments`")
	})
}

func TestAReportCountsByOwnerForEverybodyButGuests(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		elsewhere := w.askedAlsoInPrivate()
		time.Sleep(time.Hour) // simulated
		w.click(w.ada, "approve")
		w.end()
		w.closed()
		told := w.typed(w.eve, elsewhere.ID, "report")
		require.Contains(t, told, "Last 30 days: 2 asked · 1 answered (half within 60 min) · 1 up to date · 1 open")
		require.Contains(t, told, "• *payments*  1 asked · 1 answered (half within 60 min) · 1 up to date")
		require.Contains(t, told, "• *vault*  1 asked · 1 open", "counts name no instance")

		guest := w.Slack.AddUser(slacksim.User{Name: "gus", Guest: slacksim.MultiChannelGuest})
		require.Contains(t, w.typed(guest, elsewhere.ID, "report"), "Guests, and people of other organisations, get no report.")
		require.Contains(t, w.typed(w.eve, elsewhere.ID, "report 401"), "I expected a number of days from 1 to 400, such as `/patch report 90`, but got `401`.")

		time.Sleep(2 * 24 * time.Hour) // simulated
		require.Contains(t, w.typed(w.eve, elsewhere.ID, "report 1"), "Last 1 day: nobody was asked.")
	})
}
