package slackchat_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

func TestADigestNotifiesWhoDecides(t *testing.T) {
	d := newDesk(t, 3, 0)
	for i := range d.digest.Requests {
		d.digest.Requests[i].Approvers = bot.Approvers{Users: []string{d.ada.ID}}
	}
	place, err := d.chat.Show(t.Context(), bot.Message{Digest: "d-other", Place: bot.Place{Channel: d.channel.ID}, Requests: d.digest.Requests})
	require.NoError(t, err)
	m, _ := d.slack.Message(d.channel.ID, place.Message)
	require.Equal(t, []string{d.ada.ID}, d.slack.Notified(m))
	require.Contains(t, m.Text, "<@"+d.ada.ID+">", "phones and screen readers have nothing else")
}

func TestApproveAllDecidesEveryQuestionOfTheMessage(t *testing.T) {
	d := newDesk(t, 40, 0)
	require.Equal(t, "Approved: 40 instances.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
	require.Equal(t, map[bot.Status]int{bot.StatusApproved: 40}, d.statuses())
	require.Len(t, d.tasks.answers, 40)
	decided, refused := d.audited()
	require.Equal(t, 40, decided, "each has its own entry")
	require.Zero(t, refused)

	told := d.click(d.lin.ID, slackchat.ButtonApproveAll)
	require.Contains(t, told, "Not approved 40")
	require.Contains(t, told, "can decide this")
	require.Contains(t, d.click(d.ada.ID, slackchat.ButtonApproveAll), "Too late: <@"+d.ada.ID+"> approved this")
}

func TestApproveAllLeavesWhatIsDecidedAlone(t *testing.T) {
	d := newDesk(t, 3, 0)
	d.change(1, func(r *bot.Request) {
		c := bot.Decide(*r, bot.Actor{Via: "slack", User: d.ada.ID, Approver: true}, bot.Action{Verdict: workflow.Rejected}, time.Now())
		*r = c.Request
	})
	require.Equal(t, "Approved: 2 instances.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
	require.Equal(t, map[bot.Status]int{bot.StatusApproved: 2, bot.StatusRejected: 1}, d.statuses())
	_, refused := d.audited()
	require.Zero(t, refused, "nobody tried to decide it again")
}

func TestWhoMayNotDecideIsToldSoForAll(t *testing.T) {
	d := newDesk(t, 3, 0)
	told := d.click(d.lin.ID, slackchat.ButtonApproveAll)
	require.Contains(t, told, "Not approved 3")
	require.Contains(t, told, "only <@"+d.ada.ID+"> can decide this")
	require.Equal(t, map[bot.Status]int{bot.StatusAsked: 3}, d.statuses())
	_, refused := d.audited()
	require.Equal(t, 3, refused)
}

func TestAClickDecidesOnlyWhatTheMessageListed(t *testing.T) {
	d := newDesk(t, 3, 0)
	late := asked(3)
	late.Place, late.Digest = d.digest.Place, d.digest.Digest
	late, err := d.store.Save(t.Context(), late)
	require.NoError(t, err)
	digest, err := d.store.Digest(t.Context(), d.digest.Digest)
	require.NoError(t, err)
	digest.Requests = append(digest.Requests, late.ID)
	_, err = d.store.SaveDigest(t.Context(), digest)
	require.NoError(t, err)
	d.digest.Requests = append(d.digest.Requests, late)

	require.Equal(t, "Approved: 3 instances.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
	require.Equal(t, map[bot.Status]int{bot.StatusApproved: 3, bot.StatusAsked: 1}, d.statuses())
	require.Equal(t, bot.StatusAsked, d.now(3).Status, "it joined after the message was rendered")
	require.NoError(t, d.chat.Update(t.Context(), d.digest))
	require.Equal(t, "Approved: 1 instance.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
}

func TestAClickInAnotherMessageThanTheDigestsDecidesNothing(t *testing.T) {
	buttons := []string{slackchat.ButtonApproveAll, slackchat.ButtonRejectAll, slackchat.ButtonReview}
	for name, c := range map[string]struct {
		spoil func(d *desk)
		told  string // of the person, or in the message's place
	}{
		"a copy of it": {func(d *desk) {
			place, err := d.chat.Show(d.t.Context(), d.digest)
			require.NoError(d.t, err)
			d.digest.Place.Message = place.Message
		}, "This was a copy of the question"},
		"one that nobody saved": {func(d *desk) {
			d.digest.Digest = "d-lost"
			require.NoError(d.t, d.chat.Update(d.t.Context(), d.digest))
		}, "I do not know this message"},
		"one whose questions moved": {func(d *desk) {
			for i := range d.digest.Requests {
				d.change(i, func(r *bot.Request) { r.Digest, r.Place.Message = "d-new", "1795397406.000001" })
			}
		}, "stand in another message now"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, button := range buttons {
					d := newDesk(t, 2, 0)
					c.spoil(d)
					told := d.click(d.ada.ID, button)
					m, ok := d.slack.Message(d.channel.ID, d.digest.Place.Message)
					require.True(t, ok)
					require.Contains(t, told+m.Text, c.told)
					require.Equal(t, map[bot.Status]int{bot.StatusAsked: 2}, d.statuses())
					require.Empty(t, d.slack.Views(d.ada.ID))
				}
			})
		})
	}
}

func TestADigestThatIsAboutToBeSavedIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 2, 0)
		digest, err := d.store.Digest(t.Context(), d.digest.Digest)
		require.NoError(t, err)
		digest.ID, digest.Version = "d-later", 0
		d.digest.Digest = digest.ID
		require.NoError(t, d.chat.Update(t.Context(), d.digest))
		time.AfterFunc(200*time.Millisecond, func() {
			for i := range d.digest.Requests {
				d.change(i, func(r *bot.Request) { r.Digest = digest.ID })
			}
			_, err := d.store.SaveDigest(t.Context(), digest)
			require.NoError(t, err)
		})
		require.Equal(t, "Approved: 2 instances.", d.click(d.ada.ID, slackchat.ButtonApproveAll))
	})
}

func TestDecidingADigestFitsIntoSlacksThreeSeconds(t *testing.T) {
	for name, decide := range map[string]func(d *desk){
		"approve all": func(d *desk) { d.click(d.ada.ID, slackchat.ButtonApproveAll) },
		"reject all": func(d *desk) {
			d.open(d.ada.ID, slackchat.ButtonRejectAll)
			d.submit(d.ada.ID, nil)
		},
		"a review": func(d *desk) {
			d.open(d.ada.ID, slackchat.ButtonReview)
			d.submit(d.ada.ID, slacksim.Inputs{"verdict": {"approved"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, bot.DigestSize, 50*time.Millisecond)
				decide(d)
				require.Zero(t, d.statuses()[bot.StatusAsked], "all are saved")
				require.Less(t, d.longest, slacksim.AnswerWithin)
			})
		})
	}
}

func TestStatusOfAQuestionInADigestLinksToItsMessage(t *testing.T) {
	d := newDesk(t, 3, 0)
	m, ok := d.slack.Message(d.channel.ID, d.digest.Place.Message)
	require.True(t, ok)
	got, err := d.slack.Command(t.Context(), d.lin.ID, d.channel.ID, slackchat.SlashCommand, "status "+d.now(1).Instance.ID)
	require.NoError(t, err)
	require.Contains(t, got.Shown.Text, d.now(1).Instance.ID)
	require.Contains(t, got.Shown.Text, d.slack.Permalink(m))
}
