package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

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
