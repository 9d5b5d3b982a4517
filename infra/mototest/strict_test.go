package mototest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// patcher sends AWS-RunPatchBaseline to one node.
type patcher struct {
	*ssm.Client
	node string
}

func newPatcher(t *testing.T, s mototest.Server, set func(*mototest.Node)) patcher {
	t.Helper()
	id := s.RunInstance(t, tagged)
	node := mototest.MissingPatches(id, "kernel", "openssl")
	set(&node)
	s.SetNode(t, id, node)
	return patcher{ssm.NewFromConfig(s.Config()), id}
}

func (p patcher) send(t *testing.T, operation string) *string {
	t.Helper()
	sent, err := p.SendCommand(t.Context(), command(p.node, operation))
	require.NoError(t, err)
	require.Equal(t, ssmtypes.CommandStatusPending, sent.Command.Status)
	require.Equal(t, []string{p.node}, sent.Command.InstanceIds, "moto adds every instance there is")
	return sent.Command.CommandId
}

func command(node, operation string) *ssm.SendCommandInput {
	return &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunPatchBaseline"), InstanceIds: []string{node},
		Parameters: map[string][]string{"Operation": {operation}}}
}

func (p patcher) state(t *testing.T) ssmtypes.InstancePatchState {
	t.Helper()
	out, err := p.DescribeInstancePatchStates(t.Context(), &ssm.DescribeInstancePatchStatesInput{InstanceIds: []string{p.node}})
	require.NoError(t, err)
	require.Len(t, out.InstancePatchStates, 1)
	return out.InstancePatchStates[0]
}

func (p patcher) listed(t *testing.T) int {
	t.Helper()
	out, err := p.DescribeInstancePatches(t.Context(), &ssm.DescribeInstancePatchesInput{InstanceId: &p.node,
		Filters: []ssmtypes.PatchOrchestratorFilter{{Key: aws.String("State"), Values: []string{"Missing"}}}})
	require.NoError(t, err)
	return len(out.Patches)
}

func stepsByPlatform(t *testing.T, s mototest.Server) {
	p := newPatcher(t, s, func(n *mototest.Node) {
		n.Information.PlatformType = ssmtypes.PlatformTypeWindows
		n.Install = &mototest.Invocation{Status: "Failed", StatusDetails: "Failed", ResponseCode: -1, Output: "denied"}
	})
	id := p.send(t, "Install")
	list, err := p.ListCommandInvocations(t.Context(), &ssm.ListCommandInvocationsInput{CommandId: id, Details: true})
	require.NoError(t, err)
	require.Len(t, list.CommandInvocations, 1)
	require.Equal(t, "Failed", aws.ToString(list.CommandInvocations[0].StatusDetails))
	steps := list.CommandInvocations[0].CommandPlugins
	require.Len(t, steps, 3)
	require.Equal(t, ssmtypes.CommandPluginStatusFailed, steps[0].Status)
	require.EqualValues(t, -1, steps[0].ResponseCode)
	require.Equal(t, "denied", aws.ToString(steps[0].Output))
	require.Equal(t, ssmtypes.CommandPluginStatusSuccess, steps[1].Status)
	require.Contains(t, aws.ToString(steps[1].Output), "Step execution skipped due to unsatisfied preconditions")

	for step, status := range map[string]ssmtypes.CommandInvocationStatus{"PatchWindows": "Failed", "PatchMacOS": "Success"} {
		got, err := p.GetCommandInvocation(t.Context(), &ssm.GetCommandInvocationInput{CommandId: id, InstanceId: &p.node, PluginName: &step})
		require.NoError(t, err)
		require.Equal(t, status, got.Status, step)
	}
}

func stepsUnderWay(t *testing.T, s mototest.Server) {
	for told, want := range map[string][]ssmtypes.CommandPluginStatus{"Delayed": nil, "InProgress": {"Success", "InProgress", "Pending"}} {
		p := newPatcher(t, s, func(n *mototest.Node) {
			n.Scan = &mototest.Invocation{Status: told, StatusDetails: told, ResponseCode: -1}
		})
		id := p.send(t, "Scan")
		list, err := p.ListCommandInvocations(t.Context(), &ssm.ListCommandInvocationsInput{CommandId: id, InstanceId: &p.node, Details: true})
		require.NoError(t, err)
		var got []ssmtypes.CommandPluginStatus
		for _, step := range list.CommandInvocations[0].CommandPlugins {
			got = append(got, step.Status)
		}
		require.Equal(t, want, got, told)
	}
}

func statesOfTheLastRun(t *testing.T, s mototest.Server) {
	p := newPatcher(t, s, func(*mototest.Node) {})
	before := p.state(t)
	require.EqualValues(t, 2, before.MissingCount)
	p.send(t, "Install")
	installed := p.state(t)
	require.Equal(t, ssmtypes.PatchOperationTypeInstall, installed.Operation)
	require.True(t, installed.OperationStartTime.After(*before.OperationStartTime))
	require.Zero(t, installed.MissingCount, "an Install does not list what is still missing")
	require.Zero(t, p.listed(t))
	p.send(t, "Scan")
	scanned := p.state(t)
	require.Equal(t, ssmtypes.PatchOperationTypeScan, scanned.Operation)
	require.True(t, scanned.OperationStartTime.After(*installed.OperationStartTime))
	require.EqualValues(t, 2, scanned.MissingCount)
	require.Equal(t, 2, p.listed(t))
}

func refusedCommands(t *testing.T, s mototest.Server) {
	p := newPatcher(t, s, func(*mototest.Node) {})
	with := func(edit func(*ssm.SendCommandInput)) *ssm.SendCommandInput {
		input := command(p.node, "Scan")
		edit(input)
		return input
	}
	for name, test := range map[string]struct {
		input *ssm.SendCommandInput
		code  string
	}{
		"a node that is not managed":  {command("i-0123456789abcdef0", "Scan"), "InvalidInstanceId"},
		"an id of the wrong shape":    {command("web-1", "Scan"), "ValidationException"},
		"a comment of 101 characters": {with(func(in *ssm.SendCommandInput) { in.Comment = aws.String(strings.Repeat("c", 101)) }), "ValidationException"},
		"a log group of two words": {with(func(in *ssm.SendCommandInput) {
			in.CloudWatchOutputConfig = &ssmtypes.CloudWatchOutputConfig{CloudWatchLogGroupName: aws.String("patch bot")}
		}), "ValidationException"},
		"a timeout of 29 seconds": {with(func(in *ssm.SendCommandInput) { in.TimeoutSeconds = aws.Int32(29) }), "ValidationException"},
	} {
		_, err := p.SendCommand(t.Context(), test.input)
		var refused smithy.APIError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, test.code, refused.ErrorCode(), name)
	}
}

func nodesByTag(t *testing.T, s mototest.Server) {
	p := newPatcher(t, s, func(*mototest.Node) {})
	_, err := ec2.NewFromConfig(s.Config()).CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{p.node}, Tags: []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("Nodes")}}})
	require.NoError(t, err)
	find := func(filters ...ssmtypes.InstanceInformationStringFilter) (ids []string, err error) {
		out, err := p.DescribeInstanceInformation(t.Context(), &ssm.DescribeInstanceInformationInput{Filters: filters, MaxResults: aws.Int32(50)})
		if err != nil {
			return nil, err
		}
		for _, node := range out.InstanceInformationList {
			ids = append(ids, aws.ToString(node.InstanceId))
		}
		return ids, nil
	}
	by := func(key string, values ...string) ssmtypes.InstanceInformationStringFilter {
		return ssmtypes.InstanceInformationStringFilter{Key: &key, Values: values}
	}
	for name, test := range map[string]struct {
		filter ssmtypes.InstanceInformationStringFilter
		want   []string
	}{
		"by value":                    {by("tag:team", "Nodes"), []string{p.node}},
		"by key":                      {by("tag-key", "team"), []string{p.node}},
		"not by a value's lower case": {by("tag:team", "nodes"), nil},
	} {
		got, err := find(test.filter)
		require.NoError(t, err, name)
		require.Equal(t, test.want, got, name)
	}
	_, err = find(by("tag:team", "Nodes"), by("PingStatus", "Online"))
	require.ErrorContains(t, err, "can't be combined")
	_, err = find(by("Colour", "red"))
	require.ErrorContains(t, err, "InvalidFilterKey")

	_, err = ec2.NewFromConfig(s.Config()).StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: []string{p.node}})
	require.NoError(t, err)
	got, err := find(by("tag:team", "Nodes"))
	require.NoError(t, err)
	require.Empty(t, got, "a stopped node is not listed")
}

// smallMachine uses what a machine needs that starts executions of another.
func smallMachine(t *testing.T, s mototest.Server) {
	child := s.CreateMachineFrom(t, "child", `{"StartAt":"Echo","States":{"Echo":{"Type":"Pass","End":true}}}`)
	parent := s.CreateMachineFrom(t, "parent", `{"StartAt":"Each","States":{"Each":{"Type":"Map","ItemsPath":"$.ids","MaxConcurrency":2,
		"ItemSelector":{"id.$":"$$.Map.Item.Value","life.$":"$$.Execution.RedriveCount",
			"hash.$":"States.Hash($$.Map.Item.Value, 'SHA-256')",
			"words.$":"States.ArrayLength(States.StringSplit(States.JsonToString($.sentence), ' '))"},
		"ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"Start","States":{"Start":{"Type":"Task",
			"Resource":"arn:aws:states:::states:startExecution",
			"Parameters":{"StateMachineArn":"`+child.ARN+`","Name.$":"States.Format('{}-{}', $.id, $.words)","Input":{"instance_id.$":"$.id","life.$":"$.life","hash.$":"$.hash"}},
			"ResultSelector":{"arn.$":"$.ExecutionArn"},"End":true}}},"End":true}}}`)
	execution := parent.Start(t, "p1", `{"ids":["i-1","i-2"],"sentence":"one two three"}`)
	ended := parent.Await(t, execution)
	require.Equal(t, "SUCCEEDED", string(ended.Status), "%s: %s", aws.ToString(ended.Error), aws.ToString(ended.Cause))
	base := strings.Replace(child.ARN, ":stateMachine:", ":execution:", 1)
	require.JSONEq(t, `[{"arn":"`+base+`:i-1-3"},{"arn":"`+base+`:i-2-3"}]`, aws.ToString(ended.Output))
	started := child.Await(t, base+":i-1-3")
	require.JSONEq(t, `{"instance_id":"i-1","life":0,"hash":"`+sha256Hex("i-1")+`"}`, aws.ToString(started.Output))

	// A name is taken for good once its execution has ended.
	again := parent.Await(t, parent.Start(t, "p2", `{"ids":["i-1"],"sentence":"four five six"}`))
	require.Equal(t, "StepFunctions.ExecutionAlreadyExistsException", aws.ToString(again.Error))
}

func sha256Hex(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

// schedules are created as the Terraform provider does it.
func schedules(t *testing.T, s mototest.Server) {
	const path, contentType = "/schedules/find-missing", "application/json"
	send(t, s, "scheduler", http.MethodPost, path, contentType, `{"ScheduleExpression":"rate(1 day)","FlexibleTimeWindow":{"Mode":"OFF"},
		"Target":{"Arn":"arn:aws:states:us-east-1:123456789012:stateMachine:find-missing","RoleArn":"arn:aws:iam::123456789012:role/scheduler","Input":"{}"}}`)
	require.Contains(t, string(send(t, s, "scheduler", http.MethodGet, path, contentType, "")), `"rate(1 day)"`)
	send(t, s, "scheduler", http.MethodDelete, path, contentType, "")
}
