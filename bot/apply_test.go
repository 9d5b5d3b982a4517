package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestApplyOpensARequest(t *testing.T) {
	got := Apply(Request{}, notification(approvalRequested(), 0), at(0))
	r := got.Request
	require.Equal(t, StatusAsked, r.Status)
	require.Equal(t, RequestID(testExecution), r.ID)
	require.Equal(t, Instance{ID: testInstance, Name: "web-1", Platform: "Amazon Linux 2023", Region: "us-east-1", Account: "111122223333", Volumes: 2, RootVolumeID: "vol-1"}, r.Instance)
	require.Equal(t, "payments", r.Owner)
	require.Equal(t, at(3*24*60), r.AnswerBy)
	require.Equal(t, "curl-8.5.0 <with> & markup", r.Patches[0].Title)
	require.Equal(t, []EffectKind{EffectLookExecution, EffectRender}, kinds(got))
	require.Equal(t, StatusAsked, auditOf(t, got).To)
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
			got := Apply(c.before, notification(c.detail, 30), at(30))
			r := got.Request
			require.Equal(t, c.status, r.Status)
			require.Equal(t, c.effects, kinds(got))
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
			got := Apply(c.before, c.n, at(60))
			r := got.Request
			require.Equal(t, c.before, r)
			require.True(t, got.Nothing())
		})
	}
}

func applied(r Request, n workflow.Notification) Request {
	r = Apply(r, n, n.OccurredAt).Request
	return r
}

func TestARetryReplacesTheTokenAndPostsNothing(t *testing.T) {
	again := retried(approvalRequested(), 0, 1)
	got := Apply(askedRequest(), again, at(1))
	r := got.Request
	require.Equal(t, again.Token, r.ApprovalToken)
	require.Empty(t, kinds(got))

	got = Decide(r, ada, approve, at(2))
	require.Equal(t, again.Token, got.Effects[0].Token)
}

func TestARetryAfterADecisionIsAnsweredAtOnce(t *testing.T) {
	for name, r := range map[string]Request{
		"approved": approvedRequest(),
		"rejected": decided(askedRequest(), ada, reject, 2),
	} {
		t.Run(name, func(t *testing.T) {
			again := retried(approvalRequested(), 0, 1)
			got := Apply(r, again, at(3))
			require.Equal(t, []EffectKind{EffectCompleteDecision}, kinds(got))
			require.Equal(t, again.Token, got.Effects[0].Token)
		})
	}
}

func TestARetriedWaitLooksAgain(t *testing.T) {
	r := tell(approvedRequest(), 3, patchStarted)
	got := Apply(r, retried(patchStarted, 3, 1), at(4))
	r = got.Request
	require.Equal(t, workflow.Token("token-patch_started-1"), r.Wait.Token)
	require.Equal(t, []EffectKind{EffectLook}, kinds(got))
}

func TestAStepThatWasOvertakenIsStillTold(t *testing.T) {
	overtaken := tell(approvedRequest(), 3, backupStarted)
	got := Apply(overtaken, notification(patchStarted, 5), at(5))
	r := got.Request
	require.Equal(t, []EffectKind{EffectRender, EffectReply, EffectReply, EffectLook}, kinds(got))
	require.Equal(t, []LineKind{LineBackedUp, LineInstalling}, lines(got))
	got = Apply(r, notification(backupFinished, 4), at(6))
	require.True(t, got.Nothing(), "the backup was told already")

	got = Apply(tell(r, 6, scanStarted), notification(patchFinished, 5), at(7))
	r = got.Request
	require.Equal(t, StatusScanning, r.Status)
	require.Equal(t, at(5), r.Install.FinishedAt)
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(got))
	got = Apply(r, notification(patchFinished, 5), at(8))
	require.True(t, got.Nothing(), "the install was told already")
}
