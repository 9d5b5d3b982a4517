package awssim

import (
	"cmp"
	"slices"
	"strings"
)

type describeInstanceInformationInput struct {
	Filters                       []informationFilter
	InstanceInformationFilterList unsimulated // deprecated in favour of Filters
	MaxResults                    int         // 5 to 50; 10 if absent
	NextToken                     string
}

type informationFilter struct {
	Key    string   `member:"required"`
	Values []string `member:"required"` // compared with their case
}

type describeInstanceInformationOutput struct {
	InstanceInformationList []instanceInformation
	NextToken               string `json:",omitempty"`
}

type instanceInformation struct {
	AgentVersion     string
	ComputerName     string
	IPAddress        string
	InstanceId       string
	IsLatestVersion  bool
	LastPingDateTime string
	Name             string `json:",omitempty"` // hybrid nodes only
	PingStatus       string // Online, ConnectionLost
	PlatformName     string
	PlatformType     string
	PlatformVersion  string
	RegistrationDate string `json:",omitempty"` // hybrid nodes only
	ResourceType     string // EC2Instance, ManagedInstance
	SourceId         string
	SourceType       string
}

// describeInstanceInformation does not list stopped nodes at all, though it lists
// those that have lost their connection.
func (f *Fleet) describeInstanceInformation(in describeInstanceInformationInput) (*describeInstanceInformationOutput, error) {
	if err := checkInformationFilters(in.Filters); err != nil {
		return nil, err
	}
	found := []instanceInformation{}
	for _, n := range f.nodes {
		if shown := f.information(n); n.listed() && n.meetsInformation(in.Filters, shown) {
			found = append(found, shown)
		}
	}
	part, next, err := ssmPage(found, cmp.Or(in.MaxResults, 10), 5, 50, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeInstanceInformationOutput{InstanceInformationList: part, NextToken: next}, nil
}

// checkInformationFilters knows the keys of the API reference; those about tags
// cannot be combined with others.
func checkInformationFilters(filters []informationFilter) error {
	byTag := 0
	for _, filter := range filters {
		switch {
		case filter.Key == "tag-key" || strings.HasPrefix(filter.Key, "tag:"):
			byTag++
		case !slices.Contains([]string{"InstanceIds", "PingStatus", "PlatformTypes", "ResourceType"}, filter.Key):
			return ssmError("InvalidFilterKey", "The specified key isn't valid: %s", filter.Key)
		}
		if len(filter.Values) == 0 {
			return invalidMember("filters.member.values", filter.Values, "Member must have length greater than or equal to 1")
		}
	}
	if byTag > 0 && byTag < len(filters) {
		return ssmError("InvalidInstanceInformationFilterValue", "Tag filters can't be combined with other filter types.")
	}
	return nil
}

func (n *node) meetsInformation(filters []informationFilter, shown instanceInformation) bool {
	for _, filter := range filters {
		met := false
		if key, ok := strings.CutPrefix(filter.Key, "tag:"); ok {
			value, tagged := n.Tags[key]
			met = tagged && slices.Contains(filter.Values, value)
		} else if filter.Key == "tag-key" {
			met = slices.ContainsFunc(filter.Values, func(key string) bool { _, ok := n.Tags[key]; return ok })
		} else {
			value := map[string]string{
				"InstanceIds": n.ID, "PingStatus": shown.PingStatus,
				"PlatformTypes": shown.PlatformType, "ResourceType": shown.ResourceType,
			}[filter.Key]
			met = slices.Contains(filter.Values, value)
		}
		if !met {
			return false
		}
	}
	return true
}

func (f *Fleet) information(n *node) instanceInformation {
	platform := n.Platform.facts()
	shown := instanceInformation{
		AgentVersion:     "3.3.987.0",
		ComputerName:     n.computerName(),
		IPAddress:        n.address,
		InstanceId:       n.ID,
		IsLatestVersion:  true,
		LastPingDateTime: stamp(f.now()),
		PingStatus:       "Online",
		PlatformName:     platform.ssmName,
		PlatformType:     platform.ssmType,
		PlatformVersion:  platform.ssmVersion,
		ResourceType:     "EC2Instance",
		SourceId:         n.ID,
		SourceType:       "AWS::EC2::Instance",
	}
	if n.Hybrid() {
		shown.Name = n.Name
		shown.RegistrationDate = stamp(n.since)
		shown.ResourceType = "ManagedInstance"
		shown.SourceType = "AWS::SSM::ManagedInstance"
	}
	if !f.reachable(n) {
		shown.PingStatus = "ConnectionLost"
	}
	return shown
}

func (n *node) computerName() string { return strings.ToLower(cmp.Or(n.Name, n.ID)) + ".internal" }

type listTagsForResourceInput struct {
	ResourceType string `member:"required"`
	ResourceId   string `member:"required"`
}

type listTagsForResourceOutput struct{ TagList []tag }

// listTagsForResource knows hybrid nodes; an EC2 instance's tags are EC2's.
func (f *Fleet) listTagsForResource(in listTagsForResourceInput) (*listTagsForResourceOutput, error) {
	switch in.ResourceType {
	case "ManagedInstance":
	case "Document", "MaintenanceWindow", "Parameter", "PatchBaseline", "OpsItem", "OpsMetadata", "Automation", "Association":
		return nil, ssmError("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
	default:
		return nil, ssmError("InvalidResourceType", "The resource type isn't valid: %s", in.ResourceType)
	}
	n := f.node(in.ResourceId)
	if n == nil || !n.Hybrid() || !n.managed() {
		return nil, ssmError("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
	}
	return &listTagsForResourceOutput{TagList: tagList(n.Tags)}, nil
}
