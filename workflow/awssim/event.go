package awssim

import (
	"encoding/json"
	"fmt"
	"time"
)

// The detail types of the events that a fleet emits.
const (
	ComplianceEvent = "Configuration Compliance State Change"
	CommandEvent    = "EC2 Command Invocation Status-change Notification"
	SnapshotEvent   = "EBS Multi-Volume Snapshots Completion Status"
)

type event struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

// emit puts an event about a machine into the outbox, unless a fault loses it. A
// doubled one has the same id twice. The caller holds the lock.
func (f *Fleet) emit(n *node, detailType, source string, resources []string, detail any) {
	if _, lost := f.strikeEvent(EventsLost, n, detailType); lost || f.config.Emit == nil || f.closed {
		return
	}
	raw, err := json.Marshal(event{
		Version: "0", ID: f.ids.uuid(), DetailType: detailType, Source: source,
		Account: f.config.Account, Time: f.now().Format(time.RFC3339), Region: f.config.Region,
		Resources: resources, Detail: detail,
	})
	if err != nil {
		panic(fmt.Sprintf("event %q is not JSON: %v", detailType, err))
	}
	f.outbox = append(f.outbox, raw)
	if _, doubled := f.strikeEvent(EventsDoubled, n, detailType); doubled {
		f.outbox = append(f.outbox, raw)
	}
}

// deliverEvents hands the outbox to Emit without the lock. Whoever comes while
// another does so leaves, which keeps the order and lets Emit call the fleet.
func (f *Fleet) deliverEvents() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.emitting {
		return
	}
	f.emitting = true
	defer func() { f.emitting = false }()
	for len(f.outbox) > 0 {
		next := f.outbox[0]
		f.outbox = f.outbox[1:]
		f.handOver(next)
	}
}

func (f *Fleet) handOver(event json.RawMessage) {
	f.mu.Unlock()
	defer f.mu.Lock()
	f.config.Emit(event)
}

type complianceDetail struct {
	BaselineID       string `json:"patch-baseline-id"`
	ComplianceStatus string `json:"compliance-status"` // compliant, non_compliant
	ComplianceType   string `json:"compliance-type"`   // Patch
	ResourceID       string `json:"resource-id"`
	ResourceType     string `json:"resource-type"`
	Severity         string `json:"severity"` // CRITICAL, UNSPECIFIED
}

func (f *Fleet) emitCompliance(n *node, status compliance) {
	detail := complianceDetail{
		BaselineID: baselineID, ComplianceStatus: string(status), ComplianceType: "Patch",
		ResourceID: n.ID, ResourceType: "managed-instance", Severity: "UNSPECIFIED",
	}
	if r := n.lastRecord(); r != nil {
		detail.BaselineID = r.baselineID
		if status == nonCompliant && f.patchStates(n, r).CriticalNonCompliantCount > 0 {
			detail.Severity = "CRITICAL"
		}
	}
	f.emit(n, ComplianceEvent, "aws.ssm", []string{f.managedARN(n)}, detail)
}

type commandDetail struct {
	CommandID    string `json:"command-id"`
	DocumentName string `json:"document-name"`
	InstanceID   string `json:"instance-id"`
	RequestedAt  string `json:"requested-date-time"`
	Status       string `json:"status"` // InProgress, Success, TimedOut, Canceled, Failed
}

// emitCommand tells of an invocation's status. The event spells Canceled what the
// API spells Cancelled.
func (f *Fleet) emitCommand(i *invocation) {
	status := i.status
	if status == "Cancelled" {
		status = "Canceled"
	}
	f.emit(i.node, CommandEvent, "aws.ssm", []string{f.arn(i.node)}, commandDetail{
		CommandID: i.command.id, DocumentName: i.command.documentName(), InstanceID: i.node.ID,
		RequestedAt: stamp(i.command.requested), Status: status,
	})
}

type snapshotsDetail struct {
	Event     string           `json:"event"`
	Result    string           `json:"result"` // succeeded, failed
	Cause     string           `json:"cause"`
	RequestID string           `json:"request-id"`
	StartTime string           `json:"startTime"`
	EndTime   string           `json:"endTime"`
	Snapshots []snapshotDetail `json:"snapshots"`
}

type snapshotDetail struct {
	SnapshotID string `json:"snapshot_id"` // an ARN
	Source     string `json:"source"`      // the volume's ARN
	Status     string `json:"status"`      // completed, error, recoverable, recovering
}

func (f *Fleet) emitSnapshots(n *node, set []*snapshot, cause string) {
	detail := snapshotsDetail{
		Event: "createSnapshots", Result: "succeeded", Cause: cause,
		StartTime: stamp(set[0].started), EndTime: stamp(f.now()),
	}
	if cause != "" {
		detail.Result = "failed"
	}
	var resources []string
	for _, s := range set {
		arn := f.snapshotARN("snapshot", s.id)
		resources = append(resources, arn)
		detail.Snapshots = append(detail.Snapshots, snapshotDetail{
			SnapshotID: arn, Status: s.state,
			Source: f.snapshotARN("volume", s.volume.ID),
		})
	}
	f.emit(n, SnapshotEvent, "aws.ec2", resources, detail)
}

// snapshotARN is how the event about snapshots names a resource: with the region where
// the account belongs, as the EBS guide shows it.
func (f *Fleet) snapshotARN(resource, id string) string {
	return fmt.Sprintf("arn:%s:ec2::%s:%s/%s", f.config.Partition, f.config.Region, resource, id)
}
