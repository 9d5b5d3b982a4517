package wording

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// People names all who stand behind a decision, for where nobody can be mentioned.
func People(d workflow.Decision) string {
	var names []string
	for _, p := range d.People() {
		names = append(names, Person(p))
	}
	return strings.Join(names, ", ")
}

// ApprovalsGiven says how many of the approvals that a request needs were given, e.g. "1 of 2 approvals"; empty
// where one is enough, or none was given.
func ApprovalsGiven(r bot.Request) string {
	if !r.NeedsSeveral() || len(r.Approvals) == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d approvals", len(r.Approvals), r.ApprovalsRequired)
}

// Approvals is ApprovalsGiven as a sentence, with who gave them; where none was, how many are needed.
func Approvals(r bot.Request) string {
	if !r.NeedsSeveral() {
		return ""
	}
	given := ApprovalsGiven(r)
	if given == "" {
		return fmt.Sprintf("%d different people must approve.", r.ApprovalsRequired)
	}
	text := given + ": " + People(workflow.Decision{Approvals: r.Approvals})
	if until := r.ApprovedUntil(); !until.IsZero() {
		text += ", for " + Moment(until)
	}
	return text + "."
}

var places = []string{"first", "second", "third", "fourth"}

// NextApproval says which one the next approval is, e.g. "This is the first of 2 approvals."; empty where one is
// enough.
func NextApproval(r bot.Request) string {
	if !r.NeedsSeveral() {
		return ""
	}
	place := "last"
	if given := len(r.Approvals); r.ApprovalsLeft() > 1 && given < len(places) {
		place = places[given]
	}
	return fmt.Sprintf("This is the %s of %d approvals.", place, r.ApprovalsRequired)
}

// TagMistake says what is wrong with the tag that says how many must approve; empty where nothing is. quote
// shows a word as it is written.
func TagMistake(r bot.Request, quote func(string) string) string {
	if !r.ApprovalsTag.Mistaken() {
		return ""
	}
	value := "nothing"
	if r.ApprovalsTag.Value != "" {
		value = quote(r.ApprovalsTag.Value)
	}
	return fmt.Sprintf("The tag %s holds %s; expected is a number from 1 to %d, so %d people must approve.",
		quote(bot.TagApprovals), value, bot.MaxApprovals, r.ApprovalsRequired)
}

// Quoted is a word as it is written, in plain text.
func Quoted(word string) string { return "“" + word + "”" }

// TimesDiffer reports whether those who approved named different times, of which the latest counts.
func TimesDiffer(approvals []workflow.Approval) bool {
	return slices.ContainsFunc(approvals, func(a workflow.Approval) bool { return !a.Until.Equal(approvals[0].Until) })
}

// ApprovedTooFew says how many approved something in time, of a request that expired, e.g. "1 of 2 approved in time";
// empty where nobody did, or others decided.
func ApprovedTooFew(r bot.Request, what string) string {
	if r.Status != bot.StatusExpired || r.Decision != nil || len(r.Approvals) == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d approved%s in time", len(r.Approvals), max(r.ApprovalsRequired, len(r.Approvals)), what)
}
