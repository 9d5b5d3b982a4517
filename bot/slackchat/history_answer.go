package slackchat

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// refusedOfEach is how many refused tries of each request a history names, the newest.
const refusedOfEach = 3

// historyEnd keeps room for the last lines of a history.
const historyEnd = 300

// historyAnswer puts the requests of one instance to words, the newest first; hidden is how
// many more the reader does not see.
func historyAnswer(past []pastRequest, hidden int, now time.Time) string {
	answer, instance := linesWithin(historyEnd), past[0].Instance
	answer.fit(fmt.Sprintf("*%s of %s* %s, the newest first:", wording.Count(len(past), "request", "requests"), name(past[0].Request), codeOf(instance.ID, 40)))
	shown := 0
	for shown < len(past) && answer.fit(pastLines(past[shown], now)...) {
		shown++
	}
	if left := len(past) - shown; left > 0 {
		answer.text = append(answer.text, fmt.Sprintf("and %d older. %s prints everything.", left, codeOf("patchbot audit --since 9600h --instance "+instance.ID, 100)))
	}
	if hidden > 0 {
		answer.text = append(answer.text, hiddenLine(hidden))
	}
	return answer.String()
}

// pastLines are one request, and its refused tries.
func pastLines(p pastRequest, now time.Time) []string {
	s := p.Summary()
	asked := "Asked " + day(p.CreatedAt)
	if p.AnswerBy.IsZero() {
		asked = "Begun " + day(p.CreatedAt) // it failed before it could ask
	}
	if p.Rehearsal {
		asked = wording.RehearsalMark + asked
	}
	parts := []string{asked}
	if d := p.Decision; d != nil {
		decided := fmt.Sprintf("%s by %s, %s", decidedAs(*d), people(*d), day(d.At))
		if d.Reason != "" {
			decided += fmt.Sprintf(" (“%s”)", escaped(d.Reason, 80))
		}
		parts = append(parts, decided)
	}
	if b := p.RollBack; b != nil {
		parts = append(parts, fmt.Sprintf("roll back asked for by %s, %s (“%s”)", person(b.By), day(b.At), escaped(b.Reason, 80)))
	}
	if p.Decision == nil || p.Status != bot.StatusRejected && p.Status != bot.StatusScheduled { // which the decision says
		parts = append(parts, summaryStanding(s, now))
	}
	if p.Link != "" {
		parts = append(parts, fmt.Sprintf("<%s|Open the message>", p.Link))
	}
	text := []string{summaryEmoji(s, now) + strings.Join(parts, " · ")}
	if more := len(p.Refused) - refusedOfEach; more > 0 {
		text = append(text, fmt.Sprintf("  • %s before these", wording.Count(more, "refused try", "refused tries")))
	}
	for _, e := range p.Refused[max(0, len(p.Refused)-refusedOfEach):] {
		text = append(text, "  • "+refusedTryLine(e))
	}
	return text
}

// refusedTryLine tells of one try that changed nothing.
func refusedTryLine(e bot.AuditEntry) string {
	via, user := e.Person()
	if user == "" {
		return fmt.Sprintf("Not asked again, %s: %s", day(e.At), refusedWhy(e.Refused))
	}
	return fmt.Sprintf("Refused: %s tried to %s, %s: %s", person(workflow.Decider{Via: via, User: user, Name: user}), tried(e.Action), day(e.At), refusedWhy(e.Refused))
}

// tried is the verb of what somebody wanted.
func tried(action string) string {
	switch action {
	case string(workflow.Approved):
		return "approve"
	case string(workflow.Rejected):
		return "reject"
	case string(workflow.Scheduled):
		return "schedule"
	case bot.ActionEmergency:
		return "have it patched in a freeze"
	case bot.ActionGoOn:
		return "let the rest go on"
	case bot.ActionStopRest:
		return "stop the rest"
	case bot.ActionAskNow:
		return "have it asked about again"
	case bot.ActionRollBack:
		return "roll it back"
	case bot.ActionTryAgain:
		return "try it again"
	}
	return "decide"
}

// refusedWhy says in some words why a try changed nothing.
func refusedWhy(why bot.Refusal) string { //nolint:funlen // a case for each refusal, which the linter holds complete
	switch why {
	case bot.RefusedNotApprover:
		return "not an approver"
	case bot.RefusedOutsider:
		return "a guest or of another organisation, and not named"
	case bot.RefusedAbandoned:
		return "not an approver, and of those nobody was left"
	case bot.RefusedUnknowable:
		return "Slack does not tell who may decide"
	case bot.RefusedNotChecked:
		return "who may decide could not be checked"
	case bot.RefusedDecided:
		return "it was decided already"
	case bot.RefusedExpired:
		return "the time to decide was over"
	case bot.RefusedEnded:
		return "there was nothing to decide any more"
	case bot.RefusedTooSoon:
		return "the time had passed, or was too near"
	case bot.RefusedTooFar:
		return "the time was too far away"
	case bot.RefusedNoSchedules:
		return "the execution cannot wait for a time"
	case bot.RefusedNotHeld:
		return "the rest was not held any more"
	case bot.RefusedApproved:
		return "they had approved already, and others must, too"
	case bot.RefusedAlone:
		return "nobody brings forward alone what several agreed on"
	case bot.RefusedRehearsal:
		return "it was a rehearsal"
	case bot.RefusedNothingInstalled:
		return "there was no install to take back"
	case bot.RefusedStillOpen:
		return "it had not ended"
	case bot.RefusedRollingBack:
		return "it was being rolled back already"
	case bot.RefusedRolledBack:
		return "it had been rolled back already"
	case bot.RefusedNoSnapshot:
		return "no snapshot of its root volume was known"
	case bot.RefusedSnapshotGone:
		return "its snapshots were deleted"
	case bot.RefusedNoRootVolume:
		return "it had no root volume to replace"
	case bot.RefusedOtherOpen:
		return "another request of the instance was open"
	case bot.RefusedInstalledLater:
		return "a later request had installed more"
	case bot.RefusedNoFreeze:
		return "no freeze kept it from being patched"
	case bot.RefusedNoReason:
		return "an emergency needs a reason"
	case bot.RefusedEmergencyAlone:
		return "they had asked for it already, and others must agree"
	case bot.RefusedEmergencyAsked:
		return "somebody had asked for it before"
	case bot.RefusedEmergencyGone:
		return "it was not asked for any more"
	case bot.RefusedAlreadyOpen:
		return "a request was open already"
	case bot.RefusedTriedAgain:
		return "it had been tried again already"
	case bot.RefusedOwnScan:
		return "the scan after the install found it"
	case bot.RefusedAskedBefore:
		return "the owner had been asked about the same patches"
	}
	return "for a reason of another version of me: " + escaped(string(why), 40)
}
