package slackchat

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

func TestWhatAnEscalationTells(t *testing.T) {
	const link = "<https://example.slack.com/archives/C1/p1|Open the question>"
	all := states(t)
	one := all["escalated"]
	elsewhere := one
	elsewhere.Notify = bot.Notified{Named: true, Here: true}
	approved := one
	approved.ApprovalsRequired, approved.Approvals = 2, all["one_of_two"].Approvals
	posts := map[string]string{
		"of what one of two approved":   escalation(bot.Message{Requests: []bot.Request{approved}}, link),
		"one":                           escalation(bot.Message{Requests: []bot.Request{one}}, link),
		"45":                            escalation(digestOf(numbered(one, 45, "web-")), link),
		"of an owner who notifies here": escalation(bot.Message{Requests: []bot.Request{elsewhere}}, link),
	}
	require.NotContains(t, posts["of an owner who notifies here"], "<!here>", "those are others")
	goldentest.JSON(t, filepath.Join("golden", "escalations.json"), posts)
	require.Contains(t, escalatedLine(approved), "too few of those who decide have answered.")

	long := strings.Repeat("&<>é", 500)
	one.Instance.Name, one.Owner = long, long
	for range 200 {
		one.Approvers.Users = append(one.Approvers.Users, "U0123456789")
		one.Escalation.Users = one.Approvers.Users
	}
	worst := digestOf(numbered(one, bot.DigestSize, long))
	require.LessOrEqual(t, len(escalation(worst, link)), limit.UpdateText)
	for _, kind := range []bot.LineKind{bot.LineReminded, bot.LineEscalated} {
		require.LessOrEqual(t, len(digestLine(bot.Line{Kind: kind, Requests: worst.Requests})), limit.UpdateText, kind)
	}
}
