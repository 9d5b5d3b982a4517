package local_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// isPatched has web-1 asked about, and approved by Ada, while the fleet is as the faults say.
func (w *system) isPatched(faults ...awssim.Fault) {
	w.t.Helper()
	w.asked()
	for _, fault := range faults {
		w.Fleet.Break(fault)
	}
	w.click(w.ada, slackchat.ButtonApprove)
	w.closed()
	time.Sleep(time.Hour) // simulated: an event that comes twice, or late, changes nothing
}

func TestWhatWasInstalledIsProvenByName(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.isPatched()
		require.Equal(t, bot.StatusCompliant, w.request().Status)
		message := w.message(w.payments.ID)
		for _, text := range []string{"web-1 is up to date", "Before", "6 missing", "Now", "nothing missing", "*Installed:* ", "and 1 more", "Back, ", "[Show output]"} {
			require.Contains(t, message, text)
		}
		require.NotContains(t, message, "[Try again]")
		require.Equal(t, 1, strings.Count(w.screen(), "The instance is back: Systems Manager reaches it, and both status checks are ok."), w.screen())

		w.click(w.eve, slackchat.ButtonOutput)
		_, text := w.window(w.eve)
		for _, part := range []string{"ended with Success, exit code 0", "Patch Summary for " + web1, "Installing : ", "Open the execution", "Open the command", "All output in CloudWatch Logs"} {
			require.Contains(t, text, part)
		}
	})
}

func TestWhatFailedIsToldByNameAndTriedAgain(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.isPatched(awssim.Fault{Kind: awssim.InstallIsPartial, Times: 1, Patches: 2, ExitCode: 100, Stderr: "E: Could not get lock /var/lib/dpkg/lock\n"})
		require.Equal(t, bot.StatusNonCompliant, w.request().Status)
		message := w.message(w.payments.ID)
		for _, text := range []string{"Before", "Now", "2 missing", "*Installed:* ", "*Still missing:* ", "(E: Could not get lock /var/lib/dpkg/lock)", "[Try again]", "[Show output]"} {
			require.Contains(t, message, text)
		}
		require.Contains(t, w.screen(), "Still missing: ", "in the thread, too")
		require.Len(t, w.broadcasts(), 1)

		w.click(w.eve, slackchat.ButtonTryAgain)
		require.Contains(t, strings.Join(w.toldAlone(w.eve), "\n"), "Only approvers of payments can decide this")
		require.Equal(t, 1, w.questions())
		old := w.question()
		for _, user := range []string{w.ada.ID, w.lin.ID, w.ada.ID} { // who comes second sees the buttons of a moment ago
			_, err := w.Slack.ClickOn(t.Context(), user, old, slackchat.ButtonTryAgain)
			require.NoError(t, err)
		}
		synctest.Wait()
		require.Contains(t, strings.Join(w.toldAlone(w.lin), "\n"), "Too late. Tried again by @ada")
		require.Equal(t, 2, w.questions(), "several clicks start one")
		require.Contains(t, w.message(w.payments.ID), "2 patches to install on web-1")
		first := w.Slack.Messages(w.payments.ID)[0]
		require.Contains(t, w.read(first), "Tried again by @ada")
		require.NotContains(t, w.read(first), "[Try again]")
		_, err := w.Slack.Click(t.Context(), w.eve.ID, w.payments.ID, first.TS, slackchat.ButtonNewQuestion)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.eve), "\n"), "2 patches to install on web-1")

		w.click(w.ada, slackchat.ButtonApprove)
		w.closed()
		require.Equal(t, bot.StatusCompliant, w.request().Status, "%s\n%v", w.screen(), w.toldAlone(w.ada))
	})
}

func TestAnInstanceThatDoesNotComeBackIsAFailureOfWhichTheApproversHear(t *testing.T) {
	everyWay(t, local.Config{}, func(t *testing.T, w *system) {
		w.isPatched(awssim.Fault{Kind: awssim.RebootHangs, Instance: web1})
		require.Equal(t, bot.StatusFailed, w.request().Status)
		require.Equal(t, "NodeNotBack", w.request().Failure.Error)
		message := w.message(w.payments.ID)
		for _, text := range []string{"Patching web-1 failed", "The instance did not come back within 30 min after the install: Systems Manager says ConnectionLost",
			"that of the instance says impaired and that of the system ok", "Snapshots from before the install exist", "[Try again]", "Open the execution"} {
			require.Contains(t, message, text)
		}
		require.NotContains(t, w.screen(), "othing was installed")
		require.Len(t, w.broadcasts(), 1)
		require.ElementsMatch(t, []string{w.ada.ID, w.lin.ID}, w.Slack.Notified(w.Slack.Broadcasts(w.payments.ID)[0]))
		require.Len(t, w.Fleet.Commands(), 1, "nothing more is sent to it")

		w.Fleet.Heal(web1)
		time.Sleep(time.Minute) // simulated: it boots, and reports its install
		w.click(w.ada, slackchat.ButtonTryAgain)
		time.Sleep(time.Hour) // simulated: it scans first, and finds that nothing is missing
		require.Equal(t, 1, w.questions())
		w.click(w.ada, slackchat.ButtonNewQuestion)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "Nothing was asked anew about web-1")
	})
}

// TestStatusChecksAreComparedWithBefore: what was not ok before the install is not the patches' doing, and
// what nobody has listed is not ok.
func TestStatusChecksAreComparedWithBefore(t *testing.T) {
	for name, c := range map[string]struct {
		before, after awssim.Fault
		status        bot.Status
		says          string
	}{
		"impaired before and after": {awssim.Fault{SystemCheck: "impaired"}, awssim.Fault{SystemCheck: "impaired"}, bot.StatusCompliant,
			"The status check of the system says impaired; before the install it said impaired, so that is not the patches' doing."},
		"impaired by the install": {awssim.Fault{}, awssim.Fault{InstanceCheck: "impaired"}, bot.StatusFailed, "that of the instance says impaired and that of the system ok"},
		"just booted, and then impaired": {awssim.Fault{InstanceCheck: "initializing"}, awssim.Fault{InstanceCheck: "impaired"}, bot.StatusFailed,
			"that of the instance says impaired"},
		"a status that is new": {awssim.Fault{}, awssim.Fault{SystemCheck: "hibernating"}, bot.StatusFailed, "that of the system hibernating"},
		"other than before":    {awssim.Fault{SystemCheck: "impaired"}, awssim.Fault{InstanceCheck: "insufficient-data"}, bot.StatusFailed, "did not come back"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				c.before.Kind, c.after.Kind = awssim.StatusChecks, awssim.StatusChecks
				w.Fleet.Break(c.before)
				w.click(w.ada, slackchat.ButtonApprove)
				for w.request().Status != bot.StatusPatching {
					time.Sleep(time.Second) // simulated
				}
				w.Fleet.Heal("")
				w.Fleet.Break(c.after)
				w.closed()
				synctest.Wait()
				require.Equal(t, c.status, w.request().Status, w.screen())
				require.Contains(t, w.message(w.payments.ID), c.says)
			})
		})
	}
}

func TestAHybridNodeIsBackWhenItIsOnline(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		const id = "mi-0123456789abcdef0"
		w.add(id, nil)
		require.NoError(t, w.Fleet.Scan(id))
		synctest.Wait()
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.screen(), "The instance is back: Systems Manager reaches it.\n")
	})
}

// TestAnAbortIsToldTrulyInEachPhase, and what was aborted can be tried again.
func TestAnAbortIsToldTrulyInEachPhase(t *testing.T) {
	for name, c := range map[string]struct {
		comes func(w *system) bool // whether it has come to where it is aborted
		says  string
	}{
		"asked":         {func(w *system) bool { return w.request().Status == bot.StatusAsked }, "Nothing was installed."},
		"scheduled":     {func(w *system) bool { return w.request().Status == bot.StatusScheduled && w.request().Delivered }, "Nothing was installed."},
		"queued":        {func(w *system) bool { return w.request().Status == bot.StatusQueued }, "Nothing was installed."},
		"backing up":    {func(w *system) bool { return w.request().Status == bot.StatusBackingUp }, "Nothing was installed."},
		"patching":      {func(w *system) bool { return w.installs() > 0 && w.request().Status == bot.StatusPatching }, "The install had begun; how it ended is not known."},
		"after install": {func(w *system) bool { return !w.request().Install.FinishedAt.IsZero() }, "The install command had ended well; no scan has confirmed it."},
		"scanning":      {func(w *system) bool { return w.request().Status == bot.StatusScanning }, "The install command had ended well; no scan has confirmed it."},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.phase(name)
				for !c.comes(w) {
					time.Sleep(time.Second) // simulated
				}
				arn := w.request().ExecutionARN
				require.NoError(t, w.Machine.Stop(arn, "Operator", "by hand"))
				for e := w.end(); e.ARN != arn; e = w.end() { // others of the story end, too
				}
				for w.request().Status.Open() {
					time.Sleep(time.Minute) // simulated
				}
				synctest.Wait()
				require.Equal(t, bot.StatusStopped, w.request().Status)
				require.Contains(t, w.shown(web1), "Patching web-1 was stopped")
				require.Contains(t, w.shown(web1), c.says)
				require.Contains(t, w.shown(web1), "Open the execution")

				time.Sleep(time.Minute) // simulated: requests of one instant have no order
				w.clickOn(w.ada, web1, slackchat.ButtonTryAgain)
				time.Sleep(time.Hour) // simulated: the install ends, and is scanned
				if c.says == "Nothing was installed." {
					require.Equal(t, bot.StatusAsked, w.request().Status)
					w.clickOn(w.ada, web1, slackchat.ButtonApprove)
					w.closed()
					require.Equal(t, bot.StatusCompliant, w.request().Status)
				}
			})
		})
	}
}

// phase starts web-1's story as far as a phase needs it; the fleet's and the machine's clocks do the rest.
func (w *system) phase(name string) {
	w.t.Helper()
	if name == "queued" { // another of the group is patched first
		const web2 = "i-0933335a5598d1c2f"
		w.add(web2, nil)
		require.NoError(w.t, w.Fleet.Scan(web2))
		synctest.Wait()
		w.clickOn(w.ada, web2, slackchat.ButtonApprove)
		synctest.Wait()
	}
	require.NoError(w.t, w.Fleet.Scan(web1))
	synctest.Wait()
	switch name {
	case "asked":
	case "scheduled":
		w.scheduled(3 * time.Hour)
	default:
		w.clickOn(w.ada, web1, slackchat.ButtonApprove)
	}
}

// TestAFailureInADigestNamesTheCommands: there are no buttons of one request, but under what only one
// person is answered.
func TestAFailureInADigestNamesTheCommands(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		ids := w.askMany(1, 3, nil)
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: ids[0], Operation: "Install", Times: 1, ExitCode: 1, Stderr: "disk full\n"})
		w.click(w.ada, slackchat.ButtonApproveAll)
		time.Sleep(5 * time.Hour) // simulated
		require.Equal(t, bot.StatusNonCompliant, w.of(ids[0]).Status)
		require.Contains(t, strings.Join(w.thread(w.payments.ID), "\n"), "`/patch request "+ids[0]+"` asks again")
		answer := w.types(w.ada, "status "+ids[0])
		require.Contains(t, w.read(answer), "[Try again]")
		require.Contains(t, w.read(answer), "(disk full)")
		_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, answer, slackchat.ButtonOutput)
		require.NoError(t, err)
		_, text := w.window(w.ada)
		require.Contains(t, text, "disk full")
		before := len(w.Machine.List())
		for range 2 {
			_, err = w.Slack.ClickOn(t.Context(), w.ada.ID, answer, slackchat.ButtonTryAgain)
			require.NoError(t, err)
		}
		synctest.Wait()
		require.Len(t, w.Machine.List(), before+1)
		require.NotEqual(t, asl.StatusFailed, w.Machine.List()[before].Status)
	})
}

func TestNothingIsTriedAgainWhileAnotherRequestIsOpen(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.isPatched(awssim.Fault{Kind: awssim.InstallIsPartial, Times: 1, Patches: 3})
		old := w.question()
		w.typed(w.lin, w.payments.ID, "request "+web1)
		synctest.Wait()
		require.Equal(t, 2, w.questions())
		executions := len(w.Machine.List())
		_, err := w.Slack.ClickOn(t.Context(), w.ada.ID, old, slackchat.ButtonTryAgain)
		require.NoError(t, err)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "The instance has an open request already.")
		require.Len(t, w.Machine.List(), executions)

		w.Bot.Executions = noExecutions{}
		require.NoError(t, w.Machine.Stop(w.request().ExecutionARN, "Operator", "by hand"))
		synctest.Wait()
		w.click(w.ada, slackchat.ButtonTryAgain)
		require.Contains(t, strings.Join(w.toldAlone(w.ada), "\n"), "I could not confirm that this is tried again.")
		require.Contains(t, w.message(w.payments.ID), "[Try again]", "what could not be started can be tried once more")
	})
}
