package bot_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

var last = workflow.ApprovalReminded{Attempt: 3, AnswerWithinSeconds: 12 * 3600, Escalate: true}

// escalates has questions asked in C1, and nobody answer them, so that C2 is to hear of it.
func (d *desk) escalates(ids ...string) {
	d.ask("payments", "C1", ids...)
	time.Sleep(pace.Gather) // simulated
	d.serve()
	owners := d.Owners.(bot.Directory)
	o := owners["payments"]
	o.Escalation = bot.Escalation{Channel: "C2"}
	owners["payments"] = o
	time.Sleep(48 * time.Hour) // simulated
	for _, id := range ids {
		d.says(id, last)
	}
}

// settled lets the sweep do what is left.
func (d *desk) settled() {
	d.t.Helper()
	for range 15 {
		d.serve()
		time.Sleep(time.Minute) // simulated
		require.NoError(d.t, d.Sweep(d.t.Context()))
	}
	d.serve()
}

func TestAChannelIsToldOnceOfADigestThatNobodyAnswers(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.escalates("i-1", "i-2", "i-3")
		d.settled()
		require.Equal(t, []string{"escalation C2 i-1 i-2 i-3"}, withoutTimes(d.of("escalation")))
		require.Equal(t, []string{"line C1 escalated i-1 i-2 i-3"}, withoutTimes(d.of("line")))
		for _, id := range []string{"i-1", "i-2", "i-3"} {
			require.False(t, d.request(id).Has(bot.EffectEscalate))
			audit, err := d.Store.Audit(t.Context(), d.request(id).ID)
			require.NoError(t, err)
			require.Equal(t, bot.ActionEscalated, audit[len(audit)-1].Action)
		}
	})
}

func TestAnEscalationOutlivesWhatRefusesIt(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error
		want    []string
	}{
		"the chat asks to wait":     {&bot.ChatError{Remedy: bot.RemedyHold, After: 40 * time.Second, Err: errors.New("429")}, []string{"escalation C2 i-1"}},
		"it passes":                 {errors.New("503"), []string{"escalation C2 i-1"}},
		"the channel takes nothing": {&bot.ChatError{Remedy: bot.RemedyElsewhere, Err: errors.New("is_archived")}, []string{"escalation C9 i-1"}},
		"it never passes":           {&bot.ChatError{Remedy: bot.RemedyNever, Err: errors.New("invalid_blocks")}, []string{"escalation C9 i-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				d.PlatformChannel = "C9"
				refused := false
				d.fail = func(act string) error {
					if act != "escalation C2" || refused {
						return nil
					}
					refused = true
					return c.refusal
				}
				d.escalates("i-1")
				d.settled()
				require.True(t, refused)
				require.Equal(t, c.want, withoutTimes(d.of("escalation")))
				require.False(t, d.request("i-1").Has(bot.EffectEscalate))
			})
		})
	}
}

func TestAnEscalationThatNobodyTakesIsGivenUp(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.fail = func(act string) error {
			if act == "escalation C2" {
				return &bot.ChatError{Remedy: bot.RemedyElsewhere, Err: errors.New("is_archived")}
			}
			return nil
		}
		d.escalates("i-1")
		d.settled()
		require.Empty(t, d.of("escalation"))
		require.False(t, d.request("i-1").Has(bot.EffectEscalate))
		require.Equal(t, []string{"line C1 escalated i-1"}, withoutTimes(d.of("line")), "its own channel has heard")
	})
}

func TestWhatWasDecidedBeforeAChannelIsToldDoesNotEscalate(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.escalates("i-1", "i-2")
		d.approves("i-1")
		d.settled()
		require.Equal(t, []string{"escalation C2 i-2"}, withoutTimes(d.of("escalation")))
		require.Contains(t, withoutTimes(d.of("line")), "line C1 escalated i-2", "nobody is reminded of what was decided")
	})
}
