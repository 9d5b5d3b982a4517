package local_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestEventsThatAreNotForUsEndQuietly(t *testing.T) {
	event := func(change func(event, detail map[string]any)) string {
		detail := map[string]any{"severity": "UNSPECIFIED", "compliance-status": "non_compliant",
			"resource-type": "managed-instance", "resource-id": web1, "compliance-type": "Patch"}
		e := map[string]any{"source": "aws.ssm", "detail-type": "Configuration Compliance State Change", "detail": detail}
		change(e, detail)
		data, err := json.Marshal(e)
		require.NoError(t, err)
		return string(data)
	}
	with := func(key string, value any) func(_, detail map[string]any) {
		return func(_, detail map[string]any) { detail[key] = value }
	}
	for name, c := range map[string]struct{ input, reason string }{
		"another source":              {event(func(e, _ map[string]any) { e["source"] = "aws.ec2" }), "not a non-compliant patch event"},
		"another detail type":         {event(func(e, _ map[string]any) { e["detail-type"] = "EC2 Instance State-change Notification" }), "not a non-compliant patch event"},
		"an association's compliance": {event(with("compliance-type", "Association")), "not a non-compliant patch event"},
		"good news":                   {event(with("compliance-status", "compliant")), "the instance is compliant"},
		"no instance":                 {event(func(_, d map[string]any) { delete(d, "resource-id") }), "not a non-compliant patch event"},
		"an instance that is no id":   {event(with("resource-id", 42)), "not a non-compliant patch event"},
		"an unknown instance":         {event(with("resource-id", "i-0000000000000000f")), "no such instance is tagged"},
		"an untagged instance":        {event(with("resource-id", "i-0aaaaaaaaaaaaaaa1")), "no such instance is tagged"},
		"a terminated instance":       {event(with("resource-id", "i-0aaaaaaaaaaaaaaa2")), "no such instance is tagged"},
		"an unknown hybrid node":      {event(with("resource-id", "mi-0000000000000000f")), "no such instance is tagged"},
		"a healthy instance":          {event(with("resource-id", "i-0aaaaaaaaaaaaaaa3")), "nothing is to be installed"},
		"an instance never scanned":   {event(with("resource-id", "i-0aaaaaaaaaaaaaaa4")), "no patch scan"},
		"an empty object":             {`{}`, "not a non-compliant patch event"},
		"a list":                      {`[1]`, "not a non-compliant patch event"},
		"null":                        {`null`, "not a non-compliant patch event"},
		"a manual start of nothing":   {`{"instance_id": ""}`, "not a non-compliant patch event"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.add("i-0aaaaaaaaaaaaaaa1", map[string]string{"patch-policy": "patch-on-schedule"})
				w.add("i-0aaaaaaaaaaaaaaa2", nil)
				require.NoError(t, w.Fleet.SetState("i-0aaaaaaaaaaaaaaa2", "terminated"))
				tags := map[string]string{"patch-policy": "patch-on-approval"}
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa3", Tags: tags}))
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa4", Tags: tags, NeverScanned: true}))

				_, err := w.Machine.Start("", json.RawMessage(c.input))
				require.NoError(t, err)
				e := w.end()
				require.Equal(t, "ignored", outcome(t, e))
				require.Contains(t, string(e.Output), c.reason)
				require.Empty(t, w.Slack.Messages(w.payments.ID))
				require.Zero(t, w.installs())
			})
		})
	}
}

func TestAnEventThatIsNotJSONStartsNothing(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		_, err := w.Machine.Start("", json.RawMessage(`{"source":`))
		require.ErrorIs(t, err, asl.ErrInvalidExecutionInput)
	})
}

func TestOtherWaysOfStartingAreAskedAndPatchedAlike(t *testing.T) {
	const hybrid = "mi-0aaaaaaaaaaaaaaa5"
	for name, input := range map[string]string{
		"a hybrid node":  `{"instance_id": "` + hybrid + `"}`,
		"a manual start": `{"instance_id": "` + web1 + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.add(hybrid, nil)
				_, err := w.Machine.Start("", json.RawMessage(input))
				require.NoError(t, err)
				synctest.Wait()
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, "compliant", outcome(t, w.end()))
				require.Equal(t, 1, w.installs())
				backedUp := slices.ContainsFunc(w.thread(w.payments.ID), func(s string) bool { return strings.HasPrefix(s, "Snapshot") })
				require.Equal(t, name == "a manual start", backedUp, "only EC2 instances have volumes")
			})
		})
	}
}
