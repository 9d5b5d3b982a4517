package bot

import (
	"cmp"
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
// an approval_requested, or by a workflow_failed that came before anybody was asked. No
// effects at all means that nothing changed: the notification was doubled, or late.
func Apply(r Request, n workflow.Notification, now time.Time) (Request, []Effect) {
	step := Step{Kind: n.Kind(), ID: n.Step(), Retry: n.Retry(), At: n.OccurredAt, Token: n.Token}
	from := r.Status
	var effects []Effect
	switch {
	case r.ID == "":
		r, effects = open(n)
	case step.ID == r.Latest.ID && !step.another(r.Latest):
		return r, nil
	case step.ID == r.Latest.ID && (r.Status.Open() || asks(n)):
		r, effects = replaceToken(r, n)
	case step.ID != r.Latest.ID && !step.after(r.Latest):
		return learnLate(r, n, now)
	case asks(n):
		return r, nil // a question of another life, which gets a request of its own
	case !r.Status.Open() && !r.goesOn(n) && !r.mayStillLearn(n.Detail):
		return learnLate(r, n, now)
	case step.Kind == r.Latest.Kind && r.Status.Open():
		r, effects = replaceToken(r, n) // the machine waits once more for what has not ended
	default:
		r, effects = r.resumed(n)
		next, more := advance(r, n)
		r, effects = next, append(effects, more...)
	}
	r.Latest = step
	return r, append(effects, audit(now, "workflow", step.Kind, from, r.Status, ""))
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
	case workflow.BackupStarted, workflow.BackupFinished, workflow.PatchStarted, workflow.PatchFinished,
		workflow.ScanStarted, workflow.ComplianceChecked:
		return true
	}
	return false
}

// mayStillLearn reports whether an ended request listens to a notification: only to one
// that tells more of how the execution ended than EventBridge did.
func (r Request) mayStillLearn(d workflow.Detail) bool {
	switch d.(type) {
	case workflow.ComplianceChecked:
		return r.Status == StatusStopped || r.Status == StatusFailed
	case workflow.WorkflowFailed:
		return r.Status == StatusFailed
	}
	return false
}

// resumed opens an ended request again when its machine goes on.
func (r Request) resumed(n workflow.Notification) (Request, []Effect) {
	if r.Status.Open() || !r.goesOn(n) {
		return r, nil
	}
	from := r.Status
	r.EndedAt, r.Over, r.Failure, r.Began = time.Time{}, false, nil, BeganUnknown
	if from == StatusStopped || from == StatusFailed {
		return r, []Effect{r.line(resumedLine)}
	}
	return r, nil
}

func open(n workflow.Notification) (Request, []Effect) {
	r := Request{
		ID:           RequestID(n.ExecutionARN),
		ExecutionARN: n.ExecutionARN,
		CreatedAt:    n.OccurredAt,
		Instance: Instance{ID: n.InstanceID, Name: n.InstanceID,
			Region: workflow.Region(n.ExecutionARN), Account: workflow.Account(n.ExecutionARN)},
	}
	d, ok := n.Detail.(workflow.ApprovalRequested)
	if !ok {
		return advance(r, n)
	}
	r.Status = StatusAsked
	r.Instance.Name = cmp.Or(tag(d.Instance.Tags, TagName), n.InstanceID)
	r.Instance.Platform = d.Instance.Platform.String()
	r.Instance.Volumes = len(d.Instance.VolumeIDs)
	r.Severity, r.Before = d.Severity, d.Counts
	r.Patches = d.Missing()
	r.Rehearsal = d.Rehearsal
	r.Owner = tag(d.Instance.Tags, TagOwner)
	r.WithBackup = d.Backup
	r.AnswerBy = n.OccurredAt.Add(time.Duration(d.AnswerWithinSeconds) * time.Second)
	r.Prompt = n.Token
	return r, []Effect{{Kind: EffectLookExecution}, render()}
}

// replaceToken takes the new token of a retried step. The step itself was told before,
// so nothing is posted again.
func replaceToken(r Request, n workflow.Notification) (Request, []Effect) {
	if _, ok := n.Detail.(workflow.ApprovalRequested); ok {
		r.Prompt, r.Delivered = n.Token, false
		if r.Decision != nil {
			return r, []Effect{completeDecision(n.Token, *r.Decision)}
		}
		return r, nil
	}
	if r.Status.Open() {
		return r.waitFor(n)
	}
	return r, nil
}

// waitFor stores what the machine waits for; the look that follows finds what has
// ended before this was stored.
func (r Request) waitFor(n workflow.Notification) (Request, []Effect) {
	wait := Wait{Token: n.Token, Since: n.OccurredAt}
	switch d := n.Detail.(type) {
	case workflow.BackupStarted:
		wait.SnapshotIDs, wait.Subject = d.SnapshotIDs, workflow.SnapshotsSubject(d.SnapshotIDs)
	case workflow.PatchStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	case workflow.ScanStarted:
		wait.CommandID, wait.Subject = d.CommandID, workflow.CommandSubject(d.CommandID)
	default:
		return r, nil
	}
	r = r.stopWaiting()
	r.Wait = &wait
	return r, []Effect{{Kind: EffectLook}}
}

// advance takes the request to the step that the notification tells of.
func advance(r Request, n workflow.Notification) (Request, []Effect) {
	r = r.stopWaiting()
	r.EndTold = false // whatever was told before, it goes on, or tells its end itself
	effects := []Effect{render()}
	if r.unexplained(n.Detail) {
		effects = append(effects, Effect{Kind: EffectLookExecution})
	}
	switch d := n.Detail.(type) {
	case workflow.ApprovalExpired:
		r.finish(StatusExpired, n.OccurredAt)
	case workflow.BackupStarted:
		r.Status, r.Backup = StatusBackingUp, Backup{SnapshotIDs: d.SnapshotIDs}
	case workflow.BackupFinished:
		r.Status, r.Backup.FinishedAt = StatusBackingUp, n.OccurredAt
	case workflow.PatchStarted:
		if len(r.Backup.SnapshotIDs) > 0 && r.Backup.FinishedAt.IsZero() {
			// Its notification is late, but the machine only installs after the backup.
			r.Backup.FinishedAt = n.OccurredAt
			effects = append(effects, r.line(threadLine(r, workflow.BackupFinished{})))
		}
		r.Status, r.Install = StatusPatching, Install{CommandID: d.CommandID, StartedAt: n.OccurredAt}
	case workflow.PatchFinished:
		r.Status, r.Install = StatusPatching, r.Install.ended(n.OccurredAt, d)
	case workflow.ScanStarted:
		r.Status = StatusScanning
	case workflow.ComplianceChecked:
		r.Before, r.After = d.Before, &d.After
		r.finish(map[workflow.Outcome]Status{workflow.Compliant: StatusCompliant, workflow.Rehearsed: StatusRehearsed,
			workflow.StillNonCompliant: StatusNonCompliant}[d.Outcome], n.OccurredAt)
	case workflow.WorkflowFailed:
		known := r.Failure != nil
		r.Failure = &Failure{State: d.State, Error: d.Error, Cause: d.Cause}
		r.finish(StatusFailed, n.OccurredAt)
		if known {
			return r, effects
		}
	}
	if line := threadLine(r, n.Detail); line != "" {
		effects = append(effects, r.line(line))
	}
	r, look := r.waitFor(n)
	return r, append(effects, look...)
}

// unexplained reports whether the machine works on what nobody approved here.
func (r Request) unexplained(d workflow.Detail) bool {
	return works(d) && (r.Decision == nil || r.Decision.Verdict != workflow.Approved)
}

// learnLate takes the facts that a notification may still bring when the request has moved
// on or ended: that the install began, and how it ended.
func learnLate(r Request, n workflow.Notification, now time.Time) (Request, []Effect) {
	effects := []Effect{render(), audit(now, "workflow", n.Kind(), r.Status, r.Status, "")}
	switch d := n.Detail.(type) {
	case workflow.PatchStarted:
		if r.Status.Open() || r.Install.CommandID != "" {
			return r, nil
		}
		r.Install.CommandID, r.Install.StartedAt = d.CommandID, n.OccurredAt
	case workflow.PatchFinished:
		if !r.Install.FinishedAt.IsZero() {
			return r, nil
		}
		r.Install = r.Install.ended(n.OccurredAt, d)
		if r.Status.Open() {
			effects = append(effects, r.line(threadLine(r, d)))
		}
	default:
		return r, nil
	}
	return r, effects
}
