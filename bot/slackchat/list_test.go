package slackchat

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
)

// noon is when the answers of these tests are read: all requests of the golden files are older.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const platform = "C0PLATFORM"

// listedRequest is one request, in a channel that everybody sees.
func listedRequest(n int, owner string, status bot.Status) bot.Summary {
	return bot.Summary{ID: fmt.Sprint("r-", n), Version: 1, Instance: fmt.Sprintf("i-%017x", n), Name: fmt.Sprint("web-", n), Owner: owner, Status: status,
		Channel: platform, CreatedAt: noon.Add(time.Duration(n-100) * time.Hour), AnswerBy: noon.Add(time.Duration(n) * time.Hour)}
}

func TestListAnswers(t *testing.T) {
	some := []bot.Summary{
		listedRequest(1, "ledger", bot.StatusPatching), listedRequest(0, "payments", bot.StatusAsked), listedRequest(2, "payments", bot.StatusAsked),
		listedRequest(3, "payments", bot.StatusScanning), listedRequest(4, "", bot.StatusApproved),
	}
	some[4].InDelivery, some[3].Rehearsal = true, true
	var many []bot.Summary
	for n := range 300 {
		many = append(many, listedRequest(n, fmt.Sprintf("team-%02d", n/10), bot.StatusAsked))
	}
	failed := []bot.Summary{listedRequest(1, "ledger", bot.StatusFailed), listedRequest(2, "payments", bot.StatusNonCompliant)}
	for i := range failed {
		failed[i].EndedAt = noon.Add(-time.Hour)
	}
	secret := slices.Clone(some)
	secret[1].Channel, secret[2].Channel, secret[3].Channel = "G0SECRET", "G0SECRET", "G0SECRET"
	counted := slices.Clone(some)
	counted[1].Approvals, counted[1].Required, counted[2].Required = 1, 2, 3
	of := func(state listState, owner string) listFilter { return listFilter{State: state, Owner: owner} }

	answers := map[string]string{}
	for name, c := range map[string]struct {
		filter listFilter
		found  []bot.Summary
	}{
		"open requests of all owners":        {of(listOpen, ""), some},
		"open requests of one owner":         {of(listOpen, "payments"), some[1:4]},
		"requests that wait for a decision":  {of(listWaiting, ""), some[1:3]},
		"one that waits for a decision":      {of(listWaiting, ""), some[2:3]},
		"requests that need several people":  {of(listWaiting, ""), counted[1:3]},
		"what failed":                        {of(listFailed, ""), failed},
		"in a private channel":               {of(listOpen, ""), secret},
		"nothing but in a private channel":   {of(listOpen, "payments"), secret[1:4]},
		"many of many owners":                {of(listOpen, ""), many},
		"many of some owners":                {of(listOpen, ""), many[:60]},
		"many of one owner":                  {of(listOpen, "team-00"), slices.Concat(many[:10], many[:10], many[:10], many[:10])},
		"many that wait, of one owner":       {of(listWaiting, "team-00"), slices.Concat(many[:10], many[:10], many[:10], many[:10])},
		"no open request":                    {of(listOpen, ""), nil},
		"nothing that waits":                 {of(listWaiting, ""), nil},
		"nothing that failed, of this owner": {of(listFailed, "<nobody>"), nil},
	} {
		answers[name] = listAnswer(c.filter, c.found, map[string]bool{platform: true}, noon)
		require.LessOrEqual(t, len(answers[name]), answerBytes, name)
	}
	goldentest.JSON(t, filepath.Join("golden", "list_answers.json"), answers)
	for _, name := range []string{"in a private channel", "nothing but in a private channel"} {
		require.NotContains(t, answers[name], "web-2", "what stands there is not for this reader")
	}
	require.NotContains(t, answers["in a private channel"], "payments*")
	require.Contains(t, answers["in a private channel"], "5 open requests", "but it is counted")
}

func TestEveryRequestOfAListIsCountedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		requests, teams int
		owners          bool // only owners are named
	}{
		"that fits": {3, 3, false}, "of some owners": {200, 6, false}, "that is cut": {200, 20, false},
		"of many owners": {500, 40, true}, "of more owners than fit": {5000, 400, true},
	} {
		t.Run(name, func(t *testing.T) {
			var found []bot.Summary
			for i := range c.requests {
				s := listedRequest(i, fmt.Sprintf("team-%03d", i%c.teams), bot.StatusAsked)
				if i%7 == 0 {
					s.Channel = "G0SECRET"
				}
				found = append(found, s)
			}
			slices.SortStableFunc(found, func(a, b bot.Summary) int { return compareOwners(a.Owner, b.Owner) })
			counted := 0
			for line := range strings.Lines(listAnswer(listFilter{State: listOpen}, found, map[string]bool{platform: true}, noon)) {
				var more int
				var owner string
				if k, _ := fmt.Sscanf(line, "*%s %d", &owner, &more); k == 2 && c.owners {
					counted += more
				} else if strings.Contains(line, "`i-") && !strings.HasPrefix(line, "and ") {
					counted++
				} else if k, _ := fmt.Sscanf(line, "and %d more", &more); k == 1 {
					counted += more
				} else if k, _ := fmt.Sscanf(line, "%d are in private channels", &more); k == 1 {
					counted += more
				} else if strings.HasPrefix(line, "1 is in private channels") {
					counted++
				}
			}
			require.Equal(t, c.requests, counted)
		})
	}
}

func TestTheWorstListStaysUnderSlacksLimits(t *testing.T) {
	long := strings.Repeat("&<>é`", 100)
	var found []bot.Summary
	for n := range 2000 {
		s := listedRequest(n, fmt.Sprint(long, n/3), bot.StatusAsked)
		s.Name, s.Instance = long, long
		found = append(found, s)
	}
	answer := listAnswer(listFilter{State: listOpen, Owner: long}, found, map[string]bool{platform: true}, noon)
	require.LessOrEqual(t, len(answer), answerBytes+1000, "the owner that was typed may be long")
	require.NotContains(t, answer, "<>")
	require.Contains(t, listAnswer(listFilter{State: listOpen}, found, map[string]bool{platform: true}, noon), "Name an owner")
}

func TestTheWordsAfterListComeInAnyOrder(t *testing.T) {
	for words, want := range map[string]listFilter{
		"":                 {State: listOpen},
		"open":             {State: listOpen},
		"payments":         {State: listOpen, Owner: "payments"},
		"failed payments":  {State: listFailed, Owner: "payments"},
		"payments WAITING": {State: listWaiting, Owner: "payments"},
		"web team failed":  {State: listFailed, Owner: "web team"},
	} {
		got, expected := parseListFilter(strings.Fields(words))
		require.Equal(t, want, got, words)
		require.Empty(t, expected, words)
	}
	_, expected := parseListFilter([]string{"failed", "open"})
	require.Equal(t, "I expected one of `open`, `waiting` and `failed`, but got both `failed` and `open`.", expected)
	_, expected = parseListFilter([]string{"`i-0933335a5598d1c2e`"})
	require.Contains(t, expected, "`/patch status i-0933335a5598d1c2e` tells how it stands")
}
