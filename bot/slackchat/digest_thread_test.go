package slackchat

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
)

func TestEveryLineOfADigestsThread(t *testing.T) {
	all := states(t)
	one := func(name string) []bot.Request { return digestOf(numbered(all[name], 1, "web-")).Requests }
	many := func(n int, names ...string) []bot.Request {
		var requests [][]bot.Request
		for _, name := range names {
			require.Contains(t, all, name)
			requests = append(requests, numbered(all[name], n, "web-"))
		}
		return digestOf(requests...).Requests
	}
	late := many(3, "expired")
	for i := range late {
		late[i].EndedAt = late[i].EndedAt.Add(time.Duration(i) * time.Second)
	}
	failed := one("failed_while_patching")
	failed[0].Backup = all["backed_up"].Backup
	lines := map[bot.LineKind]map[string]string{}
	for kind, told := range map[bot.LineKind]map[string][]bot.Request{
		bot.LineDecided:      {"one": one("approved"), "40 approved": many(40, "approved"), "by two": many(3, "two_of_two"), "40 scheduled": many(40, "scheduled"), "rejected with a reason": many(3, "rejected_with_reason")},
		bot.LineApproved:     {"one": one("one_of_two"), "40": many(40, "one_of_two"), "for a time": many(2, "two_of_three")},
		bot.LineChanged:      {"one": one("scheduled_patched_now"), "40 moved": many(40, "scheduled_moved"), "cancelled with a reason": many(3, "scheduled_cancelled"), "in an emergency": one("frozen_emergency_of_two")},
		bot.LineOverruled:    {"one": one("overruled_asked"), "several": many(3, "overruled_rejected")},
		bot.LineReminded:     {"one": one("reminded"), "40": many(40, "reminded"), "decided since": many(2, "reminded_approved"), "some decided since": many(2, "reminded", "reminded_approved"), "with an approval": many(2, "one_of_two_reminded")},
		bot.LineEscalated:    {"one": one("escalated"), "40": many(40, "escalated"), "to none": many(2, "escalated_to_none")},
		bot.LineExpired:      {"one": one("expired"), "several, at their times": late, "in two ways": many(2, "expired", "expired_decision"), "with too few approvals": many(2, "one_of_two_expired")},
		bot.LineOutOfService: {"one": one("in_standby")}, bot.LineBefore: {"one": one("hook_before_ran")}, bot.LineAfter: {"one": one("hook_after_failed")}, bot.LineInService: {"one": one("back_in_service")},
		bot.LineBackedUp: {"one": one("backed_up")}, bot.LineInstalling: {"one": one("patching")}, bot.LineInstallEnded: {"one": one("installed")},
		bot.LineNodeBack: {"one": one("back")}, bot.LineTriedAgain: {"one": one("tried_again")},
		bot.LineScanned: {"one": one("compliant"), "12": many(12, "compliant"), "at their severity": many(2, "compliant", "compliant_at_severity"),
			"still missing": one("still_non_compliant"), "installed in part": one("proven_partly")},
		bot.LineFrozen:      {"one": one("frozen"), "40": many(40, "frozen"), "unread": many(2, "frozen_calendar_unread"), "that went on since": many(2, "patching")},
		bot.LineEmergency:   {"one": one("frozen_emergency"), "of a question": one("asked_emergency"), "several": many(2, "frozen_emergency"), "decided since": one("frozen_emergency_of_two")},
		bot.LineNotStarted:  {"one": one("not_started_stopped"), "several": many(3, "not_started_offline"), "for two reasons": many(1, "not_started_untagged", "not_started_terminated")},
		bot.LineHeld:        {"one": one("queued_held"), "4": many(4, "queued_held"), "that went on since": many(2, "went_on")},
		bot.LineWentOn:      {"4": many(4, "went_on")},
		bot.LineRestStopped: {"one": one("rest_stopped"), "4": many(4, "rest_stopped"), "not delivered yet": many(2, "rest_stopped_undelivered")},
		bot.LineFailed:      {"before the install": one("failed"), "after snapshots": failed, "while it goes on": one("resumed"), "not back": one("not_back")},
		bot.LineStopped:     {"one": one("stopped"), "several": many(3, "stopped"), "at different steps": many(2, "stopped", "stopped_while_patching")},
		bot.LineEndUnheard:  {"one": one("end_unheard"), "several": many(2, "end_unheard")},
		bot.LineResumed:     {"one": one("resumed")},
		bot.LineAskedAnew:   {"one": one("asked_anew")},

		bot.LineRollBackAsked: {"one": one("rolling_back_asked")}, bot.LineReplacing: {"one": one("rolling_back")}, bot.LineReplaced: {"one": one("rolling_back_scanning")},
		bot.LineRolledBack: {"one": one("rolled_back")}, bot.LineRollBackFailed: {"one": one("roll_back_failed")},
	} {
		lines[kind] = map[string]string{}
		for name, requests := range told {
			lines[kind][name] = digestLine(bot.Line{Kind: kind, Requests: requests})
		}
	}
	require.ElementsMatch(t, bot.LineKinds(), slices.Collect(maps.Keys(lines)))
	goldentest.JSON(t, filepath.Join("golden", "digest_lines.json"), lines)
	stored := bot.Line{Stored: "as <it> was", Requests: one("approved")}
	require.Equal(t, "web-1 `i-00000000000000000`: as <it> was", digestLine(stored), "an older version put it to words")
}
