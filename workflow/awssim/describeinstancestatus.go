package awssim

import (
	"slices"
	"time"
)

// The values of a status check's summary.
const (
	checkOK            = "ok"
	checkInitializing  = "initializing"
	checkImpaired      = "impaired"
	checkNotApplicable = "not-applicable" // of an instance that does not run
)

type describeInstanceStatusInput struct {
	InstanceIds             []string // at most 100
	IncludeAllInstances     bool     // else those that run alone
	Filters                 []ec2Filter
	MaxResults              int
	NextToken               string
	DryRun                  accepted
	IncludeManagedResources accepted
}

type describeInstanceStatusOutput struct {
	InstanceStatuses []instanceStatus
	NextToken        string `json:",omitempty"`
}

type instanceStatus struct {
	AvailabilityZone string
	InstanceId       string
	InstanceState    instanceState
	InstanceStatus   statusSummary
	SystemStatus     statusSummary
}

type statusSummary struct {
	Details []statusDetails
	Status  string // ok, initializing, impaired, insufficient-data or not-applicable
}

type statusDetails struct {
	Name   string
	Status string // passed, failed, initializing or insufficient-data
}

// checksInitialize lets EC2 look at the instance anew, as after a boot.
func (f *Fleet) checksInitialize(n *node) {
	n.checkedAt = f.now().Add(f.config.StatusCheckTime)
}

func (f *Fleet) describeInstanceStatus(in describeInstanceStatusInput) (*describeInstanceStatusOutput, error) {
	if len(in.InstanceIds) > 0 && in.MaxResults > 0 {
		return nil, ec2Error("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	if len(in.InstanceIds) > 100 {
		return nil, ec2Error("InvalidParameterValue", "At most 100 instance IDs can be specified")
	}
	for _, id := range in.InstanceIds {
		if _, err := f.ec2Node(id); err != nil {
			return nil, err
		}
	}
	for _, filter := range in.Filters {
		if !slices.Contains([]string{"instance-state-name", "instance-status.status", "system-status.status"}, filter.Name) {
			return nil, ec2Error("InvalidParameterValue", "The filter '%s' is invalid", filter.Name)
		}
	}
	found := []instanceStatus{}
	for _, n := range f.nodes {
		wanted := len(in.InstanceIds) == 0 || slices.Contains(in.InstanceIds, n.ID)
		if n.Hybrid() || !wanted || n.state != "running" && !in.IncludeAllInstances {
			continue
		}
		shown := f.instanceStatus(n)
		if meets(in.Filters, nil, map[string]string{"instance-state-name": n.state,
			"instance-status.status": shown.InstanceStatus.Status, "system-status.status": shown.SystemStatus.Status}) {
			found = append(found, shown)
		}
	}
	part, next, err := ec2Page(found, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeInstanceStatusOutput{InstanceStatuses: part, NextToken: next}, nil
}

func (f *Fleet) instanceStatus(n *node) instanceStatus {
	code, _ := stateCode(n.state)
	instance, system := f.checks(n, f.now())
	return instanceStatus{AvailabilityZone: f.config.Region + "a", InstanceId: n.ID, InstanceState: instanceState{code, n.state},
		InstanceStatus: summaryOf(instance), SystemStatus: summaryOf(system)}
}

// checks are what EC2 says of an instance and of the system below it.
func (f *Fleet) checks(n *node, now time.Time) (instance, system string) {
	switch fault := f.find(StatusChecks, n, always); {
	case n.state != "running":
		return checkNotApplicable, checkNotApplicable
	case fault != nil:
		return orOK(fault.InstanceCheck), orOK(fault.SystemCheck)
	case n.hung:
		return checkImpaired, checkOK
	case now.Before(n.checkedAt):
		return checkInitializing, checkInitializing
	}
	return checkOK, checkOK
}

func orOK(status string) string {
	if status == "" {
		return checkOK
	}
	return status
}

// summaryOf has the one detail that EC2 gives, except of an instance that does not run.
func summaryOf(status string) statusSummary {
	word, known := map[string]string{checkOK: "passed", checkImpaired: "failed", checkNotApplicable: ""}[status]
	if !known {
		word = status
	}
	if word == "" {
		return statusSummary{Details: []statusDetails{}, Status: status}
	}
	return statusSummary{Details: []statusDetails{{Name: "reachability", Status: word}}, Status: status}
}
