package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestAFailureWhileTheMachineWaitsForAnAnswerInstalledNothing(t *testing.T) {
	for _, state := range []string{workflow.StatePrompt, workflow.StateRemind, workflow.StateSchedule, workflow.StateTurn} {
		r := askedRequest()
		r.Status, r.Failure = StatusFailed, &Failure{State: state}
		require.Equal(t, InstalledNothing, r.Installed(), state)
	}
	r := askedRequest()
	r.Status, r.Failure = StatusFailed, &Failure{State: workflow.StatePatch}
	require.Equal(t, InstalledUnknown, r.Installed())
}

func TestReadersOfMailHearOfEachChangeOfASchedule(t *testing.T) {
	r := scheduledRequest()
	r.Emailed = true
	r.seeToMail()
	require.True(t, r.Has(EffectEmail))
	r.withoutKind(EffectEmail)
	r.seeToMail()
	require.False(t, r.Has(EffectEmail), "once")
	moved := *r.Decision
	moved.At, moved.Until = moved.At.Add(1), moved.Until.Add(3600)
	r.Decision = &moved
	r.seeToMail()
	require.True(t, r.Has(EffectEmail), "it was moved")
}
