package slackchat

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// Days of a report. Requests are kept for 400 days after their end.
const (
	reportDays     = 30
	reportMostDays = 400
)

// reportEnd keeps room for the last line of a report.
const reportEnd = 200

// What people are told who get no report.
const (
	answerReportOutsider = "Guests, and people of other organisations, get no report. `/patch status` and `/patch list` show what you may see."
	answerReportTooLong  = "That is more than I can count within Slack's three seconds. `/patch report 7` counts fewer days, and `patchbot report` on a terminal any number."
)

// report answers /patch report.
func report(ctx context.Context, a *App, c invocation) (string, error) {
	days, ok := parseDays(c.Args)
	if !ok {
		return fmt.Sprintf("I expected a number of days from 1 to %d, such as `%s report 90`, but got `%s`.", reportMostDays, SlashCommand, escaped(strings.Join(c.Args, " "), 80)), nil
	}
	outsider, err := a.Bot.Chat.IsOutsider(ctx, c.User)
	if err != nil {
		return "", err
	}
	if outsider {
		return answerReportOutsider, nil
	}
	now := a.Bot.Now()
	requests, err := a.Bot.Store.CreatedBetween(ctx, now.AddDate(0, 0, -days), now.Add(time.Second))
	if ctx.Err() != nil {
		a.Log.Warn("a report took too long", "days", days, "user", c.User)
		return answerReportTooLong, nil
	}
	if err != nil {
		return "", fmt.Errorf("list requests of %d days: %w", days, err)
	}
	owners, all := bot.Reports(requests, now)
	return reportAnswer(days, owners, all), nil
}

func parseDays(words []string) (days int, ok bool) {
	if len(words) == 0 {
		return reportDays, true
	}
	days, err := strconv.Atoi(words[0])
	return days, err == nil && len(words) == 1 && 1 <= days && days <= reportMostDays
}

// reportAnswer puts a report to words, a line an owner.
func reportAnswer(days int, owners []bot.Report, all bot.Report) string {
	period := "Last " + wording.Count(days, "day", "days")
	if len(owners) == 0 {
		return period + ": nobody was asked. `/patch report 90` looks further back."
	}
	answer := linesWithin(reportEnd)
	answer.fit(fmt.Sprintf("*%s: %s*", period, reportCounts(all)))
	shown := 0
	for shown < len(owners) && answer.fit(fmt.Sprintf("• *%s*  %s", ownerName(owners[shown].Owner), reportCounts(owners[shown]))) {
		shown++
	}
	if left := len(owners) - shown; left > 0 {
		answer.text = append(answer.text, fmt.Sprintf("and %s, who were asked less. `patchbot report` on a terminal prints all.", wording.Count(left, "more owner", "more owners")))
	}
	return answer.String()
}

// reportCounts are the numbers of a report, without those that are 0.
func reportCounts(r bot.Report) string {
	parts := []string{fmt.Sprintf("%d asked", r.Asked)}
	if r.Answered > 0 {
		parts = append(parts, fmt.Sprintf("%d answered (half within %s)", r.Answered, wording.Span(r.Median)))
	}
	for _, count := range []struct {
		n    int
		what string
	}{
		{r.Overdue, "overdue"}, {r.UpToDate, "up to date"}, {r.Failed, "failed"}, {r.Missing, "still missing patches"},
		{r.NotStarted, "not begun"}, {r.Emergencies, "as an emergency"}, {r.Expired, "expired"}, {r.Rejected, "rejected"}, {r.Stopped, "stopped"}, {r.RolledBack, "rolled back"}, {r.Open, "open"},
	} {
		if count.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count.n, count.what))
		}
	}
	return strings.Join(parts, " · ")
}
