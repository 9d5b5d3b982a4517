package main

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/patchbot/patchbot/bot"
)

// checkInstances asks whether every instance in patchbot's care has somebody to ask, and
// can be reached.
func checkInstances(ctx context.Context, x *examination) []finding {
	instances, err := x.taggedInstances(ctx)
	if err != nil {
		return failed("Check that your credentials allow ec2:DescribeInstances.", "The instances cannot be listed: %v", err)
	}
	if len(instances) == 0 {
		return []finding{warn("Tag the instances that patchbot is to ask about: patch-policy = patch-on-approval.", "No instance is tagged for patchbot.")}
	}
	online, err := x.onlineNodes(ctx)
	if err != nil {
		return failed("Check that your credentials allow ssm:DescribeInstanceInformation.", "The managed nodes cannot be listed: %v", err)
	}
	findings := ok("%d instances are tagged for patchbot.", len(instances))
	for _, i := range instances {
		id, tags := aws.ToString(i.InstanceId), tagsOf(i)
		findings = append(findings, x.ownerFindings(id, tags)...)
		if !online[id] {
			findings = append(findings, warn("Start it, or its SSM Agent; an approval would fail with NodeOffline.", "%s is not online in Systems Manager.", id))
		}
	}
	return findings
}

// ownerFindings says whether somebody in particular is asked about an instance.
func (x *examination) ownerFindings(id string, tags map[string]string) []finding {
	owner, channel := tags[bot.TagOwner], tags[bot.TagChannel]
	known := slices.ContainsFunc(x.owners, func(o bot.Owner) bool { return o.Name == owner })
	switch {
	case owner == "" && channel == "":
		return []finding{warn("Tag it with owner, or with patch-channel.", "%s has neither an owner nor a channel; its requests go to the default channel.", id)}
	case owner != "" && !known:
		return []finding{warn("Add the owner to the Terraform variable owners, or correct the tag.", "%s has the owner %q, who is not in the directory: everybody who sees the request may decide.", id, owner)}
	}
	return nil
}

func (x *examination) taggedInstances(ctx context.Context) ([]ec2types.Instance, error) {
	pages := ec2.NewDescribeInstancesPaginator(x.ec2, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:patch-policy"), Values: []string{"patch-on-approval"}},
		{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}},
	}})
	var instances []ec2types.Instance
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Reservations {
			instances = append(instances, r.Instances...)
		}
	}
	return instances, nil
}

func (x *examination) onlineNodes(ctx context.Context) (map[string]bool, error) {
	online := map[string]bool{}
	pages := ssm.NewDescribeInstanceInformationPaginator(x.ssm, &ssm.DescribeInstanceInformationInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, node := range page.InstanceInformationList {
			online[aws.ToString(node.InstanceId)] = node.PingStatus == ssmtypes.PingStatusOnline
		}
	}
	return online, nil
}

func tagsOf(i ec2types.Instance) map[string]string {
	tags := map[string]string{}
	for _, t := range i.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}
