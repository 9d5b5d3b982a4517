package awssim

import "slices"

type describeVolumesInput struct {
	VolumeIds  []string
	Filters    []ec2Filter
	MaxResults int
	NextToken  string
	DryRun     accepted
}

type describeVolumesOutput struct {
	Volumes   []ec2Volume
	NextToken string `json:",omitempty"`
}

type ec2Volume struct {
	Attachments []volumeAttachment
	Size        int // GiB
	State       string
	VolumeId    string
	VolumeType  string
}

type volumeAttachment struct {
	Device     string
	InstanceId string
	State      string
	VolumeId   string
}

func (f *Fleet) describeVolumes(in describeVolumesInput) (*describeVolumesOutput, error) {
	if err := checkFilters(in.Filters, "attachment.instance-id", "attachment.device", "size", "status", "volume-id", "volume-type"); err != nil {
		return nil, err
	}
	found, seen := []ec2Volume{}, map[string]bool{}
	for _, n := range f.nodes {
		for _, d := range n.blockDevices() {
			v := n.volume(d.Ebs.VolumeId)
			seen[v.ID] = true
			values := map[string]string{"attachment.instance-id": n.ID, "attachment.device": d.DeviceName, "status": "in-use", "volume-id": v.ID, "volume-type": v.Type}
			if (len(in.VolumeIds) == 0 || slices.Contains(in.VolumeIds, v.ID)) && meets(in.Filters, nil, values) {
				found = append(found, ec2Volume{Size: v.SizeGiB, State: "in-use", VolumeId: v.ID, VolumeType: v.Type,
					Attachments: []volumeAttachment{{Device: d.DeviceName, InstanceId: n.ID, State: "attached", VolumeId: v.ID}}})
			}
		}
	}
	for _, id := range in.VolumeIds {
		if !seen[id] {
			return nil, ec2Error("InvalidVolume.NotFound", "The volume '%s' does not exist.", id)
		}
	}
	part, next, err := ec2Page(found, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &describeVolumesOutput{Volumes: part, NextToken: next}, nil
}

// volume is the volume of an instance with this id.
func (n *node) volume(id string) Volume {
	return n.Volumes[slices.IndexFunc(n.Volumes, func(v Volume) bool { return v.ID == id })]
}
