package slackchat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// people names all who stand behind a decision, e.g. "@ada, @lin".
func people(d workflow.Decision) string {
	var names []string
	for _, p := range d.People() {
		names = append(names, person(p))
	}
	return strings.Join(names, ", ")
}

// approvers names those who have approved, and for when, e.g. "@ada, @lin for 22:00 today".
func approvers(approvals []workflow.Approval, until time.Time) string {
	text := people(workflow.Decision{Approvals: approvals})
	if until.IsZero() {
		return text
	}
	text += " for " + day(until)
	if wording.TimesDiffer(approvals) {
		text += ", the latest of their times"
	}
	return text
}

// approvalsGiven says who of several approved so far, e.g. "1 of 2 approvals: @ada"; empty where nobody did.
func approvalsGiven(r bot.Request) string {
	given := wording.ApprovalsGiven(r)
	if given == "" {
		return ""
	}
	return given + ": " + approvers(r.Approvals, r.ApprovedUntil())
}

// approvalGroups is how many lines say who approved what of many requests.
const approvalGroups = 4

// approvalsOfMany is that of those that wait for a decision, a line for all with the same approvals.
func approvalsOfMany(undecided []bot.Request) string {
	var given []string
	count := map[string]int{}
	for _, r := range undecided {
		text := approvalsGiven(r)
		if text != "" && count[text] == 0 {
			given = append(given, text)
		}
		count[text]++
	}
	if len(given) == 0 || count[given[0]] == len(undecided) {
		return strings.Join(given, "")
	}
	var lines []string
	for _, text := range given[:min(len(given), approvalGroups)] {
		lines = append(lines, fmt.Sprintf("%d %s %s", count[text], plural(count[text], "has", "have"), text))
	}
	if more := len(given) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("others have other approvals; %s tells of any one", codeOf("/patch status i-…", 40)))
	}
	return strings.Join(lines, "\n")
}

// mustApprove says how many people must approve what waits for a decision; empty where one is enough.
func mustApprove(requests []bot.Request) string {
	undecided := undecidedOf(requests)
	if !slices.ContainsFunc(undecided, bot.Request.NeedsSeveral) {
		return ""
	}
	least, most := bot.MaxApprovals, 1
	for _, r := range undecided {
		n := max(1, r.ApprovalsRequired)
		least, most = min(least, n), max(most, n)
	}
	number := fmt.Sprint(most)
	if least != most {
		number = fmt.Sprintf("%d to %d", least, most)
	}
	if len(undecided) == 1 {
		return number + " of them must approve."
	}
	return number + " of them must approve each."
}

// tagMistakes says which tags of undecided requests are mistaken, and what follows from it; empty where none is.
func tagMistakes(requests []bot.Request) string {
	return strings.TrimSpace(approvalMistakes(requests) + "\n" + hookMistakes(undecidedOf(requests)))
}

// approvalMistakes says which tags that say how many must approve hold no such number; empty where none does.
func approvalMistakes(requests []bot.Request) string {
	mistaken := slices.DeleteFunc(undecidedOf(requests), func(r bot.Request) bool { return !r.ApprovalsTag.Mistaken() })
	switch len(mistaken) {
	case 0:
		return ""
	case 1:
		return nameAndID(mistaken[0]) + ": " + wording.TagMistake(mistaken[0], code)
	}
	return fmt.Sprintf("%s: the tag %s holds no number from 1 to %d, so %d people must approve.",
		joined(mistaken, groupBytes, nameAndID), code(bot.TagApprovals), bot.MaxApprovals, bot.MaxApprovals)
}

func code(text string) string { return codeOf(text, 40) }

// withApprovals adds to what a question says how many approved so far, and which tags are mistaken.
func withApprovals(text []string, undecided []bot.Request) []string {
	for _, more := range []string{approvalsOfMany(undecided), tagMistakes(undecided)} {
		if more != "" {
			text = append(text, more)
		}
	}
	return text
}

// nextApproval says in a dialog which one of several the next approval is, and for when those before are.
func nextApproval(r bot.Request) string {
	text := wording.NextApproval(r)
	if until := r.ApprovedUntil(); text != "" && !until.IsZero() {
		text = strings.TrimSuffix(text, ".") + ", for " + utc(until) + " or later."
	}
	return text
}

// nextApprovals is that of many; each may stand elsewhere.
func nextApprovals(undecided []bot.Request) string {
	if !slices.ContainsFunc(undecided, bot.Request.NeedsSeveral) {
		return ""
	}
	first := wording.NextApproval(undecided[0])
	if slices.ContainsFunc(undecided, func(r bot.Request) bool { return wording.NextApproval(r) != first }) {
		return "Some of these need more approvals than yours."
	}
	return strings.Replace(first, "approvals.", "approvals of each.", 1)
}

// before puts a sentence before a text, where there is one.
func before(sentence, text string) string { return strings.TrimSpace(sentence + " " + text) }

// approvedAbout tells that one of several approved, and about what where the reader does not know it.
func approvedAbout(r bot.Request, what string) string {
	given := r.Approvals
	if r.Decision != nil && len(given) == 0 {
		given = r.Decision.Approvals
	}
	if len(given) == 0 {
		return "An approval was recorded" + what + "."
	}
	all := bot.Request{Approvals: given}
	return fmt.Sprintf("Approved by %s: %d of %d%s.", approvers(given, all.ApprovedUntil()), len(given), max(r.ApprovalsRequired, len(given)), what)
}

// approvedAlready tells somebody that they do not count twice.
func approvedAlready(r bot.Request) string {
	return fmt.Sprintf("You have approved this already; %d more %s needed from somebody else.", r.ApprovalsLeft(), plural(r.ApprovalsLeft(), "is", "are"))
}

// notAlone tells somebody that a schedule on which several agreed is not brought forward by one.
func notAlone(r bot.Request) string {
	return fmt.Sprintf("%d people have to agree on when this begins, so nobody brings it forward alone. Move it to a later time, or cancel it and ask again with %s. %s",
		r.ApprovalsRequired, codeOf("/patch request "+r.Instance.ID, 60), standing(r))
}
