package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func TestRequestMessageInEveryState(t *testing.T) {
	rebootOnly := approvalRequested()
	rebootOnly.Counts = workflow.Counts{PendingReboot: 2, Critical: 2}
	rebootOnly.Patches, rebootOnly.Backup = nil, false
	unnamed := approvalRequested()
	unnamed.Patches, unnamed.Severity = nil, workflow.SeverityAny

	withReboots := approvalRequested()
	withReboots.Counts = workflow.Counts{Missing: 1, PendingReboot: 3, Critical: 1, Security: 3}
	cutTitles := approvalRequested()
	cutTitles.Patches = []workflow.Patch{{Title: strings.Repeat("Cumulative Update ", 10), KBID: "KB5046616", Severity: "Critical"},
		{KBID: "KB5046617", Severity: "Important"}}
	otherBaseline := compliant
	otherBaseline.After.BaselineID = "pb-other"
	rehearsal := approvalRequested()
	rehearsal.Rehearsal, rehearsal.Backup = true, false
	rehearsing := decided(tell(Request{}, 0, rehearsal), ada, approve, 2)
	rehearsed := workflow.ComplianceChecked{Before: rehearsal.Counts, After: rehearsal.Counts, Outcome: workflow.Rehearsed}

	patching := tell(approvedRequest(), 3, backupStarted, backupFinished, patchStarted)
	scanning := tell(patching, 9, patchFinished, scanStarted)
	for name, r := range map[string]Request{
		"asked":                 askedRequest(),
		"asked_reboot_only":     tell(Request{}, 0, rebootOnly),
		"asked_without_names":   tell(Request{}, 0, unnamed),
		"approved":              approvedRequest(),
		"rejected":              delivered(decided(askedRequest(), ada, reject, 2)),
		"rejected_undelivered":  decided(askedRequest(), ada, reject, 2),
		"rejected_with_reason":  delivered(decided(askedRequest(), ada, Action{Verdict: workflow.Rejected, Reason: "freeze"}, 2)),
		"expired":               tell(askedRequest(), 3*24*60, workflow.ApprovalExpired{}),
		"backing_up":            tell(approvedRequest(), 3, backupStarted),
		"patching":              patching,
		"scanning":              scanning,
		"compliant":             tell(scanning, 15, compliant),
		"still_non_compliant":   tell(tell(patching, 9, patchFailed, scanStarted), 15, stillMissing),
		"failed":                tell(approvedRequest(), 3, workflowFailed),
		"expired_decision":      tell(approvedRequest(), 3*24*60, workflow.ApprovalExpired{}),
		"compliant_at_severity": tell(scanning, 15, workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: workflow.Compliant, After: workflow.Counts{Missing: 4, Other: 4}}),
		"failed_while_patching": tell(patching, 200, workflow.WorkflowFailed{State: "Patch Instance", Error: "InstallStillRunning",
			Cause: "The install command has not ended in time."}),
		"stopped":                   stopped(askedRequest()),
		"stopped_while_patching":    stopped(patching),
		"asked_with_reboots":        tell(Request{}, 0, withReboots),
		"asked_with_cut_titles":     tell(Request{}, 0, cutTitles),
		"other_baseline":            tell(scanning, 15, otherBaseline),
		"rehearsal_asked":           tell(Request{}, 0, rehearsal),
		"rehearsal_patching":        tell(rehearsing, 4, patchStarted),
		"rehearsal_over":            tell(rehearsing, 4, patchStarted, patchFinished, scanStarted, rehearsed),
		"still_waiting_for_reboots": tell(scanning, 15, workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: workflow.StillNonCompliant, After: workflow.Counts{PendingReboot: 2, Security: 2}}),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "views", name+".json"), map[string]any{"text": RequestText(r), "blocks": RequestBlocks(r)})
		})
	}
}

func TestEveryLineOfTheThread(t *testing.T) {
	patching := tell(approvedRequest(), 3, backupStarted)
	rehearsing := approvedRequest()
	rehearsing.Rehearsal = true
	rehearsed := workflow.ComplianceChecked{Before: rehearsing.Before, After: rehearsing.Before, Outcome: workflow.Rehearsed}
	for name, c := range map[string]struct {
		r    Request
		d    workflow.Detail
		want string
	}{
		"nobody decided":      {askedRequest(), workflow.ApprovalExpired{}, "Nobody decided in time. Nothing was installed. You are asked again when other patches are missing, or after <!date^1795973400^{time} {date_short_pretty}|17:30 UTC, Sun 29 Nov>."},
		"decided too late":    {approvedRequest(), workflow.ApprovalExpired{}, "The decision came after the deadline. Nothing was installed. You are asked again when other patches are missing, or after <!date^1795973400^{time} {date_short_pretty}|17:30 UTC, Sun 29 Nov>."},
		"backed up":           {patching, backupFinished, "Snapshot of 2 volumes finished (`snap-0b2`, `snap-0a1`)."},
		"installing":          {patching, patchStarted, "Installing 7 patches (command `3f9c0000-0000-4000-8000-000000000001`)."},
		"installed":           {tell(patching, 4, patchStarted), patchFinished, "The install command ended well after 26 min."},
		"install failed":      {tell(patching, 4, patchStarted), patchFailed, "The install command ended with Failed (exit code 100: E: Could not get lock /var/lib/dpkg/lock-frontend) after 26 min. A scan tells what is installed."},
		"nothing missing":     {patching, compliant, "Scanned again: nothing missing. ✅"},
		"still missing":       {patching, stillMissing, "Scanned again: 2 patches still to install. ⚠️"},
		"a rehearsal starts":  {rehearsing, patchStarted, "Rehearsal: Scanning in place of the install (command `3f9c0000-0000-4000-8000-000000000001`)."},
		"a rehearsal ends":    {rehearsing, rehearsed, "Rehearsal: Scanned again: 7 patches still to install, since nothing was installed. The rehearsal is over. ✅"},
		"the workflow failed": {patching, workflowFailed, "❌ The step “Check Node Is Online” failed with NodeOffline. Systems Manager does not reach the node. Start the instance or its SSM Agent, then start this again. Nothing was installed."},
	} {
		t.Run(name, func(t *testing.T) {
			_, effects := Apply(c.r, notification(c.d, 30), at(30))
			var line string
			for _, e := range effects {
				if e.Kind == EffectReply {
					line = e.Text
				}
			}
			require.Equal(t, c.want, line)
		})
	}
}

func TestStatusAnswerInEveryState(t *testing.T) {
	patching := tell(approvedRequest(), 3, backupStarted, backupFinished, patchStarted)
	undelivered := approvedRequest()
	undelivered.Outbox = []Effect{{Kind: EffectCompleteDecision}}
	answers := map[string]string{}
	for name, r := range map[string]Request{
		"asked":       askedRequest(),
		"undelivered": undelivered,
		"backing_up":  tell(approvedRequest(), 3, backupStarted),
		"patching":    patching,
		"rejected":    delivered(decided(askedRequest(), ada, reject, 2)),
		"compliant":   tell(patching, 9, patchFinished, scanStarted, compliant),
	} {
		answers[name] = statusAnswer(r, "https://example.slack.com/archives/C1/p1")
	}
	golden(t, filepath.Join("testdata", "views", "status_answers.json"), answers)
}

func TestTheWorstMessageStaysUnderSlacksLimits(t *testing.T) {
	d := approvalRequested()
	long := strings.Repeat("&<>é", 500)
	d.Instance.Tags = []workflow.Tag{{Key: "Name", Value: long}, {Key: "owner", Value: long}}
	d.Instance.Platform.Names = []string{long}
	for i := range d.Patches {
		d.Patches[i].Title, d.Patches[i].Severity = long, long
		d.Patches[i].CVEs = []string{long, long, long, long}
	}
	r := tell(Request{}, 0, d)
	data, err := json.Marshal(RequestBlocks(r))
	require.NoError(t, err)
	require.Less(t, len(data), 10_000)
	require.LessOrEqual(t, utf8.RuneCountInString(headline(r)), 150)
	require.LessOrEqual(t, utf8.RuneCountInString(missingPatches(r)), 3000)
	require.LessOrEqual(t, len(RequestText(r)), 4000)
}

// golden compares v, as indented JSON, with a file.
func golden(t *testing.T, path string, v any) {
	t.Helper()
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(v))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test ./bot -update to make it")
	require.Equal(t, string(want), got.String(), "run go test ./bot -update, then read the diff")
}
