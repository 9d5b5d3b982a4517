package bot

import (
	"encoding/json"
	"testing"

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
				require.Equal(t, r, after, "what it took and did is not known yet")
				require.Equal(t, []EffectKind{EffectLookExecution}, kinds(effects))
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

func TestTheNewestQuestionIsTheOneThatCounts(t *testing.T) {
	r, effects := Apply(approvedRequest(), notification(approvalRequested(), 60), at(60))
	require.Equal(t, approvedRequest(), r, "the shell gives another life a request of its own")
	require.Empty(t, effects)
}

func TestNobodyIsToldThatNothingWasInstalledUnlessThatIsKnown(t *testing.T) {
	approved := delivered(approvedRequest())
	patching := tell(approved, 3, patchStarted)
	began := func(past workflow.Past) Request {
		past.Decision = approved.Decision
		r, _ := Observe(approved, ended("ABORTED", past), at(8))
		return r
	}
	forgotten := ended("ABORTED", workflow.Past{})
	forgotten.Past.Known = false
	unknown, _ := Observe(approved, forgotten, at(8))
	failedAt := func(state string) workflow.WorkflowFailed {
		return workflow.WorkflowFailed{State: state, Error: "States.Timeout"}
	}
	for name, c := range map[string]struct {
		r    Request
		want string
	}{
		"stopped before the decision was delivered":   {stopped(approvedRequest()), "Nothing was installed."},
		"stopped before the install, as history says": {began(workflow.Past{}), "Nothing was installed."},
		"stopped after the install began, unheard":    {began(workflow.Past{InstallBegan: true}), "The install had begun; how it ended is not known. Look at Run Command."},
		"stopped, and AWS has forgotten what it did":  {unknown, "Whether the install began is not known. Look at Run Command."},
		"the late start is heard at last":             {tell(stopped(approved), 6, patchStarted), "The install had begun; how it ended is not known. Look at command `3f9c0000-0000-4000-8000-000000000001`."},
		"and its end":                                 {tell(stopped(approved), 6, patchStarted, patchFinished), "The install command had ended well; no scan has confirmed it."},
		"stopped while it ran":                        {stopped(patching), "The install had begun; how it ended is not known. Look at command `3f9c0000-0000-4000-8000-000000000001`."},
		"failed before the install":                   {tell(approved, 3, failedAt("Back Up Instance")), "Nothing was installed."},
		"failed as the install started":               {tell(approved, 3, failedAt("Wait for the Install")), "Whether the install began is not known. Look at Run Command."},
		"failed in a state that nobody listed":        {tell(approved, 3, failedAt("Cross Fingers")), "Whether the install began is not known. Look at Run Command."},
		"the start was never heard, the end was":      {tell(approved, 5, patchFinished, failedAt("Scan Again")), "The install command had ended well; no scan has confirmed it."},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, untouched(c.r))
			require.Contains(t, body(c.r), c.want)
		})
	}
}

func TestTheStatesBeforeTheInstallAreThoseThatNoInstallLeadsTo(t *testing.T) {
	definition, err := workflow.PatchApproval.Render(workflow.DefaultSettings())
	require.NoError(t, err)
	var machine struct {
		States map[string]struct {
			Type, Next, Default string
			Choices, Catch      []struct{ Next string }
		}
	}
	require.NoError(t, json.Unmarshal(definition, &machine))
	after := map[string]bool{}
	var follow func(state string)
	follow = func(name string) {
		if after[name] || name == "" {
			return
		}
		after[name] = true
		s := machine.States[name]
		follow(s.Next)
		follow(s.Default)
		for _, next := range append(s.Choices, s.Catch...) {
			follow(next.Next)
		}
	}
	follow(workflow.StatePatch)
	for name, s := range machine.States {
		if s.Type == "Task" && !after[name] {
			require.Contains(t, beforeInstall, name)
		}
	}
	for _, name := range beforeInstall {
		require.Contains(t, machine.States, name)
		require.False(t, after[name], name)
	}
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
