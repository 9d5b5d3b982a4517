package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Moment is a time for whoever's zone is not known, e.g. "Wed 25 Nov 2026, 17:00 UTC".
func Moment(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04 UTC") }

// Person names who decided, for where nobody can be mentioned.
func Person(d workflow.Decider) string {
	name := bot.Tidy(cmp.Or(d.Name, d.User), bot.NameLength)
	switch {
	case name == "":
		return "somebody with access to the AWS account"
	case d.Via == bot.ViaEmail:
		return ByMail(name)
	}
	return name
}

// ByMail marks a name that somebody gave who came by a mail's link: nobody has checked it.
func ByMail(name string) string { return name + " (by mail)" }

// Decided says who decided what, and when; empty where nobody has.
func Decided(r bot.Request) string {
	if r.Decision == nil {
		return ""
	}
	line := fmt.Sprintf("%s by %s, %s.", Capital(DecidedAs(*r.Decision)), People(*r.Decision), Moment(r.Decision.At))
	if r.Decision.Reason != "" {
		line += " Reason: " + bot.Tidy(r.Decision.Reason, bot.ReasonLength)
	}
	return line
}

// Standing says how a request stands, beside its headline.
func Standing(r bot.Request) string {
	switch r.Status {
	case bot.StatusAsked:
		return fmt.Sprintf("It waits for a decision until %s.", Moment(r.AnswerBy))
	case bot.StatusScheduled:
		if r.Decision == nil {
			return "It waits for its time."
		}
		return fmt.Sprintf("It waits for its time, %s. An approver changes that in Slack.", Moment(r.Decision.Until))
	case bot.StatusApproved:
		if r.AwaitsFreeze() {
			return "It is approved. " + Freeze(r, Moment, Quoted) + " It is patched when that ends."
		}
		return "It is about to start."
	case bot.StatusFrozen:
		return sentences(Freeze(r, Moment, Quoted), Emergency(r), "It is patched when the freeze ends. An approver changes that in Slack.")
	case bot.StatusNotStarted:
		return NotStarted(r, Quoted) + " " + Installed(r)
	case bot.StatusQueued:
		if r.Turn != nil && r.Turn.Held != nil {
			return "Others of its group failed. Its approvers say in Slack whether it goes on."
		}
		return "Others of its group are patched first."
	case bot.StatusBackingUp:
		return "Snapshots are being taken now."
	case bot.StatusPatching:
		return "It is being patched now."
	case bot.StatusScanning:
		return "It is being scanned again now."
	case bot.StatusRejected:
		if r.Installed() == bot.InstalledUnknown {
			return "The rejection is recorded and is being delivered."
		}
		return Installed(r)
	case bot.StatusExpired:
		return Installed(r)
	case bot.StatusStopped:
		return sentences(Installed(r), leftBehind(r))
	case bot.StatusCompliant:
		return "Scanned again: nothing is missing that was asked about."
	case bot.StatusRehearsed:
		return "The rehearsal is over. Nothing was installed."
	case bot.StatusNonCompliant:
		return sentences("The install has ended, and a scan found that patches are still missing.", leftBehind(r))
	case bot.StatusFailed:
		w := FailureOf(r)
		return sentences(w.Happened, w.Details, Installed(r), leftBehind(r), w.Next)
	case bot.StatusRollingBack:
		return RollBackStanding(r)
	case bot.StatusRolledBack:
		return sentences(RollBackStanding(r), LeftOut(r))
	case bot.StatusRollBackFailed:
		return sentences(RollBackStanding(r), leftBehind(r), RollBackFailureOf(r).Next)
	}
	return "Another version of patchbot knows how it stands."
}

// Installed says what is known of the install of a request that broke off.
func Installed(r bot.Request) string {
	switch r.Installed() {
	case bot.InstalledNothing:
		return "Nothing was installed."
	case bot.InstallEnded:
		if r.Install.Succeeded() {
			return "The install command had ended well; no scan has confirmed it."
		}
		return fmt.Sprintf("The install command had ended with %s.", bot.Tidy(r.Install.Status, 40))
	case bot.InstallBegan:
		return strings.TrimSpace("The install had begun; how it ended is not known. Look at Run Command "+bot.Tidy(r.Install.CommandID, 80)) + "."
	case bot.InstalledUnknown:
	}
	return "Whether the install began is not known. Look at Run Command."
}

// leftBehind says what is left of a patch that did not go well: an instance out of service, and snapshots.
func leftBehind(r bot.Request) string { return sentences(LeftOut(r), Snapshots(r)) }

// Snapshots says what is known of those that were taken before the install; "" where there are none, or
// they were deleted.
func Snapshots(r bot.Request) string {
	switch n := len(r.Backup.SnapshotIDs); {
	case n == 0, !r.Backup.DeletedAt.IsZero():
		return ""
	case r.Backup.FinishedAt.IsZero():
		return fmt.Sprintf("%s begun, and may be incomplete.", Count(n, "snapshot was", "snapshots were"))
	default:
		return fmt.Sprintf("%s from before the install.", Count(n, "snapshot exists", "snapshots exist"))
	}
}

// PatchName is a patch with its severity, e.g. "openssl-3.0.8 (Critical)".
func PatchName(p workflow.Patch) string {
	if p.Severity == "" {
		return bot.Tidy(p.Name(), 120)
	}
	return fmt.Sprintf("%s (%s)", bot.Tidy(p.Name(), 120), bot.Tidy(p.Severity, 20))
}

// Approving says what an approval sets off, and that it waits for a freeze to end where one is on.
func Approving(r bot.Request) string {
	plan := Plan(r, Acts{Take: "takes", Install: "installs", Reboot: "reboots"}, Moment(r.CreatedAt)) + "."
	if r.Frozen() {
		return Freeze(r, Moment, Quoted) + " Approving is for when it ends: then patchbot " + plan
	}
	return "Approving " + plan
}

// Outcome says what an install came to, a sentence or a list a line; none before it was scanned.
func Outcome(r bot.Request) []string {
	var lines []string
	for _, p := range Proof(r) {
		lines = append(lines, p.String())
	}
	if r.Proves() {
		lines = append(lines, nonEmpty(NodeNote(r))...)
	}
	return lines
}

// sentences joins those that there are.
func sentences(texts ...string) string { return strings.Join(nonEmpty(texts...), " ") }

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}
