package awssim

import (
	"slices"
	"time"
)

// Patch is an update as Systems Manager describes it. [Catalogue] has samples.
type Patch struct {
	Title          string   // e.g. "openssl.x86_64:1:3.0.8-1.amzn2023.0.16"
	KBId           string   // e.g. "KB5046616", on Linux the package: "openssl.x86_64"
	Classification string   // e.g. "Security" on Linux, "SecurityUpdates" on Windows
	Severity       string   // e.g. "Critical"; the words depend on the platform
	CVEIds         []string // e.g. ["CVE-2024-6119"]

	// ComplianceLevel is what the patch baseline's rule reports the patch as, e.g.
	// "CRITICAL". Empty means UNSPECIFIED, as in all of AWS's predefined baselines:
	// whatever its severity, such a patch does not count as critical.
	ComplianceLevel string
}

// WithLevels returns the patches as a baseline reports them whose rule gives the
// compliance level CRITICAL to what is of severity Critical. The slice is the
// caller's; levels that are set already stay.
func WithLevels(patches []Patch) []Patch {
	leveled := slices.Clone(patches)
	for i := range leveled {
		if leveled[i].ComplianceLevel == "" && leveled[i].Severity == "Critical" {
			leveled[i].ComplianceLevel = "CRITICAL"
		}
	}
	return leveled
}

// patchState is a value of PatchComplianceData's State, spelled as AWS answers;
// the API reference lists the same words in capitals.
type patchState string

const (
	stateInstalled     patchState = "Installed"
	statePendingReboot patchState = "InstalledPendingReboot"
	stateMissing       patchState = "Missing"
	stateFailed        patchState = "Failed"
	stateRejected      patchState = "InstalledRejected"
)

// patchEntry is a patch on one machine.
type patchEntry struct {
	Patch
	state       patchState
	installedAt time.Time // zero unless it is installed
	only        scope     // the one baseline that approves it; empty if all do
}

func entries(patches []Patch, state patchState, installedAt time.Time) []patchEntry {
	list := make([]patchEntry, 0, len(patches))
	for _, p := range patches {
		list = append(list, patchEntry{Patch: p, state: state, installedAt: installedAt})
	}
	return list
}

func (e patchEntry) compliant() bool { return e.state == stateInstalled }

func (p Patch) critical() bool { return p.ComplianceLevel == "CRITICAL" }

// security compares as AWS's agent does on Linux, where Security is a
// classification. Whether it counts Windows' SecurityUpdates too is unconfirmed.
func (p Patch) security(windowsCounts bool) bool {
	return p.Classification == "Security" || windowsCounts && p.Classification == "SecurityUpdates"
}

// Publish makes patches known that the instance lacks by all baselines. The next Scan finds them.
func (f *Fleet) Publish(id string, patches ...Patch) error {
	return f.changeNode(id, func(n *node) error {
		n.patches = append(n.patches, entries(patches, stateMissing, time.Time{})...)
		return nil
	})
}

// install brings all patches that the baseline misses onto the machine but the last
// keep ones, and returns how many it installed.
func (n *node) install(b baseline, keep int, now time.Time) int {
	missing := n.missing(b)
	installed := 0
	for i := range n.patches {
		if n.patches[i].missingFor(b) && installed < len(missing)-keep {
			n.patches[i].state, n.patches[i].installedAt = statePendingReboot, now
			installed++
		}
	}
	return installed
}

func (n *node) missing(b baseline) []patchEntry {
	return slices.DeleteFunc(slices.Clone(n.patches), func(e patchEntry) bool { return !e.missingFor(b) })
}

// finishReboot makes installed what waited for it.
func (n *node) finishReboot() {
	n.rebooting = false
	for i := range n.patches {
		if n.patches[i].state == statePendingReboot {
			n.patches[i].state = stateInstalled
		}
	}
}

func (n *node) has(state patchState) bool {
	return slices.ContainsFunc(n.patches, func(e patchEntry) bool { return e.state == state })
}
