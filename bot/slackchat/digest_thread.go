package slackchat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// digestLine puts a line of a digest's thread to words: of one instance by name and id, of
// several by their number and names.
func digestLine(l bot.Line) string {
	switch {
	case l.Stored == "" && l.Kind == bot.LineReminded:
		return remindedTogether(l.Requests)
	case l.Stored == "" && l.Kind == bot.LineEscalated:
		return escalatedTogether(l.Requests)
	case len(l.Requests) == 1:
		return lineOfOne(l.Requests[0], l)
	}
	switch l.Kind {
	case bot.LineDecided:
		return decidedAbout(l.Requests[0], fmt.Sprintf(": %s (%s)", instances(l.Requests), namesOf(l.Requests)))
	case bot.LineApproved:
		return approvedAbout(l.Requests[0], fmt.Sprintf(" for %s (%s)", instances(l.Requests), namesOf(l.Requests)))
	case bot.LineChanged:
		return changedAbout(l.Requests[0], fmt.Sprintf(": %s (%s)", instances(l.Requests), namesOf(l.Requests)))
	case bot.LineScanned:
		return scannedTogether(l.Requests)
	case bot.LineHeld:
		return heldTogether(l.Requests)
	case bot.LineFrozen, bot.LineEmergency, bot.LineNotStarted, bot.LineOverruled, bot.LineReminded, bot.LineEscalated, bot.LineExpired, bot.LineBackedUp, bot.LineOutOfService, bot.LineBefore, bot.LineAfter, bot.LineInService, bot.LineInstalling, bot.LineInstallEnded,
		bot.LineWentOn, bot.LineNodeBack, bot.LineRestStopped, bot.LineTriedAgain, bot.LineFailed, bot.LineStopped, bot.LineEndUnheard, bot.LineResumed, bot.LineAskedAnew,
		bot.LineRollBackAsked, bot.LineReplacing, bot.LineReplaced, bot.LineRolledBack, bot.LineRollBackFailed:
	}
	return linesByText(l)
}

// lineOfOne is the line of one instance. A failure names what to go back to.
func lineOfOne(r bot.Request, l bot.Line) string {
	switch line := nameAndID(r) + ": "; {
	case l.Stored == "" && l.Kind == bot.LineFailed:
		line = "❌ " + line + strings.TrimPrefix(threadLine(r, l), "❌ ")
		if r.Status == bot.StatusFailed {
			line += kept(r) + goesBack(r) + "\n" + triesAgain(r)
		}
		return strings.TrimSpace(line)
	case l.Stored == "" && l.Kind == bot.LineRollBackFailed:
		return "❌ " + line + strings.TrimPrefix(threadLine(r, l), "❌ ")
	case l.Stored == "" && l.Kind == bot.LineScanned && r.Status == bot.StatusNonCompliant:
		return strings.TrimSpace(line + threadLine(r, l) + kept(r) + goesBack(r) + "\n" + triesAgain(r))
	default:
		return line + threadLine(r, l)
	}
}

// scannedTogether is the line of many that ended well.
func scannedTogether(requests []bot.Request) string {
	var lines []string
	for _, standing := range standOrder {
		same := slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return digestStanding(r) != standing })
		if len(same) > 0 {
			emoji := strings.TrimSpace(statusEmoji(same[0].Status))
			lines = append(lines, fmt.Sprintf("%s %s %s: %s %s", instances(same), plural(len(same), "is", "are"), standing, namesOf(same), emoji))
		}
	}
	return strings.Join(lines, "\n")
}

// linesByText gives those with the same line together, as if all had ended when the last did.
func linesByText(l bot.Line) string {
	last := lastEnd(l.Requests)
	var texts []string
	same := map[string][]bot.Request{}
	for _, r := range l.Requests {
		ended := r
		if !r.EndedAt.IsZero() {
			ended.EndedAt = last
		}
		text := threadLine(ended, l)
		if same[text] == nil {
			texts = append(texts, text)
		}
		same[text] = append(same[text], r)
	}
	answer, left := linesWithin(manyEnd), 0
	for _, text := range texts {
		line := nameAndID(same[text][0]) + ": " + text
		if n := len(same[text]); n > 1 {
			line = fmt.Sprintf("%s (%s): %s", instances(same[text]), namesOf(same[text]), text)
		}
		if !answer.fit(line) {
			left += len(same[text])
		}
	}
	if left > 0 {
		answer.text = append(answer.text, fmt.Sprintf("and %d more. `/patch status i-…` tells of any one.", left))
	}
	return answer.String()
}

func lastEnd(requests []bot.Request) time.Time {
	var last time.Time
	for _, r := range requests {
		if r.EndedAt.After(last) {
			last = r.EndedAt
		}
	}
	return last
}

func instances(requests []bot.Request) string {
	return wording.Count(len(requests), "instance", "instances")
}

// namesOf names instances; their ids stand in the message that the thread belongs to.
func namesOf(requests []bot.Request) string { return joined(requests, namesBytes, name) }
