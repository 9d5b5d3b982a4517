package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestApplyOpensARequest(t *testing.T) {
	r, effects := Apply(Request{}, notification(approvalRequested(), 0), at(0))
	require.Equal(t, StatusAsked, r.Status)
	require.Equal(t, RequestID(testExecution), r.ID)
	require.Equal(t, Instance{ID: testInstance, Name: "web-1", Platform: "Amazon Linux 2023", Region: "us-east-1", Account: "111122223333", Volumes: 2}, r.Instance)
	require.Equal(t, "payments", r.Owner)
	require.Equal(t, at(3*24*60), r.AnswerBy)
	require.Equal(t, "curl-8.5.0 <with> & markup", r.Patches[0].Title)
	require.Equal(t, []EffectKind{EffectLookExecution, EffectRender}, kinds(effects))
	require.Equal(t, StatusAsked, auditOf(t, effects).To)
}

func TestApplyFollowsTheMachine(t *testing.T) {
	for name, c := range map[string]struct {
		before  Request
		detail  workflow.Detail
		status  Status
		effects []EffectKind
	}{
		"nobody answered":                    {askedRequest(), workflow.ApprovalExpired{}, StatusExpired, []EffectKind{EffectRender, EffectReply}},
		"the approval came too late":         {approvedRequest(), workflow.ApprovalExpired{}, StatusExpired, []EffectKind{EffectRender, EffectReply}},
		"a backup starts":                    {approvedRequest(), backupStarted, StatusBackingUp, []EffectKind{EffectRender, EffectLook}},
		"a backup ends":                      {tell(approvedRequest(), 3, backupStarted), backupFinished, StatusBackingUp, []EffectKind{EffectRender, EffectReply}},
		"the install starts":                 {approvedRequest(), patchStarted, StatusPatching, []EffectKind{EffectRender, EffectReply, EffectLook}},
		"the install ends":                   {tell(approvedRequest(), 3, patchStarted), patchFinished, StatusPatching, []EffectKind{EffectRender, EffectReply}},
		"the scan starts":                    {tell(approvedRequest(), 3, patchStarted, patchFinished), scanStarted, StatusScanning, []EffectKind{EffectRender, EffectLook}},
		"nothing is missing any more":        {tell(approvedRequest(), 3, patchStarted, patchFinished, scanStarted), compliant, StatusCompliant, []EffectKind{EffectRender, EffectReply}},
		"patches are still missing":          {tell(approvedRequest(), 3, patchStarted, patchFailed, scanStarted), stillMissing, StatusNonCompliant, []EffectKind{EffectRender, EffectReply}},
		"a step failed":                      {approvedRequest(), workflowFailed, StatusFailed, []EffectKind{EffectRender, EffectReply}},
		"it failed before anybody was asked": {Request{}, workflowFailed, StatusFailed, []EffectKind{EffectRender, EffectReply}},
	} {
		t.Run(name, func(t *testing.T) {
			r, effects := Apply(c.before, notification(c.detail, 30), at(30))
			require.Equal(t, c.status, r.Status)
			require.Equal(t, c.effects, kinds(effects))
			require.Equal(t, !c.status.Open(), !r.EndedAt.IsZero())
		})
	}
}

func TestApplyIgnoresWhatIsDoubledOrLate(t *testing.T) {
	patching := tell(approvedRequest(), 3, patchStarted)
	for name, c := range map[string]struct {
		before Request
		n      workflow.Notification
	}{
		"the question, doubled":                  {askedRequest(), notification(approvalRequested(), 0)},
		"the question, doubled after the answer": {approvedRequest(), notification(approvalRequested(), 0)},
		"the install's start, doubled":           {patching, notification(patchStarted, 3)},
		"the install's start, after its end":     {tell(patching, 4, patchFinished), notification(patchStarted, 3)},
		"an older retry after a newer one":       {applied(askedRequest(), retried(approvalRequested(), 0, 2)), retried(approvalRequested(), 0, 1)},
		"the end of the wait, after a rejection": {decided(askedRequest(), ada, reject, 1), notification(workflow.ApprovalExpired{}, 9)},
	} {
		t.Run(name, func(t *testing.T) {
			r, effects := Apply(c.before, c.n, at(60))
			require.Equal(t, c.before, r)
			require.Empty(t, effects)
		})
	}
}

func applied(r Request, n workflow.Notification) Request {
	r, _ = Apply(r, n, n.OccurredAt)
	return r
}

func stopped(r Request) Request {
	r, _ = Observe(r, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "ABORTED"}, at(8))
	return r
}

func TestARetryReplacesTheTokenAndPostsNothing(t *testing.T) {
	again := retried(approvalRequested(), 0, 1)
	r, effects := Apply(askedRequest(), again, at(1))
	require.Equal(t, again.Token, r.Prompt)
	require.Empty(t, kinds(effects))

	_, effects = Decide(r, ada, approve, at(2))
	require.Equal(t, again.Token, effects[0].Token)
}

func TestARetryAfterADecisionIsAnsweredAtOnce(t *testing.T) {
	for name, r := range map[string]Request{
		"approved": approvedRequest(),
		"rejected": decided(askedRequest(), ada, reject, 2),
	} {
		t.Run(name, func(t *testing.T) {
			again := retried(approvalRequested(), 0, 1)
			_, effects := Apply(r, again, at(3))
			require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(effects))
			require.Equal(t, again.Token, effects[0].Token)
			require.Contains(t, string(effects[0].Output), name)
		})
	}
}

func TestARetriedWaitLooksAgain(t *testing.T) {
	r := tell(approvedRequest(), 3, patchStarted)
	r, effects := Apply(r, retried(patchStarted, 3, 1), at(4))
	require.Equal(t, workflow.Token("token-patch_started-1"), r.Wait.Token)
	require.Equal(t, []EffectKind{EffectLook}, kinds(effects))
}

func TestTheMachinesOwnWordOnAFailureReplacesEventBridges(t *testing.T) {
	r, _ := Observe(approvedRequest(), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "FAILED", Error: "NodeOffline"}, at(4))
	require.Equal(t, StatusFailed, r.Status)
	r, effects := Apply(r, notification(workflowFailed, 4), at(5))
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
		"the execution was stopped":       {patching, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "ABORTED"}, []EffectKind{EffectRender, EffectReply}},
		"the execution timed out":         {patching, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "TIMED_OUT"}, []EffectKind{EffectRender, EffectReply}},
		"the execution still runs":        {patching, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING"}, nil},
		"another execution was stopped":   {patching, workflow.ExecutionStatus{ExecutionARN: "arn:other", Status: "ABORTED"}, nil},
		"a rejected execution is stopped": {decided(askedRequest(), ada, reject, 1), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "ABORTED"}, nil},
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

func TestAbandonClosesARequestWhoseExecutionHasEnded(t *testing.T) {
	succeeded := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "SUCCEEDED"}
	r, effects := Abandon(askedRequest(), succeeded, at(9))
	require.Equal(t, StatusExpired, r.Status, "nobody can answer it any more")
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(effects))

	delivered := approvedRequest()
	delivered.Delivered = true
	r, effects = Abandon(delivered, succeeded, at(9))
	require.Equal(t, StatusStopped, r.Status)
	require.Equal(t, "The execution ended, but how was not heard. Whether the install began is not known. Look at Run Command.", effects[1].Text)

	_, effects = Abandon(askedRequest(), workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING"}, at(9))
	require.Empty(t, effects)
}

func TestAStepThatWasOvertakenIsStillTold(t *testing.T) {
	overtaken := tell(approvedRequest(), 3, backupStarted)
	r, effects := Apply(overtaken, notification(patchStarted, 5), at(5))
	require.Equal(t, []EffectKind{EffectRender, EffectReply, EffectReply, EffectLook}, kinds(effects))
	require.Contains(t, effects[1].Text, "Snapshot of 2 volumes finished")
	_, effects = Apply(r, notification(backupFinished, 4), at(6))
	require.Empty(t, effects, "the backup was told already")

	r, effects = Apply(tell(r, 6, scanStarted), notification(patchFinished, 5), at(7))
	require.Equal(t, StatusScanning, r.Status)
	require.Equal(t, at(5), r.Install.FinishedAt)
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(effects))
	_, effects = Apply(r, notification(patchFinished, 5), at(8))
	require.Empty(t, effects, "the install was told already")
}

func TestNobodyIsToldThatNothingWasInstalledUnlessThatIsKnown(t *testing.T) {
	delivered := approvedRequest()
	delivered.Delivered = true
	failedAt := func(state string) workflow.WorkflowFailed {
		return workflow.WorkflowFailed{State: state, Error: "States.Timeout"}
	}
	for name, c := range map[string]struct {
		r    Request
		want string
	}{
		"stopped before the decision was delivered": {stopped(approvedRequest()), "Nothing was installed."},
		"stopped after it was delivered":            {stopped(delivered), "Whether the install began is not known. Look at Run Command."},
		"the late start is heard at last":           {tell(stopped(delivered), 9, patchStarted), "The install had begun; how it ended is not known. Look at command `3f9c0000-0000-4000-8000-000000000001`."},
		"and its end":                               {tell(stopped(delivered), 9, patchStarted, patchFinished), "The install command had ended well; no scan has confirmed it."},
		"failed before the install":                 {tell(delivered, 3, failedAt("Back Up Instance")), "Nothing was installed."},
		"failed as the install started":             {tell(delivered, 3, failedAt("Wait for the Install")), "Whether the install began is not known. Look at Run Command."},
		"the start was never heard, the end was":    {tell(delivered, 5, patchFinished, failedAt("Scan Again")), "The install command had ended well; no scan has confirmed it."},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, untouched(c.r))
			require.Contains(t, body(c.r), c.want)
		})
	}
}

func TestTheStepsOfTheInstallAreStatesOfTheMachine(t *testing.T) {
	definition, err := workflow.Render(workflow.DefaultSettings())
	require.NoError(t, err)
	var machine struct{ States map[string]json.RawMessage }
	require.NoError(t, json.Unmarshal(definition, &machine))
	for _, state := range installSteps {
		require.Contains(t, machine.States, state)
	}
}

func TestAnExecutionThatEndedWithoutADecisionClosesTheRequest(t *testing.T) {
	succeeded := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "SUCCEEDED"}
	for name, before := range map[string]Request{"asked": askedRequest(), "decided, not delivered": approvedRequest()} {
		t.Run(name, func(t *testing.T) {
			r, effects := Observe(before, succeeded, at(9))
			require.Equal(t, StatusExpired, r.Status)
			require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(effects))
			_, effects = Apply(r, notification(workflow.ApprovalExpired{}, 9), at(10))
			require.Empty(t, effects, "the thread was told already")
		})
	}
	delivered := approvedRequest()
	delivered.Delivered = true
	_, effects := Observe(delivered, succeeded, at(9))
	require.Empty(t, effects, "its last notification is on its way")
}
