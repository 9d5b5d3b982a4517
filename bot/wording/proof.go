package wording

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Proven is one line of what an install came to.
type Proven struct {
	Emoji   string
	What    string           // e.g. "Still missing"
	Patches []workflow.Patch // named, at most namedPatches, the worst first
	More    int              // how many there are besides
	Why     string           // the last error of the install, of what failed; from outside
}

// namedPatches is how many patches a line names; the others are counted.
const namedPatches = 5

// Proof says by name what an install came to: what was installed, what failed and why, what waits for a
// reboot, and what is still missing. It has no lines where the scan after it does not say how the instance is; see
// bot.Request.Proves.
func Proof(r bot.Request) []Proven {
	if !r.Proves() {
		return nil
	}
	p := r.Proof()
	unnamed := 0 // asked about without a name, and gone
	if r.After.ToInstall() == 0 && r.After.PendingReboot == 0 && len(p.Installed) > 0 {
		unnamed = max(0, r.Before.ToInstall()-len(r.Patches))
	}
	failed := proven("❌", "Failed", p.Failed, r.After.Failed)
	missing := proven("⚠️", "Still missing", p.Missing, r.After.Missing)
	if !r.Install.Succeeded() {
		why := r.Install.LastError
		if failed.Count() > 0 {
			failed.Why = why
		} else {
			missing.Why = why
		}
	}
	var lines []Proven
	for _, line := range []Proven{proven("✅", "Installed", p.Installed, len(p.Installed)+unnamed), failed,
		proven("🔁", "Waiting for a reboot", p.Reboots, r.After.PendingReboot), missing} {
		if line.Count() > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

func proven(emoji, what string, patches []workflow.Patch, all int) Proven {
	named := patches[:min(len(patches), namedPatches)]
	return Proven{Emoji: emoji, What: what, Patches: named, More: max(0, max(all, len(patches))-len(named))}
}

// Count is how many patches a line is about.
func (p Proven) Count() int { return len(p.Patches) + p.More }

// Listed are the patches of a line, each as name gives it, e.g. "kernel-6.1.112, curl-8.5.0 and 4 more".
func (p Proven) Listed(name func(workflow.Patch) string) string {
	if len(p.Patches) == 0 {
		return fmt.Sprintf("%s whose %s I do not have", Patches(p.More), map[bool]string{true: "name", false: "names"}[p.More == 1])
	}
	var names []string
	for _, patch := range p.Patches {
		names = append(names, name(patch))
	}
	text := strings.Join(names, ", ")
	if p.More > 0 {
		text += fmt.Sprintf(" and %d more", p.More)
	}
	return text
}

// String is a line without markup.
func (p Proven) String() string {
	text := p.What + ": " + p.Listed(func(patch workflow.Patch) string { return bot.Tidy(patch.Name(), 120) })
	if p.Why != "" {
		text += " (" + bot.Tidy(p.Why, 200) + ")"
	}
	return text + "."
}

// Tally is what a scan counted, each number by its name, e.g. "6 missing, 1 failed".
func Tally(c workflow.Counts) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{c.Missing, "missing"}, {c.Failed, "failed"}, {c.PendingReboot, "waiting for a reboot"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing missing")
}
