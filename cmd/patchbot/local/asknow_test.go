package local_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

func TestWhoSaidNoIsAskedAgainWhenTheyWish(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		seen := w.question()
		w.rejects(w.ada, nil)
		require.Equal(t, "rejected", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "`/patch request "+web1+"` asks again.")
		_, err := w.Slack.ClickOn(t.Context(), w.lin.ID, seen, slackchat.ButtonApprove)
		require.NoError(t, err)
		require.Contains(t, w.toldAlone(w.lin)[0], "`/patch request "+web1+"` asks again.")

		told := w.typed(w.eve, w.payments.ID, "request web-1")
		require.Contains(t, told, "Only approvers of payments can decide this")
		require.Equal(t, 1, w.questions())
		time.Sleep(time.Minute) // simulated
		told = w.typed(w.lin, w.payments.ID, "request web-1")
		require.Contains(t, told, "I look at web-1 `"+web1+"` now. If something is missing, its owner is asked in #payments.")
		w.typed(w.lin, w.payments.ID, "request web-1") // a retry, before the question is there or after
		synctest.Wait()
		require.Equal(t, 2, w.questions())
		require.Contains(t, w.typed(w.lin, w.payments.ID, "request web-1"), "The instance has an open request already. It waits for a decision until")
		require.Contains(t, w.typed(w.eve, w.payments.ID, "history web-1"), "@eve tried to have it asked about again")

		all, err := w.Store.ByInstance(t.Context(), web1, 2)
		require.NoError(t, err)
		entries, err := w.Store.Audit(t.Context(), all[1].ID)
		require.NoError(t, err)
		require.Contains(t, entries, bot.AuditEntry{At: entries[len(entries)-1].At, Actor: "slack:" + w.lin.ID, Action: bot.ActionAskNow,
			From: bot.StatusRejected, To: bot.StatusRejected, Execution: w.request().ExecutionARN})
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}

func TestAnInstanceThatWasNeverAskedAboutIsThePlatformTeams(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		guest := w.Slack.AddUser(slacksim.User{Name: "gus", Guest: slacksim.MultiChannelGuest})
		platform := w.Slack.AddChannel(slacksim.Channel{Name: "platform", BotIsMember: true, Members: []string{w.ada.ID, guest.ID}})
		w.Bot.PlatformChannel = platform.ID
		for _, user := range []slacksim.User{w.eve, guest} {
			told := w.typed(user, w.payments.ID, "request "+web1)
			require.Contains(t, told, "I have no request for `"+web1+"`.")
			require.Contains(t, told, "Only members of #platform can have it looked at, and no guests.")
		}
		require.Zero(t, w.questions())
		require.Contains(t, w.typed(w.ada, w.payments.ID, "request "+web1), "its owner is asked.")
		synctest.Wait()
		require.Equal(t, 1, w.questions())
		entries, err := w.Store.Audit(t.Context(), w.request().ID)
		require.NoError(t, err)
		require.Equal(t, bot.ActionAskNow, entries[0].Action, "the request says who wished for it")
		require.Equal(t, "slack:"+w.ada.ID, entries[0].Actor)

		executions := len(w.Machine.List())
		for range 3 { // a retry that comes after the end, too
			require.Contains(t, w.typed(w.ada, w.payments.ID, "request i-0ffffffffffffffff"), "I look at `i-0ffffffffffffffff` now.")
			synctest.Wait()
		}
		require.Len(t, w.Machine.List(), executions+1, "one a minute")
		require.Equal(t, 1, w.questions(), "what does not exist asks nobody")
	})
}

// noExecutions is a Step Functions that cannot be reached.
type noExecutions struct{}

func (noExecutions) Start(context.Context, string, string) (string, error) {
	return "", errors.New("timeout")
}

func TestWhatCouldNotBeStartedIsNotPromised(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.Executions = noExecutions{}
		w.Bot.PlatformChannel = w.payments.ID
		require.Contains(t, w.typed(w.ada, w.payments.ID, "request "+web1), "I could not confirm that I look at it.")
		w.Bot.Executions = nil
		require.Contains(t, w.typed(w.ada, w.payments.ID, "request "+web1), "I am not set up to ask")
		require.Zero(t, w.questions())
	})
}

func TestNobodyIsToldOfARequestInAPrivateChannel(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		elsewhere := w.askedAlsoInPrivate()
		told := w.typed(w.eve, elsewhere.ID, "request i-0000000000000001a")
		require.Contains(t, told, "I have no request for")
		require.NotContains(t, told, "vault")
	})
}

func TestAnExpiredQuestionIsAskedAgain(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		seen := w.question()
		require.Equal(t, "expired", outcome(t, w.end()))
		synctest.Wait()
		_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, seen, slackchat.ButtonReject)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "This request expired at")
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "`/patch request "+web1+"` asks again.")
		w.typed(w.ada, w.payments.ID, "request "+web1)
		synctest.Wait()
		require.Equal(t, 2, w.questions(), "although the owner is left in peace for a week")
	})
}
