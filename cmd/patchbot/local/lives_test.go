package local_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestAnExecutionThatIsRedrivenAsksAnew(t *testing.T) {
	t.Run("entered anew", func(t *testing.T) { redrivenQuestion(t, local.Config{}) })
	t.Run("as entered before", func(t *testing.T) { redrivenQuestion(t, local.Config{RedriveKeepsEntered: true}) })
}

func redrivenQuestion(t *testing.T, config local.Config) {
	simulated(t, config, func(t *testing.T, w *system) {
		w.asked()
		first, seen := w.request(), w.question()
		time.Sleep(time.Minute) // simulated
		require.NoError(t, w.Machine.Stop(first.ExecutionARN, "Operator", "maintenance"))
		w.end()
		synctest.Wait()
		require.NoError(t, w.Machine.Redrive(first.ExecutionARN))
		synctest.Wait()

		messages := w.Slack.Messages(w.payments.ID)
		require.Len(t, messages, 2)
		require.Contains(t, slacksim.PlainText(messages[0], w.reader()), "was stopped")
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
		lives, err := w.Store.ByInstance(t.Context(), web1, 10)
		require.NoError(t, err)
		require.Len(t, lives, 2, "each life is a request of its own")
		require.Equal(t, lives[0].ExecutionARN, lives[1].ExecutionARN)

		w.lateClick(w.lin, seen, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(w.lin)[0], "There is nothing to decide any more.", "the first life's button decides nothing")
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Equal(t, 1, w.installs())
	})
}

func TestAnExecutionThatIsRedrivenDuringTheInstallGoesOn(t *testing.T) {
	t.Run("entered anew", func(t *testing.T) { redrivenInstall(t, local.Config{}) })
	t.Run("as entered before", func(t *testing.T) { redrivenInstall(t, local.Config{RedriveKeepsEntered: true}) })
}

func redrivenInstall(t *testing.T, config local.Config) {
	config.Fleet.PatchTime = time.Hour
	simulated(t, config, func(t *testing.T, w *system) {
		w.asked()
		w.click(w.ada, slackchat.ButtonApprove)
		for w.request().Status != bot.StatusPatching {
			time.Sleep(time.Minute) // simulated
		}
		arn := w.request().ExecutionARN
		require.NoError(t, w.Machine.Stop(arn, "Operator", "by mistake"))
		w.end()
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "Patching web-1 was stopped")

		time.Sleep(time.Minute) // simulated
		require.NoError(t, w.Machine.Redrive(arn))
		synctest.Wait()
		require.Equal(t, bot.StatusPatching, w.request().Status)
		require.Contains(t, w.thread(w.payments.ID), "The execution was started again and goes on.")
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		require.Equal(t, 1, w.questions(), "nobody was asked twice")
		require.Equal(t, 1, w.installs())
	})
}

func TestANameThatIsUsedAgainAfterNinetyDaysAsksAnew(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		start := func() string {
			arn, err := w.Machine.Start("web-1-by-hand", json.RawMessage(`{"instance_id": "`+web1+`"}`))
			require.NoError(t, err)
			synctest.Wait()
			require.Contains(t, w.message(w.payments.ID), "[Approve]")
			return arn
		}
		arn := start()
		w.rejects(w.ada, nil)
		w.end()
		time.Sleep(91 * 24 * time.Hour) // simulated
		require.NoError(t, w.Machine.Forget(arn))
		require.Equal(t, arn, start())
		require.Equal(t, 2, w.questions())
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
		first := slacksim.PlainText(w.Slack.Messages(w.payments.ID)[0], w.reader())
		require.Contains(t, first, "was rejected", "the first life keeps its end")
	})
}

// TestNoInventoryEndsUnreported: whatever an instance's inventory holds, its owner is asked, or
// told that the execution failed.
func TestNoInventoryEndsUnreported(t *testing.T) {
	ids := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("CVE-2026-%05d", i)
		}
		return list
	}
	told := func(t *testing.T, w *system, patches []awssim.Patch) string {
		require.NoError(t, w.Fleet.Add(awssim.Instance{ID: web2, Name: "web-2", Missing: patches,
			Tags: map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}}))
		require.NoError(t, w.Fleet.Scan(web2))
		time.Sleep(2 * time.Hour) // simulated
		return w.message(w.payments.ID)
	}
	for name, c := range map[string]struct {
		count int
		patch awssim.Patch
		says  string
	}{
		"a kernel with hundreds of CVE ids":          {12, awssim.Patch{CVEIds: ids(250)}, "12 patches to install on web-2"},
		"fifty patches with as many as fit":          {50, awssim.Patch{CVEIds: ids(270)}, "50 patches to install on web-2"},
		"titles of 4,096 characters":                 {50, awssim.Patch{Title: strings.Repeat("<", 4096)}, "50 patches to install on web-2"},
		"everything as long as the inventory allows": {50, awssim.Patch{Title: strings.Repeat("t", 4096), KBId: strings.Repeat("k", 4096), CVEIds: ids(270)}, "50 patches to install on web-2"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				require.Contains(t, told(t, w, repeated(c.patch, c.count)), c.says)
			})
		})
	}
	t.Run("whatever is around the limit of 256 KiB", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			patch := awssim.Patch{
				Title: strings.Repeat("t", rapid.IntRange(1, 4096).Draw(r, "title")),
				KBId:  strings.Repeat("k", rapid.IntRange(1, 4096).Draw(r, "kb")),
			}
			if n := rapid.IntRange(0, 270).Draw(r, "cves"); n > 0 {
				patch.CVEIds = ids(n)
			}
			count := rapid.IntRange(1, 60).Draw(r, "patches")
			// Read out here, as rapid can fail only in its own goroutine. An execution that died
			// over its own payload knew no owner, so it is told in the default channel.
			var asked, failed string
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				asked = told(t, w, repeated(patch, count))
				failed = w.message(w.Bot.DefaultChannel)
			})
			if !strings.Contains(asked, "[Approve]") {
				require.Contains(r, failed, "States.DataLimitExceeded", "asked: %s", asked)
			}
		})
	})
}

func repeated(p awssim.Patch, n int) []awssim.Patch {
	patches := make([]awssim.Patch, n)
	for i := range patches {
		patches[i] = p
		patches[i].Classification, patches[i].Severity = "Security", "Important"
		patches[i].Title = fmt.Sprintf("%s%d", p.Title, i)
	}
	return patches
}

func TestALifeThatIsTurnedAwayLeavesNoLoop(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		first := w.request()
		time.Sleep(time.Minute) // simulated
		require.NoError(t, w.Machine.Stop(first.ExecutionARN, "Operator", "maintenance"))
		w.end()
		synctest.Wait()
		_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`"}`))
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, 2, w.questions())

		time.Sleep(time.Minute) // simulated
		require.NoError(t, w.Machine.Redrive(first.ExecutionARN))
		require.Equal(t, "ignored", outcome(t, w.end()), "another request speaks for the instance")
		synctest.Wait()
		require.Equal(t, 2, w.questions())

		w.Put(json.RawMessage(`{"source": "aws.states", "detail-type": "Step Functions Execution Status Change",
			"detail": {"executionArn": "` + first.ExecutionARN + `", "status": "FAILED", "input": "{\"instance_id\": \"` + web1 + `\"}"}}`))
		synctest.Wait()
		kept, err := w.Store.Get(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, bot.StatusStopped, kept.Status, "an event about a life that nobody was asked in changes nothing")
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
	})
}
