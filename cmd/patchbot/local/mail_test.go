package local_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

var linkInMail = regexp.MustCompile(`http://\S+/approvals/\S+`)

// byMail runs a test in simulated time whose owner has an address.
func byMail(t *testing.T, test func(*testing.T, *system, *outbound)) {
	t.Helper()
	mails := &outbound{}
	simulated(t, local.Config{Emails: mails}, func(t *testing.T, w *system) {
		w.owner(func(o *bot.Owner) { o.Email = "payments@example.com" })
		test(t, w, mails)
	})
}

// owner changes the entry of payments.
func (w *system) owner(change func(*bot.Owner)) {
	directory := w.Bot.Owners.(bot.Directory)
	o := directory["payments"]
	change(&o)
	directory["payments"] = o
}

// slackAway has web-1 asked about while Slack takes nothing, and gives the link of the mail.
func (w *system) slackAway(mails *outbound) string {
	w.t.Helper()
	w.Slack.Fail(slacksim.EveryMethod, slacksim.Fault{Error: "token_revoked"})
	require.NoError(w.t, w.Fleet.Scan(web1))
	time.Sleep(2 * time.Minute) // simulated: the sweep comes once a minute
	require.Len(w.t, mails.sent(), 1)
	link := linkInMail.FindString(mails.sent()[0])
	require.NotEmpty(w.t, link, mails.sent()[0])
	return link
}

// browse is what a browser gets.
func (w *system) browse(method, address string, form url.Values) (status int, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := w.HTTP.Do(req)
	require.NoError(w.t, err)
	data, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	return response.StatusCode, string(data)
}

// submit sends the form of a link's page, as its page says; the browser follows where it leads.
func (w *system) submit(link string, decision workflow.Verdict, name string) (status int, body string) {
	w.t.Helper()
	u, err := url.Parse(link)
	require.NoError(w.t, err)
	key := u.Query().Get("key")
	u.RawQuery = ""
	return w.browse(http.MethodPost, u.String(), url.Values{"key": {key}, "name": {name}, "decision": {string(decision)}})
}

func TestAnOwnerDecidesByMailWhileSlackIsAway(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		link := w.slackAway(mails)
		require.Contains(t, mails.sent()[0], "payments: patchbot: 6 patches to install on web-1")
		require.Contains(t, mails.sent()[0], web1)
		before := w.request()
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			status, body := w.browse(method, link, nil)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, method == http.MethodGet, strings.Contains(body, ">Approve</button>"))
		}
		require.Equal(t, before, w.request(), "a scanner that opens it changes nothing")
		status, body := w.submit(link, workflow.Approved, "")
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, body, "Please enter your name")
		require.Nil(t, w.request().Decision)

		status, body = w.submit(link, workflow.Approved, "Ada Lovelace")
		require.Equal(t, http.StatusOK, status, "the page, where the answer leads")
		require.Contains(t, body, "Approved by Ada Lovelace (by mail)")
		require.Equal(t, "compliant", outcome(t, w.end()))
		status, body = w.submit(link, workflow.Rejected, "Eve")
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, body, "Too late: Ada Lovelace (by mail) was first")

		w.Slack.Heal(slacksim.EveryMethod)
		time.Sleep(time.Hour) // simulated
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Contains(t, w.message(w.payments.ID), "approved by Ada Lovelace (by mail)")
		require.Contains(t, w.thread(w.payments.ID), "Approved by Ada Lovelace (by mail).")
		require.Len(t, mails.sent(), 1, "who decided by mail and is up to date hears no more")
	})
}

func TestWhoWasAskedByMailHearsThereThatOthersDecidedAndThatItFailed(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		link := w.slackAway(mails)
		w.Slack.Heal(slacksim.EveryMethod)
		time.Sleep(time.Hour) // simulated
		w.Fleet.Break(awssim.Fault{Kind: awssim.InstallIsPartial, Patches: 5})
		w.click(w.ada, slackchat.ButtonApprove)
		w.end()
		time.Sleep(time.Hour) // simulated
		status, body := w.submit(link, workflow.Rejected, "Eve")
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, body, "Too late: ada was first")
		require.Len(t, mails.sent(), 3)
		require.Contains(t, mails.sent()[1], "Approved by ada, ")
		require.Contains(t, mails.sent()[2], "payments: patchbot: 5 patches still to install on web-1 ⚠️")
		for _, later := range mails.sent()[1:] {
			require.NotRegexp(t, linkInMail, later)
		}
	})
}

func TestALinkIsDeadAfterTheDeadline(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		link := w.slackAway(mails)
		require.Equal(t, "expired", outcome(t, w.end()))
		time.Sleep(time.Hour) // simulated
		status, body := w.browse(http.MethodGet, link, nil)
		require.Equal(t, http.StatusOK, status)
		require.NotContains(t, body, "<form")
		status, body = w.submit(link, workflow.Approved, "Ada")
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, body, "Too late: the time to decide is over")
		require.Nil(t, w.request().Decision)
		require.Len(t, mails.sent(), 5)
		for _, again := range mails.sent()[1:4] { // with each reminder
			require.Regexp(t, linkInMail, again)
		}
		require.Contains(t, mails.sent()[4], "Nobody decided about web-1 in time")
	})
}

func TestAnOwnerWithoutThePageHasMailsWithoutALink(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		no := false
		w.owner(func(o *bot.Owner) { o.ApprovalPage = &no })
		w.Slack.Fail(slacksim.EveryMethod, slacksim.Fault{Error: "token_revoked"})
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(2 * time.Minute) // simulated
		require.Len(t, mails.sent(), 1)
		require.NotRegexp(t, linkInMail, mails.sent()[0])
		require.Contains(t, mails.sent()[0], "This mail has no link to decide with.")
		require.Empty(t, w.request().Mail.Keys)
	})
}

func TestAnOwnerWhoseChannelIsGoneIsMailedThatItIsAskedElsewhere(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		w.Slack.EditChannel(w.payments.ID, func(c *slacksim.Channel) { c.Archived = true })
		require.NoError(t, w.Fleet.Scan(web1))
		time.Sleep(2 * time.Minute) // simulated
		require.Contains(t, w.message(w.Bot.DefaultChannel), "[Approve]")
		require.Len(t, mails.sent(), 1)
		require.Contains(t, mails.sent()[0], "it stands in the default channel")
		w.submit(linkInMail.FindString(mails.sent()[0]), workflow.Rejected, "Ada")
		synctest.Wait()
		require.Contains(t, w.message(w.Bot.DefaultChannel), "Patching web-1 was rejected")
	})
}

func TestAPatchDayWhileSlackIsAwayIsAMailAMinute(t *testing.T) {
	byMail(t, func(t *testing.T, w *system, mails *outbound) {
		w.Slack.Fail(slacksim.EveryMethod, slacksim.Fault{Error: "token_revoked"})
		for n := range 200 {
			id := fmt.Sprintf("i-0%016x", n)
			w.add(id, nil)
			require.NoError(t, w.Fleet.Scan(id))
		}
		time.Sleep(5 * time.Minute) // simulated
		links := map[string]bool{}
		for _, mail := range mails.sent() {
			for _, link := range linkInMail.FindAllString(mail, -1) {
				links[link] = true
			}
		}
		require.Len(t, links, 200)
		require.LessOrEqual(t, len(mails.sent()), 4, "200 mails would suspend a subscription")
		for link := range links {
			status, _ := w.submit(link, workflow.Rejected, "Ada Lovelace")
			require.Equal(t, http.StatusOK, status)
		}
		w.Slack.Heal(slacksim.EveryMethod)
		time.Sleep(5 * time.Minute) // simulated
		for _, m := range w.Slack.Messages(w.payments.ID) {
			require.Contains(t, slacksim.PlainText(m, w.reader()), "rejected", "a digest tells of decisions by mail")
		}
	})
}
