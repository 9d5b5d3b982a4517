package bot

import (
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// after reports whether the machine entered a step later than another one. Step Functions'
// clock tells; steps that it entered in the same millisecond are told apart by their kind.
func (s Step) after(other Step) bool {
	if d := s.At.Compare(other.At); d != 0 && !other.At.IsZero() {
		return d > 0
	}
	return workflow.Order(s.Kind) > workflow.Order(other.Kind)
}

// another reports whether the same step came again with a token of its own: retried, or, with
// the same count, redriven, should AWS leave the time at which it was entered.
func (s Step) another(than Step) bool {
	return s.Retry > than.Retry || s.Retry == than.Retry && than.Token != "" && s.Token != than.Token
}

// Apply changes a request by what the state machine said. A zero request is opened by
// an approval_requested, or by a workflow_failed that came before anybody was asked. A change
// of nothing means that the notification was doubled, or late.
func Apply(r Request, n workflow.Notification, now time.Time) Change {
	step := Step{Kind: n.Kind(), ID: n.Step(), Retry: n.Retry(), At: n.OccurredAt, Token: n.Token}
	from := r.Status
	var c Change
	schedule, scheduled := n.Detail.(workflow.ScheduleWaiting)
	freeze, frozen := n.Detail.(workflow.FreezeWaiting)
	switch {
	case r.ID == "":
		c = first(n)
	case step.ID == r.Latest.ID && !step.another(r.Latest):
		return r.with()
	case r.Status == StatusRollingBack: // the machine that asked was over before
		return r.learnLate(n, now)
	case scheduled && (step.ID == r.Latest.ID || step.after(r.Latest)) && r.awaitsSchedule(n):
		c = r.resumed(n).then(func(r Request) Change { return r.waitForSchedule(n, schedule, now) })
	case frozen && (step.ID == r.Latest.ID || step.after(r.Latest)) && r.awaitsSchedule(n):
		c = r.resumed(n).then(func(r Request) Change { return r.waitForFreeze(n, freeze, now) })
	case step.ID == r.Latest.ID && (r.Status.Open() || asks(n) || r.restStopped() || asksAgain(n) && r.Status == StatusRejected):
		c = r.replaceToken(n)
	case step.ID != r.Latest.ID && !step.after(r.Latest):
		return r.learnLate(n, now)
	case asks(n):
		return r.with() // a question of another life, which gets a request of its own
	case asksAgain(n) && r.takesReminder(n):
		c = r.resumed(n).then(func(r Request) Change { return r.remind(n) })
	case !r.Status.Open() && !r.goesOn(n) && !r.mayStillLearn(n.Detail):
		return r.learnLate(n, now)
	case step.Kind == r.Latest.Kind && r.Status.Open():
		c = r.replaceToken(n) // the machine waits once more for what has not ended
	default:
		c = r.resumed(n).then(func(r Request) Change { return r.advance(n) })
	}
	c.Request.Latest = step
	return c.record(now, ActorWorkflow, step.Kind, from)
}

func asks(n workflow.Notification) bool {
	_, ok := n.Detail.(workflow.ApprovalRequested)
	return ok
}

// goesOn reports whether a notification shows that an ended request is not over. A rejection
// ends a request here, but only AWS can tell that the machine took it: any work of the machine
// proves that it took something else. Where AWS told the end, only what happened later counts,
// as after a redrive.
func (r Request) goesOn(n workflow.Notification) bool {
	switch {
	case r.Status == StatusRejected:
		return works(n.Detail)
	case n.OccurredAt.After(r.EndedAt), n.Step() == r.Latest.ID: // redriven
		_, expired := n.Detail.(workflow.ApprovalExpired)
		return !expired // whatever ended the request, nobody was going to install anything
	}
	return false
}

// works reports whether the machine does what only an approval allows.
func works(d workflow.Detail) bool {
	switch d.(type) {
	case workflow.FreezeWaiting, workflow.TurnRequested, workflow.PatchNotStarted, workflow.BackupStarted, workflow.BackupFinished, workflow.StandbyEntered, workflow.BeforeStarted, workflow.BeforeFinished,
		workflow.PatchStarted, workflow.PatchFinished, workflow.AfterStarted, workflow.AfterFinished, workflow.StandbyLeft, workflow.NodeChecked, workflow.ScanStarted, workflow.ComplianceChecked:
		return true
	}
	return false
}

// mayStillLearn reports whether an ended request listens to a notification: only to one
// that tells more of how the execution ended than EventBridge did.
func (r Request) mayStillLearn(d workflow.Detail) bool {
	switch d.(type) {
	case workflow.ComplianceChecked, workflow.PatchNotStarted:
		return r.Status == StatusStopped || r.Status == StatusFailed
	case workflow.WorkflowFailed:
		return r.Status == StatusFailed
	}
	return false
}

// resumed opens an ended request again when its machine goes on.
func (r Request) resumed(n workflow.Notification) Change {
	if r.Status.Open() || !r.goesOn(n) {
		return r.with()
	}
	from := r.Status
	restStopped := r.Turn != nil && r.Turn.Stop != nil // which the machine did not take, and ends by itself
	r.EndedAt, r.Over, r.Began, r.Turn = time.Time{}, false, BeganUnknown, r.Turn.resumed()
	if (from == StatusStopped || from == StatusFailed) && !restStopped {
		return r.with(reply(LineResumed))
	}
	return r.with()
}

// replaceToken takes the new token of a retried step. The step itself was told before,
// so nothing is posted again.
func (r Request) replaceToken(n workflow.Notification) Change {
	if asks(n) || asksAgain(n) {
		r.ApprovalToken, r.Delivered = n.Token, false
		if r.Decision != nil {
			return r.with(completeDecision(n.Token))
		}
		return r.with()
	}
	switch {
	case r.Status.Open():
		return r.waitFor(n)
	case r.restStopped():
		return r.stopAgain(n)
	}
	return r.with()
}

// waitFor stores what the machine waits for; the look that follows finds what has
// ended before this was stored.
func (r Request) waitFor(n workflow.Notification) Change {
	wait := Wait{Token: n.Token, Since: n.OccurredAt}
	switch d := n.Detail.(type) {
	case workflow.TurnRequested:
		return r.waitForTurn(n)
	case workflow.BackupStarted:
		wait.SnapshotIDs, wait.Subject = d.SnapshotIDs, workflow.SnapshotsSubject(d.SnapshotIDs)
	case workflow.PatchStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	case workflow.ScanStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	case workflow.BeforeStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	case workflow.AfterStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	case workflow.RollBackStarted:
		wait.TaskID, wait.Subject = d.TaskID, workflow.ReplacementSubject(d.TaskID)
	default:
		return r.with()
	}
	r = r.stopWaiting()
	r.Wait = &wait
	return r.with(look)
}

// advance takes the request to the step that the notification tells of.
func (r Request) advance(n workflow.Notification) Change {
	r = r.stopWaiting()
	r.EndTold = false // whatever was told before, it goes on, or tells its end itself
	effects := []Effect{render}
	if _, asks := n.Detail.(workflow.TurnRequested); asks && r.Status == StatusApproved {
		effects = nil // it looks the same until it has a place in the queue
	}
	if r.unexplained(n.Detail) {
		effects = append(effects, lookExecution)
	}
	r, lines := r.advanceTo(n)
	for _, line := range lines {
		effects = append(effects, reply(line))
	}
	return r.with(effects...).then(func(r Request) Change { return r.waitFor(n) })
}

// advanceTo takes over what a notification says, and names the lines that tell it.
func (r Request) advanceTo(n workflow.Notification) (Request, []LineKind) {
	switch d := n.Detail.(type) {
	case workflow.ApprovalExpired:
		r.finish(StatusExpired, n.OccurredAt)
		return r, []LineKind{LineExpired}
	case workflow.TurnRequested:
		r.Emergency = nil // the freeze is over
	case workflow.BackupStarted:
		r.Status, r.Backup = StatusBackingUp, r.backupStarted(n.OccurredAt, d)
	case workflow.BackupFinished:
		r.Status, r.Backup.FinishedAt = StatusBackingUp, n.OccurredAt
		return r, []LineKind{LineBackedUp}
	case workflow.StandbyEntered, workflow.StandbyLeft, workflow.BeforeStarted, workflow.BeforeFinished, workflow.AfterStarted, workflow.AfterFinished:
		r.Status = StatusPatching
		lines := r.backedUp(n.OccurredAt)
		var line LineKind
		if r.Hooks, line = r.Hooks.advanced(n); line != "" {
			lines = append(lines, line)
		}
		return r, lines
	case workflow.PatchStarted:
		r.Status, r.Install, r.Node = StatusPatching, Install{CommandID: d.CommandID, StartedAt: n.OccurredAt, LogGroup: d.OutputLogGroup}, nil
		return r, append(r.backedUp(n.OccurredAt), LineInstalling)
	case workflow.PatchFinished:
		r.Status, r.Install = StatusPatching, r.Install.ended(n.OccurredAt, d)
		return r, []LineKind{LineInstallEnded}
	case workflow.NodeChecked:
		r.Status, r.Node = StatusPatching, nodeCheckOf(n.OccurredAt, d)
		if d.IsBack { // else the failure that follows tells it
			return r, []LineKind{LineNodeBack}
		}
	case workflow.ScanStarted:
		r.Status = StatusScanning
	case workflow.ComplianceChecked:
		r.Before, r.After, r.Remaining = d.Before, &d.After, kept(d.Remaining.Patches())
		slices.SortStableFunc(r.Remaining, workflow.WorseFirst)
		r.finish(outcomes[d.Outcome], n.OccurredAt)
		return r, []LineKind{LineScanned}
	case workflow.PatchNotStarted:
		r.NotStarted = &NotStarted{Reason: d.Reason, Found: foundInWay(d)}
		r.finish(StatusNotStarted, n.OccurredAt)
		return r, []LineKind{LineNotStarted}
	case workflow.WorkflowFailed:
		told := r.Status == StatusFailed && !r.EndedAt.IsZero()
		r.Failure = failureOf(d)
		r.finish(StatusFailed, n.OccurredAt)
		if !told {
			return r, []LineKind{LineFailed}
		}
	}
	return r, nil
}

func failureOf(d workflow.WorkflowFailed) *Failure {
	return &Failure{State: Tidy(d.State, keptName), Error: Tidy(d.Error, keptName), Cause: Tidy(d.Cause, keptCause)}
}

// outcomes are the ends that a scan can lead to.
var outcomes = map[workflow.Outcome]Status{
	workflow.Compliant:         StatusCompliant,
	workflow.Rehearsed:         StatusRehearsed,
	workflow.StillNonCompliant: StatusNonCompliant,
}

// unexplained reports whether the machine works on what nobody approved here.
func (r Request) unexplained(d workflow.Detail) bool {
	explained := r.Decision != nil && (r.Decision.Verdict == workflow.Approved || r.Decision.Verdict == workflow.Scheduled && r.Delivered)
	return works(d) && !explained
}
