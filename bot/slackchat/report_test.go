package slackchat

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
)

func TestReportAnswers(t *testing.T) {
	some := []bot.Report{
		{Owner: "payments", Asked: 40, Answered: 35, Median: 2 * time.Hour, Overdue: 1, UpToDate: 28, Failed: 2, Missing: 1, Expired: 3, Rejected: 4, Stopped: 1, Open: 1},
		{Owner: "ledger", Asked: 3, Answered: 3, Median: 40 * time.Minute, UpToDate: 3},
		{Owner: "", Asked: 1, Open: 1},
		{Owner: "<search>", Failed: 1},
	}
	all := bot.Report{Asked: 44, Answered: 38, Median: 110 * time.Minute, Overdue: 1, UpToDate: 31, Failed: 3, Missing: 1, Expired: 3, Rejected: 4, Stopped: 1, Open: 2}
	var many []bot.Report
	for n := range 200 {
		r := some[0]
		r.Owner = fmt.Sprintf("team-%03d", n)
		many = append(many, r)
	}
	answers := map[string]string{}
	for name, c := range map[string]struct {
		days   int
		owners []bot.Report
		all    bot.Report
	}{
		"some owners":               {30, some, all},
		"more owners than fit":      {400, many, all},
		"a day on which nobody was": {1, nil, bot.Report{}},
	} {
		answers[name] = reportAnswer(c.days, c.owners, c.all)
		require.LessOrEqual(t, len(answers[name]), answerBytes, name)
	}
	goldentest.JSON(t, filepath.Join("golden", "report_answers.json"), answers)
	shown := strings.Count(answers["more owners than fit"], "\n• ")
	require.Contains(t, answers["more owners than fit"], fmt.Sprintf("and %d more owners", 200-shown))
}

func TestTheDaysOfAReportAreANumberFrom1To400(t *testing.T) {
	for words, want := range map[string]int{"": 30, "1": 1, "400": 400, "90": 90} {
		days, ok := parseDays(strings.Fields(words))
		require.True(t, ok, words)
		require.Equal(t, want, days)
	}
	for _, words := range []string{"0", "401", "-1", "many", "30 days", "1.5"} {
		_, ok := parseDays(strings.Fields(words))
		require.False(t, ok, words)
	}
}

// slowStore answers when the person has long stopped waiting.
type slowStore struct{ bot.Store }

func (slowStore) CreatedBetween(ctx context.Context, _, _ time.Time) ([]bot.Summary, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// member is a chat in which nobody is an outsider.
type member struct{ bot.Chat }

func (member) IsOutsider(context.Context, string) (bool, error) { return false, nil }

func TestAReportThatTakesTooLongSaysHowToAskForLess(t *testing.T) {
	app := &App{Bot: &bot.Bot{Store: slowStore{}, Chat: member{}, Now: func() time.Time { return noon }}, Log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	require.Equal(t, answerReportTooLong, app.runCommand(ctx, "report 400", invocation{User: "U1"}).Text)
}
