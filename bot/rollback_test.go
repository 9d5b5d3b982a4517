package bot

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestWhoGoesBackAndWhen(t *testing.T) {
	change := func(r Request, f func(*Request)) Request {
		f(&r)
		return r
	}
	back := goneBack(failedPatch(), 30)
	kept := change(upToDate(), func(r *Request) { r.Backup.KeepUntil = at(60) })
	rehearsal := rehearsals()["rehearsal_over"]
	for name, c := range map[string]struct {
		r       Request
		actor   Actor
		beside  Refusal
		minutes int
		want    Refusal
	}{
		"an approver, after a failure":              {r: failedPatch(), actor: ada},
		"an approver, of what is up to date":        {r: upToDate(), actor: lin},
		"an approver, of what was stopped":          {r: stopped(patchingRequest()), actor: ada},
		"after a roll back that failed":             {r: rollBacks()["roll_back_failed"], actor: ada},
		"after one of which nobody knows":           {r: rollBacks()["roll_back_unwatched"], actor: ada},
		"nobody else":                               {r: failedPatch(), actor: eve, want: RefusedNotApprover},
		"not even of what cannot be":                {r: askedRequest(), actor: eve, want: RefusedNotApprover},
		"who comes second":                          {r: back, actor: lin, want: RefusedRollingBack},
		"of what was rolled back":                   {r: rollBacks()["rolled_back"], actor: lin, want: RefusedRolledBack},
		"of what was replaced and not scanned":      {r: rollBacks()["roll_back_unscanned"], actor: lin, want: RefusedRolledBack},
		"while it is asked about":                   {r: askedRequest(), actor: ada, want: RefusedStillOpen},
		"while it is patched":                       {r: patchingRequest(), actor: ada, want: RefusedStillOpen},
		"of a rehearsal":                            {r: rehearsal, actor: ada, want: RefusedRehearsal},
		"where nothing was installed":               {r: tell(approvedRequest(), 3, workflowFailed), actor: ada, want: RefusedNothingInstalled},
		"without a backup":                          {r: change(upToDate(), func(r *Request) { r.Backup = Backup{} }), actor: ada, want: RefusedNoSnapshot},
		"of an execution of the version before":     {r: change(upToDate(), func(r *Request) { r.Instance.RootVolumeID = "" }), actor: ada, want: RefusedNoSnapshot},
		"while the snapshots are kept":              {r: kept, actor: ada, minutes: 59},
		"when they may be deleted, and were not":    {r: kept, actor: ada, minutes: 60},
		"of what has no root volume any more":       {r: rollBacks()["roll_back_detached"], actor: ada, want: RefusedNoRootVolume},
		"of what was replaced and does not boot":    {r: rollBacks()["roll_back_not_booted"], actor: ada, want: RefusedRolledBack},
		"when they were":                            {r: change(upToDate(), func(r *Request) { r.Backup.DeletedAt = at(20) }), actor: ada, want: RefusedSnapshotGone},
		"beside an open request":                    {r: upToDate(), actor: ada, beside: RefusedOtherOpen, want: RefusedOtherOpen},
		"beside one, for somebody who may not know": {r: upToDate(), actor: eve, beside: RefusedOtherOpen, want: RefusedNotApprover},
	} {
		t.Run(name, func(t *testing.T) {
			w := wayBack
			w.Beside = c.beside
			got := GoBack(c.r, c.actor, w, at(max(c.minutes, 30)))
			require.Equal(t, c.want, got.Answer)
			require.Equal(t, ActionRollBack, auditOf(t, got).Action)
			if c.want != "" {
				require.Empty(t, got.Effects)
				require.Equal(t, c.r.Status, got.Request.Status)
				return
			}
			require.Equal(t, StatusRollingBack, got.Request.Status)
			require.True(t, got.Request.EndedAt.IsZero())
			require.Contains(t, kinds(got), EffectStartRollBack)
			id, ok := requestOfRollBack(RollBackName(c.r.ID, got.Request.RollBack.Number))
			require.True(t, ok)
			require.Equal(t, c.r.ID, id)
		})
	}
}

func TestEachRollBackOfARequestHasAnExecutionOfItsOwn(t *testing.T) {
	again := goneBack(rollBacks()["roll_back_failed"], 60)
	require.Equal(t, 2, again.RollBack.Number)
	require.Equal(t, rollBackARN(RollBackName(again.ID, 2)), again.RollBack.ExecutionARN)
	require.Empty(t, again.RollBack.TaskID, "it begins anew")
}

func TestADoubledOrLateNotificationOfARollBackChangesNothing(t *testing.T) {
	back := goneBack(failedPatch(), 30)
	of := func(r Request, n workflow.Notification) workflow.Notification {
		n.ExecutionARN = r.RollBack.ExecutionARN
		return n
	}
	started, scanning := of(back, notification(rollBackStarted, 31)), of(back, notification(scanStarted, 40))
	r := applyRollBack(applyRollBack(back, started, at(31)).Request, scanning, at(40)).Request
	for name, n := range map[string]workflow.Notification{"doubled": scanning, "late": started,
		"of another execution": notification(workflow.RollBackFinished{Result: "succeeded"}, 50)} {
		require.True(t, applyRollBack(r, n, at(51)).Nothing(), name)
	}
	over := applyRollBack(r, of(r, notification(rollBackFinished, 41)), at(41)).Request
	require.Equal(t, StatusRolledBack, over.Status)
	require.True(t, applyRollBack(over, of(r, notification(workflowFailed, 40)), at(42)).Nothing(), "it is over")

	// The machine that asked says nothing of a roll back.
	require.Equal(t, StatusRollingBack, tell(r, 45, workflowFailed).Status)
	require.Equal(t, StatusRollingBack, Observe(r, ended("ABORTED", workflow.Past{}), at(46)).Request.Status)
	require.Equal(t, StatusRollingBack, r.giveOver("r-next", at(47)).Request.Status)
}

func TestAfterARollBackTheSameIsLeftInPeace(t *testing.T) {
	found := func(change func(*workflow.ApprovalRequested)) workflow.ApprovalRequested {
		d := approvalRequested()
		d.Started = workflow.Started{By: workflow.StartedByFindMissing, At: at(200)}
		change(&d)
		return d
	}
	for name, last := range map[string]Request{"rolled back": rollBacks()["rolled_back_after_up_to_date"], "not rolled back": rollBacks()["roll_back_failed"]} {
		same := found(func(*workflow.ApprovalRequested) {})
		require.Equal(t, RefusedAskedBefore, askAgain(last, same, 7*24*time.Hour, at(200)), name)
		more := found(func(d *workflow.ApprovalRequested) { d.Counts.Missing++ })
		require.Empty(t, askAgain(last, more, 7*24*time.Hour, at(200)), name)
		require.Empty(t, askAgain(last, same, 7*24*time.Hour, at(8*24*60)), name)
	}
	last := rollBacks()["rolled_back"]
	require.Equal(t, &EarlierRollBack{InstalledAt: at(9), At: last.EndedAt, By: last.RollBack.By}, last.toldLater())
	asked := askedRequest()
	asked.EarlierRollBack = last.toldLater()
	require.NotNil(t, decided(asked, ada, reject, 2).toldLater(), "it is still true after a no")
	require.Nil(t, upToDate().toldLater())
}

func TestARollBackOfWhatHadEndedWellHoldsTheRestOfItsGroup(t *testing.T) {
	r := goneBack(upToDate(), 30)
	r.Turn = &Turn{AskedAt: at(3), Recorded: TurnNone}
	running := Turns{Group: "payments"}.enter("r-other", at(1), StrictTurns()).next()
	require.Equal(t, TurnRuns, running.State("r-other"))
	waiting := running.enter("r-third", at(2), StrictTurns()).next()
	held := r.inTurns(waiting, at(31))
	require.NotNil(t, held.Held)
	require.Equal(t, held, r.inTurns(held, at(32)), "it counts once")
	require.Equal(t, TurnNone, r.turnState(), "and needs no turn itself")

	failed := goneBack(failedPatch(), 30)
	failed.Turn = r.Turn
	require.Nil(t, failed.inTurns(waiting, at(31)).Held, "a failure was counted before")
	require.Nil(t, r.inTurns(Turns{Group: "payments"}, at(31)).Held, "there is nobody to hold")
}

// unstartable is a Step Functions that takes no executions of roll-back.
type unstartable struct {
	running
	known bool // whether it did all the same
}

func (unstartable) ExecutionARN(name string) string { return rollBackARN(name) }
func (unstartable) Start(context.Context, string, string, string) error {
	return errors.New("AccessDeniedException")
}

func (u unstartable) ExecutionStatus(_ context.Context, arn string) (workflow.ExecutionStatus, error) {
	if u.known {
		return workflow.ExecutionStatus{ExecutionARN: arn, Status: "RUNNING"}, nil
	}
	return workflow.ExecutionStatus{ExecutionARN: arn, Status: "ABORTED", Error: workflow.ErrorNoExecution}, nil
}

type running struct{ Looker }

func TestARollBackThatCannotBeStartedIsGivenUp(t *testing.T) {
	c := GoBack(upToDate(), ada, wayBack, at(30))
	for name, known := range map[string]bool{"nobody knows it": false, "an answer was lost": true} {
		aws := unstartable{known: known}
		now := at(31)
		b := Bot{RollBacks: aws, Looker: aws, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
		r := c.filled(at(30))
		e, ok := r.next(at(31), nil)
		require.True(t, ok, name)
		require.Equal(t, EffectStartRollBack, e.Kind)
		settled, err := b.performOne(t.Context(), r, e)
		require.Error(t, err, "it is tried again")
		r = settled(r).Request
		require.Equal(t, StatusRollingBack, r.Status)
		require.True(t, r.Has(EffectStartRollBack))
		require.False(t, r.needsExecution(), "there is none yet")

		now = at(95)
		settled, err = b.performOne(t.Context(), r, e)
		r = settled(r).Request
		if known {
			require.Error(t, err, name)
			require.Equal(t, StatusRollingBack, r.Status, name)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, StatusRollBackFailed, r.Status, name)
		require.Equal(t, ReplacedNot, r.RollBack.Replaced())
	}
}
