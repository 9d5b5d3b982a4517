package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/email"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// hanging is a Step Functions that does not answer until a given time.
type hanging struct {
	bot.Tasks
	until *time.Time
}

func (h hanging) CompleteTask(ctx context.Context, token workflow.Token, output json.RawMessage) error {
	if time.Now().Before(*h.until) {
		<-ctx.Done()
		return ctx.Err()
	}
	return h.Tasks.CompleteTask(ctx, token, output)
}

func TestAPersonIsAnsweredWhileStepFunctionsHangs(t *testing.T) {
	var back time.Time
	simulated(t, local.Config{Tasks: func(t bot.Tasks) bot.Tasks { return hanging{t, &back} }}, func(t *testing.T, w *system) {
		w.asked()
		back = time.Now().Add(time.Minute)
		start := time.Now()
		w.click(w.ada, slackchat.ButtonApprove)
		require.Less(t, time.Since(start), slacksim.AnswerWithin)
		require.Equal(t, []string{"I could not reach AWS just now. Your decision is recorded and will be delivered."}, w.toldAlone(w.ada))
		require.NotContains(t, w.message(w.payments.ID), "[Approve]", "the decision is shown")
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}

// hangingChat never answers.
type hangingChat struct{ bot.Chat }

func (hangingChat) Show(ctx context.Context, _ bot.Message) (bot.Place, error) {
	<-ctx.Done()
	return bot.Place{}, ctx.Err()
}

func (hangingChat) Update(ctx context.Context, _ bot.Message) error {
	<-ctx.Done()
	return ctx.Err()
}

func (hangingChat) AddLine(ctx context.Context, _ bot.Message, _ bot.Line) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestASlackThatHangsKeepsNoDecisionFromStepFunctions(t *testing.T) {
	var back time.Time
	config := local.Config{SweepEvery: 24 * time.Hour, Tasks: func(t bot.Tasks) bot.Tasks { return hanging{t, &back} }}
	simulated(t, config, func(t *testing.T, w *system) {
		w.asked()
		back = time.Now().Add(time.Minute)
		w.click(w.ada, slackchat.ButtonApprove)
		for i := range 20 {
			id := fmt.Sprintf("i-0aaaaaaaaaaaaaa%02d", i)
			r := bot.Request{ID: bot.RequestID(id), Status: bot.StatusRejected, Instance: bot.Instance{ID: id},
				Decision: &workflow.Decision{}, Outbox: bot.OutboxOf(bot.Effect{Kind: bot.EffectRender})}
			_, err := w.Store.Save(t.Context(), r)
			require.NoError(t, err)
		}
		time.Sleep(2 * time.Minute) // simulated
		w.Bot.Chat = hangingChat{w.Bot.Chat}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second) // what a function has
		defer cancel()
		require.NoError(t, w.Bot.Sweep(ctx))
		require.True(t, w.request().Delivered)
	})
}

func TestALostEventCostsMinutesNotHours(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Fleet.Break(awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.CommandEvent})
		w.asked()
		start := time.Now()
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.Less(t, time.Since(start), 20*time.Minute)
		synctest.Wait()
		require.Empty(t, w.request().Kinds(), "nothing is looked for any more")
	})
}

func TestAQuestionThatIsDeliveredAgainAfterItsEndShowsNoButtons(t *testing.T) {
	var asked [][]byte
	keep := func(data []byte, deliver func([]byte)) {
		if strings.Contains(string(data), "approval_requested") {
			asked = append(asked, data)
		}
		deliver(data)
	}
	simulated(t, local.Config{Notifications: keep}, func(t *testing.T, w *system) {
		w.asked()
		require.NoError(t, w.Fleet.ReportNonCompliance(web1))
		require.Equal(t, "ignored", outcome(t, w.end()))
		w.rejects(w.ada, nil)
		require.Equal(t, "rejected", outcome(t, w.end()))
		synctest.Wait()

		n, err := workflow.ParseNotification(asked[1])
		require.NoError(t, err)
		require.NoError(t, w.Bot.Notify(t.Context(), n))
		require.NotContains(t, w.message(w.payments.ID), "[Approve]")
	})
}

func TestAnOwnerWhoLeavesTheDirectoryLeavesTheApproversBehind(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Bot.Owners = bot.Directory{}
		w.click(w.eve, slackchat.ButtonApprove)
		require.Nil(t, w.request().Decision)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		w.click(w.ada, slackchat.ButtonApprove)
		require.NotNil(t, w.request().Decision)
	})
}

func TestAGroupThatIsGoneDoesNotLockOutTheOthers(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		oncall := w.Slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{w.lin.ID}})
		w.Bot.Owners = bot.Directory{"payments": {Channel: w.payments.ID, Approvers: bot.Approvers{Groups: []string{"S0GONE", oncall.ID}}}}
		w.asked()
		w.click(w.eve, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(w.eve)[0], "Slack does not tell me who is among")
		w.click(w.lin, slackchat.ButtonApprove)
		require.NotNil(t, w.request().Decision)
	})
}

func TestAnUnknownErrorOfSlackIsTheOperatorsAndMailed(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		mails := &outbound{}
		w.Bot.Emails = email.Emails{Sender: mails}
		w.Slack.Fail("chat.postMessage", slacksim.Fault{Times: 1, Error: "org_login_required"})
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(time.Hour) // simulated
		require.Len(t, mails.sent(), 1)
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
	})
}

func TestResponseURLsStayOutOfTheLog(t *testing.T) {
	log := &strings.Builder{}
	simulated(t, local.Config{Log: slog.New(slog.NewTextHandler(log, nil))}, func(t *testing.T, w *system) {
		w.asked()
		w.Slack.Fail(slacksim.ResponseURLs, slacksim.Fault{Drop: true})
		w.click(w.eve, slackchat.ButtonApprove)
		require.Contains(t, log.String(), "could not answer a click")
		require.NotContains(t, log.String(), "slack.local")
	})
}

// fullStore refuses every save while it is full.
type fullStore struct {
	bot.Store
	full *atomic.Bool
}

func (s fullStore) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	if s.full.Load() {
		return bot.Request{}, errors.New("ProvisionedThroughputExceededException")
	}
	return s.Store.Save(ctx, r, audit...)
}

func TestADecisionThatCannotBeSavedIsNotCarriedOut(t *testing.T) {
	var full atomic.Bool
	config := local.Config{Requests: func(s bot.Store) bot.Store { return fullStore{s, &full} }}
	simulated(t, config, func(t *testing.T, w *system) {
		w.asked()
		full.Store(true)
		w.click(w.ada, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(w.ada)[0], "I could not confirm that this is recorded")
		require.Nil(t, w.request().Decision)
		require.Contains(t, w.message(w.payments.ID), "[Approve]")

		full.Store(false)
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}
