package awssim

import (
	"fmt"
	"slices"
	"strings"
)

type describeInstancesInput struct {
	InstanceIds             []string
	Filters                 []ec2Filter
	MaxResults              int
	NextToken               string
	DryRun                  accepted
	IncludeManagedResources accepted
}

type describeInstancesOutput struct {
	Reservations []reservation
	NextToken    string `json:",omitempty"`
}

type reservation struct {
	Groups        []struct{}
	Instances     []ec2Instance
	OwnerId       string
	ReservationId string
}

type ec2Instance struct {
	Architecture        string
	BlockDeviceMappings []blockDevice
	ImageId             string
	InstanceId          string
	InstanceType        string
	LaunchTime          string
	Placement           struct{ AvailabilityZone string }
	Platform            string `json:",omitempty"`
	PlatformDetails     string
	PrivateDnsName      string
	PrivateIpAddress    string
	RootDeviceName      string
	RootDeviceType      string
	State               instanceState
	Tags                []tag
}

type instanceState struct {
	Code int
	Name string
}

type blockDevice struct {
	DeviceName string
	Ebs        struct {
		AttachTime          string
		DeleteOnTermination bool
		Status              string
		VolumeId            string
	}
}

// stateCode is the low byte of EC2's InstanceState.Code.
func stateCode(state string) (int, bool) {
	code, ok := map[string]int{
		"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80,
	}[state]
	return code, ok
}

func (f *Fleet) describeInstances(in describeInstancesInput) (*describeInstancesOutput, error) {
	if len(in.InstanceIds) > 0 && in.MaxResults > 0 {
		return nil, ec2Error("InvalidParameterCombination",
			"The parameter instancesSet cannot be used with the parameter maxResults")
	}
	for _, id := range in.InstanceIds {
		if _, err := f.ec2Node(id); err != nil {
			return nil, err
		}
	}
	if err := checkFilters(in.Filters, "instance-id", "instance-state-name", "private-ip-address", "platform-details"); err != nil {
		return nil, err
	}
	found := []reservation{}
	for _, n := range f.nodes {
		wanted := len(in.InstanceIds) == 0 || slices.Contains(in.InstanceIds, n.ID)
		if !n.Hybrid() && wanted && meets(in.Filters, n.Tags, n.filterValues()) {
			found = append(found, f.reservation(n))
		}
	}
	part, next, err := ec2Page(found, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeInstancesOutput{Reservations: part, NextToken: next}, nil
}

// ec2Node finds an instance that EC2 knows, or returns EC2's error.
func (f *Fleet) ec2Node(id string) (*node, error) {
	if !strings.HasPrefix(id, "i-") {
		return nil, ec2Error("InvalidInstanceID.Malformed", "Invalid id: %q", id)
	}
	n := f.node(id)
	if n == nil {
		return nil, ec2Error("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	}
	return n, nil
}

func (n *node) filterValues() map[string]string {
	return map[string]string{
		"instance-id":         n.ID,
		"instance-state-name": n.state,
		"private-ip-address":  n.address,
		"platform-details":    n.Platform.facts().ec2Details,
	}
}

// reservation shows an instance alone in its reservation, as if launched alone.
func (f *Fleet) reservation(n *node) reservation {
	platform := n.Platform.facts()
	code, _ := stateCode(n.state)
	shown := ec2Instance{
		Architecture:        "x86_64",
		BlockDeviceMappings: n.blockDevices(),
		ImageId:             "ami-0c101f26f147fa7fd",
		InstanceId:          n.ID,
		InstanceType:        "t3.medium",
		LaunchTime:          stamp(n.since),
		Platform:            platform.ec2Name,
		PlatformDetails:     platform.ec2Details,
		PrivateDnsName:      "ip-" + strings.ReplaceAll(n.address, ".", "-") + ".ec2.internal",
		PrivateIpAddress:    n.address,
		RootDeviceName:      platform.rootDevice,
		RootDeviceType:      "ebs",
		State:               instanceState{code, n.state},
		Tags:                tagList(n.Tags),
	}
	shown.Placement.AvailabilityZone = f.config.Region + "a"
	return reservation{
		Groups:        []struct{}{},
		Instances:     []ec2Instance{shown},
		OwnerId:       f.config.Account,
		ReservationId: "r-" + strings.TrimPrefix(n.ID, "i-"),
	}
}

// blockDevices lists the volumes; a terminated instance has none any more, and the root volume is not
// among them while it is replaced.
func (n *node) blockDevices() []blockDevice {
	devices := []blockDevice{}
	if n.state == "terminated" {
		return devices
	}
	for i, v := range n.Volumes {
		if i == 0 && n.rootDetached {
			continue
		}
		d := blockDevice{DeviceName: n.Platform.facts().rootDevice}
		if i > 0 {
			d.DeviceName = fmt.Sprintf("/dev/sd%c", 'e'+i)
		}
		d.Ebs.AttachTime = stamp(n.since)
		d.Ebs.DeleteOnTermination = i == 0
		d.Ebs.Status = "attached"
		d.Ebs.VolumeId = v.ID
		devices = append(devices, d)
	}
	return devices
}
