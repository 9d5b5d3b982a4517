package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// homeOf opens somebody's App Home, and gives it as they read it.
func (w *system) homeOf(user slacksim.User) (slacksim.View, string) {
	w.t.Helper()
	_, err := w.Slack.OpenHome(w.t.Context(), user.ID)
	require.NoError(w.t, err)
	view, ok := w.Slack.Home(user.ID)
	require.True(w.t, ok)
	return view, slacksim.PlainText(slacksim.Message{Blocks: view.Blocks}, w.reader())
}

func TestTheAppHomeShowsWhatWaitsAndDecidesIt(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		_, eves := w.homeOf(w.eve)
		require.Contains(t, eves, "Nothing waits for you")
		require.NotContains(t, eves, "web-1", "she may not decide it")

		view, adas := w.homeOf(w.ada)
		require.Contains(t, adas, "1 question waits for you")
		require.Contains(t, adas, "6 patches to install on web-1")
		_, err := w.Slack.ClickView(t.Context(), w.ada.ID, view.ID, slackchat.ButtonApprove)
		require.NoError(t, err)
		require.Equal(t, w.ada.ID, w.request().Decision.By.User)
		view, _ = w.Slack.Home(w.ada.ID)
		require.NotContains(t, string(view.Blocks), `"action_id":"approve"`, "it was rendered anew")

		time.Sleep(time.Hour) // simulated
		_, adas = w.homeOf(w.ada)
		require.Contains(t, adas, "Lately")
		require.Contains(t, adas, "✅ *web-1* `"+web1+"`  up to date")
	})
}

func TestASecondClickInAnAppHomeIsToldWhoWasFirst(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		view, _ := w.homeOf(w.lin)
		w.rejects(w.ada, nil)
		_, err := w.Slack.ClickView(t.Context(), w.lin.ID, view.ID, slackchat.ButtonApprove)
		require.NoError(t, err)
		view, _ = w.Slack.Home(w.lin.ID)
		require.Contains(t, slacksim.PlainText(slacksim.Message{Blocks: view.Blocks}, w.reader()), "Too late: @ada rejected this")
	})
}

func TestAnAppHomeShowsWhatBecameOfAWindowThatItOpened(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		view, _ := w.homeOf(w.lin)
		_, err := w.Slack.ClickView(t.Context(), w.lin.ID, view.ID, slackchat.ButtonReject)
		require.NoError(t, err)
		_, err = w.Slack.SubmitView(t.Context(), w.lin.ID, w.Slack.Views(w.lin.ID)[0].ID, nil)
		require.NoError(t, err)
		view, _ = w.Slack.Home(w.lin.ID)
		require.Contains(t, slacksim.PlainText(slacksim.Message{Blocks: view.Blocks}, w.reader()), "Nothing waits for you")
	})
}

func TestAnAppHomeDecidesAboutADigest(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.askMany(1, 5, nil)
		synctest.Wait()
		view, adas := w.homeOf(w.ada)
		require.Contains(t, adas, "4 questions wait for you")
		_, err := w.Slack.ClickView(t.Context(), w.ada.ID, view.ID, slackchat.ButtonApproveAll)
		require.NoError(t, err)
		open, err := w.Bot.Store.AllOpen(t.Context())
		require.NoError(t, err)
		require.Len(t, open, 4)
		for _, s := range open {
			require.NotEqual(t, bot.StatusAsked, s.Status)
		}
	})
}

func TestThePlatformTeamSeesWhatIsOverdueOrFailed(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.PlatformChannel = w.Slack.AddChannel(slacksim.Channel{Name: "platform", BotIsMember: true, Members: []string{w.eve.ID}}).ID
		w.asked()
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: web1, Operation: "Install", Times: 1, ExitCode: 1})
		w.click(w.ada, slackchat.ButtonApprove)
		time.Sleep(time.Hour) // simulated
		_, eves := w.homeOf(w.eve)
		require.Contains(t, eves, "Overdue or failed, of all owners")
		require.Contains(t, eves, "web-1")
		_, lins := w.homeOf(w.lin)
		require.NotContains(t, lins, "Overdue or failed")
	})
}
