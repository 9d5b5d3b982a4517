package mototest

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"
)

// Node is what Systems Manager says of a managed node. The zero value was never scanned
// and is unknown to it.
type Node struct {
	// State answers DescribeInstancePatchStates; nil: the node was never scanned. A command
	// that is sent later puts its Operation and times in place of a Scan's; after an Install
	// nothing is listed as missing until a Scan. The state of an Install stays as it is set.
	State *ssmtypes.InstancePatchState `json:"state"`
	// Patches answer DescribeInstancePatches.
	Patches []ssmtypes.PatchComplianceData `json:"patches"`
	// Information answers DescribeInstanceInformation; nil: not a managed node.
	Information *ssmtypes.InstanceInformation `json:"information"`
	// Install and Scan tell how AWS-RunPatchBaseline stands; nil: it succeeds.
	Install *Invocation `json:"install"`
	Scan    *Invocation `json:"scan"`
	// InstanceCheck and SystemCheck are the status checks that DescribeInstanceStatus tells while the
	// instance runs, e.g. "impaired"; empty: ok.
	InstanceCheck ec2types.SummaryStatus `json:"instance_check"`
	SystemCheck   ec2types.SummaryStatus `json:"system_check"`
	// HiddenFor is how long, in milliseconds, a command that was just sent has no invocation,
	// since ListCommandInvocations is only eventually consistent.
	HiddenFor int `json:"hidden_for"`
	// SnapshotState is the state in which EC2 leaves snapshots that are taken from now
	// on, e.g. "error"; empty: completed.
	SnapshotState ec2types.SnapshotState `json:"snapshot_state"`
	// ReplaceState is the state in which EC2 leaves tasks that replace a root volume from now on,
	// e.g. "failed"; empty: succeeded.
	ReplaceState ec2types.ReplaceRootVolumeTaskState `json:"replace_state"`
}

// Invocation is how a command stands on one node.
type Invocation struct {
	Status        string // e.g. "InProgress", "Failed"
	StatusDetails string // e.g. "ExecutionTimedOut"
	ResponseCode  int    // of the step that ran, -1 while it runs
	Output        string // what that step printed, both streams
}

// MissingPatches is a node that is online and lacks critical patches, as many as are named;
// of one without names nothing is missing.
func MissingPatches(instanceID string, titles ...string) Node {
	missing := int32(len(titles)) // #nosec G115 -- a test names a handful
	n := Node{
		State: &ssmtypes.InstancePatchState{
			InstanceId: aws.String(instanceID), BaselineId: aws.String("pb-0c10e65780EXAMPLE"), PatchGroup: aws.String(""),
			Operation: ssmtypes.PatchOperationTypeScan, OperationStartTime: aws.Time(time.Now().Add(-time.Hour)), MissingCount: missing, InstalledPendingRebootCount: aws.Int32(0),
			CriticalNonCompliantCount: &missing, SecurityNonCompliantCount: aws.Int32(0), OtherNonCompliantCount: aws.Int32(0),
		},
		Information: &ssmtypes.InstanceInformation{
			InstanceId: aws.String(instanceID), PingStatus: ssmtypes.PingStatusOnline, PlatformType: ssmtypes.PlatformTypeLinux,
			PlatformName: aws.String("Amazon Linux"), PlatformVersion: aws.String("2023"),
		},
	}
	for _, title := range titles {
		n.Patches = append(n.Patches, ssmtypes.PatchComplianceData{
			Title: aws.String(title), KBId: aws.String(title), Classification: aws.String("Security"),
			Severity: aws.String("Critical"), State: ssmtypes.PatchComplianceDataStateMissing, CVEIds: aws.String("CVE-2026-0001,CVE-2026-0002"),
		})
	}
	return n
}

// SetNode replaces what Systems Manager says of a node from now on. Programs of other
// languages send the same JSON: PUT {URL}/mototest/nodes/{instance id}.
func (s Server) SetNode(t testing.TB, instanceID string, n Node) {
	t.Helper()
	s.put(t.Context(), t, "nodes/"+instanceID, n)
}

// RunInstance runs an EC2 instance with one volume and returns its id.
func (s Server) RunInstance(t testing.TB, tags map[string]string) string {
	t.Helper()
	var list []ec2types.Tag
	for key, value := range tags {
		list = append(list, ec2types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	out, err := ec2.NewFromConfig(s.Config()).RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeInstance, Tags: list}},
	})
	require.NoError(t, err)
	return aws.ToString(out.Instances[0].InstanceId)
}
