package slackchat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

// digestOf is a digest of copies of requests, of instances of their own.
func digestOf(requests ...[]bot.Request) bot.Message {
	m := bot.Message{Digest: "d-5xq3zk7m2ptqa6dh", Place: bot.Place{Channel: "C0PAYMENTS", Message: "1795397406.237096"}}
	for _, some := range requests {
		m.Requests = append(m.Requests, some...)
	}
	for i := range m.Requests {
		r := &m.Requests[i]
		r.ID, r.Instance.ID, r.Instance.Name = fmt.Sprintf("r-%016d", i), fmt.Sprintf("i-%017x", i), fmt.Sprint("web-", i+1)
		r.Digest, r.Place = m.Digest, m.Place
	}
	return m
}

// decidedBy are requests as when somebody else had decided them.
func decidedBy(requests []bot.Request, user string) []bot.Request {
	for i, r := range requests {
		d := *r.Decision
		d.By.User, d.By.Name = user, strings.ToLower(user)
		requests[i].Decision = &d
	}
	return requests
}

// placedFrom are requests that wait one behind the other.
func placedFrom(first int, requests []bot.Request) []bot.Request {
	for i := range requests {
		turn := *requests[i].Turn
		turn.Place = first + i
		requests[i].Turn = &turn
	}
	return requests
}

// digests are messages of several requests in every mix of states that can occur, by name.
func digests(t *testing.T) map[string]bot.Message {
	all := states(t)
	copies := func(name string, n int) []bot.Request {
		require.Contains(t, all, name)
		return numbered(all[name], n, "web-")
	}
	later := copies("asked", 2)
	for i := range later {
		later[i].AnswerBy = later[i].AnswerBy.Add(time.Duration(i+1) * time.Hour)
	}
	ownerless := copies("asked", 2)
	for i := range ownerless {
		ownerless[i].Owner, ownerless[i].Approvers = "", bot.Approvers{Channel: "C0PLATFORM", Default: true}
	}
	security := copies("asked", 1)
	security[0].Before.Critical, security[0].Severity = 0, workflow.SeveritySecurity
	first, rest := digestOf(copies("asked", 45)), digestOf(copies("asked", 1))
	return map[string]bot.Message{
		"asked_1":                 digestOf(copies("asked", 1)),
		"asked_3":                 digestOf(copies("asked", 3)),
		"asked_45":                first,
		"asked_46_first":          first,
		"asked_46_last":           rest,
		"needs_two_3":             digestOf(copies("needs_two", 3)),
		"one_of_two_45":           digestOf(copies("one_of_two", 45)),
		"needs_different_numbers": digestOf(copies("one_of_two", 2), copies("two_of_three", 1), copies("needs_two", 1), copies("asked", 1)),
		"needs_mistaken_tags":     digestOf(copies("needs_mistaken_tag", 2), copies("asked", 1)),
		"decided_by_two":          digestOf(copies("two_of_two", 2), copies("scheduled_by_three", 1)),
		"asked_mixed_deadlines":   digestOf(copies("asked", 2), later),
		"asked_mixed_severities":  digestOf(copies("asked", 2), security, copies("asked_reboot_only", 1), copies("asked_with_reboots", 1)),
		"asked_reboots_only":      digestOf(copies("asked_reboot_only", 3)),
		"asked_without_owner":     digestOf(ownerless),
		"decided_in_part":         digestOf(copies("approved", 2), copies("rejected_with_reason", 1), copies("asked", 3)),
		"decided_by_several":      digestOf(copies("approved", 1), decidedBy(copies("approved", 1), "U0EVE"), decidedBy(copies("rejected", 1), "U0EVE")),
		"asked_in_freeze_3":       digestOf(copies("asked_in_freeze", 3)),
		"asked_in_freeze_in_part": digestOf(copies("asked", 1), copies("asked_emergency", 1), copies("asked_calendar_unread", 1)),
		"frozen_3":                digestOf(copies("frozen", 2), copies("frozen_emergency", 1)), "frozen_in_part": digestOf(copies("frozen_emergency_of_two", 1), copies("frozen", 1), copies("scheduled", 1), copies("not_started_stopped", 1)),
		"not_started":                 digestOf(copies("not_started_offline", 2), copies("compliant", 1)),
		"in_progress":                 digestOf(copies("compliant", 2), copies("scanning", 1), copies("patching", 2), copies("backing_up", 1), copies("approved", 2), copies("failed_while_patching", 1)),
		"in_progress_45":              digestOf(copies("compliant", 31), copies("patching", 4), copies("approved", 8), copies("failed_while_patching", 2)),
		"scheduled":                   digestOf(copies("scheduled", 3)),
		"scheduled_45":                digestOf(copies("scheduled", 45)),
		"scheduled_in_part":           digestOf(copies("compliant", 1), copies("scheduled_moved", 2), copies("asked", 2)),
		"queued":                      digestOf(copies("compliant", 2), copies("patching", 3), placedFrom(1, copies("queued", 4))),
		"queued_45":                   digestOf(copies("compliant", 31), copies("patching", 3), placedFrom(1, copies("queued", 9)), copies("failed_while_patching", 2)),
		"held":                        digestOf(copies("compliant", 2), copies("still_non_compliant", 1), placedFrom(1, copies("queued_held", 4))),
		"held_while_others_are_asked": digestOf(copies("still_non_compliant", 1), placedFrom(1, copies("held_after_canary", 2)), copies("asked", 2)),
		"rest_stopped":                digestOf(copies("compliant", 1), copies("still_non_compliant", 1), copies("rest_stopped", 3)),
		"ended_well_3":                digestOf(copies("compliant", 3)),
		"ended_well_45":               digestOf(copies("compliant", 45)),
		"ended_well_at_severity":      digestOf(copies("compliant", 2), copies("compliant_at_severity", 1)),
		"ended_with_failures":         digestOf(copies("compliant", 4), copies("failed_while_patching", 1), copies("failed_after_install", 1), copies("still_non_compliant", 1), copies("stopped_while_patching", 1)),
		"ended_failed_45":             digestOf(copies("failed_while_patching", 45)),
		"ended_with_patches_missing":  digestOf(copies("compliant", 2), copies("still_non_compliant", 1), copies("still_waiting_for_reboots", 1)),
		"rejected":                    digestOf(copies("rejected_with_reason", 3)),
		"rejected_45":                 digestOf(copies("rejected", 45)),
		"rejected_and_not_delivered":  digestOf(copies("rejected_undelivered", 2)),
		"expired":                     digestOf(copies("expired", 3)),
		"expired_with_late_decisions": digestOf(copies("expired", 2), copies("expired_decision", 1)),
		"ended_in_every_way":          digestOf(copies("compliant", 1), copies("rejected", 1), copies("expired", 1), copies("stopped", 1)),
	}
}

func TestDigestMessageInEveryMixOfStates(t *testing.T) {
	all := digests(t)
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			holdToSlacksLimits(t, m)
			goldentest.JSON(t, filepath.Join("golden", "digests", name+".json"), map[string]any{"text": DigestText(m), "blocks": DigestBlocks(m)})
		})
	}
	entries, err := os.ReadDir(filepath.Join("golden", "digests"))
	require.NoError(t, err)
	require.Len(t, entries, len(all), "a golden file is of no digest any more")
}

func TestEveryStatusHasItsOwnWordsInADigest(t *testing.T) {
	standings, rows := map[string]bot.Status{}, map[string]bot.Status{}
	for _, status := range bot.Statuses() {
		bare := bot.Request{Status: status, Instance: bot.Instance{ID: "i-1", Name: "web-1"}}
		row := rowStanding(bare, lineRooms[0])
		require.NotContains(t, rows, row, status)
		rows[row] = status
		require.Contains(t, standOrder, digestStanding(bare), status)
		require.NotEqual(t, standForeign, digestStanding(bare), status)
		standings[digestStanding(bare)] = status
		require.NotEmpty(t, DigestText(digestOf([]bot.Request{bare})))
	}
	foreign := digestOf([]bot.Request{{Status: "of another version"}, {Status: "of another version"}})
	require.Contains(t, DigestText(foreign), standForeign)
	require.Len(t, standOrder, len(standings)+4, "one of each status, two ways to be up to date, to expire and to wait for a turn, and what is unknown")
}

// holdToSlacksLimits is for any requests, whatever they are called: the local Slack takes the
// message and its edit, and every instance is listed with its id.
func holdToSlacksLimits(t require.TestingT, m bot.Message) {
	blocks, text := DigestBlocks(m), DigestText(m)
	data, err := json.Marshal(blocks)
	require.NoError(t, err)
	require.LessOrEqual(t, len(data), digestBytes)
	require.LessOrEqual(t, len(text), limit.UpdateText)
	shown := postAndUpdate(t, blocks, text)
	ids := 0
	for _, r := range m.Requests {
		ids += min(1, strings.Count(shown, "`"+r.Instance.ID+"`"))
	}
	require.Equal(t, len(m.Requests), ids)
	require.NotContains(t, text, "<script")
	require.LessOrEqual(t, strings.Count(shown, "<script"), strings.Count(digestHeadline(m.Requests), "<script"), "the header alone is no markup")
}

// postAndUpdate posts a message to a local Slack, and edits it, and gives its blocks as Slack
// keeps them.
func postAndUpdate(t require.TestingT, blocks []slack.Block, text string) string {
	workspace, api := localSlack()
	channel := workspace.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true}).ID
	_, ts, err := api.PostMessage(channel, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...))
	require.NoError(t, err)
	_, _, _, err = api.UpdateMessage(channel, ts, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...))
	require.NoError(t, err)
	kept, ok := workspace.Message(channel, ts)
	require.True(t, ok)
	return string(kept.Blocks)
}

// inProcess calls a handler without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, req)
	return answer.Result(), nil
}

func localSlack() (*slacksim.Workspace, *slack.Client) {
	workspace := slacksim.New(slacksim.Config{SigningSecret: "8f742231b10e8888abcd99yyyzzz85a5"})
	client := &http.Client{Transport: inProcess{workspace.Handler()}}
	return workspace, slack.New("xoxb-slacksim", slack.OptionHTTPClient(client))
}

// anyRequest is a request in some state, with whatever people call things.
func anyRequest(all map[string]bot.Request, owner string) *rapid.Generator[bot.Request] {
	names := rapid.OneOf(rapid.StringN(1, 256, -1), rapid.Just(strings.Repeat("&", 256)), rapid.Just(strings.Repeat("👩‍👩‍👧‍👦", 60)),
		rapid.Just("<script>*_~`"), rapid.StringMatching("web-[0-9]{1,3}"))
	var kinds []string
	for name, r := range all {
		if !r.Rehearsal {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	return rapid.Custom(func(t *rapid.T) bot.Request {
		r := all[rapid.SampledFrom(kinds).Draw(t, "state")]
		if rapid.IntRange(0, 30).Draw(t, "foreign") == 0 {
			r.Status = "of another version"
		}
		r.Instance.Name, r.Owner = names.Draw(t, "name"), owner
		if r.Failure != nil {
			r.Failure = &bot.Failure{State: names.Draw(t, "state"), Error: names.Draw(t, "error"), Cause: names.Draw(t, "cause")}
		}
		if r.Decision != nil {
			d := *r.Decision
			d.By.Via, d.By.Name, d.Reason = rapid.SampledFrom([]string{"slack", "email"}).Draw(t, "via"), names.Draw(t, "by"), names.Draw(t, "reason")
			r.Decision = &d
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "approvers") {
			r.Approvers.Users = append(r.Approvers.Users[:len(r.Approvers.Users):len(r.Approvers.Users)], fmt.Sprintf("U%010d", i))
		}
		return r
	})
}

func TestDigestsOfAnyRequestsStayUnderSlacksLimits(t *testing.T) {
	all := states(t)
	rapid.Check(t, func(t *rapid.T) {
		owner := rapid.SampledFrom([]string{"", "payments", strings.Repeat("&<>é", 64), "<script>"}).Draw(t, "owner")
		requests := rapid.SliceOfN(anyRequest(all, owner), 1, bot.DigestSize).Draw(t, "requests")
		for i := range requests {
			requests[i].ID, requests[i].Instance.ID = fmt.Sprintf("r-%016d", i), fmt.Sprintf("i-%017x", i)
		}
		holdToSlacksLimits(t, bot.Message{Digest: "d-5xq3zk7m2ptqa6dh", Requests: requests})
		for _, kind := range bot.LineKinds() {
			line := digestLine(bot.Line{Kind: kind, Requests: requests})
			require.LessOrEqual(t, len(line), limit.UpdateText, kind)
			require.NotContains(t, line, "<script", kind)
		}
	})
}

func TestTheWorstDigestStaysUnderSlacksLimits(t *testing.T) {
	for _, r := range states(t) {
		r.Instance.Name, r.Owner = strings.Repeat("&", 256), strings.Repeat("&", 256)
		if r.Failure != nil {
			r.Failure = &bot.Failure{State: r.Owner, Error: r.Owner, Cause: r.Owner}
		}
		for i := range 200 {
			r.Approvers.Users = append(r.Approvers.Users[:len(r.Approvers.Users):len(r.Approvers.Users)], fmt.Sprintf("U%010d", i))
		}
		if r.Decision != nil {
			d := *r.Decision
			d.By = workflow.Decider{Via: "email", Name: strings.Repeat("&", 256)}
			r.Decision = &d
		}
		var requests []bot.Request
		for i := range bot.DigestSize {
			r.ID, r.Instance.ID = fmt.Sprintf("r-%016d", i), fmt.Sprintf("i-%017x", i)
			requests = append(requests, r)
		}
		holdToSlacksLimits(t, bot.Message{Digest: "d-5xq3zk7m2ptqa6dh", Requests: requests})
	}
}
