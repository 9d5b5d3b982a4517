package bot

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/goldentest"
	"github.com/patchbot/patchbot/workflow"
)

// states are requests in every state. They are kept as golden files, in the form in which
// stores keep them, and whatever shows requests is tested with those.
func states() map[string]Request {
	all := map[string]Request{}
	for _, some := range []map[string]Request{questions(), reminders(), decisions(), approvals(), schedules(), queues(), working(), scans(), proofs(), failures(), stops(), rehearsals(), hooked(), rollBacks(), freezes(), notStarted()} {
		maps.Copy(all, some)
	}
	return all
}

// questions wait for a decision.
func questions() map[string]Request {
	asked := func(change func(*workflow.ApprovalRequested)) Request {
		d := approvalRequested()
		change(&d)
		return tell(Request{}, 0, d)
	}
	return map[string]Request{
		"asked": askedRequest(),
		"asked_reboot_only": asked(func(d *workflow.ApprovalRequested) {
			d.Counts = workflow.Counts{PendingReboot: 2, Critical: 2}
			d.Patches, d.Backup = nil, false
		}),
		"asked_without_names": asked(func(d *workflow.ApprovalRequested) { d.Patches, d.Severity = nil, workflow.SeverityAny }),
		"asked_with_reboots": asked(func(d *workflow.ApprovalRequested) {
			d.Counts = workflow.Counts{Missing: 1, PendingReboot: 3, Critical: 1, Security: 3}
		}),
		"asked_with_cut_titles": asked(func(d *workflow.ApprovalRequested) {
			d.Patches = []workflow.Patch{{Title: strings.Repeat("Cumulative Update ", 10), KBID: "KB5046616", Severity: "Critical"},
				{KBID: "KB5046617", Severity: "Important"}}
		}),
	}
}

// reminders were sent about questions that nobody answered, or until somebody did.
func reminders() map[string]Request {
	escalating := askedRequest()
	escalating.Escalation = Escalation{Channel: "C0LEADS", Users: []string{"U0GUS"}, Groups: []string{"S0LEADS"}}
	escalated := tell(tell(escalating, 24*60, reminded(1)), 60*60, escalatedAt(3))
	again := askedRequest()
	again.AfterNoAnswer = AfterNoAnswerAskAgain
	return map[string]Request{
		"reminded":          tell(askedRequest(), 24*60, reminded(1)),
		"reminded_approved": decided(tell(askedRequest(), 24*60, reminded(1)), ada, approve, 25*60),
		"escalated":         escalated,
		"escalated_to_none": tell(askedRequest(), 60*60, escalatedAt(1)),
		"expired_ask_again": tell(tell(again, 24*60, reminded(1)), 3*24*60, workflow.ApprovalExpired{}),
	}
}

// decisions were made, here or past us, or not at all.
func decisions() map[string]Request {
	rejected := decided(askedRequest(), ada, reject, 2)
	expired := tell(askedRequest(), 3*24*60, workflow.ApprovalExpired{})
	operator := &workflow.Decision{Verdict: workflow.Approved, By: workflow.Decider{Via: "cli", Name: "operator"}, At: at(1)}
	overruled := func(r Request) Request {
		running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{Known: true, Decision: operator}}
		return Observe(r, running, at(3)).Request
	}
	mailed := askedRequest()
	mailed.Emailed, mailed.Mail = true, Mail{Why: MailUnreached, SentAt: at(1), Keys: []string{MailKey("abcdefghijklmnopqrstuvwxyz-_0123").hash()}}
	byMail := Actor{Via: ViaEmail, Name: "Ada <Lovelace>", Approver: true}
	undelivered := approvedRequest()
	undelivered.Outbox = OutboxOf(completeDecision(undelivered.ApprovalToken))
	return map[string]Request{
		"approved":             approvedRequest(),
		"mailed":               mailed,
		"approved_by_mail":     delivered(decided(mailed, byMail, approve, 2)),
		"rejected_by_mail":     delivered(decided(mailed, byMail, Action{Verdict: workflow.Rejected, Reason: "freeze"}, 2)),
		"undelivered":          undelivered,
		"rejected":             delivered(rejected),
		"rejected_undelivered": rejected,
		"rejected_with_reason": delivered(decided(askedRequest(), ada, Action{Verdict: workflow.Rejected, Reason: "freeze"}, 2)),
		"overruled_asked":      overruled(askedRequest()),
		"overruled_rejected":   overruled(rejected),
		"overruled_expired":    overruled(expired),
		"expired":              expired,
		"expired_decision":     tell(approvedRequest(), 3*24*60, workflow.ApprovalExpired{}),
	}
}

// schedules are for a later time, or were.
func schedules() map[string]Request {
	waiting := scheduledRequest()
	begun := workflow.Past{Known: true, Decision: waiting.Decision}
	cancelled := decided(waiting, lin, changing(Action{Verdict: workflow.Rejected, Reason: "release day"}), 9)
	return map[string]Request{
		"scheduled":             waiting,
		"scheduled_moved":       delivered(decided(waiting, lin, changing(schedule(26*60)), 9)),
		"scheduled_patched_now": delivered(decided(waiting, lin, changing(approve), 9)),
		"scheduled_cancelled":   delivered(cancelled),
		"scheduled_cancelled_too_late": Observe(cancelled, workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &begun},
			at(301)).Request,
	}
}

// queuedAt is at a place in line.
func queuedAt(place int) Request {
	r := tell(delivered(approvedRequest()), 3, turnRequested)
	return r.learnTurn(turnNews{Version: 7, State: TurnWaits, Place: place, AtOnce: 1}, at(3)).Request
}

func queuedRequest() Request { return queuedAt(4) }

// queues wait for their turn, or did.
func queues() map[string]Request {
	hold := &Hold{At: at(20), Failed: 2}
	held := queuedRequest().learnTurn(turnNews{Version: 9, State: TurnWaits, Place: 2, AtOnce: 3, Held: hold}, at(20)).Request
	said := &RestAnswer{By: workflow.Decider{Via: "slack", User: "U0LIN", Name: "lin"}, At: at(25), Failed: 2}
	rest := held.learnTurn(turnNews{Version: 10, State: TurnStopped, Stop: said}, at(26)).Request
	taken := rest
	known := *rest.Turn
	known.StopTaken = true
	taken.Turn = &known
	return map[string]Request{
		"queued":       queuedRequest(),
		"queued_next":  queuedAt(1),
		"queued_held":  held,
		"went_on":      held.learnTurn(turnNews{Version: 10, State: TurnWaits, Place: 2, AtOnce: 3, WentOn: said}, at(26)).Request,
		"turn_granted": queuedRequest().learnTurn(turnNews{Version: 9, State: TurnRuns, AtOnce: 1}, at(20)).Request,
		"held_after_canary": queuedRequest().learnTurn(turnNews{Version: 9, State: TurnWaits, Place: 1, AtOnce: 1,
			Held: &Hold{At: at(20), Failed: 1, Canary: true}}, at(20)).Request,
		"rest_stopped":             taken,
		"rest_stopped_undelivered": rest,
		"turn_never_came": tell(queuedRequest(), 7*24*60, workflow.WorkflowFailed{State: "Wait for Its Turn", Error: "TurnNeverCame",
			Cause: "Others of its group were patched, or were held after a failure, for all the time that it could wait. See how they stand, then start this again."}),
	}
}

func patchingRequest() Request {
	return tell(approvedRequest(), 3, backupStarted, backupFinished, patchStarted)
}

// working are being worked on.
func working() map[string]Request {
	return map[string]Request{
		"backing_up":     tell(approvedRequest(), 3, backupStarted),
		"backed_up":      tell(approvedRequest(), 3, backupStarted, backupFinished),
		"patching":       patchingRequest(),
		"installed":      tell(patchingRequest(), 9, patchFinished),
		"install_failed": tell(patchingRequest(), 9, patchFailed),
		"scanning":       tell(patchingRequest(), 9, patchFinished, scanStarted),
		"resumed":        tell(tell(approvedRequest(), 3, workflowFailed), 60, backupStarted),
	}
}

// scans have told how it went.
func scans() map[string]Request {
	scanned := func(outcome workflow.Outcome, after workflow.Counts) Request {
		return tell(tell(patchingRequest(), 9, patchFinished, scanStarted), 15,
			workflow.ComplianceChecked{Before: approvalRequested().Counts, Outcome: outcome, After: after})
	}
	known := approvalRequested().Counts
	known.Installed = 100
	return map[string]Request{
		"compliant_with_more": tell(tell(patchingRequest(), 9, patchFinished, scanStarted), 15,
			workflow.ComplianceChecked{Before: known, Outcome: workflow.Compliant, After: workflow.Counts{Installed: 109}}),
		"compliant":                 scanned(workflow.Compliant, compliant.After),
		"compliant_at_severity":     scanned(workflow.Compliant, workflow.Counts{Missing: 4, Other: 4}),
		"other_baseline":            scanned(workflow.Compliant, workflow.Counts{BaselineID: "pb-other"}),
		"still_non_compliant":       tell(tell(patchingRequest(), 9, patchFailed, scanStarted), 15, stillMissing),
		"still_waiting_for_reboots": scanned(workflow.StillNonCompliant, workflow.Counts{PendingReboot: 2, Security: 2}),
	}
}

// failures could not go on.
func failures() map[string]Request {
	approved := delivered(approvedRequest())
	failedAt := func(state string) workflow.WorkflowFailed {
		return workflow.WorkflowFailed{State: state, Error: "States.Timeout"}
	}
	return map[string]Request{
		"failed":                tell(approvedRequest(), 3, workflowFailed),
		"failed_before_asking":  tell(Request{}, 0, workflowFailed),
		"failed_unlisted_state": tell(approved, 3, failedAt("Cross Fingers")),
		"failed_after_install":  tell(approved, 5, patchFinished, failedAt("Scan Again")),
		"failed_while_patching": tell(patchingRequest(), 200, workflow.WorkflowFailed{State: "Patch Instance", Error: "InstallStillRunning",
			Cause: "The install command has not ended in time."}),
	}
}

// stops are of executions that ended without telling their story.
func stops() map[string]Request {
	approved := delivered(approvedRequest())
	began := workflow.Past{Decision: approved.Decision, InstallBegan: true}
	forgotten := ended("ABORTED", workflow.Past{})
	forgotten.Past.Known = false
	return map[string]Request{
		"stopped":                stopped(askedRequest()),
		"stopped_undelivered":    stopped(approvedRequest()),
		"stopped_while_patching": stopped(patchingRequest()),
		"stopped_install_began":  Observe(approved, ended("ABORTED", began), at(8)).Request,
		"stopped_and_forgotten":  Observe(approved, forgotten, at(8)).Request,
		"end_unheard":            Abandon(approved, ended("SUCCEEDED", began), at(30)).Request,
		"asked_anew":             askedRequest().giveOver("r-next", at(60)).Request,
	}
}

func rehearsals() map[string]Request {
	rehearsal := approvalRequested()
	rehearsal.Rehearsal, rehearsal.Backup = true, false
	approved := decided(tell(Request{}, 0, rehearsal), ada, approve, 2)
	over := workflow.ComplianceChecked{Before: rehearsal.Counts, After: rehearsal.Counts, Outcome: workflow.Rehearsed}
	return map[string]Request{
		"rehearsal_asked":    tell(Request{}, 0, rehearsal),
		"rehearsal_patching": tell(approved, 4, patchStarted),
		"rehearsal_over":     tell(approved, 4, patchStarted, patchFinished, scanStarted, over),
	}
}

func TestRequestsAreStoredInTheFormThatTheyAlwaysHad(t *testing.T) {
	seen := map[Status]bool{}
	for name, r := range states() {
		seen[r.Status] = true
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "requests", name+".json")
			goldentest.JSON(t, path, r)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			var read Request
			require.NoError(t, json.Unmarshal(data, &read))
			require.Equal(t, r.Installed(), read.Installed())
			require.Equal(t, r.Kinds(), read.Kinds())
		})
	}
	for _, s := range Statuses() {
		require.True(t, seen[s], "there is no request that is %s", s)
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "requests"))
	require.NoError(t, err)
	require.Len(t, entries, len(states()), "a golden file is of no state any more")
}

func TestWhatIsKnownOfTheInstall(t *testing.T) {
	all := states()
	for installed, names := range map[Installed][]string{
		InstalledNothing: {"rejected", "expired", "expired_decision", "failed", "failed_before_asking", "stopped", "stopped_undelivered", "rehearsal_over",
			"rest_stopped", "turn_never_came"},
		InstallBegan:     {"patching", "failed_while_patching", "stopped_while_patching", "stopped_install_began", "end_unheard"},
		InstallEnded:     {"installed", "install_failed", "failed_after_install", "compliant", "still_non_compliant"},
		InstalledUnknown: {"rejected_undelivered", "overruled_expired", "failed_unlisted_state", "stopped_and_forgotten", "approved", "queued", "rest_stopped_undelivered"},
	} {
		for _, name := range names {
			require.Equal(t, installed, all[name].Installed(), name)
		}
	}
	late := tell(stopped(delivered(approvedRequest())), 6, patchStarted)
	require.Equal(t, InstallBegan, late.Installed(), "the late start is heard at last")
	require.Equal(t, InstallEnded, tell(late, 7, patchFinished).Installed())
}

// TestARequestOfTheVersionBeforeStillWorks reads a request as the first version stored it:
// approved, and nothing of its outbox performed.
func TestARequestOfTheVersionBeforeStillWorks(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "stored", "approved.json"))
	require.NoError(t, err)
	var r Request
	require.NoError(t, json.Unmarshal(data, &r))
	require.Equal(t, Place{Channel: "C0PAYMENTS", Message: "1795366800.000100"}, r.Place)
	require.Equal(t, workflow.Token("token-approval_requested-0"), r.ApprovalToken)
	require.Equal(t, []EffectKind{EffectCompleteDecision, EffectRender, EffectReply, EffectLookExecution}, r.Kinds())
	due, any := r.Due()
	require.True(t, any)
	require.Equal(t, at(3), due, "its claim counts")
	require.True(t, r.Claim(at(5)))
	r.put(render)
	require.Equal(t, 5, r.Effects[4].Seq, "numbers go on")
	require.Equal(t, Line{Stored: "Approved by <@U0ADA>."}, r.Effects[2].line(), "its text is shown as it is")
	require.Equal(t, "Approved by <@U0ADA>.", r.Effects[2].Text)
}
