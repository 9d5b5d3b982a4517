package awssim

import "cmp"

type describeInstancePatchStatesInput struct {
	InstanceIds []string `member:"required"` // at most 50
	MaxResults  int      // 10 to 100
	NextToken   string
}

type describeInstancePatchStatesOutput struct {
	InstancePatchStates []instancePatchState
	NextToken           string `json:",omitempty"`
}

type instancePatchState struct {
	InstanceId                       string
	PatchGroup                       string
	BaselineId                       string
	SnapshotId                       string
	Operation                        string
	OperationStartTime               string
	OperationEndTime                 string
	RebootOption                     string
	LastNoRebootInstallOperationTime string `json:",omitempty"`

	InstalledCount               int
	InstalledOtherCount          int
	InstalledPendingRebootCount  int
	InstalledRejectedCount       int
	MissingCount                 int
	FailedCount                  int
	NotApplicableCount           int
	UnreportedNotApplicableCount int
	AvailableSecurityUpdateCount int
	CriticalNonCompliantCount    int
	SecurityNonCompliantCount    int
	OtherNonCompliantCount       int
}

// describeInstancePatchStates leaves out what it does not know, without an error. For
// Config.StatesVisibleAfter after a run it still tells of the run before.
func (f *Fleet) describeInstancePatchStates(in describeInstancePatchStatesInput) (*describeInstancePatchStatesOutput, error) {
	if len(in.InstanceIds) > 50 {
		return nil, invalidMember("instanceIds", in.InstanceIds, "Member must have length less than or equal to 50")
	}
	states := []instancePatchState{}
	for _, id := range in.InstanceIds {
		if err := checkNodeID("instanceIds", id); err != nil {
			return nil, err
		}
		if n := f.node(id); n != nil && n.managed() {
			if r := f.shownRecord(n); r != nil {
				states = append(states, f.patchStates(n, r))
			}
		}
	}
	part, next, err := ssmPage(states, in.MaxResults, 10, 100, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeInstancePatchStatesOutput{InstancePatchStates: part, NextToken: next}, nil
}

// patchStates counts as AWS's agent does, with independent ifs: a patch that is
// critical and about security counts in both, so the three do not add up to
// anything.
func (f *Fleet) patchStates(n *node, r *patchRecord) instancePatchState {
	isSecurity := func(e patchEntry) bool { return e.security(f.config.WindowsSecurityCounts) }
	critical := func(e patchEntry) bool { return !e.compliant() && e.critical() }
	security := func(e patchEntry) bool { return !e.compliant() && isSecurity(e) }
	other := func(e patchEntry) bool { return !e.compliant() && !e.critical() && !isSecurity(e) }
	return instancePatchState{
		InstanceId:                       n.ID,
		PatchGroup:                       cmp.Or(n.Tags["PatchGroup"], n.Tags["Patch Group"]),
		BaselineId:                       r.baselineID,
		SnapshotId:                       r.snapshotID,
		Operation:                        r.operation,
		OperationStartTime:               stamp(r.start),
		OperationEndTime:                 stamp(r.end),
		RebootOption:                     r.rebootOption,
		LastNoRebootInstallOperationTime: optionalStamp(r.lastNoReboot),

		InstalledCount:              r.countState(stateInstalled),
		InstalledPendingRebootCount: r.countState(statePendingReboot),
		InstalledRejectedCount:      r.countState(stateRejected),
		MissingCount:                r.countState(stateMissing),
		FailedCount:                 r.countState(stateFailed),
		CriticalNonCompliantCount:   r.count(critical),
		SecurityNonCompliantCount:   r.count(security),
		OtherNonCompliantCount:      r.count(other),
	}
}
