package slackchat

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// A message names at most listedPatches patches in at most listedBytes, and counts the
// others.
const (
	listedPatches = 5
	listedBytes   = 2000
	titleLength   = 120 // of a patch's title, in characters
)

// missingPatches lists the worst patches and counts the others.
func missingPatches(r bot.Request) string {
	if r.Before.RebootOnly() {
		return strings.Join(append([]string{wording.Count(r.Before.PendingReboot, "patch is", "patches are") +
			" installed and take effect after a reboot. Nothing else is missing."}, numbers(r.Before)...), "\n")
	}
	lines := numbers(r.Before)
	if r.Before.ToInstall() == 0 {
		return strings.Join(append([]string{"Nothing is missing."}, lines...), "\n")
	}
	if len(r.Patches) == 0 {
		return strings.Join(append(lines, "The scan did not name its patches."), "\n")
	}
	named, size := 0, 0
	for _, p := range r.Patches[:min(len(r.Patches), listedPatches)] {
		line := patchLine(p)
		if size += len(line); size > listedBytes {
			break
		}
		lines, named = append(lines, line), named+1
	}
	if more := r.Before.ToInstall() - named; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// numbers names each count that the headline leaves out. They are never added up: the levels
// overlap, and count rejected patches and those that wait for a reboot as well.
func numbers(c workflow.Counts) []string {
	var lines []string
	if c.Failed > 0 {
		lines = append(lines, fmt.Sprintf("%d missing, %d failed the last time", c.Missing, c.Failed))
	}
	if levels := levelsOf(c); len(levels) > 0 {
		line := "By level: " + strings.Join(levels, ", ") + "."
		if c.Critical > 0 && c.Security > 0 {
			line += " One patch can be both critical and security."
		}
		lines = append(lines, line)
	}
	return lines
}

// levelsOf counts each level, e.g. "3 critical".
func levelsOf(c workflow.Counts) []string {
	var levels []string
	for _, level := range []struct {
		n    int
		name string
	}{{c.Critical, "critical"}, {c.Security, "security"}, {c.Other, "other"}} {
		if level.n > 0 {
			levels = append(levels, fmt.Sprintf("%d %s", level.n, level.name))
		}
	}
	return levels
}

// patchLine names a patch, its severity and its first CVE ids. A title that has to be cut, or
// that is not there, leaves the KB id to find it by.
func patchLine(p workflow.Patch) string {
	name := escaped(p.Name(), titleLength)
	if bot.Tidy(p.Name(), titleLength) != bot.Tidy(p.Name(), len(p.Name())+1) && p.KBID != "" {
		name += " (" + escaped(p.KBID, 40) + ")"
	}
	line := fmt.Sprintf("*%s*  %s", name, escaped(p.Severity, 20))
	for i, cve := range p.CVEs {
		if i == 3 {
			line += fmt.Sprintf(" and %d more", len(p.CVEs)-i)
			break
		}
		line += " · " + escaped(cve, 20)
	}
	if strings.EqualFold(p.State, "Failed") {
		line += " · failed last time"
	}
	return line
}
