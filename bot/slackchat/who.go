package slackchat

import (
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// whoDecides says who may decide the requests of one owner, how many of them must approve, and mentions whom
// Slack is to notify of it: they, unless the owner has named others.
func whoDecides(requests []bot.Request) string {
	who := whoMayDecide(requests)
	if must := mustApprove(requests); must != "" {
		return strings.TrimSuffix(who, ".") + ". " + must
	}
	return who
}

func whoMayDecide(requests []bot.Request) string {
	notify := requests[0].Notify
	who := decidersOf(requests)
	switch {
	case len(who) == 0:
		return onlyApprovers(requests[0]) + "."
	case !notify.Named:
		return "Who decides: " + joined(who, decidersBytes, itself)
	}
	deciders := "The approvers of " + escaped(requests[0].Owner, 80) + " decide."
	if !requests[0].Approvers.Named() {
		deciders = "Who decides: " + joined(who, decidersBytes, itself) // which mentions nobody
	}
	if others := whoHears(requests); others != "" {
		return others + " " + deciders
	}
	return deciders
}

// whoHears mentions whom Slack is to notify of what comes of requests of one owner; "" where it
// is nobody.
func whoHears(requests []bot.Request) string {
	who := decidersOf(requests)
	if notify := requests[0].Notify; notify.Named {
		who = mentionsOf(notify.Users, notify.Groups)
		if notify.Here {
			who = append(who, "<!here>")
		}
	}
	if len(who) == 0 {
		return ""
	}
	return "For " + joined(who, decidersBytes, itself) + "."
}

// approvedBy mentions who approved what went through.
func approvedBy(requests []bot.Request) string {
	var who []string
	for _, r := range requests {
		d := r.Decision
		if d == nil || d.Verdict == workflow.Rejected { // a schedule stays one to the end
			continue
		}
		for _, p := range d.People() {
			if !slices.Contains(who, person(p)) {
				who = append(who, person(p))
			}
		}
	}
	if len(who) == 0 {
		return ""
	}
	return "For " + joined(who, groupBytes, itself) + ", who approved this."
}

// decidersOf are those who may decide any of the requests, each by name.
func decidersOf(requests []bot.Request) []string {
	var who []string
	for _, r := range requests {
		for _, name := range mentioned(r.Approvers) {
			if !slices.Contains(who, name) {
				who = append(who, name)
			}
		}
	}
	return who
}

// mentioned are those who may decide, each by name.
func mentioned(a bot.Approvers) []string {
	if !a.Named() && a.Channel != "" {
		return []string{"members of <#" + a.Channel + ">"}
	}
	return mentionsOf(a.Users, a.Groups)
}

func mentionsOf(users, groups []string) []string {
	var names []string
	for _, user := range users {
		names = append(names, "<@"+user+">")
	}
	for _, group := range groups {
		names = append(names, "<!subteam^"+group+">")
	}
	return names
}

// mentions lists who may decide.
func mentions(a bot.Approvers) string { return joined(mentioned(a), decidersBytes, itself) }

func itself(s string) string { return s }
