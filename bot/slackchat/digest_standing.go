package slackchat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// How requests stand, in words that follow their number: "31 up to date · 4 patching".
const (
	standUpToDate = "up to date"
	standAtLevel  = "up to date but for lower severity"
	standRehearse = "rehearsed"
	standWorking  = "patching"
	standStarting = "about to start"
	standSchedule = "scheduled"
	standFrozen   = "waiting for a freeze to end"
	standNotBegun = "not begun"
	standQueued   = "waiting for their turn"
	standHeld     = "held"
	standAsked    = "waiting for a decision"
	standMissing  = "with patches still missing"
	standFailed   = "failed"
	standBack     = "being rolled back"
	standWentBack = "rolled back"
	standNoBack   = "whose roll back failed"
	standStopped  = "stopped"
	standRejected = "rejected"
	standTooLate  = "decided too late"
	standExpired  = "expired"
	standForeign  = "in a state of another version of me"
)

// standOrder is the order in which the sums are given.
var standOrder = []string{standUpToDate, standAtLevel, standRehearse, standWorking, standStarting, standSchedule, standFrozen, standQueued, standHeld, standAsked,
	standMissing, standNotBegun, standFailed, standBack, standWentBack, standNoBack, standStopped, standRejected, standTooLate, standExpired, standForeign}

// digestStanding is what a request is counted as.
func digestStanding(r bot.Request) string {
	switch r.Status {
	case bot.StatusAsked:
		return standAsked
	case bot.StatusScheduled:
		return standSchedule
	case bot.StatusApproved:
		if r.AwaitsFreeze() {
			return standFrozen
		}
		return standStarting
	case bot.StatusFrozen:
		return standFrozen
	case bot.StatusNotStarted:
		return standNotBegun
	case bot.StatusQueued:
		if held(r) {
			return standHeld
		}
		return standQueued
	case bot.StatusBackingUp, bot.StatusPatching, bot.StatusScanning:
		return standWorking
	case bot.StatusRejected:
		return standRejected
	case bot.StatusExpired:
		if r.Decision != nil {
			return standTooLate
		}
		return standExpired
	case bot.StatusCompliant:
		if r.After != nil && r.After.ToInstall() > 0 {
			return standAtLevel
		}
		return standUpToDate
	case bot.StatusRehearsed:
		return standRehearse
	case bot.StatusNonCompliant:
		return standMissing
	case bot.StatusStopped:
		return standStopped
	case bot.StatusFailed:
		return standFailed
	case bot.StatusRollingBack:
		return standBack
	case bot.StatusRolledBack:
		return standWentBack
	case bot.StatusRollBackFailed:
		return standNoBack
	}
	return standForeign
}

// standings sums up how a digest's requests stand, and says who decided.
func standings(requests []bot.Request) string {
	count := map[string]int{}
	for _, r := range requests {
		count[digestStanding(r)]++
	}
	var sums []string
	for _, standing := range standOrder {
		if n := count[standing]; n > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", n, standing))
		}
	}
	text := strings.Join(sums, " · ")
	if by := deciders(requests); by != "" {
		text += "\n" + by
	}
	return text
}

// deciders says who decided a digest's requests, e.g. "Approved by @ada, @lin · Rejected by @eve".
func deciders(requests []bot.Request) string {
	by := map[string][]string{}
	for _, r := range requests {
		if r.Decision == nil || r.Status == bot.StatusExpired { // which took no decision
			continue
		}
		verb := wording.DecidedAs(*r.Decision)
		for _, p := range r.Decision.People() {
			if who := person(p); !slices.Contains(by[verb], who) {
				by[verb] = append(by[verb], who)
			}
		}
	}
	var said []string
	emergency := wording.DecidedAs(workflow.Decision{Verdict: workflow.Approved, Emergency: true})
	for _, verb := range []string{wording.Verb(workflow.Approved), emergency, wording.Verb(workflow.Scheduled), wording.Verb(workflow.Rejected)} {
		if len(by[verb]) > 0 {
			said = append(said, wording.Capital(verb)+" by "+joined(by[verb], groupBytes, itself))
		}
	}
	return strings.Join(said, " · ")
}

// sumOfCounts adds up each count over many instances. The levels stay apart: they overlap.
func sumOfCounts(requests []bot.Request) workflow.Counts {
	var sum workflow.Counts
	for _, r := range requests {
		sum.Missing += r.Before.Missing
		sum.Failed += r.Before.Failed
		sum.PendingReboot += r.Before.PendingReboot
		sum.Critical += r.Before.Critical
		sum.Security += r.Before.Security
		sum.Other += r.Before.Other
	}
	return sum
}
