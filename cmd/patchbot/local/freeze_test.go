package local_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
)

// frozenSettings name a calendar that a test freezes.
func frozenSettings() local.Config {
	settings := workflow.DefaultSettings()
	settings.Calendars = []string{"release-freeze"}
	return local.Config{Settings: settings}
}

// freeze puts a freeze on from now on, and says when it ends.
func (w *system) freeze(lasts time.Duration) time.Time {
	until := time.Now().Add(lasts).Truncate(time.Second)
	w.Fleet.Freeze("release-freeze", time.Now(), until)
	return until
}

func TestInAFreezeApprovingIsForItsEnd(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(50 * time.Hour)
		w.asked()
		require.Contains(t, w.message(w.payments.ID), "A freeze is on until")
		require.Contains(t, w.message(w.payments.ID), "[Approve for after the freeze]")
		require.Contains(t, w.message(w.payments.ID), "[Emergency…]")
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		require.Equal(t, bot.StatusFrozen, w.request().Status)
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 waits for a freeze to end")
		require.Contains(t, w.message(w.payments.ID), "[Emergency…]  [Schedule…]  [Cancel]")
		require.Regexp(t, "^🧊 A freeze is on until .* Patching begins when it ends.$", w.thread(w.payments.ID)[1])
		time.Sleep(time.Until(until) - time.Second) // simulated
		synctest.Wait()
		require.Nil(t, w.request().Turn, "while it waits no turn is taken")
		require.Zero(t, w.installs())
		require.Len(t, w.thread(w.payments.ID), 2, "that the calendar was read in between is told nobody")
		require.Equal(t, "compliant", w.outcome())
		synctest.Wait()
		require.WithinDuration(t, until, w.request().Turn.AskedAt, 6*time.Minute, "all that wait for one end are spread a little")
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Equal(t, 1, w.questions())
	})
}

func TestAnOpenCalendarIsInNobodysWay(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		w.Fleet.Freeze("release-freeze", time.Now().Add(time.Hour), time.Now().Add(2*time.Hour))
		w.asked()
		require.NotContains(t, w.screen(), "freeze")
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", w.outcome())
		require.NotContains(t, w.screen(), "freeze")
	})
}

func TestAFreezeThatEndsEarlierIsNoticed(t *testing.T) {
	for name, lasts := range map[string]time.Duration{"nobody said when": 0, "it was to last for longer": 30 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
				until := time.Now().Add(lasts)
				if lasts == 0 {
					until = time.Time{}
				}
				w.Fleet.Freeze("release-freeze", time.Now(), until)
				w.asked()
				w.click(w.ada, slackchat.ButtonApprove)
				time.Sleep(20 * time.Hour) // simulated
				require.Equal(t, bot.StatusFrozen, w.request().Status)
				w.Fleet.Thaw("release-freeze")
				start := time.Now()
				require.Equal(t, "compliant", w.outcome())
				require.Less(t, time.Since(start), 7*time.Hour)
			})
		})
	}
}

func TestCalendarsThatCannotBeReadAreAFreezeUntilTheyCan(t *testing.T) {
	everyWay(t, local.Config{Settings: frozenSettings().Settings}, func(t *testing.T, w *system) {
		require.NoError(t, w.Fleet.Scan(web1)) // the calendar does not exist
		time.Sleep(time.Minute)                // simulated
		require.Contains(t, w.message(w.payments.ID), "The change calendars could not be read (`Ssm.InvalidDocumentException`), which counts as a freeze until they can.")
		w.click(w.ada, slackchat.ButtonApprove)
		time.Sleep(30 * time.Hour) // simulated
		require.Equal(t, bot.StatusFrozen, w.request().Status)
		require.Contains(t, w.message(w.payments.ID), "Ssm.InvalidDocumentException")
		require.Zero(t, w.installs())
		w.Fleet.AddCalendar("release-freeze")
		require.Equal(t, "compliant", w.outcome())
	})
}

func TestAFreezeThatBeginsWhileATurnIsWaitedForIsRespected(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		w.Fleet.AddCalendar("release-freeze")
		ids := w.approved(3, atOnce(t, "1", 1))
		w.watch(ids, 1, func() bool { return w.of(ids[0]).Status == bot.StatusPatching })
		until := w.freeze(40 * time.Hour)
		w.watch(ids, 1, func() bool { return w.of(ids[2]).Status == bot.StatusFrozen })
		require.Equal(t, []bot.Status{bot.StatusCompliant, bot.StatusFrozen, bot.StatusFrozen}, w.statuses(ids), "what had begun is finished; each turn is given back")
		time.Sleep(time.Minute) // simulated
		w.nobodyIsLeft("payments")
		require.True(t, time.Now().Before(until))
		time.Sleep(time.Until(until)) // simulated
		w.watch(ids, 1, w.allEnded(ids))
		require.Equal(t, []bot.Status{bot.StatusCompliant, bot.StatusCompliant, bot.StatusCompliant}, w.statuses(ids))
		require.True(t, time.Now().After(until))
	})
}

func TestAScheduledTimeInAFreezeWaitsForItsEnd(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(50 * time.Hour)
		at := w.scheduled(2 * time.Hour)
		time.Sleep(time.Until(at) + time.Minute) // simulated
		synctest.Wait()
		require.Equal(t, bot.StatusFrozen, w.request().Status)
		require.Equal(t, "compliant", w.outcome())
		require.WithinDuration(t, until, w.request().Turn.AskedAt, 6*time.Minute, "all that wait for one end are spread a little")
	})
}

func TestWhatWaitsForAFreezeIsCancelledOrScheduled(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(50 * time.Hour)
		w.asked()
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		later := until.Add(5 * time.Hour)
		require.Empty(t, w.chooses(w.lin, slackchat.ButtonMove, at(later)))
		require.Regexp(t, `^Scheduled for .* by @lin\.$`, w.thread(w.payments.ID)[2])
		require.Equal(t, bot.StatusScheduled, w.request().Status)
		time.Sleep(time.Until(later) - time.Minute) // simulated
		require.Zero(t, w.installs())
		require.Equal(t, "compliant", w.outcome())
	})
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		w.freeze(50 * time.Hour)
		w.asked()
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		w.click(w.eve, slackchat.ButtonCancel)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		w.click(w.lin, slackchat.ButtonCancel)
		require.Equal(t, "rejected", w.outcome())
		synctest.Wait()
		require.Equal(t, bot.InstalledNothing, w.request().Installed())
		time.Sleep(60 * time.Hour) // simulated
		require.Zero(t, w.installs())
	})
}

func TestAFreezeThatNeverEndsIsNotWaitedForForEver(t *testing.T) {
	config := frozenSettings()
	config.Settings.FreezeWithin = 5 * 24 * time.Hour
	everyWay(t, config, func(t *testing.T, w *system) {
		w.Fleet.Freeze("release-freeze", time.Now(), time.Time{})
		w.asked()
		w.click(w.ada, slackchat.ButtonApprove)
		start := time.Now()
		require.Equal(t, "not_started", w.outcome())
		require.InDelta(t, config.Settings.FreezeWithin.Hours(), time.Since(start).Hours(), 1)
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "The freeze lasted longer than an approval waits for its end.")
		require.Zero(t, w.installs())
	})
}

func TestAQuestionHearsThatItsFreezeIsOver(t *testing.T) {
	everyWay(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(2 * time.Hour)
		w.asked()
		require.Empty(t, w.chooses(w.ada, slackchat.ButtonEmergency, because))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "[Agree to emergency…]")
		time.Sleep(time.Until(until) + 2*time.Minute) // simulated
		synctest.Wait()
		for _, gone := range []string{"freeze", "mergency"} {
			require.NotContains(t, w.message(w.payments.ID), gone)
		}
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
		require.Contains(t, w.types(w.ada, "emergency "+web1).Text, "No freeze is known")
		w.click(w.lin, slackchat.ButtonApprove)
		require.Equal(t, "compliant", w.outcome())
		require.NotContains(t, w.message(w.payments.ID), "freeze")
	})
}

func TestNoWindowOpensAboutAnEmergencyThatNobodyNeedsAnyMore(t *testing.T) {
	simulated(t, frozenSettings(), func(t *testing.T, w *system) {
		until := w.freeze(2 * time.Hour)
		w.asked()
		r := w.request()
		time.Sleep(time.Until(until)) // simulated; the message is shown anew a little later
		require.Contains(t, w.types(w.ada, "emergency "+web1).Text, "No freeze is known")
		require.Equal(t, r.ID, w.request().ID)
		require.Empty(t, w.Slack.Views(w.ada.ID))
	})
}

func TestAnAppHomeShowsWhatWaitsForAFreezeToEnd(t *testing.T) {
	simulated(t, frozenSettings(), func(t *testing.T, w *system) {
		w.freeze(200 * time.Hour)
		w.asked()
		w.click(w.ada, slackchat.ButtonApprove)
		synctest.Wait()
		_, lins := w.homeOf(w.lin)
		require.Contains(t, lins, "Nothing waits for you")
		require.Contains(t, lins, "Scheduled, or in a freeze")
		require.Contains(t, lins, "[Emergency…]")

		require.Empty(t, w.chooses(w.ada, slackchat.ButtonEmergency, because))
		_, lins = w.homeOf(w.lin)
		require.Contains(t, lins, "1 question waits for you")
		require.Contains(t, lins, "[Agree to emergency…]")
		require.NotContains(t, lins, "Scheduled, or in a freeze")
		_, adas := w.homeOf(w.ada)
		require.Contains(t, adas, "Nothing waits for you", "who asked need not agree")
		require.Contains(t, adas, "Emergency asked for by @ada")
		require.Contains(t, adas, "Scheduled, or in a freeze")
	})
}
