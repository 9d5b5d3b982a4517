package awssim

import (
	"slices"
	"strings"
)

type describeInstancePatchesInput struct {
	InstanceId string        `member:"required"`
	Filters    []patchFilter // at most 5
	MaxResults int           // 10 to 100
	NextToken  string
}

type patchFilter struct {
	Key    string // Classification, KBId, Severity or State
	Values []string
}

type describeInstancePatchesOutput struct {
	Patches   []patchComplianceData
	NextToken string `json:",omitempty"`
}

type patchComplianceData struct {
	Title          string
	KBId           string
	Classification string
	Severity       string
	State          patchState
	InstalledTime  string
	CVEIds         string `json:",omitempty"` // comma-separated, Missing and Failed only
}

func (f *Fleet) describeInstancePatches(in describeInstancePatchesInput) (*describeInstancePatchesOutput, error) {
	if err := checkNodeID("instanceId", in.InstanceId); err != nil {
		return nil, err
	}
	if len(in.Filters) > 5 {
		return nil, invalidMember("filters", in.Filters, "Member must have length less than or equal to 5")
	}
	for _, filter := range in.Filters {
		if !slices.Contains([]string{"Classification", "KBId", "Severity", "State"}, filter.Key) {
			return nil, ssmError("InvalidFilter", "The filter name isn't valid: %s", filter.Key)
		}
	}
	found := []patchComplianceData{}
	if n := f.node(in.InstanceId); n != nil && n.managed() {
		if r := f.shownRecord(n); r != nil {
			found = r.patchList(in.Filters)
		}
	}
	part, next, err := ssmPage(found, in.MaxResults, 10, 100, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeInstancePatchesOutput{Patches: part, NextToken: next}, nil
}

func (r *patchRecord) patchList(filters []patchFilter) []patchComplianceData {
	found := []patchComplianceData{}
	for _, e := range r.patches {
		if shown := e.shown(); shown.meets(filters) {
			found = append(found, shown)
		}
	}
	return found
}

func (e patchEntry) shown() patchComplianceData {
	shown := patchComplianceData{
		Title: e.Title, KBId: e.KBId, Classification: e.Classification, Severity: e.Severity,
		State: e.state, InstalledTime: stamp(e.installedAt),
	}
	if e.state == stateMissing || e.state == stateFailed {
		shown.CVEIds = strings.Join(e.CVEIds, ",")
	}
	return shown
}

// meets compares without case: AWS's samples and its enumeration differ in it.
func (p patchComplianceData) meets(filters []patchFilter) bool {
	for _, filter := range filters {
		value := map[string]string{
			"Classification": p.Classification, "KBId": p.KBId, "Severity": p.Severity,
			"State": string(p.State),
		}[filter.Key]
		if !slices.ContainsFunc(filter.Values, func(wanted string) bool { return strings.EqualFold(wanted, value) }) {
			return false
		}
	}
	return true
}
