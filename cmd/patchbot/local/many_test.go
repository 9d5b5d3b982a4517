package local_test

import (
	"fmt"
	"net/http"
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

// manyID is the nth instance's id.
func manyID(n int) string { return fmt.Sprintf("i-%017x", n) }

// askMany lets so many questions about instances be asked, each after the one before.
func (w *system) askMany(from, to int, tags map[string]string) (ids []string) {
	w.t.Helper()
	all := map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}
	for k, v := range tags {
		all[k] = v
	}
	for n := from; n < to; n++ {
		require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: manyID(n), Name: fmt.Sprint("db-", n), Platform: awssim.AmazonLinux2023, Tags: all,
			Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}, {}}}))
		require.NoError(w.t, w.Fleet.Scan(manyID(n)))
		synctest.Wait()
		require.Equal(w.t, bot.StatusAsked, w.of(manyID(n)).Status)
		ids = append(ids, manyID(n))
		time.Sleep(max(w.apart, 2*time.Second)) // simulated
	}
	return ids
}

// of is the newest request of an instance.
func (w *system) of(instance string) bot.Request {
	w.t.Helper()
	found, err := w.Store.ByInstance(w.t.Context(), instance, 1)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, found)
	return found[0]
}

// types lets somebody type /patch, in the channel of payments, and gives what they are shown.
func (w *system) types(user slacksim.User, words string) slacksim.Message {
	w.t.Helper()
	return w.typesIn(w.payments.ID, user, words)
}

func (w *system) typesIn(channel string, user slacksim.User, words string) slacksim.Message {
	w.t.Helper()
	d, err := w.Slack.Command(w.t.Context(), user.ID, channel, slackchat.SlashCommand, words)
	require.NoError(w.t, err)
	return *d.Shown
}

// read is a message as a person reads it, without the marks of its type.
func (w *system) read(m slacksim.Message) string {
	return strings.NewReplacer("`", "", "*", "").Replace(slacksim.PlainText(m, w.reader()))
}

// attempts are who tried to decide about an instance, and how that went, e.g. "U1 approved ".
func (w *system) attempts(instance string) (all []string) {
	w.t.Helper()
	audit, err := w.Store.Audit(w.t.Context(), w.of(instance).ID)
	require.NoError(w.t, err)
	for _, e := range audit {
		if _, user := e.Person(); user != "" {
			all = append(all, fmt.Sprintf("%s %s %s", user, e.Action, e.Refused))
		}
	}
	return all
}

func TestSeveralInstancesAreDecidedWithOneCommand(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.askMany(1, 5, nil)
		search := w.askMany(5, 6, map[string]string{"owner": "search", "patch-channel": w.payments.ID})
		w.Bot.Owners.(bot.Directory)["search"] = bot.Owner{Approvers: bot.Approvers{Users: []string{w.eve.ID}}}
		w.types(w.lin, "reject "+ids[3]+" because  *release* day")
		require.Equal(t, "*release* day", w.of(ids[3]).Decision.Reason)

		said := w.read(w.types(w.ada, fmt.Sprintf("approve `%s`, %s %s,%s %s i-0ffff", ids[0], strings.ToUpper(ids[1]), ids[2], ids[3], search[0])))
		require.Contains(t, said, "Approved 3: db-1 "+ids[0]+", db-2 "+ids[1]+", db-3 "+ids[2]+".")
		require.Contains(t, said, "Not approved 2:")
		require.Contains(t, said, "db-4 "+ids[3]+": Too late: @lin rejected this at ")
		require.Contains(t, said, "db-5 "+search[0]+": Only approvers of search can decide this: @eve.")
		require.Contains(t, said, "I have no request for i-0ffff.")
		for _, id := range ids[:3] {
			require.Equal(t, []string{w.ada.ID + " approved "}, w.attempts(id))
		}
		require.Equal(t, []string{w.lin.ID + " rejected ", w.ada.ID + " approved already_decided"}, w.attempts(ids[3]))
		require.Equal(t, []string{w.ada.ID + " approved not_approver"}, w.attempts(search[0]))
		for range 4 {
			w.end()
		}
		time.Sleep(5 * time.Minute) // simulated
		require.Equal(t, 3, w.installs())
		require.Equal(t, bot.StatusRejected, w.of(ids[3]).Status)
		require.Contains(t, strings.Join(w.threadOf(ids[3]), "\n"), "db-4 "+ids[3]+": Rejected by @lin. Reason: release day")
		require.Contains(t, w.read(w.types(w.ada, "approve "+ids[0])), "Too late: @ada approved this")
	})
}

func TestACommandAboutManyAsksBackAndDecidesExactlyWhatItListed(t *testing.T) {
	for name, c := range map[string]struct {
		command, button, label string
		style                  string
		want                   bot.Status
	}{
		"an owner's, approved":         {"approve Payments", slackchat.ButtonApproveListed, "Approve 3", "primary", bot.StatusCompliant},
		"all, approved":                {"approve all", slackchat.ButtonApproveListed, "Approve 3", "primary", bot.StatusCompliant},
		"all, rejected, with a reason": {"reject all because freeze", slackchat.ButtonRejectListed, "Reject 3", "danger", bot.StatusRejected},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.Bot.Owners.(bot.Directory)["search"] = bot.Owner{Approvers: bot.Approvers{Users: []string{w.eve.ID}}}
				ids := w.askMany(1, 4, nil)
				others := w.askMany(4, 5, map[string]string{"owner": "search", "patch-channel": w.payments.ID})
				shown := w.types(w.ada, c.command)
				require.Contains(t, w.read(shown), c.label[:len(c.label)-2]+" 3 questions?")
				require.NotContains(t, w.read(shown), others[0])
				require.Len(t, shown.Buttons(), 1)
				require.Equal(t, c.label, shown.Buttons()[0].Label)
				require.Equal(t, c.style, shown.Buttons()[0].Style)
				require.Nil(t, w.of(ids[0]).Decision, "nothing is decided yet")

				later := w.askMany(5, 6, nil)
				w.types(w.lin, "reject "+ids[2])
				_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, shown, c.button)
				require.NoError(t, err)
				told := w.Slack.Ephemerals(w.ada.ID)
				require.Len(t, told, 1, "the result takes the question's place")
				require.Empty(t, told[0].Buttons())
				result := w.read(told[0])
				require.Contains(t, result, "d 2: db-1 "+ids[0]+", db-2 "+ids[1]+".")
				require.Contains(t, result, "db-3 "+ids[2]+": Too late: @lin rejected this")
				require.Nil(t, w.of(later[0]).Decision, "it was not listed")
				time.Sleep(2 * time.Hour) // simulated
				for _, id := range ids[:2] {
					require.Equal(t, c.want, w.of(id).Status)
				}
				require.Equal(t, bot.StatusAsked, w.of(later[0]).Status)
				require.Equal(t, bot.StatusAsked, w.of(others[0]).Status)
				if c.want == bot.StatusRejected {
					require.Equal(t, "freeze", w.of(ids[0]).Decision.Reason)
				}
			})
		})
	}
}

func TestOneQuestionOfAnOwnerIsAskedBackAboutAndNoneSaysWhatToDo(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.Owners = bot.Directory{"web team": {Channel: w.payments.ID, Approvers: bot.Approvers{Users: []string{w.ada.ID}}}}
		ids := w.askMany(1, 2, map[string]string{"owner": "web team"})
		require.Contains(t, w.read(w.types(w.eve, "approve web team")), "Only approvers of web team can decide this: @ada.")
		require.Equal(t, "No question waits for your decision. /patch list waiting shows those that wait for somebody.", w.read(w.types(w.eve, "approve all")))
		require.Contains(t, w.read(w.types(w.ada, "approve nobody")), "No question of an owner nobody waits for a decision")
		shown := w.types(w.ada, "reject web team")
		require.Nil(t, w.of(ids[0]).Decision)
		_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, shown, slackchat.ButtonRejectListed)
		require.NoError(t, err)
		require.Equal(t, workflow.Rejected, w.of(ids[0]).Decision.Verdict)
		require.Contains(t, w.read(w.types(w.ada, "approve web team")), "No question of an owner web team waits")
	})
}

func TestACommandComesTooLate(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.askMany(1, 4, nil)
		shown := w.types(w.ada, "approve all")
		for range ids {
			w.end()
		}
		synctest.Wait()
		require.Contains(t, w.read(w.types(w.ada, "approve "+ids[0])), "This request expired at")
		_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, shown, slackchat.ButtonApproveListed)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "Not approved 3:")
		require.Zero(t, w.installs())
	})
}

// TestACommandDecidesNothingThatItsUserDoesNotSee: Ada may decide, but the questions stand in a
// private channel that she is not in.
func TestACommandDecidesNothingThatItsUserDoesNotSee(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		secret := w.Slack.AddChannel(slacksim.Channel{Name: "secret", Private: true, BotIsMember: true, Members: []string{w.lin.ID}})
		w.Bot.Owners = bot.Directory{"payments": {Channel: secret.ID, Approvers: bot.Approvers{Users: []string{w.ada.ID, w.lin.ID}}}}
		ids := w.askMany(1, 3, nil)
		require.Equal(t, w.read(w.types(w.ada, "status "+ids[0])), w.read(w.types(w.ada, "approve "+ids[0])))
		for words, says := range map[string]string{
			"approve " + ids[0] + " " + ids[1]: "I have no request for " + ids[0] + ", " + ids[1] + ".",
			"approve payments":                 "No question of an owner payments waits for a decision",
			"reject all":                       "No question waits for your decision.",
		} {
			said := w.read(w.types(w.ada, words))
			require.Contains(t, said, says)
			require.NotContains(t, said, "db-1")
		}
		require.Nil(t, w.of(ids[0]).Decision)
		require.Empty(t, w.attempts(ids[0]))

		shown := w.typesIn(secret.ID, w.lin, "approve all")
		w.Slack.EditChannel(secret.ID, func(c *slacksim.Channel) { c.Members = append(c.Members, w.ada.ID) })
		time.Sleep(2 * time.Minute) // simulated; what was known of the channel is forgotten
		require.Contains(t, w.read(w.types(w.ada, "approve "+ids[0])), "Approved 1")
		_, err := w.Slack.ClickOn(t.Context(), w.lin.ID, shown, slackchat.ButtonApproveListed)
		require.NoError(t, err)
		require.NotNil(t, w.of(ids[1]).Decision, "who sees it can")

		last := w.askMany(3, 4, nil)
		shown = w.types(w.ada, "approve all")
		w.Slack.EditChannel(secret.ID, func(c *slacksim.Channel) { c.Members = []string{w.lin.ID} })
		time.Sleep(2 * time.Minute) // simulated
		_, err = w.Slack.ClickOn(t.Context(), w.ada.ID, shown, slackchat.ButtonApproveListed)
		require.NoError(t, err)
		require.Nil(t, w.of(last[0]).Decision, "she left the channel after she had asked")
	})
}

// TestASignedClickOnAnotherAnswerDecidesNothing edits the payload of a real click.
func TestASignedClickOnAnotherAnswerDecidesNothing(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.askMany(1, 3, nil)
		shown := w.types(w.ada, "approve all")
		urls := slacksim.App{Interactions: w.URL + "/slack/interactions", Commands: w.URL + "/slack/commands"}
		w.Slack.Install(slacksim.App{Interactions: w.URL + "/nowhere", Commands: urls.Commands})
		d, err := w.Slack.ClickOn(t.Context(), w.ada.ID, shown, slackchat.ButtonApproveListed)
		require.Error(t, err)
		w.Slack.Install(urls)
		value, _ := firstAction(payloadOf(t, d.Body))["value"].(string)
		for name, edit := range map[string]func(p map[string]any){
			"in a message that all see": func(p map[string]any) { p["container"].(map[string]any)["is_ephemeral"] = false },
			"in no message":             func(p map[string]any) { delete(p, "container") },
			"of somebody else":          func(p map[string]any) { p["user"].(map[string]any)["id"] = w.lin.ID },
			"of nobody":                 func(p map[string]any) { delete(p["user"].(map[string]any), "id") },
			"of another app":            func(p map[string]any) { p["api_app_id"] = "A0OTHER" },
			"in another workspace":      func(p map[string]any) { p["team"].(map[string]any)["id"] = "T0OTHER" },
			"of the message's button":   func(p map[string]any) { firstAction(p)["action_id"] = slackchat.ButtonApprove },
			"with no value":             func(p map[string]any) { firstAction(p)["value"] = "" },
			"with no requests":          func(p map[string]any) { firstAction(p)["value"] = w.ada.ID + "\n" },
			"by Eve, who may not decide": func(p map[string]any) {
				p["user"].(map[string]any)["id"] = w.eve.ID
				firstAction(p)["value"] = strings.Replace(value, w.ada.ID, w.eve.ID, 1)
			},
		} {
			status, _ := w.post(w.signed("/slack/interactions", edited(t, d.Body, edit), time.Now()))
			require.Equal(t, http.StatusOK, status, name)
			require.Nil(t, w.of(ids[0]).Decision, name)
		}
		_, _ = w.post(w.signed("/slack/interactions", d.Body, time.Now()))
		require.NotNil(t, w.of(ids[0]).Decision, "unchanged, it decides")
	})
}

func payloadOf(t *testing.T, body []byte) (p map[string]any) {
	t.Helper()
	edited(t, body, func(payload map[string]any) { p = payload })
	return p
}
