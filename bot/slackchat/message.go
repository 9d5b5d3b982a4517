package slackchat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// RequestBlocks renders a request's message. It stays under 13 blocks and 9 kB, far from
// limit.MessageBlocks and limit.BlocksBytes.
func RequestBlocks(r bot.Request) []slack.Block {
	blocks := []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, wording.Headline(r), true, false)),
		contextBlock(identity(r)),
	}
	if why := movedHere([]bot.Request{r}); why != "" {
		blocks = append(blocks, contextBlock(why))
	}
	if line := progress(r); line != "" {
		blocks = append(blocks, contextBlock(line))
	}
	if before := rolledBackBefore(r); before != "" {
		blocks = append(blocks, contextBlock(before))
	}
	if again := triedAgain(r); again != "" {
		blocks = append(blocks, contextBlock(again))
	}
	if mistake := tagMistakes([]bot.Request{r}); mistake != "" {
		blocks = append(blocks, contextBlock(mistake))
	}
	if text := emergencyText(r); text != "" {
		blocks = append(blocks, section(text))
	}
	if text := body(r); text != "" {
		blocks = append(blocks, section(text))
	}
	blocks = append(blocks, proofBlocks(r)...)
	if r.Status == bot.StatusAsked {
		blocks = append(blocks, section(whoDecides([]bot.Request{r})), section(plan(r)))
	}
	if offered := buttons(r); len(offered) > 0 {
		blocks = append(blocks, slack.NewActionBlock("decision", offered...))
	}
	if r.Status == bot.StatusAsked {
		blocks = append(blocks, contextBlock(deadline(r)))
	}
	return blocks
}

// RequestText is what notifications and screen readers give of a request's message: all that a
// question asks, and how anything else stands.
func RequestText(r bot.Request) string {
	text := []string{escapes.Replace(wording.Headline(r)) + " (" + escaped(r.Instance.ID, 40) + ")"}
	if r.Status == bot.StatusAsked {
		if before := rolledBackBefore(r); before != "" {
			text = append(text, before)
		}
		return strings.Join(withApprovals(append(withEmergency(text, r), plan(r), deadline(r), whoDecides([]bot.Request{r})), []bot.Request{r}), "\n")
	}
	if r.Decision != nil && r.Decision.Emergency {
		text = withEmergency(text, r)
	}
	text = append(text, standing(r))
	if r.Status == bot.StatusFailed {
		text = append(text, failureReason(r), failureNext(r))
	}
	if r.Status == bot.StatusRollBackFailed { // which its standing gives the reason of
		text = append(text, rollBackNext(r))
	}
	return strings.TrimSpace(strings.Join(append(text, proofLine(r)), "\n"))
}

// plan says what approving sets off.
func plan(r bot.Request) string {
	return approving(r)
}

func deadline(r bot.Request) string {
	return fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", day(r.AnswerBy))
}

// identity is the line that says which instance this is about.
func identity(r bot.Request) string {
	parts := []string{codeOf(r.Instance.ID, 40)}
	for _, part := range []string{r.Instance.Region, r.Instance.Platform} {
		if part != "" {
			parts = append(parts, escaped(part, 80))
		}
	}
	if r.Owner != "" {
		parts = append(parts, "owner "+escaped(r.Owner, 80))
	}
	return strings.Join(parts, " · ")
}

// movedHere says why requests stand in the default channel, where one of them was to stand
// elsewhere, and how to mend it.
func movedHere(requests []bot.Request) string {
	i := slices.IndexFunc(requests, func(r bot.Request) bool { return r.Moved != nil })
	if i < 0 {
		return ""
	}
	moved, why := requests[i].Moved, ""
	if moved.Code != "" {
		why = " (" + codeOf(moved.Code, 80) + ")"
	}
	return fmt.Sprintf("This was to be asked in <#%s>, which does not take my messages%s. Invite me there with `/invite @patchbot`, "+
		"or name another channel in the owner directory or the tag `%s`; `patchbot doctor` checks it.", escaped(moved.From, 80), why, bot.TagChannel)
}

// progress is the line that says what has happened, and when.
func progress(r bot.Request) string {
	var parts []string
	var times timeline
	given := approvalsGiven(r)
	switch {
	case r.Status == bot.StatusAsked && !r.Reminded.At.IsZero():
		parts = append(parts, fmt.Sprintf("Asked at %s, again at %s", times.next(r.CreatedAt), times.next(r.Reminded.At)))
	case r.Status == bot.StatusAsked && given != "":
		parts = append(parts, "Asked at "+times.next(r.CreatedAt))
	}
	if given != "" && r.Decision == nil {
		parts = append(parts, given)
	}
	if d := r.Decision; d != nil {
		parts = append(parts, fmt.Sprintf("%s by %s, %s", wording.Capital(decidedAs(*d)), people(*d), times.next(d.At)))
	}
	switch {
	case !r.Backup.FinishedAt.IsZero():
		parts = append(parts, "Backed up, "+times.next(r.Backup.FinishedAt))
	case r.Status == bot.StatusBackingUp:
		parts = append(parts, "Taking snapshots")
	}
	parts = append(parts, beforeParts(r, &times)...)
	switch {
	case !r.Install.FinishedAt.IsZero() && r.Install.Succeeded():
		parts = append(parts, "Installed, "+times.next(r.Install.FinishedAt))
	case !r.Install.FinishedAt.IsZero():
		parts = append(parts, "Install ended with "+installEnd(r.Install)+", "+times.next(r.Install.FinishedAt))
	case r.Status == bot.StatusPatching && !r.Install.StartedAt.IsZero():
		parts = append(parts, "Installing since "+times.next(r.Install.StartedAt))
	}
	parts = append(parts, afterParts(r, &times)...)
	switch {
	case r.Node != nil && r.Node.IsBack:
		parts = append(parts, "Back, "+times.next(r.Node.At))
	case r.Status == bot.StatusPatching && !r.Install.FinishedAt.IsZero():
		parts = append(parts, "Waiting until it is back")
	}
	if r.Status == bot.StatusScanning {
		parts = append(parts, "Scanning again")
	}
	if r.RollBack != nil {
		parts = append(parts, "Roll back asked for by "+person(r.RollBack.By)+", "+times.next(r.RollBack.At))
	}
	return strings.Join(parts, " · ")
}

// body is the message's main text: what is missing while it is missing, what was done at
// the end.
func body(r bot.Request) string {
	switch r.Status {
	case bot.StatusScheduled:
		return scheduledStanding(r) + " " + scheduledPlan(r) + "\n" + missingPatches(r)
	case bot.StatusApproved:
		if r.AwaitsFreeze() {
			return frozenBody(r)
		}
		return missingPatches(r)
	case bot.StatusAsked, bot.StatusBackingUp, bot.StatusPatching, bot.StatusScanning:
		return missingPatches(r)
	case bot.StatusFrozen:
		return frozenBody(r)
	case bot.StatusNotStarted:
		return strings.TrimSpace(notStarted(r) + " " + asksAgain(r))
	case bot.StatusQueued:
		return queue(r)
	case bot.StatusRejected:
		if r.Decision != nil && r.Decision.Reason != "" {
			return rejected(r) + " Reason: " + escaped(r.Decision.Reason, 500) + "\n" + asksAgain(r)
		}
		return rejected(r) + " " + askedAgain(r) + " " + asksAgain(r)
	case bot.StatusExpired:
		return installed(r) + " " + askedAgain(r) + " " + asksAgain(r)
	case bot.StatusStopped:
		if restStopped(r) {
			return stoppedStanding(r) + " " + askedAgain(r)
		}
		return strings.TrimSpace(installed(r) + kept(r) + " " + askedAgain(r) + "\n" + consoleLinks(r))
	case bot.StatusRehearsed:
		return rehearsed(r)
	case bot.StatusCompliant, bot.StatusNonCompliant:
		return outcome(r)
	case bot.StatusFailed:
		return strings.TrimSpace(failureReason(r) + "\n" + installed(r) + kept(r) + "\n" + failureNext(r) + "\n" + consoleLinks(r))
	case bot.StatusRollingBack:
		return rollingBackBody(r)
	case bot.StatusRolledBack:
		return rolledBackBody(r)
	case bot.StatusRollBackFailed:
		return rollBackFailedBody(r)
	}
	return standing(r)
}

func rehearsed(r bot.Request) string {
	text := "Asked, approved, sent, scanned and told. Nothing was installed"
	if r.After == nil {
		return text + "."
	}
	return text + "; the scan counts: " + wording.Left(*r.After) + "."
}

func outcome(r bot.Request) string {
	text := "The scan is told without its counts"
	if r.After != nil {
		text = counted(r.Before, *r.After)
	}
	if r.Decision != nil {
		text += fmt.Sprintf(" · took %s · %s by %s", wording.Span(r.EndedAt.Sub(r.Decision.Begins())), wording.DecidedAs(*r.Decision), people(*r.Decision))
	}
	if r.Status == bot.StatusNonCompliant {
		text += ". " + askedAgain(r) + kept(r)
	}
	return text + otherBaseline(r)
}

// counted compares what two scans counted.
func counted(first, second workflow.Counts) string {
	before, after := first.ToInstall(), second.ToInstall()
	text := fmt.Sprintf("%s missing now, %d before", wording.Patches(after), before)
	if after < before {
		text = fmt.Sprintf("%s installed, %d missing", wording.Patches(before-after), after)
	}
	if more := second.MoreThan(first); more > 0 {
		text += fmt.Sprintf(", and %d more that the patch baseline approved since the question", more)
	}
	if n := second.PendingReboot; n > 0 {
		text += fmt.Sprintf(", %s waiting for a reboot", wording.Patches(n))
	}
	return text
}

// otherBaseline tells that the install went by other rules than the scan that asked for it.
func otherBaseline(r bot.Request) string {
	if r.After == nil || r.Before.BaselineID == "" || r.After.BaselineID == "" || r.Before.BaselineID == r.After.BaselineID {
		return ""
	}
	return fmt.Sprintf("\nThe scan that asked used the patch baseline %s, the install %s: other patches than those listed. "+
		"Your platform team mends it with the setting `baseline_override`.", codeOf(r.Before.BaselineID, 80), codeOf(r.After.BaselineID, 80))
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(mrkdwn(text), nil, nil)
}

// sections are a text of any length.
func sections(text string) []slack.Block {
	var blocks []slack.Block
	for _, part := range parts(text, limit.SectionText) {
		blocks = append(blocks, section(part))
	}
	return blocks
}

// parts are texts of at most some bytes each, divided between lines. No line is longer.
func parts(text string, bytes int) []string {
	var all []string
	part := ""
	for line := range strings.SplitSeq(text, "\n") {
		if part != "" && len(part)+len(line)+1 > bytes {
			all, part = append(all, part), ""
		}
		part = strings.TrimPrefix(part+"\n"+line, "\n")
	}
	return append(all, part)
}

func contextBlock(text string) slack.Block {
	return slack.NewContextBlock("", mrkdwn(text))
}

// mrkdwn is verbatim: else Slack makes mentions and links of what text from outside only looks
// like.
func mrkdwn(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}
