package awssim

import (
	"slices"
	"time"
)

// patchRecord is what Systems Manager was last told of a machine's patches.
type patchRecord struct {
	operation    string // Scan or Install
	rebootOption string
	snapshotID   string
	start, end   time.Time
	lastNoReboot time.Time // end of the last Install with NoReboot
	patches      []patchEntry
}

func (r *patchRecord) count(is func(patchEntry) bool) int {
	n := 0
	for _, e := range r.patches {
		if is(e) {
			n++
		}
	}
	return n
}

func (r *patchRecord) countState(state patchState) int {
	return r.count(func(e patchEntry) bool { return e.state == state })
}

// recordScan tells Systems Manager all that is on the machine.
func (n *node) recordScan(snapshotID string, start, end time.Time) {
	n.keepRecord(patchRecord{
		operation: "Scan", rebootOption: "NoReboot", snapshotID: snapshotID,
		start: start, end: end, patches: slices.Clone(n.patches),
	})
}

// recordInstall tells Systems Manager what is installed and what the Install tried
// in vain. What is still missing is not listed until a Scan, as on AWS.
func (n *node) recordInstall(rebootOption, snapshotID string, start, end time.Time, failed []patchEntry) {
	installed := slices.DeleteFunc(slices.Clone(n.patches), func(e patchEntry) bool { return e.state == stateMissing })
	record := patchRecord{
		operation: "Install", rebootOption: rebootOption, snapshotID: snapshotID,
		start: start, end: end, patches: append(installed, failed...),
	}
	if rebootOption == noReboot {
		record.lastNoReboot = end
	}
	n.keepRecord(record)
}

func (n *node) keepRecord(record patchRecord) {
	if n.record != nil && record.lastNoReboot.IsZero() {
		record.lastNoReboot = n.record.lastNoReboot
	}
	n.record = &record
}

// Scan lets the instance be scanned at once and emits the compliance event for
// what was found, as a nightly association does. No command appears in the log.
func (f *Fleet) Scan(id string) error {
	return f.changeNode(id, func(n *node) error {
		n.recordScan(f.ids.uuid(), f.now(), f.now())
		f.emitCompliance(n, n.compliant())
		return nil
	})
}

// ReportNonCompliance emits a non_compliant event whatever the state of the
// instance and without a scan: a late, doubled or mistaken one.
func (f *Fleet) ReportNonCompliance(id string) error {
	return f.changeNode(id, func(n *node) error {
		f.emitCompliance(n, false)
		return nil
	})
}

func (n *node) compliant() bool {
	return n.record == nil || n.record.count(patchEntry.compliant) == len(n.record.patches)
}

// baselineID names the one patch baseline of the account.
const baselineID = "pb-0be1ccde3be43f5aa"
