package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestAGroupIsTheOwnersOrNamedByATag(t *testing.T) {
	tags := func(pairs ...string) (tags []workflow.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			tags = append(tags, workflow.Tag{Key: pairs[i], Value: pairs[i+1]})
		}
		return tags
	}
	require.Equal(t, "payments", groupOf(tags("Owner", "Payments")))
	require.Equal(t, "payments/web", groupOf(tags("owner", "payments", "Patch-Group", " Web ")))
	require.Equal(t, "/web", groupOf(tags("patch-group", "web")))
	require.Empty(t, groupOf(nil))
	require.NotEqual(t, groupOf(tags("owner", "a/b")), groupOf(tags("owner", "a", "patch-group", "b")), "a group is one owner's")
}

func TestAnApprovedRequestWaitsForItsTurn(t *testing.T) {
	c := Apply(delivered(approvedRequest()), notification(turnRequested, 3), at(3))
	require.Equal(t, StatusQueued, c.Request.Status)
	require.Empty(t, kinds(c), "nothing is shown before it has a place")
	r := c.filled(at(3))
	require.Equal(t, []EffectKind{EffectTurns, EffectLookExecution}, r.Kinds())
	require.Equal(t, []string{r.ID}, idsOf(r.inTurns(Turns{}, at(3)).Running))

	granted := r.learnTurn(turnNews{Version: 1, State: TurnRuns}, at(3))
	require.Equal(t, []EffectKind{EffectCompleteWait}, kinds(granted))
	require.Equal(t, workflow.Token("token-turn_requested-0"), granted.Effects[0].Token)
	require.Equal(t, StatusApproved, granted.Request.Status)
	require.Equal(t, AuditEntry{At: at(3), Actor: ActorTurns, Action: ActionTurn, From: StatusQueued, To: StatusApproved}, auditOf(t, granted))
	require.True(t, granted.Request.learnTurn(turnNews{Version: 1, State: TurnRuns}, at(4)).Nothing(), "once")
	require.Equal(t, granted.Request.Turn.Recorded, granted.Request.turnState())
}

func TestAQueuedRequestLearnsOfWhatConcernsIt(t *testing.T) {
	r := queuedRequest()
	held := r.learnTurn(turnNews{Version: 9, State: TurnWaits, Place: 2, AtOnce: 1, Held: &Hold{Failed: 1}}, at(20))
	require.Equal(t, []LineKind{LineHeld}, lines(held))
	require.Equal(t, 2, held.Request.Turn.Place)
	require.True(t, held.Request.learnTurn(turnNews{Version: 9, State: TurnWaits, Place: 2, Held: &Hold{Failed: 1}}, at(21)).Nothing())
	require.True(t, held.Request.learnTurn(turnNews{Version: 8, State: TurnRuns}, at(21)).Nothing(), "that was before")
	require.Nil(t, r.Turn.Held, "the loaded request has not changed")

	granted := held.Request.learnTurn(turnNews{Version: 10, State: TurnRuns}, at(30))
	require.Equal(t, []EffectKind{EffectCompleteWait, EffectRender}, kinds(granted), "it was shown as waiting")
	require.Nil(t, granted.Request.Turn.Held)

	ended := stopped(r)
	require.Equal(t, StatusStopped, ended.learnTurn(turnNews{Version: 10, State: TurnRuns}, at(30)).Request.Status)
	require.True(t, askedRequest().learnTurn(turnNews{State: TurnRuns}, at(30)).Nothing())
}

func TestANewTokenOfATurn(t *testing.T) {
	again := retried(turnRequested, 3, 1)
	queued := Apply(queuedRequest(), again, at(4)).Request
	require.Equal(t, again.Token, queued.Turn.Token)
	require.Equal(t, queuedRequest().Turn.Place, queued.Turn.Place, "it keeps its place")

	all := states()
	granted := Apply(all["turn_granted"], again, at(22))
	require.Equal(t, []EffectKind{EffectCompleteWait}, kinds(granted))
	require.Equal(t, again.Token, granted.Effects[0].Token)

	rest := Apply(all["rest_stopped"], again, at(28))
	require.Equal(t, []EffectKind{EffectStopTurn}, kinds(rest))
	require.Equal(t, StatusStopped, rest.Request.Status)
	require.Equal(t, InstalledUnknown, rest.Request.Installed(), "until that one is taken, too")
	require.True(t, rest.Request.needsExecution())
	require.True(t, Apply(queuedRequest(), notification(turnRequested, 3), at(4)).Nothing(), "it was doubled")
}

func TestATurnIsGivenBackAtEveryEnd(t *testing.T) {
	running := states()["turn_granted"]
	turns := Turns{}.run(running.ID, at(2), TurnLimit{HoldAfter: 2})
	for name, c := range map[string]struct {
		ended  Request
		failed int
	}{
		"up to date":            {tell(tell(running, 30, backupStarted, backupFinished, patchStarted, patchFinished, scanStarted), 40, compliant), 0},
		"patches still missing": {tell(tell(running, 30, patchStarted, patchFailed, scanStarted), 40, stillMissing), 1},
		"failed":                {tell(running, 30, workflowFailed), 1},
		"stopped":               {stopped(running), 0},
		"given way":             {running.giveWay(at(30)), 1},
		"another life":          {running.giveOver("r-next", at(30)).Request, 0},
	} {
		r := c.ended.with().filled(at(50))
		require.Contains(t, r.Kinds(), EffectTurns, name)
		left := r.inTurns(turns, at(50)).enter("other", at(60), TurnLimit{HoldAfter: 2})
		require.Equal(t, TurnNone, left.State(r.ID), name)
	}
	waiting := stopped(queuedRequest()).with().filled(at(50))
	require.Contains(t, waiting.Kinds(), EffectTurns)
	require.Empty(t, stopped(approvedRequest()).with().filled(at(50)).Turn, "who never asked gives nothing back")
}

func TestARequestThatGoesOnAfterItsEndCountsAsRunning(t *testing.T) {
	ended := stopped(states()["turn_granted"])
	ended.Turn.Recorded = TurnNone
	r := tell(ended, 60, backupStarted).with().filled(at(60))
	require.Equal(t, StatusBackingUp, r.Status)
	require.Contains(t, r.Kinds(), EffectTurns)
	require.Equal(t, []string{"other", r.ID}, idsOf(r.inTurns(Turns{Running: []Member{{ID: "other", Told: true}}}, at(60)).Running))

	again := Apply(ended, notification(turnRequested, 60), at(60)).Request
	require.Equal(t, StatusQueued, again.Status, "it gave its turn back, and waits for another one")
	require.Zero(t, again.Turn.GrantedAt)
}

func TestARehearsalNeedsNoTurn(t *testing.T) {
	r := decided(states()["rehearsal_asked"], ada, approve, 2)
	c := Apply(r, notification(turnRequested, 3), at(3))
	require.Equal(t, StatusApproved, c.Request.Status)
	require.Equal(t, []EffectKind{EffectCompleteWait}, kinds(c))
	require.NotContains(t, c.filled(at(3)).Kinds(), EffectTurns)
}

func TestAnOwnersLimitIsFoundOut(t *testing.T) {
	yes, no := true, false
	quarter := AtOnce{n: 25, percent: true}
	b := Bot{TurnLimit: TurnLimit{AtOnce: AtOnce{n: 5}, Canary: true, HoldAfter: 3}}
	require.Equal(t, b.TurnLimit, b.turnLimitOf(Owner{Name: "payments"}))
	require.Equal(t, TurnLimit{AtOnce: quarter, HoldAfter: 3}, b.turnLimitOf(Owner{Name: "payments", AtOnce: quarter, Canary: &no}))
	require.Equal(t, StrictTurns(), (&Bot{}).turnLimitOf(Owner{}))
	require.True(t, (&Bot{}).turnLimitOf(Owner{Canary: &yes}).Canary)

	before := Request{TurnLimit: TurnLimit{AtOnce: quarter, HoldAfter: 1}}
	require.Equal(t, before.TurnLimit, b.turnLimitNow(Owner{}, before), "the owner is gone from the directory")
	require.Equal(t, 1, b.turnLimitNow(Owner{AtOnce: One, HoldAfter: 1}, before).AtOnce.Of(100), "its entry has a mistake")
	require.Equal(t, b.TurnLimit, b.turnLimitNow(Owner{Name: "payments"}, before))
}
