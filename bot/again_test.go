package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestAnOwnerIsAskedAgainWhenSomethingElseIsMissingOrTimeHasPassed(t *testing.T) {
	const week = 7 * 24 * time.Hour
	rejected := decided(askedRequest(), ada, reject, 60)
	expired := tell(askedRequest(), 60, workflow.ApprovalExpired{})
	scanned := tell(approvedRequest(), 30, patchStarted, patchFinished, scanStarted)
	with := func(change func(*workflow.ApprovalRequested)) workflow.ApprovalRequested {
		asked := approvalRequested()
		asked.Started.By, asked.Started.At = workflow.StartedByEvent, at(120)
		change(&asked)
		return asked
	}
	same := with(func(*workflow.ApprovalRequested) {})
	other := with(func(a *workflow.ApprovalRequested) { a.Patches[0].Title = "glibc-2.40" })
	fewer := with(func(a *workflow.ApprovalRequested) { a.Patches, a.Counts.Missing = a.Patches[:3], 2 })
	more := with(func(a *workflow.ApprovalRequested) { a.Counts.Missing++ })
	two := with(func(a *workflow.ApprovalRequested) {
		a.Patches, a.Counts.Missing, a.Counts.Failed = a.Patches[:2], 1, 1
	})
	reboot := with(func(a *workflow.ApprovalRequested) { a.Counts.PendingReboot = 1 })
	named := func(r Request) Request { // every patch is named
		r.Before.Missing, r.Before.Failed = len(r.Patches), 0
		return r
	}
	for name, c := range map[string]struct {
		last  Request
		asked workflow.ApprovalRequested
		after int // minutes
		again bool
	}{
		"the same after a rejection":                              {rejected, same, 120, false},
		"the same after an expiry":                                {expired, same, 120, false},
		"the same after a failure":                                {tell(approvedRequest(), 30, workflowFailed), same, 120, false},
		"the same after an install that left it missing":          {tell(scanned, 60, stillMissing), two, 120, false},
		"new patches after an install that left some":             {tell(scanned, 60, stillMissing), same, 120, true},
		"another number where not all were named":                 {rejected, with(func(a *workflow.ApprovalRequested) { a.Counts.Missing-- }), 120, true},
		"the same after a week":                                   {rejected, same, 60 + 7*24*60, true},
		"found by looking, the same":                              {rejected, with(func(a *workflow.ApprovalRequested) { a.Started.By = workflow.StartedByFindMissing }), 120, false},
		"a person asks":                                           {rejected, with(func(a *workflow.ApprovalRequested) { a.Started.By = workflow.StartedByPerson }), 61, true},
		"another patch in place of one":                           {named(rejected), other, 120, true},
		"a patch that was not named, as far as is known the same": {rejected, other, 120, false},
		"fewer patches":                                           {named(rejected), fewer, 120, false},
		"more patches":                                            {rejected, more, 120, true},
		"a reboot is due as well":                                 {rejected, reboot, 120, true},
		"its own scan, just told as up to date":                   {tell(scanned, 115, compliant), same, 121, false},
		"long up to date":                                         {tell(scanned, 60, compliant), same, 120, true},
		"somebody stopped the execution":                          {stopped(askedRequest()), same, 120, true},
		"an approver stopped the rest":                            {states()["rest_stopped"], same, 120, false},
		"it failed before anybody was asked":                      {tell(Request{}, 0, workflowFailed), same, 120, true},
		"a rehearsal came before":                                 {rehearsalOf(rejected), same, 120, true},
		"this is a rehearsal":                                     {rejected, with(func(a *workflow.ApprovalRequested) { a.Rehearsal = true }), 120, true},
	} {
		t.Run(name, func(t *testing.T) {
			why := askAgain(c.last, c.asked, week, at(c.after))
			require.Equal(t, c.again, why == "", why)
		})
	}
}

func TestAnExecutionIsToldWhyTheOwnerIsLeftInPeace(t *testing.T) {
	rejected := decided(askedRequest(), ada, reject, 60)
	b := Bot{AskAgainAfter: 7 * 24 * time.Hour}
	name, cause := b.cause(rejected, RefusedAskedBefore)
	require.Equal(t, errorAskedBefore, name)
	require.Equal(t, "request "+rejected.ID+" about the same patches ended as rejected on 2026-11-22T18:00:00Z; "+
		"the owner is asked again when others are missing, or after 2026-11-29T18:00:00Z", cause)
}

func rehearsalOf(r Request) Request {
	r.Rehearsal = true
	return r
}
