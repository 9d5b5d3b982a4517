package email

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
)

// sent keeps the last mail.
type sent struct{ owner, subject, body string }

func (s *sent) Email(_ context.Context, owner, subject, body string) error {
	*s = sent{owner, subject, body}
	return nil
}

func request(t *testing.T, state string) bot.Request {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "requests", state+".json"))
	require.NoError(t, err)
	var r bot.Request
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

// asks is a question by mail.
func asks(r bot.Request, why bot.MailReason, key bot.MailKey) bot.MailItem {
	r.Mail.Why = why
	return bot.MailItem{Request: r, About: bot.MailQuestion, Key: key}
}

func TestMails(t *testing.T) {
	question, second, ended := request(t, "asked"), request(t, "asked_without_names"), request(t, "failed")
	second.Instance.Name, second.Instance.ID = "web-2", "i-0933335a5598d1c2f"
	for name, items := range map[string][]bot.MailItem{
		"a question that Slack does not take":         {asks(question, bot.MailUnreached, "key-one")},
		"a question without a link":                   {asks(question, bot.MailUnreached, "")},
		"a question whose channel does not take it":   {asks(question, bot.MailMoved, "key-one")},
		"a question for whoever wants all by mail":    {asks(request(t, "asked_reboot_only"), bot.MailAlways, "key-one")},
		"a question that two must approve":            {asks(request(t, "one_of_two"), bot.MailAlways, "key-one")},
		"a question with a mistaken tag":              {asks(request(t, "needs_mistaken_tag"), bot.MailUnreached, "key-one")},
		"a roll back":                                 {{Request: request(t, "rolled_back"), About: bot.MailEnded}},
		"a question in a freeze":                      {asks(request(t, "asked_emergency"), bot.MailAlways, "key-one")},
		"an approval in a freeze":                     {{Request: request(t, "approved_in_freeze"), About: bot.MailDecided}},
		"a roll back that failed":                     {{Request: request(t, "roll_back_unwatched"), About: bot.MailEnded}},
		"a decision of two":                           {{Request: request(t, "two_of_two"), About: bot.MailDecided}},
		"too few approvals":                           {{Request: request(t, "one_of_two_expired"), About: bot.MailEnded}},
		"a rehearsal":                                 {asks(request(t, "rehearsal_asked"), bot.MailAlways, "key-one")},
		"questions that arise together":               {asks(question, bot.MailUnreached, "key-one"), asks(second, bot.MailUnreached, "key-two")},
		"a decision in Slack":                         {{Request: request(t, "rejected_with_reason"), About: bot.MailDecided}},
		"a failure":                                   {{Request: ended, About: bot.MailEnded}},
		"a failure, and a question that nobody heard": {{Request: ended, About: bot.MailEnded}, {Request: request(t, "expired"), About: bot.MailEnded}},
	} {
		t.Run(name, func(t *testing.T) {
			var mail sent
			require.NoError(t, Emails{Sender: &mail, URL: "https://patchbot.example.com"}.Email(t.Context(), bot.OwnerMail{Owner: "payments", Items: items}))
			require.Equal(t, "payments", mail.owner)
			require.NotContains(t, mail.subject, "\n")
			goldentest.Text(t, filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".txt"), mail.subject+"\n\n"+mail.body)
		})
	}
}

func TestTheLargestMailIsOneThatSNSTakes(t *testing.T) {
	r := request(t, "asked")
	long := strings.Repeat("𝕏", 300)
	r.Instance.Name, r.Instance.Platform, r.Owner = long, long, long
	for i := range r.Patches {
		r.Patches[i].Title, r.Patches[i].Severity = long, long
	}
	m := bot.OwnerMail{Owner: long}
	for range 50 { // as many as there are in one
		m.Items = append(m.Items, asks(r, bot.MailUnreached, "abcdefghijklmnopqrstuvwxyz-_0123"))
	}
	var mail sent
	require.NoError(t, Emails{Sender: &mail, URL: "https://patchbot.example.com/" + strings.Repeat("x", 200)}.Email(t.Context(), m))
	require.Less(t, len(mail.body), 256<<10-1000)
}

func TestNothingFromOutsideAddsALineToAMail(t *testing.T) {
	r := request(t, "asked")
	hostile := "x\r\nBcc: eve@example.com\u2028\u202ehttps://evil.example/\x00"
	r.Instance.Name, r.Instance.Platform, r.Owner, r.Patches[0].Title, r.Patches[0].Severity = hostile, hostile, hostile, hostile, hostile
	var mail sent
	require.NoError(t, Emails{Sender: &mail}.Email(t.Context(), bot.OwnerMail{Owner: "payments", Items: []bot.MailItem{asks(r, bot.MailAlways, "")}}))
	require.NotRegexp(t, `[\r\x00\x{2028}\x{202e}]`, mail.subject+mail.body)
	require.NotContains(t, mail.subject, "\n")
	require.NotRegexp(t, `(?m)^Bcc:`, mail.body)
}
