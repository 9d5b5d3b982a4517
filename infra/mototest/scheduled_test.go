package mototest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// scheduled is approval's person, for a time some seconds after an answer.
func scheduled(seconds int) workflow.Decision {
	d := approval
	d.Verdict, d.Until, d.WaitSeconds = workflow.Scheduled, approval.At.Add(time.Hour), seconds
	return d
}

// schedule answers a question with a time, and returns what the machine waits with.
func (st stage) schedule(t *testing.T, asked workflow.Notification, seconds int) workflow.Notification {
	t.Helper()
	st.machine.Answer(t, asked.Token, scheduled(seconds))
	waiting := st.inbox.Next(t)
	require.Equal(t, workflow.ScheduleWaiting{Until: approval.At.Add(time.Hour), WaitSeconds: seconds}, waiting.Detail)
	return waiting
}

func scheduledTimeComes(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "scheduled")
	_, asked := st.ask(t)
	require.Equal(t, 7*24*3600, asked.Detail.(workflow.ApprovalRequested).ScheduleWithinSeconds)
	st.schedule(t, asked, 3)
	st.turn(t)
}

func scheduleIsChanged(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "schedule-changed")
	execution, asked := st.ask(t)
	moved := st.schedule(t, st.schedule(t, asked, 3600), 7200)
	st.machine.Answer(t, moved.Token, workflow.Decision{Verdict: workflow.Rejected})
	st.requireOutput(t, execution, `{"outcome":"rejected","instance_id":"`+asked.InstanceID+`"}`)

	st = newStage(t, s, "schedule-now")
	_, asked = st.ask(t)
	st.machine.Answer(t, st.schedule(t, asked, 3600).Token, approval)
	st.turn(t)
}

func scheduleThatIsTooFarAway(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "schedule-too-far")
	execution, asked := st.ask(t)
	st.machine.Answer(t, asked.Token, scheduled(7*24*3600+1))
	st.requireOutput(t, execution, `{"outcome":"rejected","instance_id":"`+asked.InstanceID+`"}`)
}
