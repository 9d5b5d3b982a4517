package slackchat

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// numbered are copies of a request, of instances of their own.
func numbered(r bot.Request, n int, name string) []bot.Request {
	var all []bot.Request
	for i := range n {
		r.ID, r.Instance.ID, r.Instance.Name = fmt.Sprintf("r-%016d", i), fmt.Sprintf("i-%017x", i), fmt.Sprint(name, i+1)
		all = append(all, r)
	}
	return all
}

// of are decisions that all went the same way.
func of(requests []bot.Request, why bot.Refusal, err error) []bot.Decided {
	var all []bot.Decided
	for _, r := range requests {
		all = append(all, bot.Decided{Request: r, Refused: why, Err: err})
	}
	return all
}

func TestAnswersAboutManyDecisions(t *testing.T) {
	all := states(t)
	approved, undelivered := all["patching"], all["undelivered"]
	some := append(of(numbered(approved, 12, "web-"), "", nil), of(numbered(all["rejected"], 1, "db-"), bot.RefusedDecided, nil)...)
	search := all["asked"]
	search.Owner = "search"
	some = append(some, of(numbered(search, 2, "search-"), bot.RefusedNotApprover, nil)...)
	wishes := func(w wish, requests []bot.Request, left int) string {
		answer := askBack(w, "U0ADA", requests, left)
		blocks, err := json.Marshal(answer.Blocks)
		require.NoError(t, err)
		require.Less(t, len(blocks), limit.BlocksBytes)
		return answer.Text
	}
	rebootOnly, rehearsal := all["asked_reboot_only"], all["rehearsal_asked"]
	answers := map[string]string{
		"all of several":                  decidedAnswer(workflow.Approved, of(numbered(approved, 3, "web-"), "", nil)),
		"more than are named":             decidedAnswer(workflow.Approved, of(numbered(approved, 45, "web-"), "", nil)),
		"some of many":                    decidedAnswer(workflow.Approved, some, "I have no request for `i-0a`."),
		"none":                            decidedAnswer(workflow.Rejected, of(numbered(search, 2, "search-"), bot.RefusedNotApprover, nil)),
		"AWS has yet to take them":        decidedAnswer(workflow.Approved, of(numbered(undelivered, 2, "web-"), "", nil)),
		"scheduled":                       decidedAnswer(workflow.Scheduled, of(numbered(all["scheduled"], 3, "web-"), "", nil)),
		"one of several approvals":        decidedAnswer(workflow.Approved, append(of(numbered(all["one_of_two"], 2, "db-"), "", nil), of(numbered(all["two_of_two"], 3, "web-"), "", nil)...)),
		"for times that others named":     decidedAnswer(workflow.Approved, append(of(numbered(all["scheduled_by_three"], 2, "db-"), "", nil), of(numbered(all["two_of_three"], 1, "web-"), bot.RefusedApproved, nil)...)),
		"before one of several approvals": wishes(wish{Verdict: workflow.Approved, Owner: "payments"}, append(numbered(all["one_of_two"], 2, "web-"), numbered(all["asked"], 1, "db-")...), 0),
		"too far away":                    decidedAnswer(workflow.Scheduled, of(numbered(all["asked"], 2, "web-"), bot.RefusedTooFar, nil)),
		"not confirmed":                   decidedAnswer(workflow.Approved, of(numbered(search, 2, "web-"), "", errors.New("timeout"))),
		"before approving an owner's":     wishes(wish{Verdict: workflow.Approved, Owner: "payments"}, numbered(all["asked"], 12, "web-"), 0),
		"before approving more than fit":  wishes(wish{Verdict: workflow.Approved, All: true}, numbered(all["asked"], 45, "web-"), 100),
		"before rejecting, with a reason": wishes(wish{Verdict: workflow.Rejected, All: true, Reason: "release <day>"}, numbered(all["asked"], 2, "web-"), 0),
		"before approving reboots and rehearsals": wishes(wish{Verdict: workflow.Approved, All: true},
			append(numbered(rebootOnly, 2, "web-"), numbered(rehearsal, 1, "try-")...), 0),
		"nothing waits for them":       nothingWaits(wish{All: true}),
		"nothing waits for this owner": nothingWaits(wish{Owner: "<nobody>"}),
	}
	for name, answer := range answers {
		require.LessOrEqual(t, len(answer), answerBytes, name)
	}
	goldentest.JSON(t, filepath.Join("golden", "many_answers.json"), answers)
}

func TestTheWorstAnswerAboutManyStaysUnderSlacksLimits(t *testing.T) {
	r := states(t)["asked"]
	r.Approvers.Users = strings.Fields(strings.Repeat("U0123456789 ", 40))
	var all []bot.Decided
	for i, r := range numbered(r, 45, strings.Repeat("&<>é", 100)) {
		r.Owner = fmt.Sprint(strings.Repeat("&", 60), i)
		all = append(all, bot.Decided{Request: r, Refused: []bot.Refusal{bot.RefusedNotApprover, ""}[i%2]})
	}
	answer := decidedAnswer(workflow.Approved, all, strings.Repeat("x", 600))
	require.LessOrEqual(t, len(answer), answerBytes)
	require.NotContains(t, answer, "<>")

	asked := askBack(wish{Verdict: workflow.Rejected, Owner: strings.Repeat("&", 300), Reason: strings.Repeat("&", bot.ReasonLength)}, "U0ADA",
		numbered(r, 45, strings.Repeat("&<>é", 100)), 1000)
	require.LessOrEqual(t, utf8.RuneCountInString(asked.Text), limit.SectionText)
	blocks, err := json.Marshal(asked.Blocks)
	require.NoError(t, err)
	require.Contains(t, string(blocks), `"style":"danger"`)
	user, ids, reason := parseListed(listedValue("U0ADA", numbered(r, 45, "web-"), strings.Repeat("&", bot.ReasonLength)))
	require.Equal(t, "U0ADA", user)
	require.Len(t, ids, 45)
	require.Len(t, reason, bot.ReasonLength)
	require.LessOrEqual(t, len(listedValue("U0ADA", numbered(r, 45, "web-"), reason)), limit.ButtonValue)
	long := numbered(r, 45, "web-")
	for i := range long {
		long[i].ID = strings.Repeat("r", 100)
	}
	require.Len(t, listedFits("U0ADA", long, ""), 19, "never more than the button holds")
}

func TestWhatIsToBeDecidedIsReadAsPeoplePasteIt(t *testing.T) {
	const one, two = "i-0933335a5598d1c2e", "i-0a1b2c3d4e5f60718"
	ids := func(ids ...string) spoken { return spoken{IDs: ids} }
	names := func(names ...string) spoken { return spoken{Names: names} }
	for words, want := range map[string]wish{
		one:                                       {Said: ids(one)},
		"`" + one + "`, “" + two + "”.":           {Said: ids(one, two)},
		one + "," + two + "," + one:               {Said: ids(one, two)},
		"I-0933335A5598D1C2E":                     {Said: ids(one)},
		"ALL":                                     {Said: names("ALL"), All: true},
		"web team":                                {Said: names("web team")},
		"“web team”":                              {Said: names("web team")},
		"'web team' because freeze":               {Said: names("web team"), Reason: "freeze"},
		`"web 1" "web 2"`:                         {Said: names("web 1", "web 2")},
		"web-1, `web-2`,":                         {Said: names("web-1", "web-2")},
		"<http://" + one + "|" + one + ">":        {Said: ids(one)},
		"<http://web-1.example|web-1.example>":    {Said: names("web-1.example")},
		"*web-1* `" + one + "`, db (" + two + ")": {Said: spoken{IDs: []string{one, two}, Named: map[string]string{one: "web-1", two: "db"}}},
		one + " and " + two:                       {Said: spoken{IDs: []string{one, two}, Names: []string{"and"}}},
		"payments because release  day":           {Said: names("payments"), Reason: "release day"},
		one + " Because of \u202efreeze, ok":      {Said: ids(one), Reason: "of freeze, ok"},
	} {
		want.Verdict = workflow.Rejected
		if want.Said.Named == nil {
			want.Said.Named = map[string]string{}
		}
		got, expected := parseWish(workflow.Rejected, strings.Fields(words))
		require.Empty(t, expected, words)
		require.Equal(t, want, got, words)
	}
	for words, want := range map[string]string{
		"":               "I expected instances by id or name",
		"because x":      "I expected instances by id or name",
		"“”":             "I expected instances by id or name",
		one + " because": "I expected a reason",
	} {
		_, expected := parseWish(workflow.Rejected, strings.Fields(words))
		require.Contains(t, expected, want, words)
	}
	_, expected := parseWish(workflow.Approved, strings.Fields(one+" because I can"))
	require.Contains(t, expected, "Only `/patch reject` takes a reason")
}
