package awssim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Kind is a way in which the fleet can fail.
type Kind string

// What can break. A fault lasts until [Fleet.Heal] unless Fault.Times bounds it.
const (
	// Offline makes the agent silent: PingStatus is ConnectionLost, commands stay
	// Pending and end TimedOut (DeliveryTimedOut) after TimeoutSeconds and
	// Config.ExecutionTimeout together; one under way stops where it is.
	Offline Kind = "offline"

	// CommandFails ends a command Failed and leaves the machine as it is. Uses
	// ExitCode (default 1), Stderr, StatusDetails (default "Failed") and Operation.
	// With details that say so (Undeliverable, AccessDenied, InvalidPlatform or
	// Terminated) the command never reaches the machine: no exit code, no text.
	CommandFails Kind = "command fails"

	// CommandHangs lets a command run until Config.ExecutionTimeout ends it TimedOut
	// (ExecutionTimedOut). Uses Operation.
	CommandHangs Kind = "command hangs"

	// InstallIsPartial leaves the last Patches missing patches (default 1) and
	// reports them Failed until the next Scan. The command is a Success unless
	// ExitCode says otherwise.
	InstallIsPartial Kind = "install is partial"

	// InstallFailsLate installs all patches and reboots, and the command ends Failed
	// all the same, as after a reboot from outside. Uses ExitCode and Stderr.
	InstallFailsLate Kind = "install fails late"

	// RebootHangs lets the reboot after an Install not end: the agent stays silent, the
	// status check of the instance is impaired, and the command runs into its timeout.
	// Healing ends the reboot.
	RebootHangs Kind = "reboot hangs"

	// StatusChecks puts what EC2's status checks say of running instances: InstanceCheck
	// and SystemCheck, "ok" where they are empty.
	StatusChecks Kind = "status checks"

	// InvocationHidden keeps a command out of ListCommandInvocations, and lets
	// GetCommandInvocation answer InvocationDoesNotExist, for For after SendCommand;
	// with no For, until healed.
	InvocationHidden Kind = "invocation hidden"

	// StatesStale keeps the counts and patches of new runs from the describe calls, which
	// go on showing the run before, for For longer than Config.StatesVisibleAfter; with
	// no For, until healed. It strikes once a run, those of [Fleet.Scan] too.
	StatesStale Kind = "states stale"

	// StatusLags lets events run ahead of the API: for For after a command's last event
	// the calls about invocations still say InProgress (Pending, if it never started),
	// and after that of a set of snapshots DescribeSnapshots still says pending; with no
	// For, until healed. Uses Operation and DetailType (CommandEvent or SnapshotEvent).
	StatusLags Kind = "status lags"

	// SnapshotsSlow lets a set of snapshots take For longer than Config.SnapshotTime;
	// with no For it stays pending for good.
	SnapshotsSlow Kind = "snapshots slow"

	// SnapshotFails puts a whole set of snapshots into error when it should complete.
	// Uses SnapshotState.
	SnapshotFails Kind = "snapshot fails"

	// SnapshotInUse keeps snapshots from being deleted, as an AMI does that was made of one.
	SnapshotInUse Kind = "snapshot in use"

	// ReplaceFails ends a replacement of a root volume as TaskState says, when the volume
	// has been detached.
	ReplaceFails Kind = "replace fails"

	// ReplaceSlow lets a replacement of a root volume stay in progress, the volume detached,
	// for For longer; with no For it stays so for good.
	ReplaceSlow Kind = "replace slow"

	// Throttling refuses calls with "Rate exceeded". Uses Action and ErrorName.
	Throttling Kind = "throttling"

	// ServerError refuses calls with a status of 500. Uses Action and ErrorName.
	ServerError Kind = "server error"

	// AnswerLost lets a call take effect and its answer never come: Step Functions calls that
	// SdkClientException. Uses Action.
	AnswerLost Kind = "answer lost"

	// EventsLost swallows events. Uses DetailType.
	EventsLost Kind = "events lost"

	// EventsDoubled delivers events twice, with one id. Uses DetailType.
	EventsDoubled Kind = "events doubled"
)

// Fault breaks one instance or the whole fleet. Fields that a kind does not use
// are ignored.
type Fault struct {
	Kind     Kind
	Instance string // an id; empty for all. Throttling and ServerError strike all
	Times    int    // heals by itself after striking so often; 0 for never

	Operation     string        // only "Scan" or only "Install"; empty for both
	ExitCode      int           // e.g. 100
	Stderr        string        // e.g. "dpkg: error: dpkg frontend lock is locked by another process"
	StatusDetails string        // e.g. "Undeliverable", "Terminated", "AccessDenied"
	SnapshotState string        // "error" (default), "recoverable" or "recovering"
	InstanceCheck string        // e.g. "impaired", "insufficient-data"
	SystemCheck   string        // as InstanceCheck
	TaskState     string        // "failed" (default) or "failed-detached"
	Patches       int           // how many stay missing
	For           time.Duration // e.g. 5 s
	Action        string        // only this call, e.g. "ssm:sendCommand"; empty for all
	ErrorName     string        // what ErrorEquals sees, e.g. "Ssm.ThrottlingException"
	DetailType    string        // only these events, e.g. CommandEvent; empty for all
}

// Break switches a fault on. Several may be on at once; of one kind the oldest
// that fits strikes.
func (f *Fleet) Break(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
}

// Heal switches an instance's faults off, or with an empty id those that were
// set for the whole fleet: only the given kinds, or all if none is given. What
// waited for it goes on.
func (f *Fleet) Heal(instance string, kinds ...Kind) {
	_ = f.change(func() error {
		f.faults = slices.DeleteFunc(f.faults, func(fault *Fault) bool {
			return fault.Instance == instance && (len(kinds) == 0 || slices.Contains(kinds, fault.Kind))
		})
		for _, n := range f.nodes {
			f.wake(n)
		}
		return nil
	})
}

// find returns the oldest fault of a kind about a machine (nil for a call that is
// about none) that fits.
func (f *Fleet) find(kind Kind, n *node, fits func(*Fault) bool) *Fault {
	for _, fault := range f.faults {
		about := n == nil || fault.Instance == "" || fault.Instance == n.ID
		if fault.Kind == kind && about && fits(fault) {
			return fault
		}
	}
	return nil
}

func always(*Fault) bool { return true }

// broken reports whether a lasting fault is on. It does not count as a strike.
func (f *Fleet) broken(kind Kind, n *node) bool { return f.find(kind, n, always) != nil }

// strike uses a fault once.
func (f *Fleet) strike(kind Kind, n *node, fits func(*Fault) bool) (Fault, bool) {
	fault := f.find(kind, n, fits)
	if fault == nil {
		return Fault{}, false
	}
	struck := *fault
	if fault.Times == 1 {
		f.faults = slices.DeleteFunc(f.faults, func(other *Fault) bool { return other == fault })
	} else if fault.Times > 1 {
		fault.Times--
	}
	return struck, true
}

func (f *Fleet) strikeCommand(kind Kind, i *invocation) (Fault, bool) {
	return f.strike(kind, i.node, func(fault *Fault) bool { return fault.hits(i.command) })
}

// hits reports whether the fault is about commands of this operation.
func (fault *Fault) hits(c *command) bool {
	return fault.Operation == "" || fault.Operation == c.operation
}

func (f *Fleet) strikeEvent(kind Kind, n *node, detailType string) (Fault, bool) {
	return f.strike(kind, n, func(fault *Fault) bool { return fault.isAbout(detailType) })
}

// isAbout reports whether the fault strikes events of this type.
func (fault *Fault) isAbout(detailType string) bool {
	return fault.DetailType == "" || fault.DetailType == detailType
}

// lost is the answer of a call that took effect, unless it gets lost on its way.
func (f *Fleet) lost(service, action string, answer json.RawMessage) (json.RawMessage, error) {
	fits := func(fault *Fault) bool { return fault.Action == "" || fault.Action == service+":"+action }
	if _, ok := f.strike(AnswerLost, nil, fits); !ok {
		return answer, nil
	}
	return nil, &APIError{Service: service, Code: "SdkClientException", Message: "Unable to execute HTTP request: Read timed out",
		name: strings.ToUpper(service[:1]) + service[1:] + ".SdkClientException"}
}

// refusal is the answer of a service that throttles or fails, or nil.
func (f *Fleet) refusal(service, call string) *APIError {
	fits := func(fault *Fault) bool { return fault.Action == "" || fault.Action == call }
	if fault, ok := f.strike(Throttling, nil, fits); ok {
		return throttling(service, fault.ErrorName)
	}
	if f.throttled(call) {
		return throttling(service, f.config.ThrottleName)
	}
	if fault, ok := f.strike(ServerError, nil, fits); ok {
		refusal := &APIError{Service: "ssm", Code: "InternalServerError", Message: "An internal error occurred.", Status: 500}
		if service == "ec2" {
			refusal = &APIError{Service: "ec2", Code: "InternalError", Message: "An internal error has occurred", Status: 500}
		}
		refusal.name = fault.ErrorName
		return refusal
	}
	return nil
}
