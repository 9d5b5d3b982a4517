package workflow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fuzz target runs its seeds with every `go test`; `go test -fuzz FuzzParseEvent` looks
// for more.

func FuzzParseNotification(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `{"schema": 1}`,
		envelopeWith("patch_started", "secret", `{"command_id": "c1"}`),
		envelopeWith("backup_started", "secret", `{"snapshot_ids": ["snap-1"]}`),
		envelopeWith("approval_reminded", "secret", `{"attempt": 1, "answer_within_seconds": 60, "escalate": true}`),
		envelopeWith("approval_expired", "", `{}`),
		envelopeWith("workflow_failed", "", `{"state": "S", "error": "E", "cause": "c"}`),
		envelopeWith("compliance_checked", "", `{"outcome": "compliant", "before": {"missing": 1, "due": {"critical": 1}}, "after": {}}`),
		envelopeWith("approval_requested", "secret", `{"instance": {"id": "i-1", "tags": [{"Key": "k", "Value": "v"}]}, "severity": "any", "answer_within_seconds": 60,
			"patches": [{"Title": "openssl", "CVEIds": "CVE-1, CVE-2"}], "counts": {"missing": 1}, "started": {"by": "event"}}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ParseNotification(data)
		if err != nil {
			return
		}
		require.Equal(t, Waits(n.Detail), n.Token != "")
		again, err := json.Marshal(n)
		require.NoError(t, err)
		reread, err := ParseNotification(again)
		require.NoError(t, err, "what was read can be written and read again: %s", again)
		require.Equal(t, n.Step(), reread.Step())
		require.Equal(t, n.Retry(), reread.Retry())
	})
}

func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}`,
		`{"detail-type": "EC2 Command Invocation Status-change Notification", "source": "aws.ssm", "time": "2026-11-25T17:00:00Z", "detail": {"command-id": "c1", "instance-id": "i-1", "status": "Success"}}`,
		`{"detail-type": "EBS Multi-Volume Snapshots Completion Status", "source": "aws.ec2", "detail": {"result": "failed", "snapshots": [{"snapshot_id": "arn:aws:ec2::us-east-1:snapshot/snap-2"}]}}`,
		`{"detail-type": "Step Functions Execution Status Change", "source": "aws.states", "detail": {"executionArn": "arn:e1", "status": "FAILED", "stopDate": 1551225151881}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEvent(data)
		if err != nil {
			require.Nil(t, e.Detail)
			return
		}
		require.False(t, strings.HasSuffix(string(e.Detail.Subject()), "/"), "an event is about something")
	})
}
