package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Tags of an instance that say what comes before and after its install.
const (
	TagBefore  = "patch-before"  // the SSM document that is run before it, e.g. "drain-web"
	TagAfter   = "patch-after"   // and after it
	TagStandby = "patch-standby" // whether it is in Standby meanwhile, in its Auto Scaling group; see standby
)

// Hooks are what an instance's tags ask for before and after its install.
type Hooks struct {
	Before, After Hook
	Standby       bool // whether it is to be in Standby meanwhile

	Group string    `json:",omitempty"` // the Auto Scaling group in which it is, or was, in Standby
	Out   time.Time `json:",omitzero"`  // since when it is
	Back  time.Time `json:",omitzero"`  // when it was back in service
}

// Hook is a document of Systems Manager that runs before or after the install.
type Hook struct {
	Document   string     // e.g. "drain-web"; empty: none
	NotAllowed bool       `json:",omitzero"` // this installation allows no such document, so nothing will be installed
	CommandID  string     `json:",omitempty"`
	FinishedAt time.Time  `json:",omitzero"` // zero before it has ended
	Ended      HookEnding `json:",omitzero"`
}

// HookEnding is how a document ended.
type HookEnding struct {
	Status       string // e.g. "Failed", as ListCommandInvocations says
	ResponseCode int    // the exit code of the step that says so
	LastError    string // the last line of its errors; may be empty
}

// Failed reports whether the document has ended otherwise than well.
func (h Hook) Failed() bool { return !h.FinishedAt.IsZero() && h.Ended.Status != "Success" }

// hooksOf reads what an instance's tags ask for.
func hooksOf(d workflow.ApprovalRequested) Hooks {
	hook := func(key string) Hook {
		name := Tidy(tag(d.Instance.Tags, key), keptName)
		return Hook{Document: name, NotAllowed: name != "" && !slices.Contains(d.HookDocuments, name)}
	}
	return Hooks{Before: hook(TagBefore), After: hook(TagAfter), Standby: standby(d.Instance.Tags)}
}

// standby reports whether a tag asks for Standby. What is no clear no is a yes: an instance that is out of
// service for nothing does less harm than one that reboots in service.
func standby(tags []workflow.Tag) bool {
	return slices.ContainsFunc(tags, func(t workflow.Tag) bool {
		if !strings.EqualFold(t.Key, TagStandby) {
			return false
		}
		switch strings.ToLower(strings.TrimSpace(t.Value)) {
		case "", "no", "false", "off", "0":
			return false
		}
		return true
	})
}

// started notes that a document runs, or what it was when that is told late.
func (h Hook) started(at time.Time, d workflow.DocumentStarted) Hook {
	h.CommandID = d.CommandID
	if h.FinishedAt.Before(at) {
		h.FinishedAt, h.Ended = time.Time{}, HookEnding{}
	}
	return h
}

// finished notes how a document ended.
func (h Hook) finished(at time.Time, d workflow.DocumentFinished) Hook {
	step, _ := d.Ran()
	h.FinishedAt = at
	h.Ended = HookEnding{Status: Tidy(d.Status, keptWord), ResponseCode: step.ResponseCode, LastError: Tidy(step.LastError(), keptError)}
	return h
}

// after is what an earlier request left: an instance that it put into Standby is there still.
func (h Hooks) after(last Hooks) Hooks {
	if last.OutOfService() {
		h.Group, h.Out = last.Group, last.Out
	}
	return h
}

// OutOfService reports whether the instance was put into Standby and has not come back.
func (h Hooks) OutOfService() bool { return !h.Out.IsZero() && h.Back.IsZero() }

// advanced takes over what a notification says of them, and names the line that tells it, if one does.
func (h Hooks) advanced(n workflow.Notification) (Hooks, LineKind) {
	switch d := n.Detail.(type) {
	case workflow.StandbyEntered:
		h.Group, h.Out = Tidy(d.Group, keptName), n.OccurredAt
		if h.Back.Before(h.Out) { // else this is told late
			h.Back = time.Time{}
		}
		return h, LineOutOfService
	case workflow.StandbyLeft:
		h.Group, h.Back = Tidy(d.Group, keptName), n.OccurredAt
		return h, LineInService
	case workflow.BeforeStarted:
		h.Before = h.Before.started(n.OccurredAt, d.DocumentStarted)
	case workflow.AfterStarted:
		h.After = h.After.started(n.OccurredAt, d.DocumentStarted)
	case workflow.BeforeFinished:
		h.Before = h.Before.finished(n.OccurredAt, d.DocumentFinished)
		return h, LineBefore
	case workflow.AfterFinished:
		h.After = h.After.finished(n.OccurredAt, d.DocumentFinished)
		return h, LineAfter
	}
	return h, ""
}
