package slackchat

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// listedOfSeveral is how many requests a list of several owners names, as many of each. On a
// patch day it names none, so that there is room for the owners.
const listedOfSeveral = 24

// listEnd keeps room for the last lines of a list.
const listEnd = 500

// listAnswer puts a list to words. What stands in a channel that the reader does not see is
// counted, and neither named nor attributed to an owner. The requests of an owner stand together.
func listAnswer(filter listFilter, found []bot.Summary, visible map[string]bool, now time.Time) string {
	if len(found) == 0 {
		return noneListed(filter)
	}
	groups := byOwner(found)
	answer, left, hidden := linesWithin(listEnd), 0, 0
	answer.fit(listHeadline(filter, found, len(groups), now))
	for _, group := range groups {
		seen := group.visible(visible)
		hidden += len(group) - len(seen)
		most := len(seen)
		if len(groups) > 1 {
			most = min(most, listedOfSeveral/len(groups))
		}
		left += len(seen) - listOwner(answer, filter, seen, most, now)
	}
	switch {
	case left > 0:
		answer.text = append(answer.text, narrower(filter, left))
	case len(groups) > listedOfSeveral:
		answer.text = append(answer.text, fmt.Sprintf("Name an owner to see theirs, e.g. `%s`.", filter.of("payments")))
	}
	if hidden > 0 {
		answer.text = append(answer.text, hiddenLine(hidden))
	}
	return answer.String()
}

// listOwner adds an owner's requests, at most some by name, and says how many of them the
// answer speaks of.
func listOwner(answer *lines, filter listFilter, seen ownerGroup, most int, now time.Time) int {
	if len(seen) == 0 {
		return 0
	}
	owner := fmt.Sprintf("*%s*  %d", ownerName(seen[0].Owner), len(seen)) + overdue(seen, now)
	if most == 0 {
		if answer.fit(owner) {
			return len(seen)
		}
		return 0
	}
	if !answer.fit(owner, summaryLine(seen[0], now)) {
		return 0
	}
	shown := 1
	for shown < most && answer.fit(summaryLine(seen[shown], now)) {
		shown++
	}
	if rest := len(seen) - shown; rest > 0 && seen[0].Owner != "" && most < len(seen) &&
		answer.fit(fmt.Sprintf("and %d more: %s", rest, codeOf(filter.of(seen[0].Owner).String(), 160))) {
		return len(seen)
	}
	return shown
}

// overdue counts the overdue requests, as the end of a line.
func overdue(all []bot.Summary, now time.Time) string {
	n := 0
	for _, s := range all {
		if s.Overdue(now) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d overdue", n)
}

// narrower says how to see the requests that found no room.
func narrower(filter listFilter, left int) string {
	switch {
	case filter.Owner == "":
		return fmt.Sprintf("and %d more. Name an owner to see theirs, e.g. `%s`.", left, filter.of("payments"))
	case filter.State == listOpen:
		return fmt.Sprintf("and %d more. %s shows those that nobody has decided, `/patch status i-…` any one.",
			left, codeOf(listFilter{State: listWaiting, Owner: filter.Owner}.String(), 160))
	}
	return fmt.Sprintf("and %d more. `/patch status i-…` shows any one.", left)
}

func noneListed(filter listFilter) string {
	none := map[listState]string{
		listOpen:    "No request is open",
		listWaiting: "No request waits for a decision",
		listFailed:  "Nothing has failed or left patches missing in the last 30 days",
	}[filter.State]
	if filter.Owner == "" {
		return none + "."
	}
	return fmt.Sprintf("%s for an owner %s. %s shows all owners.", none, codeOf(filter.Owner, 80), codeOf(filter.of("").String(), 80))
}

func listHeadline(filter listFilter, found []bot.Summary, owners int, now time.Time) string {
	waiting := 0
	for _, s := range found {
		if s.Status == bot.StatusAsked {
			waiting++
		}
	}
	of := ""
	if owners > 1 {
		of = fmt.Sprintf(" of %d owners", owners)
	}
	var headline string
	switch filter.State {
	case listOpen:
		headline = fmt.Sprintf("%s%s: %s for a decision", wording.Count(len(found), "open request", "open requests"), of, wording.Count(waiting, "waits", "wait"))
	case listWaiting:
		headline = wording.Count(len(found), "request", "requests") + of + map[bool]string{true: " waits", false: " wait"}[len(found) == 1] + " for a decision"
	case listFailed:
		headline = wording.Count(len(found), "instance", "instances") + of + ": the newest request of the last 30 days failed or left patches missing"
	}
	return "*" + headline + overdue(found, now) + "*"
}

// summaryLine is a request in one line of a list.
func summaryLine(s bot.Summary, now time.Time) string {
	mark := ""
	if s.Rehearsal {
		mark = wording.RehearsalMark
	}
	return fmt.Sprintf("%s%s*%s* %s  %s", summaryEmoji(s, now), mark, escaped(s.Name, 60), codeOf(s.Instance, 40), summaryStanding(s, now))
}

func ownerName(owner string) string {
	if owner == "" {
		return "no owner"
	}
	return escaped(owner, 80)
}

// ownerGroup is the requests of one owner; never empty as byOwner makes it.
type ownerGroup []bot.Summary

// byOwner parts requests that are sorted by owner.
func byOwner(sorted []bot.Summary) []ownerGroup {
	var groups []ownerGroup
	for i, s := range sorted {
		if i == 0 || !strings.EqualFold(sorted[i-1].Owner, s.Owner) {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], s)
	}
	return groups
}

func (g ownerGroup) visible(channels map[string]bool) ownerGroup {
	var seen ownerGroup
	for _, s := range g {
		if channels[s.Channel] {
			seen = append(seen, s)
		}
	}
	return seen
}
