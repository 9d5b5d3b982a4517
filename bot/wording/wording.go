// Package wording says in plain English, without any markup, what every chat and mail says of
// a request in the same words: its headline, its numbers, what an approval sets off.
package wording

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Span is a duration the way people say it, e.g. "13 min".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// Count is a number with its noun, e.g. "1 patch", "3 patches".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Patches is a number of patches.
func Patches(n int) string { return Count(n, "patch", "patches") }

// Verb is what somebody did who gave a verdict, e.g. "approved". What is no known
// verdict counts as a rejection, as it does for the state machine.
func Verb(v workflow.Verdict) string {
	switch v {
	case workflow.Approved:
		return "approved"
	case workflow.Scheduled:
		return "scheduled"
	case workflow.Rejected:
	}
	return "rejected"
}

// Capital begins a sentence with a word.
func Capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// Severity qualifies "patch", e.g. "critical ", with its space.
func Severity(s workflow.Severity) string {
	if s == workflow.SeverityCritical || s == workflow.SeveritySecurity {
		return string(s) + " "
	}
	return ""
}

// Left says what a scan counts: what is to be installed and what waits for a reboot, each by
// its name.
func Left(c workflow.Counts) string {
	install := Count(c.ToInstall(), "patch still to install", "patches still to install")
	switch {
	case c.RebootOnly():
		return Count(c.PendingReboot, "patch waits for a reboot", "patches wait for a reboot")
	case c.PendingReboot > 0:
		return install + ", " + Count(c.PendingReboot, "waits for a reboot", "wait for a reboot")
	case c.ToInstall() == 0:
		return "nothing to install"
	}
	return install
}

// Acts are the verbs of what an approval sets off, e.g. "takes", "installs", "reboots".
type Acts struct{ Take, Install, Reboot string }

// Plan lists what an approval sets off; asOf is the time of the question, as the reader's chat
// shows it. What is installed is what the patch baseline approves by then, which may be more
// than was missing when the question was asked. AWS-RunPatchBaseline's RebootIfNeeded reboots
// after any installed patch, so the reboot is not in doubt.
func Plan(r bot.Request, do Acts, asOf string) string {
	if r.Rehearsal {
		return fmt.Sprintf("%s no snapshot, %s nothing, %s nothing: a scan stands in for the install", do.Take, do.Install, do.Reboot)
	}
	var acts []string
	if r.WithBackup {
		acts = append(acts, fmt.Sprintf("%s a snapshot of %s%s", do.Take, Count(r.Instance.Volumes, "volume", "volumes"), Size(r.Instance.VolumeGiB)))
	} else if why := withoutBackup(r); why != "" {
		acts = append(acts, do.Take+" no backup"+why)
	}
	if r.Before.RebootOnly() {
		acts = append(acts, do.Reboot+" the instance")
	} else {
		acts = append(acts, fmt.Sprintf("%s everything that its patch baseline approves at that time (%s as of %s), and %s the instance",
			do.Install, Patches(r.Before.ToInstall()), asOf, do.Reboot))
	}
	return strings.Join(acts, ", ") + around(r.Hooks)
}

// Size is the size of volumes in brackets, e.g. " (108 GiB)"; empty where it is not known.
func Size(gib int) string {
	if gib == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d GiB)", gib)
}

// withoutBackup is why there is no backup, in brackets; empty where one is taken, or none is missed.
func withoutBackup(r bot.Request) string {
	switch r.NoBackup {
	case bot.NoBackupTag:
		return " (its tag " + bot.TagBackup + " says so)"
	case bot.NoBackupVolumes:
		return " (it has no EBS volumes)"
	case bot.NoBackupOff:
		return " (the platform team has switched them off)"
	}
	return ""
}
