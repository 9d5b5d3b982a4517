package local_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// chooses opens a modal with a button of the question and submits it.
func (w *system) chooses(user slacksim.User, button string, inputs slacksim.Inputs) map[string]string {
	w.t.Helper()
	w.click(user, button)
	views := w.Slack.Views(user.ID)
	require.Len(w.t, views, 1, "told: %v", w.toldAlone(user))
	got, err := w.Slack.SubmitView(w.t.Context(), user.ID, views[0].ID, inputs)
	require.NoError(w.t, err)
	synctest.Wait()
	return got.FieldErrors
}

// at is a time of one's own, as the modal takes it.
func at(t time.Time) slacksim.Inputs {
	return slacksim.Inputs{"when": {"other"}, "time": {fmt.Sprint(t.Truncate(time.Minute).Unix())}}
}

// scheduled is web-1's request, scheduled by ada for some hours from now, and the time.
func (w *system) scheduled(in time.Duration) time.Time {
	w.t.Helper()
	w.asked()
	until := time.Now().Add(in).Truncate(time.Minute)
	require.Empty(w.t, w.chooses(w.ada, slackchat.ButtonSchedule, at(until)))
	require.Empty(w.t, w.Slack.Views(w.ada.ID), "the modal has closed")
	require.Equal(w.t, bot.StatusScheduled, w.request().Status)
	require.True(w.t, w.request().Delivered)
	return until
}

func TestPatchingBeginsAtTheScheduledTime(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		until := w.scheduled(30 * time.Hour)
		message := w.message(w.payments.ID)
		require.Contains(t, message, "Patching web-1 is scheduled")
		require.Regexp(t, "Scheduled for .* by @ada", message)
		require.Contains(t, message, "[Patch now]  [Move…]  [Cancel]")
		require.Regexp(t, `^Scheduled for .* by @ada\.$`, w.thread(w.payments.ID)[0])

		w.click(w.lin, slackchat.ButtonPatchNow)
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.True(t, time.Now().Before(until))
	})
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		until := w.scheduled(30 * time.Hour)
		time.Sleep(time.Until(until) - time.Second) // simulated
		synctest.Wait()
		require.Zero(t, w.installs())
		require.Nil(t, w.request().Turn, "while it waits no turn is taken")
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.WithinDuration(t, until, w.request().Turn.AskedAt, 2*time.Second)
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Equal(t, 1, w.installs())
		require.Equal(t, 1, w.questions())
	})
}

func TestAScheduleIsMoved(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		first := w.scheduled(2 * time.Hour)
		w.click(w.eve, slackchat.ButtonPatchNow)
		require.Contains(t, w.toldAlone(w.eve)[0], "Only approvers of payments can decide this")
		later := first.Add(24 * time.Hour)
		require.Empty(t, w.chooses(w.lin, slackchat.ButtonMove, at(later)))
		require.Regexp(t, `^Moved to .* by @lin\.$`, w.thread(w.payments.ID)[1])
		require.Regexp(t, "Scheduled for .* by @lin", w.message(w.payments.ID))
		time.Sleep(time.Until(later) - time.Minute) // simulated
		require.Zero(t, w.installs(), "the first time has passed")
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.WithinDuration(t, later, w.request().Turn.AskedAt, 2*time.Second)
	})
}

func TestAScheduleIsCancelled(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.scheduled(2 * time.Hour)
		w.click(w.lin, slackchat.ButtonCancel)
		require.Equal(t, "rejected", outcome(t, w.end()))
		synctest.Wait()
		require.Equal(t, "Cancelled by @lin.", w.thread(w.payments.ID)[1])
		require.Equal(t, bot.InstalledNothing, w.request().Installed())
		time.Sleep(3 * time.Hour) // simulated
		require.Zero(t, w.installs())
	})
}

func TestWhatThePickerMayNotTakeIsSaidBesideIt(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		for want, inputs := range map[string]slacksim.Inputs{
			"Choose a time that is at least 5 min ahead.":        at(time.Now().Add(time.Minute)),
			"Choose a day and a time.":                           {"when": {"other"}},
			"Choose “At the time below”, or clear this.":         {"time": {fmt.Sprint(time.Now().Add(time.Hour).Truncate(time.Minute).Unix())}},
			"Choose a time until Sat 8 Jan, 00:00 UTC at the la": at(time.Now().Add(8 * 24 * time.Hour)),
		} {
			wrong := w.chooses(w.ada, slackchat.ButtonSchedule, inputs)
			require.Len(t, wrong, 1)
			require.Contains(t, wrong["time"], want)
			_, err := w.Slack.CloseView(t.Context(), w.ada.ID, w.Slack.Views(w.ada.ID)[0].ID)
			require.NoError(t, err)
		}
		require.Equal(t, bot.StatusAsked, w.request().Status)
	})
}

// TestAClickRacesTheScheduledTime cancels while the answer cannot be delivered, until the machine
// has begun.
func TestAClickRacesTheScheduledTime(t *testing.T) {
	var back time.Time
	simulated(t, local.Config{Tasks: func(t bot.Tasks) bot.Tasks { return flaky{t, &back} }}, func(t *testing.T, w *system) {
		until := w.scheduled(2 * time.Hour)
		time.Sleep(time.Until(until) - time.Second) // simulated
		back = until.Add(time.Second)
		w.click(w.lin, slackchat.ButtonCancel)
		require.Equal(t, []string{"I could not reach AWS just now. Your decision is recorded and will be delivered."}, w.toldAlone(w.lin))
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		thread := strings.Join(w.thread(w.payments.ID), "\n")
		require.Contains(t, thread, "Cancelled by @lin.")
		require.Contains(t, thread, "The scheduled time had come before @lin's answer reached the execution, so it has begun.")
		require.NotContains(t, thread+w.message(w.payments.ID), "Nothing was installed")
	})
}

func TestAnExecutionThatIsStoppedWhileItIsScheduledInstallsNothing(t *testing.T) {
	t.Run("entered anew", func(t *testing.T) { stoppedSchedule(t, local.Config{}) })
	t.Run("as entered before", func(t *testing.T) { stoppedSchedule(t, local.Config{RedriveKeepsEntered: true}) })
}

func stoppedSchedule(t *testing.T, config local.Config) {
	simulated(t, config, func(t *testing.T, w *system) {
		until := w.scheduled(4 * time.Hour)
		time.Sleep(time.Hour) // simulated
		arn := w.request().ExecutionARN
		require.NoError(t, w.Machine.Stop(arn, "Operator", "maintenance"))
		w.end()
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was stopped")
		require.Contains(t, w.message(w.payments.ID), "Nothing was installed.")

		time.Sleep(time.Hour) // simulated
		require.NoError(t, w.Machine.Redrive(arn))
		synctest.Wait()
		require.Equal(t, bot.StatusScheduled, w.request().Status)
		require.Contains(t, w.message(w.payments.ID), "[Patch now]  [Move…]  [Cancel]")
		require.Equal(t, "compliant", outcome(t, w.end()))
		require.WithinDuration(t, until, w.request().Turn.AskedAt, 2*time.Second, "its wait did not begin anew")
	})
}

func TestAScheduleIsTypedInThePersonsZone(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Slack.EditUser(w.ada.ID, func(u *slacksim.User) { u.TZ = "America/New_York" })
		w.asked()
		say := func(user slacksim.User, words string) string {
			d, err := w.Slack.Command(t.Context(), user.ID, w.payments.ID, "/patch", "schedule "+words)
			require.NoError(t, err)
			synctest.Wait()
			return slacksim.PlainText(*d.Shown, w.reader())
		}
		require.Contains(t, say(w.ada, "payments tonight"), "a time is for instances that are named, not for all of an owner.")
		require.Contains(t, say(w.ada, "tonight"), "I expected instances by id or name")
		require.Contains(t, say(w.ada, web1), "`tonight`, `in 24h` or `2000-01-01 22:00`, in America/New_York.")
		require.Contains(t, say(w.ada, web1+" in 30d"), "Choose a time until Fri 7 Jan, 19:00 EST at the latest. Nothing has changed.")
		require.Contains(t, say(w.eve, web1+" tonight"), "Only approvers of payments can decide this")
		require.Equal(t, bot.StatusAsked, w.request().Status)

		require.Contains(t, say(w.ada, web1+" tonight"), "Scheduled 1 for")
		require.Equal(t, "2000-01-01T03:00:00Z", w.request().Decision.Until.Format(time.RFC3339), "22:00 in New York")
		require.Contains(t, say(w.lin, web1+" in 24h"), "Scheduled 1 for", "it moves what is scheduled")
		require.Equal(t, w.lin.ID, w.request().Decision.By.User)
		d, err := w.Slack.Command(t.Context(), w.ada.ID, w.payments.ID, "/patch", "approve "+web1)
		require.NoError(t, err)
		require.Contains(t, slacksim.PlainText(*d.Shown, w.reader()), "Too late: @lin scheduled this")
		require.Equal(t, bot.StatusScheduled, w.request().Status, "who was first counts")
	})
}

// TestManyThatAreScheduledForOneTimeTakeTurnsThen schedules five instances of an owner with one
// command.
func TestManyThatAreScheduledForOneTimeTakeTurnsThen(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := []string{web1}
		for i := range 4 {
			ids = append(ids, fmt.Sprintf("i-0aaaaaaaaaaaaaaa%d", i))
			w.add(ids[len(ids)-1], nil)
		}
		for _, id := range ids {
			require.NoError(t, w.Fleet.Scan(id))
		}
		synctest.Wait()
		d, err := w.Slack.Command(t.Context(), w.ada.ID, w.payments.ID, "/patch", "schedule "+strings.Join(ids, ", ")+" in 6h")
		require.NoError(t, err)
		require.Contains(t, slacksim.PlainText(*d.Shown, w.reader()), "Scheduled 5 for")
		until := w.request().Decision.Until
		time.Sleep(time.Until(until) + 20*time.Second) // simulated
		synctest.Wait()
		patched := func(status bot.Status) (n int) {
			for _, id := range ids {
				found, err := w.Store.ByInstance(t.Context(), id, 1)
				require.NoError(t, err)
				if found[0].Status == status {
					n++
				}
			}
			return n
		}
		require.Equal(t, 4, patched(bot.StatusQueued), "one of an owner at a time")
		for range ids {
			require.Equal(t, "compliant", outcome(t, w.end()))
		}
		synctest.Wait()
		require.Equal(t, 5, patched(bot.StatusCompliant))
		require.Equal(t, 5, w.installs())
	})
}
