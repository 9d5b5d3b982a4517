package slackchat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// How much of an answer names may take, in bytes, where they are all of one kind and where each
// group has its own; and what is kept for its last lines.
const (
	namesBytes = 500
	groupBytes = 300
	manyEnd    = 900
)

// decidedAnswer says what was decided of many requests, and what was not and why.
func decidedAnswer(verdict workflow.Verdict, all []bot.Decided, more ...string) string {
	var decided []bot.Request
	var reasons []string
	undelivered, refused := 0, map[string][]bot.Request{}
	for _, d := range all {
		if d.Undelivered() {
			undelivered++
		}
		why := notDecided(d)
		if why == "" {
			decided = append(decided, d.Request)
			continue
		}
		if refused[why] == nil {
			reasons = append(reasons, why)
		}
		refused[why] = append(refused[why], d.Request)
	}
	answer := linesWithin(manyEnd)
	for _, o := range partsDecided(decided) {
		answer.fit(fmt.Sprintf("*%s %d%s:* %s.", o.What, len(o.Requests), o.Time, joined(o.Requests, namesBytes, nameAndID)))
	}
	if undelivered > 0 {
		answer.fit(fmt.Sprintf("AWS has yet to take %d of them: they are recorded and will be delivered.", undelivered))
	}
	if not := len(all) - len(decided); not > 0 {
		answer.fit(fmt.Sprintf("*Not %s %d:*", wording.Verb(verdict), not))
	}
	left := 0
	for _, why := range reasons {
		if !answer.fit("• " + joined(refused[why], groupBytes, nameAndID) + ": " + why) {
			left += len(refused[why])
		}
	}
	if left > 0 {
		answer.text = append(answer.text, fmt.Sprintf("and %d more. `/patch status i-…` tells of any one.", left))
	}
	answer.text = append(answer.text, more...)
	return answer.String()
}

// decidedPart is what a person's decision came to for some of many requests, e.g. "Scheduled" and " for 22:00 today", or
// "1 of 2 approvals for".
type decidedPart struct {
	What, Time string
	Requests   []bot.Request
}

// partsDecided sorts out what a decision that was recorded came to: where several must approve, it may be one of
// their approvals, and others may have named a later time.
func partsDecided(decided []bot.Request) []decidedPart {
	var all []decidedPart
	for _, r := range decided {
		o := decidedPart{What: wording.ApprovalsGiven(r) + " for"}
		if r.Decision != nil {
			o = decidedPart{What: wording.Capital(decidedNow(r)), Time: forTime(r.Decision)}
		}
		i := slices.IndexFunc(all, func(known decidedPart) bool { return known.What == o.What && known.Time == o.Time })
		if i < 0 {
			i, all = len(all), append(all, o)
		}
		all[i].Requests = append(all[i].Requests, r)
	}
	return all
}

// notDecided says why nothing was decided about one of many; "" when it was.
func notDecided(d bot.Decided) string {
	switch {
	case d.Err != nil:
		return "I could not confirm that this is recorded. `/patch status i-…` tells in a minute."
	case d.Refused != "":
		return refusal(d.Request, d.Refused)
	}
	return ""
}

// nameAndID names an instance with its id to copy.
func nameAndID(r bot.Request) string {
	if r.Instance.Name == r.Instance.ID {
		return codeOf(r.Instance.ID, 40)
	}
	return name(r) + " " + codeOf(r.Instance.ID, 40)
}

// joined lists as many as some bytes hold, the first one always, and counts the others.
func joined[T any](all []T, bytes int, name func(T) string) string {
	var names []string
	for _, one := range all {
		n := name(one)
		if bytes -= len(n) + len(", "); bytes < 0 && len(names) > 0 {
			break
		}
		names = append(names, n)
	}
	text := strings.Join(names, ", ")
	if left := len(all) - len(names); left > 0 {
		text += fmt.Sprintf(" and %d more", left)
	}
	return text
}

// theOneThatCounts is the open request among an instance's, the newest first; else the newest:
// an execution that failed before it could ask is newer, but not the story.
func theOneThatCounts(requests []bot.Request) bot.Request {
	return requests[max(0, slices.IndexFunc(requests, func(r bot.Request) bool { return r.Status.Open() }))]
}

// verb is what somebody does who gives a verdict, e.g. "approve".
func verb(v workflow.Verdict) string {
	switch v {
	case workflow.Approved:
		return "approve"
	case workflow.Scheduled:
		return "schedule"
	case workflow.Rejected:
	}
	return "reject"
}

// nothingWaits says that there is nothing to decide, and where to look.
func nothingWaits(w wish) string {
	if w.All {
		return "No question waits for your decision. `/patch list waiting` shows those that wait for somebody."
	}
	return fmt.Sprintf("No question of an owner %s waits for a decision, and I know no instance of this name or id. "+
		"`/patch list waiting` shows those of all owners.", codeOf(w.Owner, 80))
}
