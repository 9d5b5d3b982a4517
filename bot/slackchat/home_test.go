package slackchat

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestAppHomes(t *testing.T) {
	all := states(t)
	asked, digest := all["asked"], digestOf(numbered(all["asked"], 3, "web-"))
	summaries := func(names ...string) (found []bot.Summary) {
		for _, name := range names {
			found = append(found, all[name].Summary())
		}
		return found
	}
	for name, h := range map[string]home{
		"nothing":           {},
		"one_question":      {Waiting: []bot.Message{{Requests: []bot.Request{asked}}}},
		"a_digest_and_more": {Waiting: []bot.Message{digest}, More: 7},
		"several_approvals": {Waiting: []bot.Message{{Requests: []bot.Request{all["one_of_two"]}}, digestOf(numbered(all["needs_two"], 2, "db-"))},
			Scheduled: []bot.Message{{Requests: []bot.Request{all["scheduled_by_three"]}}}, Overdue: summaries("one_of_two"), Platform: true},
		"scheduled": {Scheduled: []bot.Message{{Requests: []bot.Request{all["scheduled"]}}, digestOf(numbered(all["scheduled"], 2, "db-"))}, Working: summaries("scheduled")},
		"in_a_freeze": {Waiting: []bot.Message{{Requests: []bot.Request{all["asked_emergency"]}}, digestOf(numbered(all["asked_emergency"], 2, "web-"))},
			Agreeing:  []bot.Message{{Requests: []bot.Request{all["frozen_emergency"]}}, digestOf(numbered(all["frozen_emergency"], 2, "api-"))},
			Scheduled: []bot.Message{{Requests: []bot.Request{all["frozen"]}}, digestOf(numbered(all["frozen"], 2, "db-")), digestOf(append(numbered(all["frozen"], 1, "app-"), numbered(all["scheduled"], 1, "job-")...))},
			Working:   summaries("frozen", "approved_in_freeze")},
		"not_checked":       {Unchecked: 3},
		"after_a_click":     {Said: "Too late: <@U0LIN> approved this.", Working: summaries("patching", "queued"), Lately: summaries("compliant", "rejected", "failed")},
		"the_platform_team": {Platform: true, Overdue: summaries("asked", "failed")},
	} {
		goldentest.JSON(t, filepath.Join("golden", "homes", name+".json"), map[string]any{"text": homeHeadline(h), "blocks": homeView(h, noon).Blocks})
	}
}

func TestTheFullestAppHomeStaysUnderSlacksLimits(t *testing.T) {
	workspace, api := localSlack()
	ada := workspace.AddUser(slacksim.User{Name: "ada"})
	for _, r := range states(t) {
		r.Instance.Name, r.Owner = strings.Repeat("&", 256), strings.Repeat("&", 256)
		h := home{Said: strings.Repeat("All is well.\n", 300), More: 1_000_000, Platform: true,
			Working: slices.Repeat([]bot.Summary{r.Summary()}, 2000), Lately: slices.Repeat([]bot.Summary{r.Summary()}, 2000), Overdue: slices.Repeat([]bot.Summary{r.Summary()}, 2000)}
		for range homeMessages {
			digest := digestOf(numbered(r, bot.DigestSize, strings.Repeat("&", 200)))
			if r.Status == bot.StatusAsked {
				h.Waiting = append(h.Waiting, digest)
			}
			if r.Status == bot.StatusFrozen {
				h.Agreeing, h.Scheduled = append(h.Agreeing, digest), append(h.Scheduled, digest)
			}
		}
		for _, list := range [][]bot.Message{h.Waiting, h.Agreeing, h.Scheduled} {
			for i := range list { // each is another one
				list[i].Digest += string(rune('a' + i))
			}
		}
		if r.Status == bot.StatusFrozen {
			h.Waiting = slices.Clone(h.Agreeing)
			for i := range h.Waiting {
				h.Waiting[i].Digest += "-asked"
			}
		}
		_, err := api.PublishView(ada.ID, homeView(h, noon), "")
		require.NoError(t, err, r.Status)
	}
}
