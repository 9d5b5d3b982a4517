package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// RollBack is the way back that a person wants: the root volume is replaced by its snapshot from
// before the install. Data volumes stay as they are.
type RollBack struct {
	Number       int              // 1: the first one of the request; a failed one may be tried again
	By           workflow.Decider // who wants it
	At           time.Time        // when that was
	Reason       string           // why, in the person's words; kept to ReasonLength
	SnapshotID   string           // of the root volume, e.g. "snap-0a1"
	From         Status           // where the request stood, e.g. "failed"
	InstalledAt  time.Time        // when the install had ended
	ExecutionARN string           // of the state machine roll-back; see RollBackName

	Latest           Step             // the newest notification of that execution that was applied
	TaskID           string           `json:",omitzero"`  // of EC2's task; "" until it has begun
	ReplacedVolumeID string           `json:",omitzero"`  // the root volume until then, which is kept; "" where it is not known
	ReplacedAt       time.Time        `json:",omitzero"`  // when the root volume was seen to be replaced
	Began            Began            `json:",omitzero"`  // whether EC2 was asked to, as the execution's history says
	After            *workflow.Counts `json:",omitempty"` // what the scan after it counted
	Failure          *Failure         `json:",omitempty"` // why it could not go on
}

// ActionRollBack is recorded when a person has an instance rolled back, or may not.
const ActionRollBack = "roll_back"

// rollBackPrefix begins the name of every execution of roll-back, which goes on with the id of the
// request and RollBack.Number.
const rollBackPrefix = "roll-back-"

// RollBackName names an execution after its request, so that starting it twice starts one, e.g.
// "roll-back-r-5xq3zk7m2ptqa6dh-1".
func RollBackName(requestID string, number int) string {
	return rollBackPrefix + requestID + "-" + strconv.Itoa(number)
}

// requestOfRollBack is the request after which an execution is named; false of any other name.
func requestOfRollBack(name string) (requestID string, ok bool) {
	rest, ok := strings.CutPrefix(name, rollBackPrefix)
	last := strings.LastIndexByte(rest, '-')
	if !ok || last <= 0 {
		return "", false
	}
	return rest[:last], true
}

// Replaced says what is known of the root volume. Nobody may be told that nothing was changed unless
// it is ReplacedNot.
type Replaced string

// What can be known of the root volume.
const (
	ReplacedNot     Replaced = "not"      // it is the one from before, and that is certain
	ReplacedYes     Replaced = "yes"      // it was replaced by the snapshot
	ReplacedLost    Replaced = "detached" // the instance has no root volume
	ReplacedUnknown Replaced = "unknown"  // EC2 may have begun
)

// What the machine roll-back tells of EC2's task, as errors of workflow_failed.
const (
	errorReplacementFailed = "ReplacementFailed"
	errorRootDetached      = "RootVolumeDetached"
	errorNeverStarted      = "NeverStarted"
)

// The states of roll-back that a failure can name: before EC2 was asked anything, and after it had
// replaced the root volume.
var (
	beforeReplacement = []string{"Find Tagged Instance", "Find Snapshot"}
	afterReplacement  = []string{"Read Whether the Node Is Back", "Scan Again", "Wait for the Scan", "Read Scan Result", "Read Missing Counts", "Report Roll Back"}
)

// Replaced says what is known of the root volume now.
func (b RollBack) Replaced() Replaced {
	failure := Failure{}
	if b.Failure != nil {
		failure = *b.Failure
	}
	switch {
	case !b.ReplacedAt.IsZero(), slices.Contains(afterReplacement, failure.State):
		return ReplacedYes
	case failure.Error == errorRootDetached:
		return ReplacedLost
	case b.Began == BeganNo, failure.Error == errorReplacementFailed, slices.Contains(beforeReplacement, failure.State),
		failure.State == workflow.StateReplace && strings.HasPrefix(failure.Error, "Ec2."): // an answer of EC2's
		return ReplacedNot
	}
	return ReplacedUnknown
}

// NoWayBack says why a request cannot be rolled back, "" when nothing is in the way. Snapshots stay after
// Backup.KeepUntil until a later patch has gone well, and are marked before they go.
func (r Request) NoWayBack() Refusal {
	switch {
	case r.Rehearsal:
		return RefusedRehearsal
	case r.Status == StatusRollingBack:
		return RefusedRollingBack
	case r.Status == StatusRolledBack, r.RollBack != nil && r.RollBack.Replaced() == ReplacedYes:
		return RefusedRolledBack
	case r.RollBack != nil && r.RollBack.Replaced() == ReplacedLost:
		return RefusedNoRootVolume
	case r.Status.Open():
		return RefusedStillOpen
	case r.Installed() == InstalledNothing:
		return RefusedNothingInstalled
	case r.RootSnapshot() == "":
		return RefusedNoSnapshot
	case !r.Backup.DeletedAt.IsZero():
		return RefusedSnapshotGone
	}
	return ""
}

// Stands reports whether what a request installed is on the instance, so that a snapshot from before a
// request of earlier would undo it as well.
func (r Request) Stands() bool {
	if r.Status == StatusRolledBack || r.RollBack != nil && r.RollBack.Replaced() == ReplacedYes {
		return false
	}
	return r.Installed() == InstallBegan || r.Installed() == InstallEnded
}

// Way is how a roll back is asked for: by whom it can be is found out before.
type Way struct {
	Reason    string                   // why, in the person's words
	Execution func(name string) string // the ARN of the execution of that name
	Beside    Refusal                  // why another request of the instance is in the way; empty: none is
}

// GoBack changes a request by a person's wish to have it rolled back. The first one wins; everybody
// after is told who it was. Whoever may not is answered, and the attempt recorded.
func GoBack(r Request, a Actor, w Way, now time.Time) Change {
	why := a.mayNot()
	if why == "" {
		why = r.NoWayBack()
	}
	if why == "" {
		why = w.Beside
	}
	if why != "" {
		return r.refuse(now, a.String(), ActionRollBack, why)
	}
	back := RollBack{Number: 1, By: a.decider(), At: now, Reason: Tidy(w.Reason, ReasonLength), SnapshotID: r.RootSnapshot(), From: r.Status, InstalledAt: r.Install.FinishedAt}
	if r.RollBack != nil {
		back.Number = r.RollBack.Number + 1
	}
	if back.InstalledAt.IsZero() {
		back.InstalledAt = r.EndedAt
	}
	back.ExecutionARN = w.Execution(RollBackName(r.ID, back.Number))
	from := r.Status
	r = r.stopWaiting()
	r.RollBack, r.Status, r.EndedAt, r.EndTold = &back, StatusRollingBack, time.Time{}, false
	effects := []Effect{{Kind: EffectStartRollBack}, render, reply(LineRollBackAsked)}
	if r.Turn != nil {
		effects = append(effects, Effect{Kind: EffectTurns})
	}
	return r.with(effects...).record(now, a.String(), ActionRollBack, from)
}

// endRollBack ends a request that was being rolled back.
func (r *Request) endRollBack(s Status, failure *Failure, at time.Time) {
	back := *r.RollBack
	back.Failure = failure
	r.RollBack = &back
	r.finish(s, at)
}

// counted are the newest counts of what is missing.
func (r Request) counted() workflow.Counts {
	switch {
	case r.RollBack != nil && r.RollBack.After != nil:
		return *r.RollBack.After
	case r.After != nil && r.Status != StatusRolledBack && r.Status != StatusRollBackFailed:
		return *r.After
	}
	return r.Before
}

// EarlierRollBack says of a new question that the same was installed before, and taken back.
type EarlierRollBack struct {
	InstalledAt time.Time
	At          time.Time // when it was rolled back
	By          workflow.Decider
}

// toldLater is what the next question about the instance has to say of this request, or of one before
// it; nil: nothing. What was installed since needs no word.
func (r Request) toldLater() *EarlierRollBack {
	if r.Status == StatusRolledBack {
		return &EarlierRollBack{InstalledAt: r.RollBack.InstalledAt, At: r.EndedAt, By: r.RollBack.By}
	}
	if r.Status == StatusCompliant {
		return nil
	}
	return r.EarlierRollBack
}
