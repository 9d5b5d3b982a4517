package bot

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// ended is a look at an execution that ended at minute 8, having done what its past says.
func ended(status string, past workflow.Past) workflow.ExecutionStatus {
	past.Known = true
	return workflow.ExecutionStatus{ExecutionARN: testExecution, Status: status, StopDate: at(8).UnixMilli(), Past: &past}
}

func stopped(r Request) Request {
	r = Observe(r, ended("ABORTED", workflow.Past{Decision: r.taken(), InstallBegan: r.Install.CommandID != ""}), at(8)).Request
	return r
}

// taken is the decision, where it was delivered.
func (r Request) taken() *workflow.Decision {
	if !r.Delivered {
		return nil
	}
	return r.Decision
}

func TestTheMachinesOwnWordOnAFailureReplacesEventBridges(t *testing.T) {
	r := Observe(approvedRequest(), ended("FAILED", workflow.Past{}), at(9)).Request
	require.Equal(t, StatusFailed, r.Status)
	got := Apply(r, notification(workflowFailed, 7), at(10))
	r = got.Request
	require.Equal(t, "Check Node Is Online", r.Failure.State)
	require.Equal(t, []EffectKind{EffectRender}, kinds(got), "the thread was told already")
}

func TestObserveEndsAWait(t *testing.T) {
	patching := tell(approvedRequest(), 3, patchStarted)
	backingUp := tell(approvedRequest(), 3, backupStarted)
	for name, c := range map[string]struct {
		before Request
		event  workflow.EventDetail
		want   []EffectKind
	}{
		"the command ended":               {patching, workflow.CommandStatus{CommandID: patchStarted.CommandID, Status: "Failed"}, []EffectKind{EffectCompleteWait}},
		"the command goes on":             {patching, workflow.CommandStatus{CommandID: patchStarted.CommandID, Status: "InProgress"}, nil},
		"another command ended":           {patching, workflow.CommandStatus{CommandID: "other", Status: "Success"}, nil},
		"the snapshots ended":             {backingUp, workflow.SnapshotsResult{SnapshotIDs: []string{"snap-0a1", "snap-0b2"}, Result: "succeeded"}, []EffectKind{EffectCompleteWait}},
		"the snapshots are pending":       {backingUp, workflow.SnapshotsResult{SnapshotIDs: []string{"snap-0a1", "snap-0b2"}}, nil},
		"nothing is waited for":           {approvedRequest(), workflow.CommandStatus{CommandID: patchStarted.CommandID, Status: "Success"}, nil},
		"the execution was stopped":       {patching, ended("ABORTED", workflow.Past{InstallBegan: true}), []EffectKind{EffectRender, EffectReply}},
		"the execution timed out":         {patching, ended("TIMED_OUT", workflow.Past{InstallBegan: true}), []EffectKind{EffectRender, EffectReply}},
		"the execution still runs":        {patching, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING"}, nil},
		"another execution was stopped":   {patching, workflow.ExecutionStatus{ExecutionARN: "arn:other", Status: "ABORTED"}, nil},
		"a rejected execution is stopped": {delivered(decided(askedRequest(), ada, reject, 1)), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "ABORTED"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := Observe(c.before, c.event, at(9))
			r := got.Request
			require.Equal(t, c.want, kinds(got))
			if c.want == nil {
				require.Equal(t, c.before, r)
				return
			}
			require.Nil(t, r.Wait)
			got = Observe(r, c.event, at(10))
			require.True(t, got.Nothing(), "a doubled event changes nothing")
		})
	}
}

func delivered(r Request) Request {
	r.Delivered = true
	return r
}

func TestAnEventThatTheExecutionEndedOnlyLooks(t *testing.T) {
	for name, r := range map[string]Request{
		"asked": askedRequest(), "approved": approvedRequest(), "patching": tell(approvedRequest(), 3, patchStarted),
		"rejected, not delivered": decided(askedRequest(), ada, reject, 1),
	} {
		for _, status := range []string{"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"} {
			t.Run(name+", "+status, func(t *testing.T) {
				got := Observe(r, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: status}, at(9))
				after := got.Request
				require.Equal(t, r.Status, after.Status, "what it took and did is not known yet")
				require.Equal(t, []EffectKind{EffectLookExecution}, kinds(got))

				// DescribeExecution may still say that it runs: it is asked again soon.
				after = got.filled(at(9))
				after.withoutKind(EffectLookExecution) // it is performed
				running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{}}
				got = Observe(after, running, at(9))
				due, any := got.filled(at(9)).Due()
				require.True(t, any)
				require.Equal(t, at(10), due)
			})
		}
	}
}

func TestAbandonClosesARequestWhoseExecutionHasEnded(t *testing.T) {
	got := Abandon(askedRequest(), ended("SUCCEEDED", workflow.Past{}), at(9))
	r := got.Request
	require.Equal(t, StatusExpired, r.Status, "nobody can answer it any more")
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(got))

	approved := delivered(approvedRequest())
	forgotten := ended("SUCCEEDED", workflow.Past{})
	forgotten.Past.Known = false
	got = Abandon(approved, forgotten, at(9))
	r = got.Request
	require.Equal(t, StatusStopped, r.Status)
	require.Equal(t, []LineKind{LineEndUnheard}, lines(got))
	require.Equal(t, InstalledUnknown, r.Installed())

	r = Abandon(approvedRequest(), forgotten, at(9)).Request
	require.Equal(t, StatusStopped, r.Status, "what it took is forgotten")
	require.Equal(t, InstalledUnknown, r.Installed())

	got = Abandon(askedRequest(), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING"}, at(9))
	require.True(t, got.Nothing())
}

func TestARejectionThatNoMachineTookIsCertainAtItsEnd(t *testing.T) {
	r := decided(askedRequest(), ada, reject, 2)
	require.Equal(t, InstalledUnknown, r.Installed())
	got := Observe(r, ended("SUCCEEDED", workflow.Past{}), at(9))
	r = got.Request
	require.Equal(t, []EffectKind{EffectRender}, kinds(got))
	require.Equal(t, InstalledNothing, r.Installed())
}

func TestAnEffectThatFailsLeavesTheSweepToTheOthers(t *testing.T) {
	r := delivered(decided(askedRequest(), ada, reject, 1)).with(email).filled(at(0))
	var pauses []time.Duration
	for now := at(1); len(pauses) < 12; {
		r.postpone(r.Effects[slices.IndexFunc(r.Effects, func(e Effect) bool { return e.Kind == EffectEmail })], now)
		due, _ := r.Due()
		pauses = append(pauses, due.Sub(now))
		now = due
	}
	require.Equal(t, []time.Duration{20 * time.Second, 40 * time.Second, 80 * time.Second}, pauses[:3])
	require.Equal(t, 10*time.Minute, pauses[11])
}

func TestTheNewestQuestionIsTheOneThatCounts(t *testing.T) {
	got := Apply(approvedRequest(), notification(approvalRequested(), 60), at(60))
	r := got.Request
	require.Equal(t, approvedRequest(), r, "the shell gives another life a request of its own")
	require.True(t, got.Nothing())
}

func TestAnExecutionThatEndedWithoutADecisionClosesTheRequest(t *testing.T) {
	for name, before := range map[string]Request{"asked": askedRequest(), "decided, not delivered": approvedRequest()} {
		t.Run(name, func(t *testing.T) {
			got := Observe(before, ended("SUCCEEDED", workflow.Past{}), at(9))
			r := got.Request
			require.Equal(t, StatusExpired, r.Status)
			require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(got))
			got = Apply(r, notification(workflow.ApprovalExpired{}, 8), at(10))
			require.True(t, got.Nothing(), "the thread was told already")
		})
	}
}

func TestTheLastNotificationIsWaitedForButNotForEver(t *testing.T) {
	approved := delivered(approvedRequest())
	succeeded := ended("SUCCEEDED", workflow.Past{Decision: approved.Decision, InstallBegan: true})
	got := Observe(approved, succeeded, at(9))
	r := got.Request
	require.Equal(t, StatusApproved, r.Status)
	require.Equal(t, []EffectKind{EffectLookExecution}, kinds(got))
	require.Equal(t, at(8).Add(tellTime), got.Effects[0].NotBefore.UTC())

	got = Observe(r, succeeded, at(18))
	r = got.Request
	require.Equal(t, StatusStopped, r.Status)
	require.Equal(t, []LineKind{LineEndUnheard}, lines(got))
	require.Equal(t, InstallBegan, r.Installed())
}

func TestWhatTheExecutionTookIsWhatPeopleRead(t *testing.T) {
	operator := func(v workflow.Verdict) *workflow.Decision {
		return &workflow.Decision{Verdict: v, By: workflow.Decider{Via: "cli", Name: "operator"}, At: at(1)}
	}
	rejectedHere := decided(askedRequest(), ada, reject, 2)
	for name, c := range map[string]struct {
		r         Request
		taken     *workflow.Decision
		status    Status
		overruled bool
	}{
		"an answer whose confirmation was lost":   {approvedRequest(), approvedRequest().Decision, StatusApproved, false},
		"a rejection whose confirmation was lost": {rejectedHere, rejectedHere.Decision, StatusRejected, false},
		"an operator approved while it was asked": {askedRequest(), operator(workflow.Approved), StatusApproved, true},
		"an operator rejected while it was asked": {askedRequest(), operator("no"), StatusRejected, true},
		"an operator approved before a rejection": {rejectedHere, operator(workflow.Approved), StatusApproved, true},
		"an operator rejected before an approval": {approvedRequest(), operator(workflow.Rejected), StatusRejected, true},
		"somebody answered without a name":        {askedRequest(), &workflow.Decision{Verdict: workflow.Approved}, StatusApproved, true},
	} {
		t.Run(name, func(t *testing.T) {
			running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{Known: true, Decision: c.taken}}
			got := Observe(c.r, running, at(3))
			r := got.Request
			require.Equal(t, c.status, r.Status)
			require.True(t, r.Delivered)
			require.Equal(t, c.taken.At, r.Decision.At)
			if !c.overruled {
				require.Empty(t, lines(got))
				return
			}
			require.Equal(t, []LineKind{LineOverruled}, lines(got))
			require.Equal(t, c.r.Decision, r.Overruled, "what was decided here is still told")
			require.Equal(t, AuditEntry{At: at(3), Actor: ActorExecution, Action: string(c.taken.Verdict), From: c.r.Status, To: c.status}, auditOf(t, got))
		})
	}
}

func TestAMachineThatGoesOnOpensTheRequestAgain(t *testing.T) {
	aborted := stopped(delivered(approvedRequest()))
	got := Apply(aborted, notification(backupStarted, 60), at(60))
	r := got.Request
	require.Equal(t, StatusBackingUp, r.Status)
	require.NotNil(t, r.Wait, "its token is not left waiting")
	require.Equal(t, []LineKind{LineResumed}, lines(got))

	patching := stopped(tell(delivered(approvedRequest()), 3, patchStarted))
	got = Apply(patching, notification(patchStarted, 60), at(60))
	r = got.Request
	require.Equal(t, StatusPatching, r.Status)
	require.Equal(t, workflow.Token("token-patch_started-0"), r.Wait.Token)
	require.Contains(t, lines(got), LineResumed)

	rejectedHere := delivered(decided(askedRequest(), ada, reject, 2))
	got = Apply(rejectedHere, notification(patchStarted, 5), at(5))
	r = got.Request
	require.Equal(t, StatusPatching, r.Status)
	require.Contains(t, kinds(got), EffectLookExecution, "who approved it is asked")
	require.NotEqual(t, InstalledNothing, r.Installed())
}

func TestAWaitThatIsEnteredAgainGetsTheNewToken(t *testing.T) {
	patching := tell(delivered(approvedRequest()), 3, patchStarted)
	patching = Observe(patching, workflow.CommandStatus{CommandID: patchStarted.CommandID, Status: "Success"}, at(4)).Request
	require.Nil(t, patching.Wait)
	again := notification(patchStarted, 5)
	again.Token = "second"
	got := Apply(patching, again, at(5))
	r := got.Request
	require.Equal(t, workflow.Token("second"), r.Wait.Token)
	require.Equal(t, []EffectKind{EffectLook}, kinds(got), "nothing is told twice")
	got = Apply(r, notification(patchStarted, 3), at(6))
	require.True(t, got.Nothing(), "the first one, doubled")
}
