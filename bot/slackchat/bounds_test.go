package slackchat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// hugeRequest is a request in some state of which everything that can be long may be: what people
// and AWS name, and every list.
func hugeRequest(all map[string]bot.Request) *rapid.Generator[bot.Request] {
	texts := rapid.OneOf(rapid.StringN(0, 300, -1), rapid.Just(strings.Repeat("&", 2000)), rapid.Just("<script>*_~`"),
		rapid.Just("web\u202e1-\u200bkcab\u2066\ufeff"))
	ids := func(t *rapid.T, prefix string) []string {
		list := make([]string, rapid.SampledFrom([]int{0, 1, 2, 30, 500}).Draw(t, prefix))
		for i := range list {
			list[i] = fmt.Sprintf("%s%017x", prefix, i)
		}
		return list
	}
	return rapid.Custom(func(t *rapid.T) bot.Request {
		r := all[rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(t, "state")]
		r.Instance.Name, r.Instance.Platform, r.Owner = texts.Draw(t, "name"), texts.Draw(t, "platform"), texts.Draw(t, "owner")
		r.Instance.Volumes = rapid.IntRange(0, 1000).Draw(t, "volumes")
		r.Approvers.Users, r.Approvers.Groups = ids(t, "U"), ids(t, "S")
		r.Notify = bot.Notified{Named: rapid.Bool().Draw(t, "notify"), Users: ids(t, "U"), Groups: ids(t, "S")}
		r.Backup.SnapshotIDs = ids(t, "snap-")
		if r.Wait != nil {
			wait := *r.Wait
			wait.SnapshotIDs, wait.CommandID = ids(t, "snap-"), texts.Draw(t, "command")
			r.Wait = &wait
		}
		if r.Failure != nil {
			r.Failure = &bot.Failure{State: texts.Draw(t, "failed"), Error: texts.Draw(t, "error"), Cause: texts.Draw(t, "cause")}
		}
		if r.Decision != nil {
			d := *r.Decision
			d.Reason, d.By = texts.Draw(t, "reason"), workflow.Decider{Via: "email", Name: texts.Draw(t, "by")}
			r.Decision = &d
		}
		given := []workflow.Approval{{By: workflow.Decider{Via: "email", Name: texts.Draw(t, "typed")}, Until: r.CreatedAt.Add(time.Hour)}}
		for n := range rapid.IntRange(0, bot.MaxApprovals-2).Draw(t, "others") {
			given = append(given, workflow.Approval{By: workflow.Decider{Via: "slack", User: fmt.Sprintf("U%017x", n)}})
		}
		if r.NeedsSeveral() {
			r.Approvals, r.ApprovalsRequired = given, bot.MaxApprovals
		}
		if r.ApprovalsTag.Mistaken() {
			r.ApprovalsTag.Value = texts.Draw(t, "tag")
		}
		if rapid.Bool().Draw(t, "moved") {
			r.Moved = &bot.Moved{From: "C0123456789", Code: texts.Draw(t, "code")}
		}
		r.Install.Status, r.Install.Details, r.Install.LastError = texts.Draw(t, "status"), texts.Draw(t, "details"), texts.Draw(t, "last error")
		r = hugeEnd(t, r, texts)
		r.Patches = nil
		for range rapid.SampledFrom([]int{0, 1, 50}).Draw(t, "patches") {
			r.Patches = append(r.Patches, workflow.Patch{Title: texts.Draw(t, "title"), KBID: texts.Draw(t, "kb"), Severity: texts.Draw(t, "severity"),
				Classification: texts.Draw(t, "classification"), State: "Missing", CVEs: ids(t, "CVE-")})
		}
		return r
	})
}

// hugeEnd makes all that is known of a request's end long.
func hugeEnd(t *rapid.T, r bot.Request, texts *rapid.Generator[string]) bot.Request {
	r.Install.Output, r.Install.LogGroup = texts.Draw(t, "output"), rapid.SampledFrom([]string{"", "/" + strings.Repeat("#", 511)}).Draw(t, "log group")
	r.Remaining = nil
	for range rapid.SampledFrom([]int{0, 1, 50}).Draw(t, "remaining") {
		r.Remaining = append(r.Remaining, workflow.Patch{Title: texts.Draw(t, "left"), State: rapid.SampledFrom([]string{"Missing", "Failed", "InstalledPendingReboot"}).Draw(t, "state")})
	}
	if r.TriedAgain != nil {
		r.TriedAgain = &bot.TriedAgain{By: workflow.Decider{Via: "cli", Name: texts.Draw(t, "tried by")}}
	}
	if r.Node != nil {
		n := *r.Node
		n.Ping = bot.Tidy(texts.Draw(t, "ping"), 40)
		r.Node = &n
	}
	return r
}

func TestEveryViewOfAnyRequestStaysUnderSlacksLimits(t *testing.T) {
	all := states(t)
	rapid.Check(t, func(t *rapid.T) {
		r := hugeRequest(all).Draw(t, "request")
		m := bot.Message{Requests: []bot.Request{r}}
		blocks := postAndUpdate(t, RequestBlocks(r), RequestText(r))
		require.False(t, hasInvisible(blocks), blocks)
		seen := []string{RequestText(r)}
		for _, kind := range bot.LineKinds() {
			seen = append(seen, holdToSlacksText(t, messageLine(m, bot.Line{Kind: kind, Requests: m.Requests})))
		}
		for _, why := range bot.Refusals() {
			seen = append(seen, holdToSlacksText(t, refusal(r, why)))
		}
		seen = append(seen, holdToSlacksText(t, statusAnswer(r, "https://acme.slack.com/archives/C1/p1")), holdToSlacksText(t, openList("in this channel", slices.Repeat(m.Requests, 60))))
		for _, text := range seen {
			require.NotContains(t, text, "<script")
			require.False(t, hasInvisible(text), "%q", text)
		}
	})
}

// hasInvisible reports whether a text has what nobody sees, or what turns the direction of reading.
func hasInvisible(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Cf, c) })
}

// holdToSlacksText posts a text as lines and answers are posted, and gives it back.
func holdToSlacksText(t require.TestingT, text string) string {
	require.LessOrEqual(t, len([]rune(text)), limit.UpdateText, "longer than Slack advises: %s", text)
	postAndUpdate(t, sections(text), text)
	return text
}
