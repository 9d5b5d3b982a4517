package workflow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaits(t *testing.T) {
	hours := func(some ...int) (list []time.Duration) {
		for _, h := range some {
			list = append(list, time.Duration(h)*time.Hour)
		}
		return list
	}
	for name, c := range map[string]struct {
		waiting Waiting
		want    string
	}{
		"the defaults":             {DefaultSettings().Waiting, `[[0,86400,259200,false],[1,86400,172800,false],[2,43200,86400,false],[3,43200,43200,true]]`},
		"nothing but the question": {Waiting{AnswerWithin: time.Hour}, `[[0,3600,3600,false]]`},
		"reminders alone":          {Waiting{AnswerWithin: 3 * time.Hour, RemindAfter: hours(1)}, `[[0,3600,10800,false],[1,7200,7200,false]]`},
		"an escalation alone":      {Waiting{AnswerWithin: 3 * time.Hour, EscalateAfter: time.Hour}, `[[0,3600,10800,false],[1,7200,7200,true]]`},
		"the last reminder escalates": {Waiting{AnswerWithin: 4 * time.Hour, RemindAfter: hours(1, 2), EscalateAfter: 2 * time.Hour},
			`[[0,3600,14400,false],[1,3600,10800,false],[2,7200,7200,true]]`},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.waiting.check())
			require.Equal(t, c.want, c.waiting.waits())
		})
	}
}

func TestCriticalPatchesAreAskedAboutAsOthersUnlessToldOtherwise(t *testing.T) {
	s := DefaultSettings()
	require.Equal(t, s.waits(), s.critical().waits())
	s.Critical = Waiting{AnswerWithin: time.Hour}
	require.Equal(t, `[[0,3600,3600,false]]`, s.values()["critical_waits"])
	require.Equal(t, s.waits(), s.values()["waits"])
}

func TestRemindersThatCannotWorkAreRefused(t *testing.T) {
	hour := time.Hour
	for name, w := range map[string]Waiting{
		"at once":                     {AnswerWithin: hour, RemindAfter: []time.Duration{0}},
		"twice at once":               {AnswerWithin: 3 * hour, RemindAfter: []time.Duration{hour, hour}},
		"in no order":                 {AnswerWithin: 3 * hour, RemindAfter: []time.Duration{2 * hour, hour}},
		"at the end":                  {AnswerWithin: hour, RemindAfter: []time.Duration{hour}},
		"eleven times":                {AnswerWithin: hour, RemindAfter: make([]time.Duration, 11)},
		"escalated before a reminder": {AnswerWithin: 3 * hour, RemindAfter: []time.Duration{2 * hour}, EscalateAfter: hour},
		"escalated at the end":        {AnswerWithin: hour, EscalateAfter: hour},
		"escalated before it asks":    {AnswerWithin: hour, EscalateAfter: -hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := DefaultSettings()
			s.Critical = w
			_, err := PatchApproval.Render(s)
			require.Error(t, err)
			s.Waiting, s.Critical = w, Waiting{}
			_, err = PatchApproval.Render(s)
			require.Error(t, err)
		})
	}
}

func TestThePastOfAQuestionThatWasAnsweredAfterAReminder(t *testing.T) {
	var p Past
	p.Entered(StatePrompt)
	p.Left(StatePrompt, []byte(`{"wait": {}}`)) // it timed out
	p.Entered(StateRemind)
	require.Nil(t, p.Decision)
	p.Left(StateRemind, []byte(`{"decision": {"decision": "approved"}}`))
	require.Equal(t, Approved, p.Decision.Verdict)
	p.Entered(StatePatch)
	require.True(t, p.InstallBegan)
}
