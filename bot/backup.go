package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Backup is what is known of the snapshots taken before the install.
type Backup struct {
	SnapshotIDs []string
	VolumeIDs   []string  `json:",omitempty"` // what they show, in the same order; none of earlier versions
	StartedAt   time.Time `json:",omitzero"`  // when they were begun, which is as of when they show the volumes; zero of earlier versions
	FinishedAt  time.Time // zero while they are pending
	// Earlier are those that were taken before a freeze began, and then again after it.
	Earlier []string `json:",omitempty"`
	// KeepUntil is until when they are kept at least; zero of backups that earlier versions took, which stay.
	KeepUntil time.Time `json:",omitzero"`
	// DeletedAt is since when they are given up, and nobody goes back to them; zero: they are kept. They are
	// deleted then, but for what EC2 keeps as long as it is in use, e.g. by an AMI.
	DeletedAt time.Time `json:",omitzero"`
}

// TagBackup is the tag of an instance whose value "skip" has it patched without a backup. Any other
// value changes nothing.
const TagBackup = "patch-backup"

// backupSkip is the value of TagBackup that spares the backup.
const backupSkip = "skip"

// NoBackup is why an approval takes no snapshots; empty where it does, and of requests that earlier
// versions opened.
type NoBackup string

// The reasons.
const (
	NoBackupTag     NoBackup = "tag"        // its tag spares it; see TagBackup
	NoBackupVolumes NoBackup = "no_volumes" // it has no EBS volumes, as a hybrid node
	NoBackupOff     NoBackup = "off"        // switched off for the installation
)

// noBackup is why a question promises no backup. Of several tags that differ in nothing but case, all
// have to spare it.
func noBackup(d workflow.ApprovalRequested) NoBackup {
	switch {
	case d.Rehearsal: // which changes nothing that could be lost
		return ""
	case len(d.Instance.VolumeIDs) == 0:
		return NoBackupVolumes
	case !d.Backup:
		return NoBackupOff
	}
	var said []workflow.Tag
	for _, t := range d.Instance.Tags {
		if strings.EqualFold(t.Key, TagBackup) {
			said = append(said, t)
		}
	}
	keeps := func(t workflow.Tag) bool { return !strings.EqualFold(strings.TrimSpace(t.Value), backupSkip) }
	if len(said) == 0 || slices.ContainsFunc(said, keeps) {
		return ""
	}
	return NoBackupTag
}

// Limits of how long backups are kept, in days.
const (
	DefaultBackupDays = 14
	MaxBackupDays     = 365
)

// backupDaysOf is how many days the backups of an owner's instances are kept.
func (b *Bot) backupDaysOf(o Owner) int { return cmp.Or(o.BackupDays, b.BackupDays, DefaultBackupDays) }

// keptUntil is until when the snapshots of a backup that begins at a time are kept at least.
func (r Request) keptUntil(begins time.Time) time.Time {
	if r.Turn != nil && !r.Turn.GrantedAt.IsZero() {
		begins = r.Turn.GrantedAt // which the machine has been told
	}
	return begins.UTC().Truncate(time.Second).AddDate(0, 0, cmp.Or(r.BackupDays, DefaultBackupDays))
}

// turnAnswer is what the machine is told with its turn.
func (r Request) turnAnswer() workflow.TurnAnswer {
	return workflow.TurnAnswer{RequestID: r.ID, Backup: r.WithBackup, KeepUntil: r.keptUntil(r.Turn.AskedAt),
		Before: r.Hooks.Before.Document, After: r.Hooks.After.Document, Standby: r.Hooks.Standby, OutOfService: r.Hooks.OutOfService()}
}

// backupStarted is the backup that has begun. Machines of before there was an end to backups tag nothing that says
// when they may go, so no promise is made of them; they do not say their volumes either.
func (r Request) backupStarted(at time.Time, d workflow.BackupStarted) Backup {
	b := Backup{SnapshotIDs: d.SnapshotIDs, VolumeIDs: d.VolumeIDs, StartedAt: at, Earlier: r.Backup.Earlier}
	if !slices.Equal(r.Backup.SnapshotIDs, d.SnapshotIDs) {
		b.Earlier = slices.Concat(b.Earlier, r.Backup.SnapshotIDs)
	}
	if len(d.VolumeIDs) > 0 {
		b.KeepUntil = r.keptUntil(at)
	}
	return b
}

// backedUp completes a backup whose end is told late: the machine only goes on after it. It returns the line
// that tells it.
func (r *Request) backedUp(at time.Time) []LineKind {
	if len(r.Backup.SnapshotIDs) == 0 || !r.Backup.FinishedAt.IsZero() {
		return nil
	}
	r.Backup.FinishedAt = at
	return []LineKind{LineBackedUp}
}

// owns reports whether a snapshot is one of the backup's.
func (b Backup) owns(id string) bool {
	return slices.Contains(b.SnapshotIDs, id) || slices.Contains(b.Earlier, id)
}

// BackupKept reports whether there are snapshots of it, complete, which are not being deleted.
func (r Request) BackupKept() bool {
	return !r.Backup.FinishedAt.IsZero() && r.Backup.DeletedAt.IsZero() && len(r.Backup.SnapshotIDs) > 0
}

// SnapshotsShow is as of when the snapshots show their volumes, or a little before that: what was written
// while they became complete is not in them. It is zero where that is not known.
func (r Request) SnapshotsShow() time.Time {
	switch {
	case !r.Backup.StartedAt.IsZero():
		return r.Backup.StartedAt
	case r.Turn != nil && (r.Backup.FinishedAt.IsZero() || r.Turn.GrantedAt.Before(r.Backup.FinishedAt)):
		return r.Turn.GrantedAt // which they follow
	}
	return time.Time{}
}
