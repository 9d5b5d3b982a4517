package bot

import (
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// learnLate takes the facts that a notification may still bring when the request has moved
// on or ended: the backup, that the install began, and how it ended; what came before and after it.
func (r Request) learnLate(n workflow.Notification, now time.Time) Change {
	effects := []Effect{render}
	switch d := n.Detail.(type) {
	case workflow.BackupStarted:
		if len(r.Backup.SnapshotIDs) > 0 {
			return r.with()
		}
		if r.Backup = r.backupStarted(n.OccurredAt, d); !r.Install.StartedAt.IsZero() {
			r.backedUp(r.Install.StartedAt)
		}
	case workflow.BackupFinished:
		lines := r.backedUp(n.OccurredAt)
		if len(lines) == 0 {
			return r.with()
		}
		if r.Status.Open() {
			effects = append(effects, reply(lines[0]))
		}
	case workflow.PatchStarted:
		if r.Status.Open() || r.Install.CommandID != "" {
			return r.with()
		}
		r.Install.CommandID, r.Install.StartedAt, r.Install.LogGroup = d.CommandID, n.OccurredAt, d.OutputLogGroup
	case workflow.PatchFinished:
		if !r.Install.FinishedAt.IsZero() {
			return r.with()
		}
		r.Install = r.Install.ended(n.OccurredAt, d)
		if r.Status.Open() {
			effects = append(effects, reply(LineInstallEnded))
		}
	case workflow.NodeChecked:
		if r.Node != nil {
			return r.with()
		}
		r.Node = nodeCheckOf(n.OccurredAt, d)
		if r.Status.Open() && d.IsBack {
			effects = append(effects, reply(LineNodeBack))
		}
	default:
		hooks, line := r.Hooks.advanced(n)
		if hooks == r.Hooks {
			return r.with()
		}
		if r.Hooks = hooks; line != "" && r.Status.Open() {
			effects = append(effects, reply(line))
		}
	}
	return r.with(effects...).record(now, ActorWorkflow, n.Kind(), r.Status)
}
