package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// mailbox keeps the mails of a bot.
type mailbox struct {
	fail error
	then func() // happens while a mail is sent
	sent []bot.OwnerMail
}

func (m *mailbox) Email(_ context.Context, mail bot.OwnerMail) error {
	m.sent = append(m.sent, mail)
	if m.then != nil {
		m.then()
	}
	return m.fail
}

// instances lists what each mail is about.
func (m *mailbox) instances() (all [][]string) {
	for _, mail := range m.sent {
		var about []string
		for _, item := range mail.Items {
			about = append(about, item.Request.Instance.ID)
		}
		all = append(all, about)
	}
	return all
}

// byMail has owners told by mail as well, who may decide by its links.
func (d *desk) byMail(names ...string) *mailbox {
	mails := &mailbox{}
	d.Emails, d.EmailAlways, d.ApprovalPage = mails, true, true
	directory := bot.Directory{}
	for _, name := range names {
		directory[name] = bot.Owner{Name: name, Channel: "C1", Email: name + "@example.com"}
	}
	d.Owners = directory
	return mails
}

func TestQuestionsThatAriseTogetherAreOneMailToEachOwner(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := d.byMail("a", "b")
		var want []string
		for n := range 60 {
			want = append(want, fmt.Sprint("i-", n))
			d.ask("a", "C1", want[n])
		}
		d.ask("b", "C1", "i-b")
		start := time.Now()
		require.NoError(t, d.Sweep(t.Context()))
		require.Equal(t, [][]string{want[:50], want[50:], {"i-b"}}, mails.instances(), "by name, a link each")
		require.GreaterOrEqual(t, time.Since(start), 200*time.Millisecond, "an address may be that of both")
		keys := map[bot.MailKey]bool{}
		for _, item := range slices.Concat(mails.sent[0].Items, mails.sent[1].Items, mails.sent[2].Items) {
			keys[item.Key] = true
			r, err := d.ByMailKey(t.Context(), item.Request.ID, item.Key)
			require.NoError(t, err)
			require.NotContains(t, fmt.Sprintf("%+v", r), item.Key.Reveal(), "only its hash is kept")
			require.Len(t, item.Key.Reveal(), 32)
		}
		require.Len(t, keys, 61)
		require.NoError(t, d.Sweep(t.Context()))
		require.Len(t, mails.sent, 3)
	})
}

func TestWhatHappensWhileAMailIsSentIsToldByTheNext(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := d.byMail("a")
		d.ask("a", "C1", "i-1")
		mails.then = func() {
			mails.then = nil
			d.approves("i-1")
		}
		require.NoError(t, d.Sweep(t.Context()))
		require.NoError(t, d.Sweep(t.Context()))
		require.NoError(t, d.Sweep(t.Context()))
		require.Equal(t, [][]string{{"i-1"}, {"i-1"}}, mails.instances())
		require.Equal(t, []bot.MailAbout{bot.MailQuestion, bot.MailDecided}, []bot.MailAbout{mails.sent[0].Items[0].About, mails.sent[1].Items[0].About})
	})
}

func TestAMailThatFailsIsSentAgainWithAnotherKeyAndAllWork(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := d.byMail("a")
		d.ask("a", "C1", "i-1")
		mails.fail = errors.New("503")
		for range 4 {
			require.Error(t, d.Sweep(t.Context()))
			time.Sleep(10 * time.Minute) // simulated
		}
		mails.fail = nil
		require.NoError(t, d.Sweep(t.Context()))
		require.NoError(t, d.Sweep(t.Context()))
		require.Len(t, mails.sent, 5)
		for _, mail := range mails.sent {
			_, err := d.ByMailKey(t.Context(), mail.Items[0].Request.ID, mail.Items[0].Key)
			require.NoError(t, err)
		}
	})
}

func TestAKeyOpensOnlyItsOwnRequestAndNothingWhereThePageIsOff(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := d.byMail("a")
		d.ask("a", "C1", "i-1")
		d.ask("a", "C1", "i-2")
		require.NoError(t, d.Sweep(t.Context()))
		first, second := mails.sent[0].Items[0], mails.sent[0].Items[1]
		refused := func(id string, key bot.MailKey) {
			t.Helper()
			_, _, err := d.DecideByMail(t.Context(), id, key, "Ada", bot.Action{Verdict: workflow.Approved})
			require.ErrorIs(t, err, bot.ErrNotFound)
		}
		refused(first.Request.ID, second.Key)
		refused(first.Request.ID, "")
		refused("r-unknown", first.Key)

		no := false
		owner := d.Owners.(bot.Directory)["a"]
		for _, change := range []func(*bot.Owner){
			func(o *bot.Owner) { o.ApprovalPage = &no },
			func(o *bot.Owner) { o.Email = "" },
		} {
			changed := owner
			change(&changed)
			d.Owners = bot.Directory{"a": changed}
			refused(first.Request.ID, first.Key)
		}
		d.Owners = bot.Directory{} // removed, or with a mistake
		refused(first.Request.ID, first.Key)
		d.Owners = bot.Directory{"a": owner}
		d.ApprovalPage = false
		refused(first.Request.ID, first.Key)
		d.ApprovalPage = true
		r, why, err := d.DecideByMail(t.Context(), first.Request.ID, first.Key, "Ada\u202e\nLovelace", bot.Action{Verdict: workflow.Approved})
		require.NoError(t, err)
		require.Empty(t, why)
		require.Equal(t, workflow.Decider{Via: bot.ViaEmail, Name: "Ada Lovelace"}, r.Decision.By)
		audit, err := d.Store.Audit(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, "email:Ada Lovelace", audit[len(audit)-1].Actor)
	})
}

func TestAnOwnerSaysWhenToBeMailed(t *testing.T) {
	for name, c := range map[string]struct {
		always bool
		when   bot.EmailWhen
		mailed bool
	}{
		"by default only when the chat does not take it": {false, "", false},
		"always, as the module says":                     {true, "", true},
		"always, as the owner says":                      {false, bot.EmailAlways, true},
		"as a fallback, whatever the module says":        {true, bot.EmailFallback, false},
		"never": {true, bot.EmailNever, false},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				mails := d.byMail("a")
				d.EmailAlways = c.always
				d.Owners = bot.Directory{"a": {Name: "a", Channel: "C1", Email: "a@example.com", EmailWhen: c.when}}
				d.ask("a", "C1", "i-1")
				require.NoError(t, d.ServeChannel(t.Context(), "C1"))
				require.NoError(t, d.Sweep(t.Context()))
				require.Equal(t, c.mailed, len(mails.sent) == 1)
			})
		})
	}
}

func TestNeverIsNeverAlsoWhenTheChatTakesNothing(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		mails := d.byMail("a")
		d.Owners = bot.Directory{"a": {Name: "a", Channel: "C1", Email: "a@example.com", EmailWhen: bot.EmailNever}}
		d.fail = func(string) error { return &bot.ChatError{Remedy: bot.RemedyNever, After: time.Minute} }
		d.ask("a", "C1", "i-1")
		require.NoError(t, d.ServeChannel(t.Context(), "C1"))
		require.NoError(t, d.Sweep(t.Context()))
		require.Empty(t, mails.sent)
	})
}
