package workflow

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const executionARN = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e1"

func envelopeWith(kind, token, detail string) string {
	if token != "" {
		token = fmt.Sprintf(`"task_token": %q,`, token)
	}
	return fmt.Sprintf(`{"schema": 1, "kind": %q, "id": "e1/Some State/2026-11-23T10:00:00.000Z/2",
		"execution_arn": %q, "instance_id": "i-0933335a5598d1c2e", "occurred_at": "2026-11-23T10:00:00.000Z",
		%s "detail": %s}`, kind, executionARN, token, detail)
}

func TestAnEnvelopeIsRead(t *testing.T) {
	n, err := ParseNotification([]byte(envelopeWith("patch_started", "secret", `{"command_id": "c1"}`)))
	require.NoError(t, err)
	require.Equal(t, PatchStarted{CommandID: "c1"}, n.Detail)
	require.Equal(t, "e1/Some State/2026-11-23T10:00:00.000Z", n.Step())
	require.Equal(t, 2, n.Retry())
	require.Equal(t, Token("secret"), n.Token)

	again, err := json.Marshal(n)
	require.NoError(t, err)
	reread, err := ParseNotification(again)
	require.NoError(t, err)
	require.Equal(t, n, reread)
}

func TestAWrongEnvelopeIsRefusedByName(t *testing.T) {
	good := envelopeWith("patch_started", "secret", `{"command_id": "c1"}`)
	for name, c := range map[string]struct{ envelope, want string }{
		"not JSON":                       {`<xml>`, "invalid character"},
		"null":                           {`null`, "unknown kind"},
		"two values":                     {good + good, "more than one JSON value"},
		"another schema":                 {strings.Replace(good, `"schema": 1`, `"schema": 2`, 1), "schema is 2, expected 1"},
		"an unknown kind":                {envelopeWith("patch_imagined", "", `{}`), `unknown kind "patch_imagined"`},
		"an unknown field":               {strings.Replace(good, `"schema"`, `"extra": 1, "schema"`, 1), `unknown field "extra"`},
		"an unknown field in the detail": {envelopeWith("patch_started", "secret", `{"command": "c1"}`), `unknown field "command"`},
		"a detail without its command":   {envelopeWith("patch_started", "secret", `{}`), "command_id is missing"},
		"a wait without a token":         {envelopeWith("patch_started", "", `{"command_id": "c1"}`), "carries no task_token"},
		"a reminder without a number":    {envelopeWith("approval_reminded", "secret", `{"answer_within_seconds": 60}`), "attempt is 0"},
		"a reminder without time":        {envelopeWith("approval_reminded", "secret", `{"attempt": 1}`), "answer_within_seconds is 0"},
		"a token that nobody waits with": {envelopeWith("approval_expired", "secret", `{}`), "does not wait"},
		"a schedule without a token":     {envelopeWith("schedule_waiting", "", `{"until": "2026-11-23T22:00:00Z", "wait_seconds": 60}`), "waits but carries no task_token"},
		"a schedule without a time":      {envelopeWith("schedule_waiting", "secret", `{"wait_seconds": 60}`), "until is missing"},
		"a turn without a token":         {envelopeWith("turn_requested", "", `{}`), "waits but carries no task_token"},
		"a turn with a detail":           {envelopeWith("turn_requested", "secret", `{"group": "payments"}`), `unknown field "group"`},
		"an outcome that is none":        {envelopeWith("compliance_checked", "", `{"outcome": "fine"}`), `outcome is "fine"`},
		"a request without time":         {envelopeWith("approval_requested", "secret", `{"instance": {"id": "i-1"}, "severity": "any"}`), "answer_within_seconds is 0"},
		"an id without retry count":      {strings.Replace(good, "000Z/2", "000Z/x", 1), "retry count"},
		"an execution that is no ARN":    {strings.Replace(good, "arn:aws:states", "states", 1), "is not an ARN"},
		"no time":                        {strings.Replace(good, `"occurred_at": "2026-11-23T10:00:00.000Z"`, `"occurred_at": "0001-01-01T00:00:00Z"`, 1), "occurred_at is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseNotification([]byte(c.envelope))
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestATokenIsNeverPrinted(t *testing.T) {
	n := Notification{Token: "secret"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", n.Token)
	for _, printed := range []string{fmt.Sprint(n), fmt.Sprintf("%+v", n), fmt.Sprintf("%#v", n), fmt.Sprintf("%s %v", n.Token, n.Token), log.String()} {
		require.NotContains(t, printed, "secret")
	}
}

func TestAPatchIsReadAsSSMGivesIt(t *testing.T) {
	var p Patch
	require.NoError(t, json.Unmarshal([]byte(`{"Title": "openssl", "KBId": "openssl.x86_64", "Classification": "Security",
		"Severity": "Critical", "State": "Missing", "InstalledTime": "1970-01-01T00:00:00Z", "CVEIds": "CVE-2024-1, CVE-2024-2"}`), &p))
	require.Equal(t, Patch{Title: "openssl", KBID: "openssl.x86_64", Classification: "Security", Severity: "Critical",
		State: "Missing", CVEs: []string{"CVE-2024-1", "CVE-2024-2"}}, p)
}

func TestEventsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		event   string
		want    EventDetail
		subject Subject
	}{
		"a command": {
			`{"detail-type": "EC2 Command Invocation Status-change Notification", "source": "aws.ssm",
			  "detail": {"command-id": "c1", "document-name": "AWS-RunPatchBaseline", "instance-id": "i-02573cafcfEXAMPLE",
			  "requested-date-time": "2024-07-10T21:51:30.049Z", "status": "Success"}}`,
			CommandStatus{CommandID: "c1", InstanceID: "i-02573cafcfEXAMPLE", Status: "Success"}, "command/c1"},
		"snapshots, named by ARNs without an account": {
			`{"detail-type": "EBS Multi-Volume Snapshots Completion Status", "source": "aws.ec2",
			  "detail": {"event": "createSnapshots", "result": "failed", "cause": "Snapshot snap-2 is in status error",
			  "request-id": "", "startTime": "...", "endTime": "...", "snapshots": [
			  {"snapshot_id": "arn:aws:ec2::us-east-1:snapshot/snap-2", "source": "arn:aws:ec2::us-east-1:volume/vol-2", "status": "error"},
			  {"snapshot_id": "arn:aws:ec2::us-east-1:snapshot/snap-1", "source": "arn:aws:ec2::us-east-1:volume/vol-1", "status": "completed"}]}}`,
			SnapshotsResult{Result: "failed", Cause: "Snapshot snap-2 is in status error", SnapshotIDs: []string{"snap-2", "snap-1"}}, "snapshots/snap-1"},
		"an execution": {
			`{"detail-type": "Step Functions Execution Status Change", "source": "aws.states",
			  "detail": {"executionArn": "arn:e1", "stateMachineArn": "arn:m", "name": "e1", "status": "FAILED",
			  "startDate": 1551225146847, "stopDate": 1551225151881, "input": "{}", "error": "ErrorCode", "cause": "why"}}`,
			ExecutionStatus{ExecutionARN: "arn:e1", Status: "FAILED", StopDate: 1551225151881, Error: "ErrorCode", Cause: "why", Input: "{}"}, "execution/arn:e1"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := ParseEvent([]byte(c.event))
			require.NoError(t, err)
			require.Equal(t, c.want, e.Detail)
			require.Equal(t, c.subject, e.Detail.Subject())
		})
	}
}

func TestEventsThatCannotBeReadSayWhy(t *testing.T) {
	_, err := ParseEvent([]byte(`{"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}`))
	require.ErrorIs(t, err, ErrUnknownEvent)
	_, err = ParseEvent([]byte(`{"detail-type": "EC2 Command Invocation Status-change Notification", "source": "aws.ssm", "detail": {}}`))
	require.ErrorContains(t, err, "does not name its command")
	_, err = ParseEvent([]byte(`]`))
	require.ErrorContains(t, err, "read event")
}

func TestPatchesToInstallAreThoseMissingAndThoseFailed(t *testing.T) {
	c := Counts{Critical: 2, Security: 2, Missing: 1, Failed: 2}
	require.Equal(t, 3, c.ToInstall(), "the levels overlap and are not added")
	require.True(t, Counts{PendingReboot: 1}.RebootOnly())
	require.False(t, Counts{PendingReboot: 1, Failed: 1}.RebootOnly())
}

func TestTheStepThatRanTellsHowTheCommandWent(t *testing.T) {
	other := func(name string) string {
		return `{"Name": "` + name + `", "Status": "Success", "ResponseCode": 0, "Output": "Step execution skipped due to unsatisfied preconditions: '\"StringEquals\": [platformType, X]'. Step name: ` + name + `"}`
	}
	var d PatchFinished
	require.NoError(t, decodeStrict([]byte(`{"status": "Failed", "status_details": "Failed", "steps": [`+other("PatchWindows")+`,
		{"Name": "PatchLinux", "Status": "Failed", "StatusDetails": "Failed", "ResponseCode": -1, "Output": "Patching\n----------ERROR-------\ndpkg: error\nE: lock is held\n"},`+
		other("PatchMacOS")+`]}`), &d))
	step, ok := d.Ran()
	require.True(t, ok)
	require.Equal(t, "PatchLinux", step.Name)
	require.Equal(t, -1, step.ResponseCode)
	require.Equal(t, "E: lock is held", step.LastError())

	require.False(t, step.IsCut())
	step.Output = "Patching\n---Output truncated---\n----------ERROR-------\ndpkg: error\nE: lock is\n---Error truncated----"
	require.Equal(t, "E: lock is", step.LastError(), "where the agent cut it")
	require.True(t, step.IsCut())

	d.Steps[1] = CommandStep{Name: "PatchLinux", Status: "Success", Output: "Patch Summary"}
	step, ok = d.Ran()
	require.True(t, ok)
	require.Equal(t, "PatchLinux", step.Name, "a step that was skipped tells nothing")
	require.Empty(t, step.LastError())

	_, ok = PatchFinished{Status: "TimedOut", StatusDetails: "DeliveryTimedOut"}.Ran()
	require.False(t, ok, "the command never ran")
}

func TestNamesWithoutCVEIdsAreListedLikeTheOthers(t *testing.T) {
	d := ApprovalRequested{Names: Names{Titles: []string{"curl", ""}, KBIDs: []string{"curl.x86_64", "KB5046616"},
		Severities: []string{"Low", "Critical"}, States: []string{"Missing", "Failed"}}}
	missing := d.Missing()
	require.Len(t, missing, 2)
	require.Equal(t, Patch{KBID: "KB5046616", Severity: "Critical", State: "Failed"}, missing[0], "the worst first")
	require.Equal(t, "KB5046616", missing[0].Name())
}

func TestARNParts(t *testing.T) {
	require.Equal(t, "us-east-1", Region(executionARN))
	require.Equal(t, "111122223333", Account(executionARN))
	require.Empty(t, Region("nonsense"))
}
