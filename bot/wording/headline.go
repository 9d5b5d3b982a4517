package wording

import (
	"fmt"

	"github.com/patchbot/patchbot/bot"
)

// RehearsalMark begins everything that is said of a rehearsal.
const RehearsalMark = "Rehearsal: "

// nameLength is how much of an instance's name a headline shows, in characters.
const nameLength = 60

// Name is the instance's name, short enough for a line.
func Name(r bot.Request) string { return bot.Tidy(r.Instance.Name, nameLength) }

// Headline says in one line of at most 150 characters where a request stands, an emoji last.
func Headline(r bot.Request) string {
	line := stand(r, Name(r))
	if r.Rehearsal {
		line = RehearsalMark + line
	}
	return line
}

func stand(r bot.Request, name string) string {
	switch r.Status {
	case bot.StatusAsked:
		return question(r, name)
	case bot.StatusScheduled:
		return "Patching " + name + " is scheduled 🗓️"
	case bot.StatusApproved:
		return "Patching " + name + " is approved ⏳"
	case bot.StatusFrozen:
		return "Patching " + name + " waits for a freeze to end 🧊"
	case bot.StatusNotStarted:
		return "Patching " + name + " was not begun ⚠️"
	case bot.StatusQueued:
		if r.Turn != nil && r.Turn.Held != nil {
			return "Patching " + name + " is held ⏸️"
		}
		return name + " waits for its turn ⏳"
	case bot.StatusBackingUp:
		return "Backing up " + name + " ⏳"
	case bot.StatusPatching:
		return "Patching " + name + " ⏳"
	case bot.StatusScanning:
		return "Scanning " + name + " again ⏳"
	case bot.StatusRejected:
		return "Patching " + name + " was rejected 🚫"
	case bot.StatusExpired:
		if r.Decision != nil {
			return "The decision about " + name + " came too late ⌛"
		}
		if few := ApprovedTooFew(r, " patching "+name); few != "" {
			return "Only " + few + " ⌛"
		}
		return "Nobody decided about " + name + " in time ⌛"
	case bot.StatusCompliant:
		if r.After != nil && r.After.ToInstall() > 0 {
			return fmt.Sprintf("No %spatch is missing on %s ✅", Severity(r.Severity), name)
		}
		return name + " is up to date ✅"
	case bot.StatusRehearsed:
		return "Everything works for " + name + " ✅"
	case bot.StatusNonCompliant:
		if r.After == nil {
			return "Patches are still missing on " + name + " ⚠️"
		}
		return fmt.Sprintf("%s on %s ⚠️", Left(*r.After), name)
	case bot.StatusStopped:
		return "Patching " + name + " was stopped ⏹️"
	case bot.StatusFailed:
		return "Patching " + name + " failed ❌"
	case bot.StatusRollingBack:
		return "Rolling " + name + " back ⏳"
	case bot.StatusRolledBack:
		return name + " was rolled back ↩️"
	case bot.StatusRollBackFailed:
		return "Rolling " + name + " back failed ❌"
	}
	return "Patching " + name + ": " + string(r.Status)
}

func question(r bot.Request, name string) string {
	install, reboot := r.Before.ToInstall(), r.Before.PendingReboot
	switch {
	case r.Before.RebootOnly():
		return fmt.Sprintf("%s needs a reboot to finish %s", name, Patches(reboot))
	case reboot > 0:
		return fmt.Sprintf("%s to install on %s, %s", Patches(install), name, Count(reboot, "waits for a reboot", "wait for a reboot"))
	}
	return fmt.Sprintf("%s to install on %s", Patches(install), name)
}
