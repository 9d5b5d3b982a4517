package local_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// addNamed puts an instance with a name and an owner into the fleet, and has its owner asked.
func (w *system) addNamed(id, name, owner string) {
	w.t.Helper()
	require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: id, Name: name, Platform: awssim.AmazonLinux2023,
		Tags:    map[string]string{"owner": owner, "patch-policy": "patch-on-approval", "patch-channel": w.payments.ID},
		Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}}}))
	require.NoError(w.t, w.Fleet.Scan(id))
	synctest.Wait()
}

const (
	db1 = "i-00000000000000001"
	db2 = "i-00000000000000002"
)

func TestANameStandsForItsInstance(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.addNamed(db1, "db 1", "payments")
		require.Contains(t, w.typed(w.eve, w.payments.ID, "status WEB-1"), "6 patches to install on web-1")
		require.Contains(t, w.typed(w.eve, w.payments.ID, "history “web-1”"), "1 request of web-1")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "approve web-1 ("+db1+")"), "is named `db 1`, not `web-1`. Type the id alone if you mean it. Nothing has changed.")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "approve web-1, nobody"), "I know no instance `nobody`. Nothing has changed.")
		require.Nil(t, w.request().Decision)
		require.Contains(t, w.typed(w.ada, w.payments.ID, "schedule web-1, “db 1” in 24 h"), "Scheduled 2 for ")
		require.Equal(t, bot.StatusScheduled, w.of(db1).Status)
		require.Contains(t, w.typed(w.ada, w.payments.ID, "history web-1 ("+web1+")"), "scheduled for ")
	})
}

func TestAnAmbiguousNameDecidesNothing(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.addNamed(db1, "db", "payments")
		w.addNamed(db2, "db", "payments")
		told := w.typed(w.ada, w.payments.ID, "approve db")
		require.Contains(t, told, "2 instances are named `db`, so I need an id: `"+db1+"` of payments, `"+db2+"` of payments. Nothing has changed.")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "reject web-1 db because freeze"), "2 instances are named `db`")
		require.Nil(t, w.request().Decision)

		w.addNamed("i-00000000000000003", "payments", "payments")
		told = w.typed(w.ada, w.payments.ID, "approve Payments")
		require.Contains(t, told, "`Payments` is both an owner and the instance `i-00000000000000003`. Type `/patch approve owner Payments` for the owner's, `/patch approve i-00000000000000003`")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "approve owner payments"), "Approve 4 questions?")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "status owner payments"), "4 open requests of owner payments")
		require.Nil(t, w.of("i-00000000000000003").Decision)
	})
}

func TestANameOfAPrivateChannelIsNotTold(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		elsewhere := w.askedAlsoInPrivate() // of another instance that is named web-1
		told := w.typed(w.eve, elsewhere.ID, "status web-1")
		require.Contains(t, told, "2 instances are named `web-1`, so I need an id: `"+web1+"` of payments. 1 is in private channels")
		require.NotContains(t, told, "vault")
		require.NotContains(t, w.typed(w.eve, elsewhere.ID, "status vault"), "i-0000000000000001a")
	})
}

func TestAnOwnerOfTwoWordsIsTypedWithQuotesOrWithout(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.Owners.(bot.Directory)["web team"] = bot.Owner{Approvers: bot.Approvers{Users: []string{w.lin.ID}}}
		w.addNamed(db1, "db 1", "web team")
		for _, owner := range []string{"web team", "“Web Team”", "'web team'", "`web team`,"} {
			require.Contains(t, w.typed(w.lin, w.payments.ID, "status "+owner), "1 open request of owner")
			require.Contains(t, w.typed(w.lin, w.payments.ID, "list "+owner), "1 open request")
			require.Contains(t, w.typed(w.lin, w.payments.ID, "approve "+owner), "Approve 1 question?")
			require.Contains(t, w.typed(w.lin, w.payments.ID, "reject "+owner+" because freeze"), "Reason: freeze")
		}
	})
}

func TestACommandAnswersUnderTheNameThatTheWorkspaceGaveIt(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		typeAs := func(name, words string) slacksim.Message {
			d, err := w.Slack.Command(t.Context(), w.ada.ID, w.payments.ID, name, words)
			require.NoError(t, err)
			return *d.Shown
		}
		for _, words := range []string{"", "help approve", "explode", "approve nobody", "list", "history x", "report 1000"} {
			require.NotContains(t, typeAs("/wartung", words).Text, "`/patch ", words)
		}
		require.Contains(t, typeAs("/wartung", "").Text, "`/wartung status")
		asks := typeAs("/wartung", "approve payments")
		require.Contains(t, string(asks.Blocks), "Approve 1")
		require.Contains(t, typeAs("/<!channel>", "help").Text, "`/patch status", "what is no name is not repeated")
		require.Contains(t, w.typed(w.ada, w.payments.ID, "approve web-1"), "Approved 1")
	})
}
