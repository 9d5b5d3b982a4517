package mototest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// newRollBackStage is a stage with the machine that rolls back.
func newRollBackStage(t *testing.T, s mototest.Server, name string) stage {
	t.Helper()
	inbox := s.CreateInbox(t, name)
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN = inbox.TopicARN
	return stage{s, s.CreateMachine(t, workflow.RollBack, name, settings), inbox}
}

// backedUp is a tagged instance, and a snapshot of its root volume with a tag of ours, or without.
func (st stage) backedUp(t *testing.T, ours bool) (instance, snapshot string) {
	t.Helper()
	instance = st.RunInstance(t, tagged)
	st.SetNode(t, instance, mototest.MissingPatches(instance, "kernel", "openssl"))
	in := &ec2.CreateSnapshotsInput{InstanceSpecification: &ec2types.InstanceSpecification{InstanceId: &instance}}
	if ours {
		in.TagSpecifications = []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSnapshot,
			Tags: []ec2types.Tag{{Key: aws.String("patchbot:instance"), Value: &instance}}}}
	}
	out, err := ec2.NewFromConfig(st.Config()).CreateSnapshots(t.Context(), in)
	require.NoError(t, err)
	return instance, aws.ToString(out.Snapshots[0].SnapshotId)
}

// rollBack starts the machine as the bot does. Its name is the client token of what it asks EC2 for, so each
// instance has one of its own.
func (st stage) rollBack(t *testing.T, instance, snapshot string) string {
	t.Helper()
	return st.machine.Start(t, "roll-back-r-"+strings.TrimPrefix(instance, "i-")+"-1", fmt.Sprintf(`{"instance_id": %q, "snapshot_id": %q}`, instance, snapshot))
}

func rolledBack(t *testing.T, s mototest.Server) {
	st := newRollBackStage(t, s, "rolled-back")
	instance, snapshot := st.backedUp(t, true)
	execution := st.rollBack(t, instance, snapshot)
	started := st.inbox.Next(t)
	detail := started.Detail.(workflow.RollBackStarted)
	require.NotEmpty(t, detail.TaskID)
	require.NotEmpty(t, detail.Instance.RootVolumeID(), "the volume that is replaced is known")
	st.machine.Answer(t, started.Token, struct{}{})
	scan := st.inbox.Next(t)
	require.NotEmpty(t, scan.Detail.(workflow.ScanStarted).CommandID)
	st.machine.Answer(t, scan.Token, struct{}{})
	finished := st.inbox.Next(t).Detail.(workflow.RollBackFinished)
	require.Equal(t, "succeeded", finished.Result)
	require.Equal(t, 2, finished.After.Missing)
	st.requireOutput(t, execution, `{"outcome":"rolled_back","instance_id":"`+instance+`"}`)

	other := st.machine.Start(t, "by-hand", fmt.Sprintf(`{"instance_id": %q, "snapshot_id": %q}`, instance, snapshot))
	st.requireOutput(t, other, `{"outcome":"ignored","reason":"not started by the bot with the ids of an instance and of a snapshot"}`)
}

func rollBackFailed(t *testing.T, s mototest.Server) {
	st := newRollBackStage(t, s, "roll-back-failed")
	instance, snapshot := st.backedUp(t, true)
	node := mototest.MissingPatches(instance)
	node.ReplaceState = ec2types.ReplaceRootVolumeTaskStateFailed
	st.SetNode(t, instance, node)
	execution := st.rollBack(t, instance, snapshot)
	started := st.inbox.Next(t)
	require.IsType(t, workflow.RollBackStarted{}, started.Detail, "%+v", started.Detail)
	st.machine.Answer(t, started.Token, struct{}{})
	require.Equal(t, "ReplacementFailed", st.inbox.Next(t).Detail.(workflow.WorkflowFailed).Error)
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}

func rollBackToAnother(t *testing.T, s mototest.Server) {
	st := newRollBackStage(t, s, "roll-back-to-another")
	instance, snapshot := st.backedUp(t, false)
	execution := st.rollBack(t, instance, snapshot)
	require.Equal(t, workflow.WorkflowFailed{State: "Find Snapshot", Error: "SnapshotNotThere",
		Cause: "The snapshot was deleted, is not complete, or does not carry patchbot's tag with this instance's id."}, st.inbox.Next(t).Detail)
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}
