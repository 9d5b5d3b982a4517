package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// hooked are requests of an instance whose tags ask for documents and for Standby.
func hooked() map[string]Request {
	d := approvalRequested()
	d.HookDocuments = []string{"", "drain-web", "restore-web"}
	d.Instance.Tags = append(d.Instance.Tags, workflow.Tag{Key: "patch-before", Value: "drain-web"}, workflow.Tag{Key: "Patch-After", Value: "restore-web"},
		workflow.Tag{Key: "patch-standby", Value: "true"})
	asked := tell(Request{}, 0, d)
	d.HookDocuments = []string{"", "restore-web"}
	mistaken := tell(Request{}, 0, d)
	const drain, restore = "d0a10000-0000-4000-8000-000000000001", "5e570000-0000-4000-8000-000000000002"
	approved := delivered(decided(asked, ada, approve, 2))
	standby := tell(approved, 3, backupStarted, backupFinished, workflow.StandbyEntered{Standby: workflow.Standby{Group: "web"}})
	runs := tell(standby, 4, workflow.BeforeStarted{DocumentStarted: workflow.DocumentStarted{Document: "drain-web", CommandID: drain}})
	ended := func(r Request, name, status string) workflow.DocumentFinished {
		steps := []workflow.CommandStep{{Name: "run", Status: status}}
		if status == "Failed" {
			steps[0].ResponseCode, steps[0].Output = 3, "draining\n----------ERROR-------\n17 connections left\n"
		}
		return workflow.DocumentFinished{Document: name, Status: status, StatusDetails: status, Steps: steps}
	}
	drained := tell(runs, 5, workflow.BeforeFinished{DocumentFinished: ended(runs, "drain-web", "Success")})
	undrained := tell(runs, 5, workflow.BeforeFinished{DocumentFinished: ended(runs, "drain-web", "Failed")})
	restoring := tell(tell(drained, 6, patchStarted, patchFinished), 9, workflow.AfterStarted{DocumentStarted: workflow.DocumentStarted{Document: "restore-web", CommandID: restore}})
	restored := tell(restoring, 10, workflow.AfterFinished{DocumentFinished: ended(restoring, "restore-web", "Success")})
	unrestored := tell(restoring, 10, workflow.AfterFinished{DocumentFinished: ended(restoring, "restore-web", "Failed")})
	return map[string]Request{
		"asked_hooks":            asked,
		"asked_hook_not_allowed": mistaken,
		"in_standby":             standby,
		"hook_before_runs":       runs,
		"hook_before_ran":        drained,
		"hook_before_failed": tell(undrained, 6, workflow.StandbyLeft{Standby: workflow.Standby{Group: "web"}},
			workflow.WorkflowFailed{State: "Run Document Before", Error: "DocumentFailed", Cause: "The document drain-web ended with Failed (Failed)."}),
		"hook_after_runs": restoring,
		"hook_after_failed": tell(unrestored, 11, workflow.WorkflowFailed{State: "Run Document After", Error: "DocumentFailed",
			Cause: "The document restore-web ended with Failed (Failed)."}),
		"back_in_service": tell(restored, 11, workflow.StandbyLeft{Standby: workflow.Standby{Group: "web"}}),
	}
}

func TestWhatATagAsksForBeforeAndAfter(t *testing.T) {
	for name, c := range map[string]struct {
		tag  workflow.Tag
		want Hooks
	}{
		"nothing":                        {workflow.Tag{Key: "team", Value: "x"}, Hooks{}},
		"a document in another spelling": {workflow.Tag{Key: "PATCH-BEFORE", Value: " drain-web "}, Hooks{Before: Hook{Document: "drain-web"}}},
		"a document with a typo":         {workflow.Tag{Key: "patch-after", Value: "drain_web"}, Hooks{After: Hook{Document: "drain_web", NotAllowed: true}}},
		"an empty document":              {workflow.Tag{Key: "patch-before"}, Hooks{}},
		"standby":                        {workflow.Tag{Key: "Patch-Standby", Value: "TRUE"}, Hooks{Standby: true}},
		"standby in a word of its own":   {workflow.Tag{Key: "patch-standby", Value: "ja"}, Hooks{Standby: true}},
		"no standby":                     {workflow.Tag{Key: "patch-standby", Value: "No"}, Hooks{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := workflow.ApprovalRequested{Instance: workflow.Instance{Tags: []workflow.Tag{c.tag}}, HookDocuments: []string{"", "drain-web"}}
			require.Equal(t, c.want, hooksOf(d))
		})
	}
}

// TestWhatIsToldLateOfHooksStaysTrue: notifications overtake each other.
func TestWhatIsToldLateOfHooksStaysTrue(t *testing.T) {
	group := workflow.Standby{Group: "web"}
	told := tell(approvedRequest(), 3, backupStarted, backupFinished, patchStarted)
	late := workflow.Notification{ID: "e1/Report Standby/late/0", ExecutionARN: told.ExecutionARN, InstanceID: told.Instance.ID,
		OccurredAt: told.Latest.At.Add(-1), Detail: workflow.StandbyEntered{Standby: group}}
	c := Apply(told, late, told.Latest.At)
	require.True(t, c.Request.Hooks.OutOfService())
	require.Equal(t, StatusPatching, c.Request.Status)
	require.True(t, Apply(c.Request, late, told.Latest.At).Nothing(), "once is enough")

	back := tell(told, 9, patchFinished, workflow.StandbyLeft{Standby: group})
	c = Apply(back, late, back.Latest.At)
	require.False(t, c.Request.Hooks.OutOfService(), "it went out before it came back")
}
