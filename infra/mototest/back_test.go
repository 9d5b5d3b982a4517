package mototest_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

// nodeNotBack has a machine whose looks at the node are a second apart.
func nodeNotBack(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "not-back")
	const looks = "[75,75,150,300,600,600]"
	definition := string(st.machine.Definition(t))
	require.Contains(t, definition, looks)
	st.machine = s.CreateMachineFrom(t, "not-back-impatient", strings.Replace(definition, looks, "[1,1]", 1))
	execution, asked := st.ask(t)
	st.approve(t, asked)
	st.machine.Answer(t, st.inbox.Next(t).Token, struct{}{})
	require.IsType(t, workflow.BackupFinished{}, st.inbox.Next(t).Detail)
	install := st.inbox.Next(t)
	require.Equal(t, "/patchbot/command-output", install.Detail.(workflow.PatchStarted).OutputLogGroup)
	node := mototest.MissingPatches(asked.InstanceID, "kernel")
	node.InstanceCheck = "impaired"
	s.SetNode(t, asked.InstanceID, node)
	st.machine.Answer(t, install.Token, struct{}{})
	require.IsType(t, workflow.PatchFinished{}, st.inbox.Next(t).Detail)

	checked := st.inbox.Next(t).Detail.(workflow.NodeChecked)
	require.False(t, checked.IsBack)
	require.Equal(t, workflow.StatusChecks{Instance: []string{"ok"}, System: []string{"ok"}}, checked.Before)
	require.Equal(t, workflow.StatusChecks{Instance: []string{"impaired"}, System: []string{"ok"}}, checked.After)
	failed := st.inbox.Next(t).Detail.(workflow.WorkflowFailed)
	require.Equal(t, "NodeNotBack", failed.Error)
	require.Equal(t, types.ExecutionStatusFailed, st.machine.Await(t, execution).Status)
}

// scannedForWhoeverAsks has an install as the newest record.
func scannedForWhoeverAsks(t *testing.T, s mototest.Server) {
	st := newImpatientStage(t, s, "scanned-for-a-person")
	id := s.RunInstance(t, tagged)
	node := mototest.MissingPatches(id, "kernel")
	s.SetNode(t, id, node)
	p := patcher{Client: newPatcher(t, s, func(*mototest.Node) {}).Client, node: id}
	p.send(t, "Install")
	st.machine.Start(t, "e1", `{"instance_id":"`+id+`"}`)
	asked := st.inbox.Next(t).Detail.(workflow.ApprovalRequested)
	require.Equal(t, 1, asked.Counts.Missing)
}

func statusChecksAsTold(t *testing.T, s mototest.Server) {
	p := newPatcher(t, s, func(n *mototest.Node) { n.SystemCheck = "insufficient-data" })
	client := ec2.NewFromConfig(s.Config())
	out, err := client.DescribeInstanceStatus(t.Context(), &ec2.DescribeInstanceStatusInput{InstanceIds: []string{p.node}, IncludeAllInstances: aws.Bool(true)})
	require.NoError(t, err)
	require.Len(t, out.InstanceStatuses, 1)
	require.EqualValues(t, "ok", out.InstanceStatuses[0].InstanceStatus.Status)
	require.EqualValues(t, "insufficient-data", out.InstanceStatuses[0].SystemStatus.Status)
	_, err = client.DescribeInstanceStatus(t.Context(), &ec2.DescribeInstanceStatusInput{InstanceIds: []string{"mi-0123456789abcdef0"}})
	require.ErrorContains(t, err, "InvalidInstanceID.Malformed")
}
