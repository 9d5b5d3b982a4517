package bot

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// Summary is what a list or a report needs of a request: some hundred bytes, so that tens of
// thousands fit into memory. Stores keep it beside the request, as JSON whose names never change.
type Summary struct {
	ID         string           `json:"id"`
	Version    int64            `json:"version"` // of the request
	Instance   string           `json:"instance"`
	Name       string           `json:"name,omitzero"` // of the instance, cut to SummaryName
	Owner      string           `json:"owner,omitzero"`
	Person     string           `json:"person,omitzero"` // who is asked directly; see Approvers.Person
	Status     Status           `json:"status"`
	Rehearsal  bool             `json:"rehearsal,omitzero"`
	Channel    string           `json:"channel,omitzero"`    // where it stands in the chat
	MovedFrom  string           `json:"moved_from,omitzero"` // the channel that did not take it; see Moved
	MovedCode  string           `json:"moved_code,omitzero"`
	CreatedAt  time.Time        `json:"created_at"`
	AnswerBy   time.Time        `json:"answer_by,omitzero"` // zero: it failed before anybody was asked
	Verdict    workflow.Verdict `json:"verdict,omitzero"`   // of the decision that counts
	DecidedAt  time.Time        `json:"decided_at,omitzero"`
	Until      time.Time        `json:"until,omitzero"`             // of a schedule
	EndedAt    time.Time        `json:"ended_at,omitzero"`          // zero while open
	InDelivery bool             `json:"in_delivery,omitzero"`       // Step Functions has yet to take the decision
	Emergency  bool             `json:"emergency,omitzero"`         // decided to go through a freeze
	Pending    bool             `json:"emergency_pending,omitzero"` // asked for as one; see Request.EmergencyPending
	Frozen     time.Time        `json:"frozen_until,omitzero"`      // when the freeze ends that it waits for, where AWS says
	Approvals  int              `json:"approvals,omitzero"`         // given so far, of Required; see Request.Approvals
	Required   int              `json:"approvals_required,omitzero"`
}

// SummaryName is how much of an instance's name a summary keeps, in characters.
const SummaryName = 60

// Summary is the request in short.
func (r Request) Summary() Summary {
	s := Summary{ID: r.ID, Version: r.Version, Instance: r.Instance.ID, Name: Tidy(r.Instance.Name, SummaryName), Owner: r.Owner,
		Status: r.Status, Rehearsal: r.Rehearsal, Channel: r.Place.Channel,
		CreatedAt: r.CreatedAt.UTC(), AnswerBy: r.AnswerBy.UTC(), EndedAt: r.EndedAt.UTC(),
		Approvals: len(r.Approvals), Required: r.ApprovalsRequired, Pending: r.EmergencyPending()}
	if r.Moved != nil {
		s.MovedFrom, s.MovedCode = r.Moved.From, Tidy(r.Moved.Code, SummaryName)
	}
	if r.Approvers.Person && r.Approvers.Named() {
		s.Person = r.Approvers.Users[0]
	}
	if r.Status == StatusFrozen && r.Freeze != nil || r.AwaitsFreeze() {
		s.Frozen = r.Freeze.Until.UTC()
	}
	if r.Decision != nil {
		s.Verdict, s.DecidedAt = r.Decision.Verdict, r.Decision.At.UTC()
		s.Until = r.Decision.Until.UTC()
		s.Emergency = r.Decision.Emergency
		s.InDelivery = r.Has(EffectCompleteDecision)
	}
	return s
}

// Compare orders summaries by when their requests were made.
func (s Summary) Compare(other Summary) int {
	return cmp.Or(s.CreatedAt.Compare(other.CreatedAt), cmp.Compare(s.ID, other.ID))
}

// Overdue reports whether nobody has decided although the time to decide is over.
func (s Summary) Overdue(now time.Time) bool {
	return s.Status == StatusAsked && !s.AnswerBy.IsZero() && !now.Before(s.AnswerBy)
}

// FailedNow keeps the requests that failed, or left patches missing, and whose instance has no
// later request among the given ones. Rehearsals neither fail an instance nor mend it.
func FailedNow(all []Summary) []Summary {
	newest := map[string]Summary{} // by instance
	for _, s := range all {
		if !s.Rehearsal && newest[s.Instance].Compare(s) < 0 {
			newest[s.Instance] = s
		}
	}
	var failed []Summary
	for _, s := range newest {
		if s.Status == StatusFailed || s.Status == StatusNonCompliant || s.Status == StatusRollBackFailed {
			failed = append(failed, s)
		}
	}
	slices.SortFunc(failed, Summary.Compare)
	return failed
}
