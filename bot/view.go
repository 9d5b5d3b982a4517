package bot

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"
)

// Action ids of the buttons. Each button's value is the request's id.
const (
	ActionApprove = "approve"
	ActionReject  = "reject"
)

// RequestBlocks renders a request's message. Slack allows 50 blocks and refuses messages
// somewhere above 10 kB; this stays under 10 blocks and 6 kB.
func RequestBlocks(r Request) []slack.Block {
	blocks := []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, headline(r), true, false)),
		contextBlock(identity(r)),
	}
	if line := progress(r); line != "" {
		blocks = append(blocks, contextBlock(line))
	}
	if text := body(r); text != "" {
		blocks = append(blocks, section(text))
	}
	if r.Status == StatusAsked {
		blocks = append(blocks,
			section(consequence(r)),
			slack.NewActionBlock("decision", approveButton(r), rejectButton(r)),
			contextBlock(fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", day(r.AnswerBy))))
	}
	return blocks
}

// RequestText is what notifications and screen readers give of a request's message.
func RequestText(r Request) string {
	return slackEscapes.Replace(headline(r)) + " (" + esc(r.Instance.ID, 40) + ")"
}

// headline is plain text of at most 150 characters, Slack's limit for a header.
func headline(r Request) string {
	line := state(r, cut(r.Instance.Name, 60))
	if r.Rehearsal {
		line = rehearsalMark + line
	}
	return line
}

// state says where the request stands, in plain text.
func state(r Request, name string) string {
	switch r.Status {
	case StatusAsked:
		return question(r, name)
	case StatusApproved:
		return "⏳ Patching " + name + " is approved"
	case StatusPatching:
		return "⏳ Patching " + name
	case StatusBackingUp:
		return "⏳ Backing up " + name
	case StatusScanning:
		return "⏳ Scanning " + name + " again"
	case StatusRejected:
		return "🚫 Patching " + name + " was rejected"
	case StatusExpired:
		if r.Decision != nil {
			return "⌛ The decision about " + name + " came too late"
		}
		return "⌛ Nobody decided about " + name + " in time"
	case StatusCompliant:
		if r.After.ToInstall() > 0 {
			return fmt.Sprintf("✅ No %spatch is missing on %s", severityWord(r.Severity), name)
		}
		return "✅ " + name + " is up to date"
	case StatusRehearsed:
		return "✅ Everything works for " + name
	case StatusNonCompliant:
		return fmt.Sprintf("⚠️ %s on %s", left(*r.After), name)
	case StatusStopped:
		return "⏹️ Patching " + name + " was stopped"
	}
	return "❌ Patching " + name + " failed"
}

func question(r Request, name string) string {
	install, reboot := r.Before.ToInstall(), r.Before.PendingReboot
	switch {
	case r.Before.RebootOnly():
		return fmt.Sprintf("%s needs a reboot to finish %s", name, patches(reboot))
	case reboot > 0:
		return fmt.Sprintf("%s to install on %s, %s", patches(install), name, count(reboot, "waits for a reboot", "wait for a reboot"))
	}
	return fmt.Sprintf("%s to install on %s", patches(install), name)
}

// identity is the line that says which instance this is about.
func identity(r Request) string {
	parts := []string{"`" + esc(r.Instance.ID, 40) + "`"}
	for _, part := range []string{r.Instance.Region, r.Instance.Platform} {
		if part != "" {
			parts = append(parts, esc(part, 80))
		}
	}
	if r.Owner != "" {
		parts = append(parts, "owner "+esc(r.Owner, 80))
	}
	return strings.Join(parts, " · ")
}

// progress is the line that says what has happened, and when.
func progress(r Request) string {
	var parts []string
	if d := r.Decision; d != nil {
		parts = append(parts, fmt.Sprintf("%s by %s, %s", capital(verb(d.Verdict)), person(d.By), clock(d.At)))
	}
	switch {
	case !r.Backup.FinishedAt.IsZero():
		parts = append(parts, "Backed up, "+clock(r.Backup.FinishedAt))
	case r.Status == StatusBackingUp:
		parts = append(parts, "Taking snapshots")
	}
	switch {
	case !r.Install.FinishedAt.IsZero() && r.Install.Succeeded():
		parts = append(parts, "Installed, "+clock(r.Install.FinishedAt))
	case !r.Install.FinishedAt.IsZero():
		parts = append(parts, "Install ended with "+installEnd(r.Install)+", "+clock(r.Install.FinishedAt))
	case r.Status == StatusPatching:
		parts = append(parts, "Installing since "+clock(r.Install.StartedAt))
	}
	if r.Status == StatusScanning {
		parts = append(parts, "Scanning again")
	}
	return strings.Join(parts, " · ")
}

// body is the message's main text: what is missing while it is missing, what was done at
// the end.
func body(r Request) string {
	switch r.Status {
	case StatusRejected:
		if r.Decision.Reason != "" {
			return rejected(r) + " Reason: " + esc(r.Decision.Reason, 500)
		}
		return rejected(r) + " " + askedAgain(r)
	case StatusExpired:
		return "Nothing was installed. " + askedAgain(r)
	case StatusRehearsed:
		return "Asked, approved, sent, scanned and told. Nothing was installed; the scan counts: " + left(*r.After) + "."
	case StatusCompliant, StatusNonCompliant:
		return outcome(r)
	case StatusStopped:
		return untouched(r) + " " + askedAgain(r)
	case StatusFailed:
		return failureReason(r) + "\n" + untouched(r) + kept(r)
	}
	return missingPatches(r)
}

func outcome(r Request) string {
	before, after := r.Before.ToInstall(), r.After.ToInstall()
	text := fmt.Sprintf("%s missing now, %d before", patches(after), before)
	if after < before {
		text = fmt.Sprintf("%s installed, %d missing", patches(before-after), after)
	}
	if n := r.After.PendingReboot; n > 0 {
		text += fmt.Sprintf(", %s waiting for a reboot", patches(n))
	}
	if r.Decision != nil {
		text += fmt.Sprintf(" · took %s · %s by %s", span(r.EndedAt.Sub(r.Decision.At)), verb(r.Decision.Verdict), person(r.Decision.By))
	}
	if r.Status == StatusNonCompliant {
		text += ". " + askedAgain(r) + kept(r)
	}
	return text + otherBaseline(r)
}

// otherBaseline tells that the install went by other rules than the scan that asked for it.
func otherBaseline(r Request) string {
	before, after := r.Before.BaselineID, r.After.BaselineID
	if before == "" || after == "" || before == after {
		return ""
	}
	return fmt.Sprintf("\nThe scan that asked used the patch baseline `%s`, the install `%s`: other patches than those listed. "+
		"Your platform team mends it with the setting `baseline_override`.", esc(before, 80), esc(after, 80))
}

// kept tells of snapshots that may be needed after an install that went wrong.
func kept(r Request) string {
	if r.Backup.FinishedAt.IsZero() {
		return ""
	}
	return fmt.Sprintf("\nSnapshots from before the install exist: %s.", codes(r.Backup.SnapshotIDs))
}

// consequence says what an approval sets off.
func consequence(r Request) string {
	return "Approving " + plan(r, "takes", "installs", "reboots") + "."
}

// plan lists the acts of an approval. AWS-RunPatchBaseline's RebootIfNeeded reboots after
// any installed patch, so the reboot is not in doubt.
func plan(r Request, take, install, reboot string) string {
	if r.Rehearsal {
		return fmt.Sprintf("%s no snapshot, %s nothing, %s nothing: a scan stands in for the install", take, install, reboot)
	}
	var acts []string
	if r.WithBackup {
		acts = append(acts, fmt.Sprintf("%s a snapshot of %s", take, count(r.Instance.Volumes, "volume", "volumes")))
	}
	switch n := r.Before.ToInstall(); {
	case r.Before.RebootOnly():
		acts = append(acts, fmt.Sprintf("%s the instance", reboot))
	case n == 1:
		acts = append(acts, fmt.Sprintf("%s the missing patch and %s the instance", install, reboot))
	default:
		acts = append(acts, fmt.Sprintf("%s the %d missing patches and %s the instance", install, n, reboot))
	}
	return strings.Join(acts, ", ")
}

func approveButton(r Request) *slack.ButtonBlockElement {
	consequence := plan(r, "Take", "install", "reboot")
	return button(ActionApprove, "Approve", r, slack.StylePrimary, "Patch "+cut(r.Instance.Name, 60)+"?",
		capital(consequence)+". The instance may be away for some minutes.")
}

func rejectButton(r Request) *slack.ButtonBlockElement {
	return button(ActionReject, "Reject", r, slack.StyleDanger, "Leave "+cut(r.Instance.Name, 60)+" unpatched?",
		"Nothing is installed. "+askedAgain(r))
}

// button asks back before it acts. Slack allows 100 characters in a dialog's title, 300
// in its text.
func button(action, label string, r Request, style slack.Style, title, text string) *slack.ButtonBlockElement {
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	return slack.NewButtonBlockElement(action, r.ID, plain(label)).WithStyle(style).
		WithConfirm(slack.NewConfirmationBlockObject(plain(title), plain(text), plain(label), plain("Not now")))
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
}

func contextBlock(text string) slack.Block {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, text, false, false))
}
