package slackchat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
)

// How much of a digest's message names may take, in bytes as mrkdwn.
const (
	decidersBytes = 600
	textNames     = 1500 // in what notifications and screen readers give
)

// DigestBlocks renders the message of several requests. It stays under 10 kB, which Slack is
// known to take; see limit.BlocksBytes.
func DigestBlocks(m bot.Message) []slack.Block {
	undecided := undecidedOf(m.Requests)
	above := []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, digestHeadline(m.Requests), true, false))}
	if why := movedHere(m.Requests); why != "" {
		above = append(above, contextBlock(why))
	}
	if len(undecided) < len(m.Requests) {
		above = append(above, contextBlock(standings(m.Requests)))
	}
	if held := heldOf(m.Requests); len(held) > 0 {
		text := heldRest(held)
		if len(undecided) == 0 { // else they are named below
			text += "\n" + whoDecides(held)
		}
		above = append(above, section(text), slack.NewActionBlock("rest", buttons(held[0])...))
	}
	var below []slack.Block
	if len(undecided) > 0 {
		above = append(above, section(strings.Join(digestQuestion(undecided), "\n")))
		below = append(below, section(before(freezeOfMany(undecided, day), digestPlan(undecided))))
	}
	if how := emergenciesOfMany(m.Requests); how != "" {
		below = append(below, section(how))
	}
	if offered := digestButtons(m); len(offered) > 0 {
		below = append(below, slack.NewActionBlock("decision", offered...))
	}
	list := digestList(m.Requests, digestBytes-jsonBytes(above)-jsonBytes(below))
	return slices.Concat(above, list, below)
}

// DigestText is what notifications and screen readers give of a digest's message.
func DigestText(m bot.Message) string {
	text, named := []string{escapes.Replace(digestHeadline(m.Requests))}, m.Requests
	if undecided := undecidedOf(m.Requests); len(undecided) > 0 {
		text = append(append(text, digestQuestion(undecided)...), before(freezeOfMany(undecided, day), digestPlan(undecided)))
		named = undecided
	} else {
		text = append(text, standings(m.Requests))
	}
	return strings.Join(append(text, joined(named, textNames, nameAndID)), "\n")
}

// undecidedOf keeps the requests that wait for a decision.
func undecidedOf(requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return r.Status != bot.StatusAsked })
}

// digestHeadline says in one line of at most limit.Header characters where a digest's requests
// stand.
func digestHeadline(requests []bot.Request) string {
	all, undecided := len(requests), len(undecidedOf(requests))
	open, back := 0, 0
	for _, r := range requests {
		if r.Status.Open() {
			open++
		}
		if r.Status == bot.StatusRollingBack {
			back++
		}
	}
	switch {
	case undecided == all:
		return digestNeeds(requests)
	case undecided > 0:
		return fmt.Sprintf("%s %s for a decision ❔", someOf(undecided, requests), plural(undecided, "waits", "wait"))
	case len(heldOf(requests)) > 0:
		return fmt.Sprintf("Patching %s is held ⏸️", someOf(len(heldOf(requests)), requests))
	case open > 0 && len(scheduledOf(requests)) == open:
		return fmt.Sprintf("%s %s scheduled 🗓️", someOf(open, requests), plural(open, "is", "are"))
	case open > 0 && back == open:
		return fmt.Sprintf("Rolling back %s ⏳", someOf(open, requests))
	case open > 0 && frozenOf(requests) == open:
		return fmt.Sprintf("%s %s for a freeze to end 🧊", someOf(open, requests), plural(open, "waits", "wait"))
	case open > 0:
		return fmt.Sprintf("Patching %s ⏳", someOf(open, requests))
	}
	return digestEnd(requests)
}

// digestNeeds says what instances need about which nobody has decided anything.
func digestNeeds(requests []bot.Request) string {
	all, reboots, critical, security := len(requests), 0, 0, 0
	for _, r := range requests {
		switch c := r.Before; {
		case c.RebootOnly():
			reboots++
		case c.Critical > 0:
			critical++
		case c.Security > 0:
			security++
		}
	}
	who := someOf(all, requests)
	switch {
	case reboots == all:
		return fmt.Sprintf("%s %s a reboot", who, plural(all, "needs", "need"))
	case reboots > 0:
		who = fmt.Sprintf("%s need patches or a reboot", who)
	default:
		who = fmt.Sprintf("%s %s patches", who, plural(all, "misses", "miss"))
	}
	switch {
	case critical == all:
		return strings.Replace(who, " patches", " critical patches", 1)
	case critical > 0:
		return fmt.Sprintf("%s, critical ones on %d", who, critical)
	case security == all:
		return strings.Replace(who, " patches", " security patches", 1)
	case security > 0:
		return fmt.Sprintf("%s, security patches on %d", who, security)
	}
	return who
}

// digestEnd says how requests ended, all of which have.
func digestEnd(requests []bot.Request) string {
	worst, well, same := requests[0].Status, 0, true
	for _, r := range requests {
		if r.Status == bot.StatusCompliant {
			well++
		}
		same = same && digestStanding(r) == digestStanding(requests[0])
		if slices.Index(worstEnds, r.Status) > slices.Index(worstEnds, worst) {
			worst = r.Status
		}
	}
	emoji, stand := strings.TrimSpace(statusEmoji(worst)), digestStanding(requests[0])
	switch {
	case same && well > 0:
		return fmt.Sprintf("%s %s %s %s", someOf(well, requests), plural(well, "is", "are"), stand, emoji)
	case same:
		return fmt.Sprintf("%s: %s %s", someOf(len(requests), requests), stand, emoji)
	}
	return fmt.Sprintf("%s %s patched %s", someOf(well, requests), plural(well, "is", "are"), emoji)
}

// worstEnds are the ends that are not as everybody wants, the worst last.
var worstEnds = []bot.Status{bot.StatusExpired, bot.StatusRejected, bot.StatusStopped, bot.StatusRolledBack, bot.StatusNotStarted, bot.StatusNonCompliant, bot.StatusFailed, bot.StatusRollBackFailed}

// someOf counts some of a digest's instances and names their owner, e.g. "3 of 40 instances of
// payments".
func someOf(n int, requests []bot.Request) string {
	of := " without an owner"
	if owner := bot.Tidy(requests[0].Owner, ownerLength); owner != "" {
		of = " of " + owner
	}
	all := wording.Count(len(requests), "instance", "instances") + of
	if n == len(requests) {
		return all
	}
	return fmt.Sprintf("%d of %s", n, all)
}

// ownerLength is how much of an owner's name a digest's headline shows, in characters.
const ownerLength = 60

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// digestQuestion says who decides, about how much, and until when.
func digestQuestion(undecided []bot.Request) []string {
	question := slices.Concat([]string{whoDecides(undecided)}, digestNumbers(undecided), []string{decideBy(undecided)})
	return withApprovals(question, undecided)
}

// digestNumbers counts over all instances what numbers counts of one.
func digestNumbers(requests []bot.Request) []string {
	sum := sumOfCounts(requests)
	var lines []string
	if sum.ToInstall() > 0 {
		lines = append(lines, wording.Patches(sum.ToInstall())+" to install")
	}
	if sum.PendingReboot > 0 {
		lines = append(lines, wording.Count(sum.PendingReboot, "patch waits for a reboot", "patches wait for a reboot"))
	}
	return append([]string{strings.Join(lines, ", ")}, numbers(sum)...)
}

// decideBy gives the deadline, the earliest where they differ.
func decideBy(requests []bot.Request) string {
	first, last := firstDeadline(requests), requests[0].AnswerBy
	for _, r := range requests {
		if r.AnswerBy.After(last) {
			last = r.AnswerBy
		}
	}
	if last.Sub(first) < time.Minute {
		return fmt.Sprintf("Please decide by %s. Where nobody does, nothing is installed.", day(first))
	}
	return fmt.Sprintf("Please decide by %s; the last of them close at %s. Where nobody does, nothing is installed.", day(first), day(last))
}

func firstDeadline(requests []bot.Request) time.Time {
	first := requests[0].AnswerBy
	for _, r := range requests {
		if r.AnswerBy.Before(first) {
			first = r.AnswerBy
		}
	}
	return first
}

// digestPlan says what approving all that are undecided sets off.
func digestPlan(undecided []bot.Request) string {
	return strings.TrimSpace(planOfMany(undecided) + " " + atOnceAt(undecided))
}

// atOnceAt says how many of the instances are patched at once, and whether one is tried first;
// empty of one. A share is of all that wait together, here and elsewhere, so no number is given.
func atOnceAt(undecided []bot.Request) string {
	if len(undecided) == 1 {
		return ""
	}
	first, text := undecided[0], ""
	otherGroup := func(r bot.Request) bool { return r.Group != first.Group || r.TurnLimit != first.TurnLimit }
	switch share := strings.HasSuffix(first.TurnLimit.AtOnce.String(), "%"); {
	case slices.ContainsFunc(undecided, otherGroup):
		return "They are of several groups, each of which is patched a few at a time."
	case share:
		text = first.TurnLimit.AtOnce.String() + " of those that wait are patched at a time"
	default:
		text = wording.Capital(wording.AtATime(first.TurnLimit.AtOnce.Of(len(undecided))))
	}
	if first.TurnLimit.Canary {
		text += ", the first one alone"
	}
	return text + "."
}

// digestButtons renders what a digest offers.
func digestButtons(m bot.Message) []slack.BlockElement {
	var shown []slack.BlockElement
	for _, a := range actions() {
		if a.showDigest == nil {
			continue
		}
		if button := a.showDigest(m); button != nil {
			shown = append(shown, button)
		}
	}
	return shown
}

// jsonBytes is how long blocks are as JSON, as it is sent.
func jsonBytes(blocks []slack.Block) int {
	data, err := json.Marshal(blocks)
	if err != nil {
		return limit.BlocksBytes // no block of ours is without JSON
	}
	return len(data)
}
