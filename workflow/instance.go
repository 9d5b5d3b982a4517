package workflow

import (
	"slices"
	"strings"
)

// Instance is the managed node that a request is about.
type Instance struct {
	ID        string   `json:"id"` // "i-…", or "mi-…" for a hybrid node
	Tags      []Tag    `json:"tags"`
	VolumeIDs []string `json:"volume_ids"` // its EBS volumes, none for a hybrid node
	// VolumeSizes are the sizes of those volumes in GiB, e.g. [8, 100], as far as they could be read.
	VolumeSizes []int `json:"volume_sizes"`
	// VolumeDevices are where they are attached, in the same order, e.g. "/dev/xvda"; none from
	// executions that began before there was a way back.
	VolumeDevices []string `json:"volume_devices,omitempty"`
	RootDevices   []string `json:"root_devices,omitempty"` // where its root volume is attached: at most one
	Platform      Platform `json:"platform"`
}

// RootVolumeID is the volume that the instance boots from, "" where that is not known.
func (i Instance) RootVolumeID() string {
	if len(i.RootDevices) != 1 || len(i.VolumeDevices) != len(i.VolumeIDs) {
		return ""
	}
	at := slices.Index(i.VolumeDevices, i.RootDevices[0])
	if at < 0 {
		return ""
	}
	return i.VolumeIDs[at]
}

// Tag is one tag as EC2 and SSM give it.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// Platform holds what SSM says of the operating system: lists of at most one entry,
// empty for a node that SSM no longer knows.
type Platform struct {
	Names    []string `json:"names"`    // e.g. ["Amazon Linux"]
	Versions []string `json:"versions"` // e.g. ["2023"]
}

// String joins name and version, e.g. "Amazon Linux 2023".
func (p Platform) String() string {
	return strings.Join(append(append([]string(nil), p.Names...), p.Versions...), " ")
}
