package slackchat

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/workflow"
)

// refusedTry is one try that was refused.
func refusedTry(actor, action string, why bot.Refusal, minute int) bot.AuditEntry {
	return bot.AuditEntry{At: noon.Add(time.Duration(minute) * time.Minute), Actor: actor, Action: action, Refused: why}
}

func TestHistoryAnswers(t *testing.T) {
	all := states(t)
	past := func(name string, refused ...bot.AuditEntry) pastRequest {
		require.Contains(t, all, name)
		return pastRequest{Request: all[name], Link: "https://example.slack.com/archives/C1/p1", Refused: refused}
	}
	var everyRefusal []bot.AuditEntry
	for n, why := range bot.Refusals() {
		everyRefusal = append(everyRefusal, refusedTry("slack:U0EVE", string(workflow.Rejected), why, n))
	}
	noLink := past("failed_before_asking")
	noLink.Link = ""
	answers := map[string]string{}
	for name, c := range map[string]struct {
		past   []pastRequest
		hidden int
	}{
		"three requests, and refused tries": {[]pastRequest{
			past("patching", refusedTry("slack:U0EVE", string(workflow.Approved), bot.RefusedNotApprover, 1), refusedTry("slack:U0LIN", string(workflow.Rejected), bot.RefusedDecided, 2)),
			past("rejected_with_reason", refusedTry(bot.ActorWorkflow, "approval_requested", bot.RefusedAskedBefore, 3)),
			past("compliant")}, 0},
		"one that waits":                         {[]pastRequest{past("asked")}, 0},
		"ends of every kind":                     {[]pastRequest{past("expired"), past("expired_decision"), past("failed"), past("still_non_compliant"), past("stopped"), past("rehearsal_over"), noLink}, 0},
		"more refused tries than fit":            {[]pastRequest{past("asked", everyRefusal...)}, 0},
		"more in a private channel":              {[]pastRequest{past("compliant")}, 2},
		"more than fits into an answer":          {slices.Repeat([]pastRequest{past("rejected_with_reason", everyRefusal...)}, historyLength), 0},
		"answered outside of Slack, and by mail": {[]pastRequest{past("overruled_rejected", refusedTry("email:ada@example.com", string(workflow.Approved), bot.RefusedExpired, 1))}, 0},
	} {
		answers[name] = historyAnswer(c.past, c.hidden, noon)
		require.LessOrEqual(t, len(answers[name]), answerBytes, name)
	}
	goldentest.JSON(t, filepath.Join("golden", "history_answers.json"), answers)
	require.Contains(t, answers["more than fits into an answer"], "older. `patchbot audit")
}

func TestEveryRefusalHasItsOwnShortWords(t *testing.T) {
	seen := map[string]bot.Refusal{}
	for _, why := range bot.Refusals() {
		words := refusedWhy(why)
		require.NotContains(t, words, "another version")
		require.NotContains(t, seen, words)
		seen[words] = why
	}
	require.Contains(t, refusedWhy("<new>"), "another version of me: &lt;new&gt;")
}

func TestTheWorstHistoryStaysUnderSlacksLimits(t *testing.T) {
	long := strings.Repeat("&<>é`", 500)
	r := states(t)["rejected_with_reason"]
	r.Instance.Name, r.Decision.Reason, r.Decision.By = long, long, workflow.Decider{Name: long}
	p := pastRequest{Request: r, Refused: slices.Repeat([]bot.AuditEntry{{Actor: "email:" + long, Action: long, Refused: bot.Refusal(long)}}, 20)}
	answer := historyAnswer(slices.Repeat([]pastRequest{p}, historyLength), historyLength, noon)
	require.LessOrEqual(t, len(answer), answerBytes)
	require.NotContains(t, answer, "<>")
}
