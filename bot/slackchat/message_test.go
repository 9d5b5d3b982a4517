package slackchat

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// states are the requests in every state that package bot keeps as golden files, by name.
func states(t *testing.T) map[string]bot.Request {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "testdata", "requests", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	requests := map[string]bot.Request{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var r bot.Request
		require.NoError(t, json.Unmarshal(data, &r), path)
		requests[strings.TrimSuffix(filepath.Base(path), ".json")] = r
	}
	return requests
}

func TestRequestMessageInEveryState(t *testing.T) {
	all := states(t)
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			goldentest.JSON(t, filepath.Join("golden", "messages", name+".json"), map[string]any{"text": RequestText(r), "blocks": RequestBlocks(r)})
		})
	}
	entries, err := os.ReadDir(filepath.Join("golden", "messages"))
	require.NoError(t, err)
	require.Len(t, entries, len(all), "a golden file is of no state any more")
}

func TestEveryLineOfTheThread(t *testing.T) {
	all := states(t)
	lines := map[bot.LineKind]map[string]string{}
	for kind, names := range map[bot.LineKind][]string{
		bot.LineChanged:      {"frozen_emergency_of_two", "frozen_cancelled", "frozen_scheduled", "scheduled_moved", "scheduled_patched_now", "scheduled_cancelled", "scheduled_cancelled_too_late"},
		bot.LineApproved:     {"one_of_two", "one_of_two_by_mail", "one_of_two_rejected", "two_of_three", "two_of_two", "approved"},
		bot.LineDecided:      {"emergency_approved", "two_of_two", "scheduled_by_three", "scheduled", "scheduled_moved", "approved", "rejected_with_reason", "overruled_rejected"},
		bot.LineOverruled:    {"overruled_asked", "overruled_rejected", "scheduled_cancelled_too_late", "frozen_cancelled_at_end"},
		bot.LineReminded:     {"one_of_two_reminded", "reminded", "reminded_approved"},
		bot.LineEscalated:    {"escalated", "escalated_to_none", "reminded_approved"},
		bot.LineExpired:      {"one_of_two_expired", "expired", "expired_ask_again", "expired_decision", "overruled_expired"},
		bot.LineBackedUp:     {"backed_up"},
		bot.LineOutOfService: {"in_standby", "back_in_service"},
		bot.LineBefore:       {"hook_before_ran", "hook_before_failed", "hook_before_runs"},
		bot.LineAfter:        {"back_in_service", "hook_after_failed"},
		bot.LineInService:    {"back_in_service"},
		bot.LineInstalling:   {"patching", "rehearsal_patching", "asked_reboot_only"},
		bot.LineInstallEnded: {"installed", "install_failed", "rehearsal_over"},
		bot.LineNodeBack:     {"back", "back_but_impaired", "back_hybrid", "scanning"},
		bot.LineTriedAgain:   {"tried_again"},
		bot.LineScanned:      {"proven", "proven_partly", "proven_by_counts", "compliant", "compliant_with_more", "compliant_at_severity", "still_non_compliant", "still_waiting_for_reboots", "rehearsal_over"},
		bot.LineFrozen:       {"frozen", "frozen_calendar_unread", "scheduled_then_frozen", "patching"},
		bot.LineEmergency:    {"asked_emergency", "frozen_emergency", "frozen_needs_three", "frozen_emergency_of_two"},
		bot.LineNotStarted:   {"not_started_terminated", "not_started_untagged", "not_started_stopped", "not_started_offline", "not_started_patch_running", "not_started_frozen", "not_started_unknown"},
		bot.LineHeld:         {"queued_held", "held_after_canary", "went_on"},
		bot.LineWentOn:       {"went_on"},
		bot.LineRestStopped:  {"rest_stopped", "rest_stopped_undelivered"},
		bot.LineFailed:       {"not_back", "not_back_hybrid", "turn_never_came", "failed", "failed_while_patching", "failed_after_install", "failed_unlisted_state", "resumed"},
		bot.LineStopped:      {"stopped", "stopped_undelivered", "stopped_while_patching", "stopped_and_forgotten"},
		bot.LineEndUnheard:   {"end_unheard"},
		bot.LineResumed:      {"resumed"},
		bot.LineAskedAnew:    {"asked_anew"},

		bot.LineRollBackAsked: {"rolling_back_asked", "rolled_back"}, bot.LineReplacing: {"rolling_back"}, bot.LineReplaced: {"rolling_back_scanning"},
		bot.LineRolledBack:     {"rolled_back", "rolled_back_after_up_to_date"},
		bot.LineRollBackFailed: {"roll_back_failed", "roll_back_not_begun", "roll_back_detached", "roll_back_unwatched", "roll_back_unscanned", "roll_back_stopped", "rolling_back"},
	} {
		lines[kind] = map[string]string{}
		for _, name := range names {
			require.Contains(t, all, name)
			lines[kind][name] = threadLine(all[name], bot.Line{Kind: kind})
		}
	}
	require.ElementsMatch(t, bot.LineKinds(), slices.Collect(maps.Keys(lines)))
	goldentest.JSON(t, filepath.Join("golden", "lines.json"), lines)
	require.Equal(t, "as <it> was", threadLine(all["approved"], bot.Line{Stored: "as <it> was"}), "an older version put it to words")
}

func TestEveryRefusalToAPerson(t *testing.T) {
	all := states(t)
	answers := map[bot.Refusal]map[string]string{}
	for why, names := range map[bot.Refusal][]string{
		bot.RefusedNotApprover:    {"asked"},
		bot.RefusedOutsider:       {"asked"},
		bot.RefusedAbandoned:      {"asked"},
		bot.RefusedUnknowable:     {"asked"},
		bot.RefusedNotChecked:     {"asked"},
		bot.RefusedTooSoon:        {"asked"},
		bot.RefusedTooFar:         {"asked"},
		bot.RefusedNoSchedules:    {"asked"},
		bot.RefusedDecided:        {"two_of_two", "scheduled", "approved", "patching", "rejected", "rejected_undelivered", "compliant", "still_non_compliant", "expired_decision"},
		bot.RefusedExpired:        {"asked", "expired", "expired_ask_again"},
		bot.RefusedEnded:          {"stopped", "failed", "failed_before_asking"},
		bot.RefusedNotHeld:        {"queued", "went_on", "rest_stopped", "patching"},
		bot.RefusedApproved:       {"one_of_two", "two_of_three"},
		bot.RefusedAlone:          {"scheduled_by_three"},
		bot.RefusedNoFreeze:       {"asked", "patching"},
		bot.RefusedNoReason:       {"asked_in_freeze"},
		bot.RefusedEmergencyAlone: {"asked_emergency", "frozen_needs_three"},
		bot.RefusedEmergencyAsked: {"frozen_emergency"},
		bot.RefusedEmergencyGone:  {"frozen", "patching"},
		bot.RefusedAlreadyOpen:    {"patching"},
		bot.RefusedTriedAgain:     {"tried_again"},
		bot.RefusedOwnScan:        {"compliant"},
		bot.RefusedAskedBefore:    {"rejected"},

		bot.RefusedRehearsal: {"rehearsal_over"}, bot.RefusedNothingInstalled: {"failed"}, bot.RefusedStillOpen: {"patching"},
		bot.RefusedRollingBack: {"rolling_back"}, bot.RefusedRolledBack: {"rolled_back"}, bot.RefusedNoSnapshot: {"compliant"}, bot.RefusedSnapshotGone: {"compliant"}, bot.RefusedNoRootVolume: {"roll_back_detached"},
		bot.RefusedOtherOpen: {"asked", "patching"}, bot.RefusedInstalledLater: {"compliant", "roll_back_detached"},
	} {
		answers[why] = map[string]string{}
		for _, name := range names {
			answers[why][name] = refusal(all[name], why)
		}
	}
	digested := all["frozen_emergency"]
	digested.Digest = "d-1"
	require.Contains(t, refusal(digested, bot.RefusedEmergencyAsked), "`/patch emergency i-0933335a5598d1c2e`", "a digest has no button for it")
	require.ElementsMatch(t, bot.Refusals(), slices.Collect(maps.Keys(answers)))
	goldentest.JSON(t, filepath.Join("golden", "refusals.json"), answers)
}

func TestStatusAnswerInEveryState(t *testing.T) {
	answers := map[string]string{}
	all := states(t)
	for _, name := range []string{"asked", "needs_two", "one_of_two", "two_of_two", "scheduled", "undelivered", "asked_in_freeze", "asked_emergency", "frozen", "frozen_emergency", "emergency_approved", "not_started_stopped", "queued", "queued_held", "backing_up", "patching", "rejected", "rest_stopped", "compliant", "rolling_back", "rolled_back", "roll_back_failed",
		"proven_partly", "not_back", "tried_again"} {
		answers[name] = statusAnswer(all[name], "https://example.slack.com/archives/C1/p1")
	}
	goldentest.JSON(t, filepath.Join("golden", "status_answers.json"), answers)
}

// everything is all that is said of a request.
func everything(t *testing.T, r bot.Request) []string {
	t.Helper()
	blocks, err := json.Marshal(RequestBlocks(r))
	require.NoError(t, err)
	said := []string{wording.Headline(r), RequestText(r), string(blocks), standing(r), statusAnswer(r, ""), openList("here", []bot.Request{r}),
		summaryStanding(r.Summary(), time.Time{})}
	for _, kind := range bot.LineKinds() {
		said = append(said, threadLine(r, bot.Line{Kind: kind}))
	}
	for _, why := range bot.Refusals() {
		said = append(said, refusal(r, why))
	}
	return said
}

func TestEveryStatusHasItsOwnWordsAndNeedsNoOptionalPart(t *testing.T) {
	headlines, standings, shorts := map[string]bot.Status{}, map[string]bot.Status{}, map[string]bot.Status{}
	foreign := bot.Request{Status: "of another version"}
	for _, status := range bot.Statuses() {
		bare := bot.Request{Status: status}
		for _, text := range everything(t, bare) {
			require.NotEmpty(t, text, status)
			require.NotContains(t, text, "%!", status)
		}
		require.NotContains(t, headlines, wording.Headline(bare), status)
		require.NotContains(t, standings, standing(bare), status)
		short := summaryStanding(bare.Summary(), time.Time{})
		require.NotContains(t, shorts, short, status)
		require.NotContains(t, short, "another version", status)
		require.NotContains(t, summaryEmoji(bare.Summary(), time.Time{}), "•", status)
		headlines[wording.Headline(bare)], standings[standing(bare)], shorts[short] = status, status, status
		require.NotContains(t, standing(bare), "another version", status)
		require.NotContains(t, body(bare), "another version", status)
		require.NotContains(t, wording.Headline(bare), string(": "+status), status)
	}
	require.Contains(t, standing(foreign), "another version")
	require.Contains(t, body(foreign), "another version")
	require.NotEmpty(t, everything(t, foreign))
	for _, kind := range append(bot.LineKinds(), "of another version") {
		known := kind != "of another version"
		require.Equal(t, !known, strings.Contains(threadLine(bot.Request{}, bot.Line{Kind: kind}), "only another version"), kind)
	}
}

func TestNobodyIsToldThatNothingWasInstalledUnlessThatIsKnown(t *testing.T) {
	for name, r := range states(t) {
		if r.Installed() == bot.InstalledNothing {
			continue
		}
		for _, text := range everything(t, r) {
			require.NotContains(t, text, "Nothing was installed", name)
		}
	}
}

func TestTheWorstMessageStaysUnderSlacksLimits(t *testing.T) {
	long := strings.Repeat("&<>é", 500)
	r := states(t)["asked"]
	r.Instance.Name, r.Owner, r.Instance.Platform = long, long, long
	for i := range r.Patches {
		r.Patches[i].Title, r.Patches[i].Severity = long, long
		r.Patches[i].CVEs = []string{long, long, long, long}
	}
	data, err := json.Marshal(RequestBlocks(r))
	require.NoError(t, err)
	require.Less(t, len(data), 10_000)
	require.LessOrEqual(t, utf8.RuneCountInString(wording.Headline(r)), limit.Header)
	require.LessOrEqual(t, utf8.RuneCountInString(missingPatches(r)), limit.SectionText)
	require.LessOrEqual(t, len(RequestText(r)), limit.UpdateText)

	r.Decision = &workflow.Decision{Verdict: workflow.Rejected, Reason: long, By: workflow.Decider{Name: long}}
	r.Failure = &bot.Failure{State: long, Error: long, Cause: long}
	r.Install = bot.Install{CommandID: long, Status: long, Details: long, ResponseCode: 1, LastError: long, Output: long}
	r.RollBack = &bot.RollBack{Reason: long, By: workflow.Decider{Name: long}, SnapshotID: long, TaskID: long, ReplacedVolumeID: long, Failure: r.Failure}
	for _, kind := range bot.LineKinds() {
		require.LessOrEqual(t, len(threadLine(r, bot.Line{Kind: kind})), limit.UpdateText, kind)
	}
	require.NotContains(t, threadLine(r, bot.Line{Kind: bot.LineDecided}), "<>", "what a person typed is escaped")
}
