package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoReadsMailAloneHearsOfEveryRollBack(t *testing.T) {
	// told is a request as it is saved, and whether that has its owner mailed.
	told := func(r Request) (Request, bool) {
		r.Emailed = true
		r.Mail.SentAt = at(1)
		r.withoutKind(EffectEmail)
		r = r.with().filled(at(100))
		return r, r.Has(EffectEmail)
	}
	for name, ended := range map[string]Request{"after a failure": failedPatch(), "of what was up to date": upToDate()} {
		r, mailed := told(ended)
		require.Equal(t, ended.Status == StatusNonCompliant, mailed, name)
		r, mailed = told(tellBack(goneBack(r, 30), 31, rollBackStarted))
		require.False(t, mailed, "it goes on")
		r, mailed = told(tellBack(r, 40, rollBackFailed("Read the Replacement", "ReplacementStillRunning", "")))
		require.True(t, mailed, name+": it failed")
		require.Equal(t, MailEnded, r.mailAbout(at(101)))
		again, mailed := told(r)
		require.False(t, mailed, "once")

		_, mailed = told(tellBack(again, 50, scanStarted, rollBackFinished))
		require.True(t, mailed, name+": it went through after all")
		r, _ = told(tellBack(goneBack(again, 60), 61, rollBackStarted))
		r, mailed = told(tellBack(r, 70, scanStarted, rollBackFinished))
		require.True(t, mailed, name+": another one went through")
		_, mailed = told(r)
		require.False(t, mailed, "once")
	}
	failed, _ := told(failedPatch())
	failed.Status = StatusFailed
	_, mailed := told(failed)
	require.False(t, mailed, "it ended, and is told of that once")
}
