package bot

import (
	"slices"
	"strings"

	"github.com/patchbot/patchbot/workflow"
)

// Proof compares what was asked about with what the scan after the install found, by name.
type Proof struct {
	Installed []workflow.Patch // asked about, and neither missing nor failed any more, nor waiting for a reboot
	Failed    []workflow.Patch // the install tried them in vain
	Reboots   []workflow.Patch // installed, effective after a reboot
	Missing   []workflow.Patch
}

// Proves reports whether the scan after the install still says how the instance is: it was counted, and
// the root volume was not replaced since, as far as is known.
func (r Request) Proves() bool {
	back := r.Status == StatusRollingBack || r.Status == StatusRolledBack || r.Status == StatusRollBackFailed
	return r.After != nil && !r.Rehearsal && (!back || r.RollBack != nil && r.RollBack.Replaced() == ReplacedNot)
}

// Proof is empty before the scan after the install has been counted, of a rehearsal, and after a roll back. Where the scan
// did not name all that it counts, or went by another patch baseline, nobody knows by name what was
// installed.
func (r Request) Proof() Proof {
	var p Proof
	if !r.Proves() {
		return p
	}
	left := map[string]bool{}
	for _, patch := range r.Remaining {
		left[identityOf(patch)] = true
		switch strings.ToLower(strings.ReplaceAll(patch.State, "_", "")) {
		case "failed":
			p.Failed = append(p.Failed, patch)
		case "installedpendingreboot":
			p.Reboots = append(p.Reboots, patch)
		default:
			p.Missing = append(p.Missing, patch)
		}
	}
	sameRules := r.Before.BaselineID == "" || r.After.BaselineID == "" || r.Before.BaselineID == r.After.BaselineID
	if sameRules && len(r.Remaining) >= r.After.ToInstall()+r.After.PendingReboot {
		p.Installed = slices.DeleteFunc(slices.Clone(r.Patches), func(patch workflow.Patch) bool { return left[identityOf(patch)] })
	}
	return p
}

// identityOf tells patches apart. Of a package it is the name without the version: one whose newer version
// is missing is not up to date.
func identityOf(p workflow.Patch) string {
	if p.KBID != "" {
		return p.KBID
	}
	return p.Title
}
