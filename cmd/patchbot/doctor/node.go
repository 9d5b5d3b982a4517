package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/workflow"
)

// node is an instance in patchbot's care: one of EC2 ("i-…"), or a hybrid node ("mi-…").
type node struct {
	owner   string // the tag "owner"; may be empty
	channel string // the tag "patch-channel"; may be empty
	online  bool   // Systems Manager reaches it
	scanned bool   // at least once

	baseline   string // which the newest scan used, e.g. "pb-0c10e65780EXAMPLE"
	patchGroup string // as that scan saw it; may be empty
}

func newNode(tags map[string]string) *node {
	return &node{owner: strings.TrimSpace(tags[bot.TagOwner]), channel: strings.TrimSpace(tags[bot.TagChannel])}
}

// taggedNodes finds every node whose tag has the value, by id.
func taggedNodes(ctx context.Context, account installation.Account, tagValue string) (map[string]*node, error) {
	nodes := map[string]*node{}
	if err := addInstances(ctx, account.EC2, tagValue, nodes); err != nil {
		return nil, fmt.Errorf("list EC2 instances: %w", err)
	}
	if err := addManaged(ctx, account.SSM, tagValue, nodes); err != nil {
		return nil, fmt.Errorf("list managed nodes: %w", err)
	}
	if err := markScanned(ctx, account.SSM, nodes); err != nil {
		return nil, fmt.Errorf("read patch states: %w", err)
	}
	return nodes, nil
}

// addInstances adds the instances of EC2.
func addInstances(ctx context.Context, client *ec2.Client, tagValue string, nodes map[string]*node) error {
	pages := ec2.NewDescribeInstancesPaginator(client, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:" + workflow.PolicyTag), Values: []string{tagValue}},
		{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}},
	}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.Reservations {
			for _, i := range r.Instances {
				tags := map[string]string{}
				for _, t := range i.Tags {
					tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
				}
				nodes[aws.ToString(i.InstanceId)] = newNode(tags)
			}
		}
	}
	return nil
}

// addManaged adds the hybrid nodes, which EC2 does not know, and marks every node that is
// online.
func addManaged(ctx context.Context, client *ssm.Client, tagValue string, nodes map[string]*node) error {
	pages := ssm.NewDescribeInstanceInformationPaginator(client, &ssm.DescribeInstanceInformationInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, managed := range page.InstanceInformationList {
			id := aws.ToString(managed.InstanceId)
			if strings.HasPrefix(id, "mi-") {
				tags, err := hybridTags(ctx, client, id)
				if err != nil {
					return fmt.Errorf("tags of %s: %w", id, err)
				}
				if tags[workflow.PolicyTag] == tagValue {
					nodes[id] = newNode(tags)
				}
			}
			if n := nodes[id]; n != nil {
				n.online = managed.PingStatus == ssmtypes.PingStatusOnline
			}
		}
	}
	return nil
}

func hybridTags(ctx context.Context, client *ssm.Client, id string) (map[string]string, error) {
	out, err := client.ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{
		ResourceType: ssmtypes.ResourceTypeForTaggingManagedInstance, ResourceId: &id})
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, t := range out.TagList {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

// maxPatchStates is how many ids DescribeInstancePatchStates takes in a call.
const maxPatchStates = 50

// markScanned marks every node whose patches Systems Manager has a state of.
func markScanned(ctx context.Context, client *ssm.Client, nodes map[string]*node) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(nodes)), maxPatchStates) {
		pages := ssm.NewDescribeInstancePatchStatesPaginator(client, &ssm.DescribeInstancePatchStatesInput{InstanceIds: ids})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, state := range page.InstancePatchStates {
				if n := nodes[aws.ToString(state.InstanceId)]; n != nil {
					n.scanned = true
					n.baseline, n.patchGroup = baselineID(state.BaselineId), aws.ToString(state.PatchGroup)
				}
			}
		}
	}
	return nil
}
