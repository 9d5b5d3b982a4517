package local_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/email"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

func TestSlackFailingDelaysTheStoryButLosesNothing(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"429":           {Times: 3, Status: http.StatusTooManyRequests, RetryAfter: 30 * time.Second},
		"500":           {Times: 3, Status: http.StatusInternalServerError},
		"a lost answer": {Times: 2, Drop: true},
		"fatal_error":   {Times: 2, Error: "fatal_error"},
		"invalid_auth":  {Times: 2, Error: "invalid_auth"},
	} {
		for _, method := range []string{"chat.postMessage", "chat.update"} {
			t.Run(method+" answers "+name, func(t *testing.T) {
				simulated(t, local.Config{}, func(t *testing.T, w *system) {
					if method == "chat.postMessage" {
						w.Slack.Fail(method, fault)
					}
					require.NoError(t, w.Fleet.Scan(web1))
					time.Sleep(time.Hour) // simulated
					require.Contains(t, w.message(w.payments.ID), "[Approve]")

					w.Slack.Fail(method, fault)
					w.click(w.ada, slackchat.ButtonApprove)
					require.Equal(t, "compliant", outcome(t, w.end()))
					time.Sleep(time.Hour) // simulated
					require.Len(t, w.Slack.Messages(w.payments.ID), 1)
					require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
					require.Len(t, w.thread(w.payments.ID), 6)
				})
			})
		}
	}
}

func TestAMessageThatIsGoneIsPostedAnew(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		seen := w.question()
		require.True(t, w.Slack.Delete(w.payments.ID, seen.TS))
		w.lateClick(w.ada, seen, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		time.Sleep(time.Hour) // simulated
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
	})
}

func TestAChannelThatIsArchivedMeanwhileMovesToTheDefault(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		seen := w.question()
		w.Slack.EditChannel(w.payments.ID, func(c *slacksim.Channel) { c.Archived = true })
		w.lateClick(w.ada, seen, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		time.Sleep(time.Hour) // simulated
		require.Contains(t, w.message(w.Bot.DefaultChannel), "web-1 is up to date")
		require.NotEmpty(t, w.thread(w.Bot.DefaultChannel))
	})
}

// outbound keeps the mails of the bot.
type outbound struct {
	mu   sync.Mutex
	kept []string
}

func (o *outbound) Email(_ context.Context, owner, subject, body string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, owner+": "+subject+"\n"+body)
	return nil
}

// sent is what went out so far.
func (o *outbound) sent() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.kept)
}

func TestTheOwnerIsMailedOnceWhenSlackIsOutOfReach(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		mails := &outbound{}
		w.Bot.Emails = email.Emails{Sender: mails}
		w.Slack.Fail("chat.postMessage", slacksim.Fault{Error: "token_revoked"})
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(time.Hour) // simulated
		require.Len(t, mails.sent(), 1)
		require.Contains(t, mails.sent()[0], "payments: patchbot: 6 patches to install on web-1")
		require.Contains(t, mails.sent()[0], web1)

		w.Slack.Heal("chat.postMessage")
		time.Sleep(time.Hour) // simulated
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
	})
}

func TestContentThatSlackRefusesIsLeftOutOfTheStory(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Slack.Fail("chat.postMessage", slacksim.Fault{Times: 1, Error: "msg_too_long"})
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Len(t, w.thread(w.payments.ID), 5)
	})
}

func TestAGroupsMembersAreRememberedForAMinute(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		asksGroups := func() (n int) {
			for _, c := range w.Slack.Calls() {
				if c.Method == "usergroups.users.list" {
					n++
				}
			}
			return n
		}
		w.asked()
		for range 3 {
			w.click(w.eve, slackchat.ButtonApprove)
		}
		require.Equal(t, 1, asksGroups())
		time.Sleep(time.Minute) // simulated
		w.click(w.eve, slackchat.ButtonApprove)
		require.Equal(t, 2, asksGroups())
		require.Len(t, w.toldAlone(w.eve), 4)
	})
}

func TestAnApproverWhoCannotBeCheckedDecidesNothing(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Slack.Fail("usergroups.users.list", slacksim.Fault{Status: http.StatusServiceUnavailable})
		w.click(w.lin, slackchat.ButtonApprove)
		w.Slack.Heal("usergroups.users.list")
		require.Contains(t, w.toldAlone(w.lin)[0], "I could not check with Slack whether you may decide this")
		require.Nil(t, w.request().Decision)
		w.click(w.lin, slackchat.ButtonApprove)
		require.NotNil(t, w.request().Decision)
	})
}

func TestAQuestionThatWasPostedTwiceIsDecidedInOnePlace(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Slack.Fail("chat.postMessage", slacksim.Fault{Times: 1, Drop: true, AfterEffect: true})
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(5 * time.Minute) // simulated
		messages := w.Slack.Messages(w.payments.ID)
		require.Len(t, messages, 2, "Slack took the first post, but its answer was lost")

		w.lateClick(w.ada, messages[0], slackchat.ButtonApprove)
		synctest.Wait()
		require.Nil(t, w.request().Decision)
		copied := slacksim.PlainText(w.Slack.Messages(w.payments.ID)[0], w.reader())
		require.Contains(t, copied, "This was a copy of the question, so its buttons decided nothing.")
		require.Contains(t, copied, "slack.com/archives/"+w.payments.ID)
		require.NotContains(t, copied, "[Approve]")

		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}
