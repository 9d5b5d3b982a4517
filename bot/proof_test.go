package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

var (
	patchStartedLogged = workflow.PatchStarted{CommandID: patchStarted.CommandID, OutputLogGroup: "/patchbot/command-output"}
	nodeBack           = workflow.NodeChecked{IsBack: true, Ping: []string{"Online"}, Before: checks("ok", "ok"), After: checks("ok", "ok")}
	nodeAway           = workflow.NodeChecked{Ping: []string{"ConnectionLost"}, Before: checks("ok", "ok"), After: checks("impaired", "ok")}
	nodeNotBack        = workflow.WorkflowFailed{State: "Is the Node Back?", Error: "NodeNotBack", Cause: "After the install, the node did not come back in time."}
	partly             = workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: workflow.StillNonCompliant,
		After: workflow.Counts{Missing: 1, Failed: 1, PendingReboot: 1, Critical: 2, Security: 1, BaselineID: "pb-0be1ccde3be43f5aa"},
		Remaining: workflow.Names{Titles: []string{"vim-9.1.785", "openssl-3.0.8", "expat-2.6.3"}, KBIDs: []string{"", "", ""},
			Severities: []string{"Medium", "Critical", "Important"}, States: []string{"Missing", "FAILED", "INSTALLED_PENDING_REBOOT"}}}
)

func checks(instance, system string) workflow.StatusChecks {
	return workflow.StatusChecks{Instance: []string{instance}, System: []string{system}}
}

// installedRequest has an install behind it that ended as d says.
func installedRequest(d workflow.PatchFinished) Request {
	return tell(tell(delivered(approvedRequest()), 3, backupStarted, backupFinished, patchStartedLogged), 9, d)
}

// proofs were looked at after the install: the instance, and what is left.
func proofs() map[string]Request {
	after := func(d workflow.PatchFinished, more ...workflow.Detail) Request {
		return tell(installedRequest(d), 11, more...)
	}
	printed := workflow.PatchFinished{Status: "Success", StatusDetails: "Success", Steps: []workflow.CommandStep{
		{Name: "PatchLinux", Status: "Success", Output: "Installing : kernel-6.1.112 <with> & markup ```\n\nPatch Summary for i-0933335a5598d1c2e\n---Output truncated---"}}}
	many := partly
	many.After.Missing, many.Remaining = 60, workflow.Names{}
	failed := after(patchFailed, nodeBack, scanStarted, partly)
	again := failed
	again.TriedAgain = &TriedAgain{By: workflow.Decider{Via: "slack", User: "U0LIN", Name: "lin"}, At: at(30), Request: "r-again"}
	impaired := nodeBack
	impaired.Before, impaired.After = checks("ok", "insufficient-data"), checks("ok", "impaired")
	return map[string]Request{
		"back":              after(printed, nodeBack),
		"back_but_impaired": after(printed, impaired),
		"back_hybrid":       after(printed, workflow.NodeChecked{IsBack: true, Ping: []string{"Online"}}),
		"not_back":          after(patchFinished, nodeAway, nodeNotBack),
		"not_back_hybrid":   after(patchFinished, workflow.NodeChecked{}, nodeNotBack),
		"proven":            after(printed, impaired, scanStarted, compliant),
		"proven_partly":     failed,
		"proven_by_counts":  after(printed, nodeBack, scanStarted, many),
		"tried_again":       again,
	}
}

func TestAProofNamesOnlyWhatIsKnown(t *testing.T) {
	titles := func(patches []workflow.Patch) (titles []string) {
		for _, p := range patches {
			titles = append(titles, p.Title)
		}
		return titles
	}
	all := proofs()
	p := all["proven_partly"].Proof()
	require.Equal(t, []string{"curl-8.5.0 <with> & markup", "kernel-6.1.112", "less-643"}, titles(p.Installed))
	require.Equal(t, []string{"openssl-3.0.8"}, titles(p.Failed))
	require.Equal(t, []string{"expat-2.6.3"}, titles(p.Reboots))
	require.Equal(t, []string{"vim-9.1.785"}, titles(p.Missing))
	require.Empty(t, all["proven_by_counts"].Proof().Installed, "sixty may still be missing, and nobody knows which")
	require.Len(t, all["proven"].Proof().Installed, 6)
	require.Empty(t, states()["other_baseline"].Proof().Installed, "another baseline counts other patches")
	require.Zero(t, states()["rehearsal_over"].Proof())

	newer := all["proven"]
	newer.Patches = []workflow.Patch{{Title: "kernel-6.1.112", KBID: "kernel.x86_64"}}
	newer.After, newer.Remaining = &workflow.Counts{Missing: 1}, []workflow.Patch{{Title: "kernel-6.1.115", KBID: "kernel.x86_64", State: "Missing"}}
	require.Empty(t, newer.Proof().Installed, "the newer version is missing")
}

func TestALateLookAtTheNodeIsKept(t *testing.T) {
	scanning := tell(installedRequest(patchFinished), 12, scanStarted)
	late := Apply(scanning, notification(nodeBack, 11), at(13))
	require.Equal(t, StatusScanning, late.Request.Status)
	require.True(t, late.Request.Node.IsBack)
	require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(late))
	require.True(t, Apply(late.Request, notification(nodeBack, 11), at(14)).Nothing())
}

// TestTheLargestRequestFitsIntoTheStore: DynamoDB takes 400 KB, and JSON writes some characters as six.
func TestTheLargestRequestFitsIntoTheStore(t *testing.T) {
	long := strings.Repeat("<", 3000)
	asks, left := approvalRequested(), partly
	asks.Patches, left.Remaining = nil, workflow.Names{}
	for range 50 {
		asks.Patches = append(asks.Patches, workflow.Patch{Title: long, KBID: long, Classification: long, Severity: long, State: long, CVEs: slices.Repeat([]string{long}, 100)})
		for _, list := range []*[]string{&left.Remaining.Titles, &left.Remaining.KBIDs, &left.Remaining.Classifications, &left.Remaining.Severities, &left.Remaining.States} {
			*list = append(*list, long)
		}
	}
	printed := workflow.PatchFinished{Status: "Failed", Steps: []workflow.CommandStep{{Status: "Failed", Output: long}}}
	r := tell(decided(tell(Request{}, 0, asks), ada, approve, 2), 3, patchStarted, printed, nodeBack, scanStarted, left)
	data, err := json.Marshal(r)
	require.NoError(t, err)
	require.Less(t, len(data), 400<<10)
}

func TestWhatCanBeTriedAgain(t *testing.T) {
	for name, can := range map[string]bool{"failed": true, "not_back": true, "proven_partly": true, "stopped": true, "stopped_while_patching": true,
		"end_unheard": true, "tried_again": false, "compliant": false, "rejected": false, "expired": false, "patching": false, "rehearsal_over": false, "asked_anew": false} {
		require.Equal(t, can, states()[name].CanTryAgain(), name)
	}
}

func TestOutputIsKeptInLinesWithoutWhatOpensAnAddress(t *testing.T) {
	require.Equal(t, "a  b\nhttps://s3/x?X-Amz-Signature=…&y=1\nend", TidyLines("a \tb\r\n\n\x1bhttps://s3/x?X-Amz-Signature=abc&y=1\nend\u202e  ", 100))
	require.Equal(t, "…cdé", TidyLines("abcdé", 4))
	require.Empty(t, TidyLines("\n \n", 10))
}
