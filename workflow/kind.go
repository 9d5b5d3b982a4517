package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// kind is one kind of notification.
type kind struct {
	name   string       // in the envelope, e.g. "approval_requested"
	waits  bool         // whether the machine pauses until its token is answered
	detail reflect.Type // what it carries
	read   func(kind string, data json.RawMessage) (Detail, error)
}

// What the machine does after it has published a notification.
const (
	waits  = true
	goesOn = false
)

// kinds lists every kind of notification, in the order in which a machine publishes them.
var kinds = []kind{
	row[ApprovalRequested]("approval_requested", waits),
	row[ApprovalReminded]("approval_reminded", waits),
	row[ApprovalExpired]("approval_expired", goesOn),
	row[ScheduleWaiting]("schedule_waiting", waits),
	row[TurnRequested]("turn_requested", waits),
	row[BackupStarted]("backup_started", waits),
	row[BackupFinished]("backup_finished", goesOn),
	row[FreezeWaiting]("freeze_waiting", waits),
	row[PatchNotStarted]("patch_not_started", goesOn),
	row[StandbyEntered]("standby_entered", goesOn),
	row[BeforeStarted]("before_started", waits),
	row[BeforeFinished]("before_finished", goesOn),
	row[PatchStarted]("patch_started", waits),
	row[PatchFinished]("patch_finished", goesOn),
	row[AfterStarted]("after_started", waits),
	row[AfterFinished]("after_finished", goesOn),
	row[StandbyLeft]("standby_left", goesOn),
	row[RollBackStarted]("roll_back_started", waits),
	row[NodeChecked]("node_checked", goesOn),
	row[ScanStarted]("scan_started", waits),
	row[ComplianceChecked]("compliance_checked", goesOn),
	row[RollBackFinished]("roll_back_finished", goesOn),
	row[WorkflowFailed]("workflow_failed", goesOn),
}

func row[D Detail](name string, waits bool) kind {
	return kind{name, waits, reflect.TypeFor[D](), readDetail[D]}
}

// kindOf is the row of a detail.
func kindOf(d Detail) kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.detail == reflect.TypeOf(d) })
	if i < 0 {
		panic(fmt.Sprintf("workflow: %T has no row in the table of kinds", d))
	}
	return kinds[i]
}

// KindOf names the kind of notification that carries a detail, e.g. "approval_requested".
func KindOf(d Detail) string { return kindOf(d).name }

// Waits reports whether the machine pauses, after it has published a detail, until its token
// is answered.
func Waits(d Detail) bool { return kindOf(d).waits }

// Order is the place of a kind among those that the machine publishes, from 0; -1 for a name
// that is none.
func Order(name string) int {
	return slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
}

func parseDetail(name string, data json.RawMessage) (Detail, error) {
	i := Order(name)
	if i < 0 {
		return nil, fmt.Errorf("unknown kind %q", name)
	}
	return kinds[i].read(name, data)
}

func readDetail[D Detail](name string, data json.RawMessage) (Detail, error) {
	var d D
	if len(data) == 0 {
		return d, errors.New("detail is missing")
	}
	if err := decodeStrict(data, &d); err != nil {
		return d, fmt.Errorf("detail of %s: %w", name, err)
	}
	return d, nil
}
