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
	r, _ = Observe(r, ended("ABORTED", workflow.Past{Decision: r.taken(), InstallBegan: r.Install.CommandID != ""}), at(8))
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
	r, _ := Observe(approvedRequest(), ended("FAILED", workflow.Past{}), at(9))
	require.Equal(t, StatusFailed, r.Status)
	r, effects := Apply(r, notification(workflowFailed, 7), at(10))
	require.Equal(t, "Check Node Is Online", r.Failure.State)
	require.Equal(t, []EffectKind{EffectRender}, kinds(effects), "the thread was told already")
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
			r, effects := Observe(c.before, c.event, at(9))
			require.Equal(t, c.want, kinds(effects))
			if c.want == nil {
				require.Equal(t, c.before, r)
				return
			}
			require.Nil(t, r.Wait)
			_, effects = Observe(r, c.event, at(10))
			require.Empty(t, effects, "a doubled event changes nothing")
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
				after, effects := Observe(r, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: status}, at(9))
				require.Equal(t, r.Status, after.Status, "what it took and did is not known yet")
				require.Equal(t, []EffectKind{EffectLookExecution}, kinds(effects))

				// DescribeExecution may still say that it runs: it is asked again soon.
				after, _, _ = after.stow(effects, at(9))
				after = after.without(after.Outbox[len(after.Outbox)-1])
				running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{}}
				after, effects = Observe(after, running, at(9))
				after, _, _ = after.stow(effects, at(9))
				due, any := after.Due()
				require.True(t, any)
				require.Equal(t, at(10), due)
			})
		}
	}
}

func TestAbandonClosesARequestWhoseExecutionHasEnded(t *testing.T) {
	r, effects := Abandon(askedRequest(), ended("SUCCEEDED", workflow.Past{}), at(9))
	require.Equal(t, StatusExpired, r.Status, "nobody can answer it any more")
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(effects))

	approved := delivered(approvedRequest())
	forgotten := ended("SUCCEEDED", workflow.Past{})
	forgotten.Past.Known = false
	r, effects = Abandon(approved, forgotten, at(9))
	require.Equal(t, StatusStopped, r.Status)
	require.Equal(t, "The execution ended, but how was not heard. Whether the install began is not known. Look at Run Command.", lines(effects)[0])

	r, _ = Abandon(approvedRequest(), forgotten, at(9))
	require.Equal(t, StatusStopped, r.Status, "what it took is forgotten")
	require.NotContains(t, body(r), "Nothing was installed")

	_, effects = Abandon(askedRequest(), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING"}, at(9))
	require.Empty(t, effects)
}

func TestARejectionThatNoMachineTookIsCertainAtItsEnd(t *testing.T) {
	r := decided(askedRequest(), ada, reject, 2)
	require.Contains(t, body(r), "is being delivered")
	r, effects := Observe(r, ended("SUCCEEDED", workflow.Past{}), at(9))
	require.Equal(t, []EffectKind{EffectRender}, kinds(effects))
	require.Contains(t, body(r), "Nothing was installed.")
}

func TestAnEffectThatFailsLeavesTheSweepToTheOthers(t *testing.T) {
	r, _, _ := askedRequest().stow([]Effect{{Kind: EffectEmail}}, at(0))
	var pauses []time.Duration
	for now := at(1); len(pauses) < 12; {
		e := r.Outbox[slices.IndexFunc(r.Outbox, func(e Effect) bool { return e.Kind == EffectEmail })]
		r = r.postpone(e, now)
		due, _ := r.Due()
		pauses = append(pauses, due.Sub(now))
		now = due
	}
	require.Equal(t, []time.Duration{20 * time.Second, 40 * time.Second, 80 * time.Second}, pauses[:3])
	require.Equal(t, 10*time.Minute, pauses[11])
}

func TestTheNewestQuestionIsTheOneThatCounts(t *testing.T) {
	r, effects := Apply(approvedRequest(), notification(approvalRequested(), 60), at(60))
	require.Equal(t, approvedRequest(), r, "the shell gives another life a request of its own")
	require.Empty(t, effects)
}

func TestAnExecutionThatEndedWithoutADecisionClosesTheRequest(t *testing.T) {
	for name, before := range map[string]Request{"asked": askedRequest(), "decided, not delivered": approvedRequest()} {
		t.Run(name, func(t *testing.T) {
			r, effects := Observe(before, ended("SUCCEEDED", workflow.Past{}), at(9))
			require.Equal(t, StatusExpired, r.Status)
			require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(effects))
			_, effects = Apply(r, notification(workflow.ApprovalExpired{}, 8), at(10))
			require.Empty(t, effects, "the thread was told already")
		})
	}
}

func TestTheLastNotificationIsWaitedForButNotForEver(t *testing.T) {
	approved := delivered(approvedRequest())
	succeeded := ended("SUCCEEDED", workflow.Past{Decision: approved.Decision, InstallBegan: true})
	r, effects := Observe(approved, succeeded, at(9))
	require.Equal(t, StatusApproved, r.Status)
	require.Equal(t, []EffectKind{EffectLookExecution}, kinds(effects))
	require.Equal(t, at(8).Add(lastWords), effects[0].NotBefore.UTC())

	r, effects = Observe(r, succeeded, at(18))
	require.Equal(t, StatusStopped, r.Status)
	require.Equal(t, []string{"The execution ended, but how was not heard. The install had begun; how it ended is not known. Look at Run Command."}, lines(effects))
}

func TestWhatTheExecutionTookIsWhatPeopleRead(t *testing.T) {
	operator := func(v workflow.Verdict) *workflow.Decision {
		return &workflow.Decision{Verdict: v, By: workflow.Decider{Via: "cli", Name: "operator"}, At: at(1)}
	}
	rejectedHere := decided(askedRequest(), ada, reject, 2)
	for name, c := range map[string]struct {
		r      Request
		taken  *workflow.Decision
		status Status
		line   string
	}{
		"an answer whose confirmation was lost":   {approvedRequest(), approvedRequest().Decision, StatusApproved, ""},
		"a rejection whose confirmation was lost": {rejectedHere, rejectedHere.Decision, StatusRejected, ""},
		"an operator approved while it was asked": {askedRequest(), operator(workflow.Approved), StatusApproved,
			"Approved by operator, not here in Slack."},
		"an operator rejected while it was asked": {askedRequest(), operator("no"), StatusRejected,
			"Rejected by operator, not here in Slack."},
		"an operator approved before a rejection": {rejectedHere, operator(workflow.Approved), StatusApproved,
			"Approved by operator, not here in Slack. The execution took that before <@U0ADA>'s answer reached it."},
		"an operator rejected before an approval": {approvedRequest(), operator(workflow.Rejected), StatusRejected,
			"Rejected by operator, not here in Slack. The execution took that before <@U0ADA>'s answer reached it."},
		"somebody answered without a name": {askedRequest(), &workflow.Decision{Verdict: workflow.Approved}, StatusApproved,
			"Approved by somebody with access to the AWS account, not here in Slack."},
	} {
		t.Run(name, func(t *testing.T) {
			running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{Known: true, Decision: c.taken}}
			r, effects := Observe(c.r, running, at(3))
			require.Equal(t, c.status, r.Status)
			require.True(t, r.Delivered)
			require.Equal(t, c.taken.At, r.Decision.At)
			if c.line == "" {
				require.Empty(t, lines(effects))
				return
			}
			require.Equal(t, []string{c.line}, lines(effects))
			require.Equal(t, "execution", auditOf(t, effects).Actor)
		})
	}
}

func TestAMachineThatGoesOnOpensTheRequestAgain(t *testing.T) {
	aborted := stopped(delivered(approvedRequest()))
	r, effects := Apply(aborted, notification(backupStarted, 60), at(60))
	require.Equal(t, StatusBackingUp, r.Status)
	require.NotNil(t, r.Wait, "its token is not left waiting")
	require.Equal(t, []string{"The execution was started again and goes on."}, lines(effects))

	patching := stopped(tell(delivered(approvedRequest()), 3, patchStarted))
	r, effects = Apply(patching, notification(patchStarted, 60), at(60))
	require.Equal(t, StatusPatching, r.Status)
	require.Equal(t, workflow.Token("token-patch_started-0"), r.Wait.Token)
	require.Contains(t, lines(effects), "The execution was started again and goes on.")

	rejectedHere := delivered(decided(askedRequest(), ada, reject, 2))
	r, effects = Apply(rejectedHere, notification(patchStarted, 5), at(5))
	require.Equal(t, StatusPatching, r.Status)
	require.Contains(t, kinds(effects), EffectLookExecution, "who approved it is asked")
	require.NotContains(t, body(r), "Nothing was installed")
}

func TestAWaitThatIsEnteredAgainGetsTheNewToken(t *testing.T) {
	patching := tell(delivered(approvedRequest()), 3, patchStarted)
	patching, _ = Observe(patching, workflow.CommandStatus{CommandID: patchStarted.CommandID, Status: "Success"}, at(4))
	require.Nil(t, patching.Wait)
	again := notification(patchStarted, 5)
	again.Token = "second"
	r, effects := Apply(patching, again, at(5))
	require.Equal(t, workflow.Token("second"), r.Wait.Token)
	require.Equal(t, []EffectKind{EffectLook}, kinds(effects), "nothing is told twice")
	_, effects = Apply(r, notification(patchStarted, 3), at(6))
	require.Empty(t, effects, "the first one, doubled")
}

func lines(effects []Effect) []string {
	var said []string
	for _, e := range effects {
		if e.Kind == EffectReply {
			said = append(said, e.Text)
		}
	}
	return said
}
