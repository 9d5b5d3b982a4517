package moduletest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow/clock"
)

// rollBackAgrees runs the deployed machine that rolls back in moto, and compares as
// theLocalInterpreterAgrees does.
func rollBackAgrees(t *testing.T, s mototest.Server, m mototest.Machine, inbox mototest.Inbox) {
	id := s.RunInstance(t, tagged())
	s.SetNode(t, id, mototest.MissingPatches(id, "kernel"))
	backup, err := ec2.NewFromConfig(s.Config()).CreateSnapshots(t.Context(), &ec2.CreateSnapshotsInput{
		InstanceSpecification: &ec2types.InstanceSpecification{InstanceId: &id},
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSnapshot,
			Tags: []ec2types.Tag{{Key: aws.String("patchbot:instance"), Value: &id}}}}})
	require.NoError(t, err)

	const name = "roll-back-r-5xq3zk7m2ptqa6dh-1"
	execution := m.Start(t, name, fmt.Sprintf(`{"instance_id": %q, "snapshot_id": %q}`, id, aws.ToString(backup.Snapshots[0].SnapshotId)))
	for range 2 { // the replacement, the scan
		m.Answer(t, awaitToken(t, inbox).Token, struct{}{})
	}
	ended := m.Await(t, execution)
	theirs := record(t, m.History(t, execution))
	theirs.name, theirs.input, theirs.status = name, json.RawMessage(aws.ToString(ended.Input)), string(ended.Status)
	require.NoError(t, json.Unmarshal([]byte(aws.ToString(ended.Output)), &theirs.output))
	require.Equal(t, "rolled_back", theirs.output.(map[string]any)["outcome"])

	theirs.clock = clock.New(aws.ToTime(ended.StartDate), 1) // the scan has to begin after the replacement here, too
	ours := replay(t, m.Definition(t), theirs)
	states := func(steps []step) (names []string) {
		for _, s := range steps {
			names = append(names, s.State)
		}
		return names
	}
	require.Equal(t, states(theirs.steps), states(ours.steps))
	require.Equal(t, theirs.status, ours.status)
	require.Equal(t, theirs.output, ours.output)
}

// rollsBackOursOnly asks that root volumes are replaced of tagged instances alone, by snapshots of ours.
func (p plan) rollsBackOursOnly(t *testing.T) {
	conditions := map[string]map[string]map[string]oneOrMore{}
	for address, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			if slices.Contains(s.Action, "ec2:CreateReplaceRootVolumeTask") {
				require.Equal(t, `module.patchbot.aws_iam_role_policy.machine["roll-back"]`, address)
				require.False(t, slices.ContainsFunc(s.Resource, func(r string) bool { return r == "*" }))
				conditions[s.Sid] = s.Condition
			}
			if s.Sid == "StartRollBacks" {
				require.Equal(t, oneOrMore{p.machine(t, "roll-back").text("arn")}, s.Resource, address)
				require.True(t, strings.Contains(address, ".function["), address)
			}
		}
	}
	require.Len(t, conditions, 3)
	require.Equal(t, oneOrMore{"patch-on-approval"}, conditions["RollBackTaggedInstancesOnly"]["StringEquals"]["aws:ResourceTag/patch-policy"])
	require.Equal(t, oneOrMore{"i-*"}, conditions["RollBackToOurSnapshotsOnly"]["StringLike"]["aws:ResourceTag/patchbot:instance"])
}
