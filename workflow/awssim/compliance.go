package awssim

import (
	"slices"
	"time"
)

// patchRecord is what Systems Manager was last told of a machine's patches.
type patchRecord struct {
	baselineID   string
	operation    string // Scan or Install
	rebootOption string
	snapshotID   string
	start, end   time.Time
	lastNoReboot time.Time // end of the last Install with NoReboot
	patches      []patchEntry

	hold hold // of the describe calls
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

// scanRecord is all that is on the machine, as a Scan that ends now reports it.
func (f *Fleet) scanRecord(n *node, b baseline, start time.Time) *patchRecord {
	return &patchRecord{
		baselineID: b.id, operation: "Scan", rebootOption: noReboot, snapshotID: f.ids.uuid(), start: start, end: f.now(),
		patches: slices.DeleteFunc(slices.Clone(n.patches), func(e patchEntry) bool { return !e.visibleTo(b) }),
	}
}

// installRecord is what an Install that ends now reports: what is installed and what it
// tried in vain. What is still missing is not listed until a Scan, as on AWS.
func (f *Fleet) installRecord(i *invocation, failed []patchEntry) *patchRecord {
	installed := slices.DeleteFunc(slices.Clone(i.node.patches), func(e patchEntry) bool { return e.state == stateMissing })
	record := &patchRecord{
		baselineID: i.baseline().id, operation: "Install", rebootOption: i.command.rebootOption, snapshotID: f.ids.uuid(),
		start: i.started, end: f.now(), patches: append(installed, failed...),
	}
	if record.rebootOption == noReboot {
		record.lastNoReboot = record.end
	}
	return record
}

// finish ends a command that has patched or scanned and hands its report on, which the
// describe calls show later than the compliance event tells of it.
func (f *Fleet) finish(i *invocation, record *patchRecord, with outcome) {
	i.report = record
	if !reports(i.command.override) {
		f.end(i, with)
		return
	}
	f.keepRecord(i.node, record, f.config.StatesVisibleAfter)
	f.end(i, with)
	f.tellCompliance(i.node, f.config.EventEveryScan && record.operation == "Scan")
}

// keepRecord tells Systems Manager; the describe calls show it after the delay.
func (f *Fleet) keepRecord(n *node, record *patchRecord, delay time.Duration) {
	if last := n.lastRecord(); last != nil && record.lastNoReboot.IsZero() {
		record.lastNoReboot = last.lastNoReboot
	}
	record.hold = f.newHold(StatesStale, n, delay, always)
	n.records = append(n.records, record)
}

// lastRecord is what the machine last reported; nil if it was never scanned.
func (n *node) lastRecord() *patchRecord {
	if len(n.records) == 0 {
		return nil
	}
	return n.records[len(n.records)-1]
}

// shownRecord is the last report that has reached the describe calls, or nil.
func (f *Fleet) shownRecord(n *node) *patchRecord {
	for _, r := range slices.Backward(n.records) {
		if !f.holds(r.hold, n) {
			return r
		}
	}
	return nil
}

// Scan lets the instance be scanned at once, as a policy does every night, and emits
// the compliance event if what was found is news. The new counts are there before the
// event, unless StatesStale is on. No command appears in the log.
func (f *Fleet) Scan(id string) error {
	return f.changeNode(id, func(n *node) error {
		f.keepRecord(n, f.scanRecord(n, n.scheduled(), f.now()), 0)
		f.tellCompliance(n, f.config.EventEveryScan)
		return nil
	})
}

// ReportNonCompliance emits a non_compliant event whatever the state of the
// instance and without a scan: a late, doubled or mistaken one.
func (f *Fleet) ReportNonCompliance(id string) error {
	return f.changeNode(id, func(n *node) error {
		f.emitCompliance(n, nonCompliant)
		return nil
	})
}

// tellCompliance emits the compliance event for what the machine last reported: if
// its compliance has changed since the last event, or else if repeat is set. The
// Systems Manager guide speaks of a change; whether a scan that finds the same again
// sends one more is unconfirmed.
func (f *Fleet) tellCompliance(n *node, repeat bool) {
	now := complianceOf(n.lastRecord().compliant())
	if now != n.told || repeat {
		n.told = now
		f.emitCompliance(n, now)
	}
}

// compliance is a value of the event's compliance-status.
type compliance string

const (
	compliant    compliance = "compliant"
	nonCompliant compliance = "non_compliant"
)

func complianceOf(isCompliant bool) compliance {
	if isCompliant {
		return compliant
	}
	return nonCompliant
}

func (r *patchRecord) compliant() bool { return r.count(patchEntry.compliant) == len(r.patches) }

// baselineID names the account's default patch baseline.
const baselineID = "pb-0be1ccde3be43f5aa"
