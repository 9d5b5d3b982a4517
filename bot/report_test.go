package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestAReportCountsEachRequestByHowItWent(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	asked := now.Add(-10 * time.Hour)
	request := func(owner string, status bot.Status, decidedAfter time.Duration) bot.Summary {
		s := bot.Summary{Owner: owner, Status: status, CreatedAt: asked, AnswerBy: now.Add(time.Hour)}
		if decidedAfter > 0 {
			s.DecidedAt = asked.Add(decidedAfter)
		}
		return s
	}
	late, rehearsal, neverAsked := request("payments", bot.StatusAsked, 0), request("payments", bot.StatusCompliant, time.Hour), request("search", bot.StatusFailed, 0)
	late.AnswerBy = now.Add(-time.Minute)
	rehearsal.Rehearsal = true
	neverAsked.AnswerBy = time.Time{}

	owners, all := bot.Reports([]bot.Summary{
		request("payments", bot.StatusAsked, 0), late, rehearsal,
		request("Payments", bot.StatusCompliant, time.Hour),
		request("payments", bot.StatusNonCompliant, 3*time.Hour),
		request("payments", bot.StatusFailed, 4*time.Hour),
		request("payments", bot.StatusRejected, 8*time.Hour),
		request("payments", bot.StatusExpired, 0),
		request("payments", bot.StatusExpired, 9*time.Hour), // the decision came too late
		request("payments", bot.StatusStopped, 0),
		request("", bot.StatusPatching, 2*time.Hour),
		neverAsked,
	}, now)
	require.Equal(t, []bot.Report{
		{Owner: "payments", Asked: 9, Answered: 4, Median: 3*time.Hour + 30*time.Minute, Overdue: 1, UpToDate: 1, Failed: 1, Missing: 1, Expired: 2, Rejected: 1, Stopped: 1, Open: 2},
		{Owner: "", Asked: 1, Answered: 1, Median: 2 * time.Hour, Open: 1},
		{Owner: "search", Failed: 1},
	}, owners, "no rehearsal is counted, and nobody was asked of what failed before")
	require.Equal(t, bot.Report{Asked: 10, Answered: 5, Median: 3 * time.Hour, Overdue: 1, UpToDate: 1, Failed: 2, Missing: 1, Expired: 2, Rejected: 1, Stopped: 1, Open: 3}, all)
}

func TestEveryStatusIsInOneCountOfAReport(t *testing.T) {
	for _, status := range bot.Statuses() {
		_, all := bot.Reports([]bot.Summary{{Status: status}}, time.Time{})
		counted := all.Open + all.UpToDate + all.Failed + all.Missing + all.Expired + all.Rejected + all.NotStarted + all.Stopped + all.RolledBack
		want := 1
		if status == bot.StatusRehearsed {
			want = 0
		}
		require.Equal(t, want, counted, status)
	}
}

func TestAReportOfNothingIsEmpty(t *testing.T) {
	owners, all := bot.Reports(nil, time.Time{})
	require.Empty(t, owners)
	require.Equal(t, bot.Report{}, all)
}
