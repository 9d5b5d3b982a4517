package doctor

import (
	"context"
	"maps"
	"slices"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// mayList are the permissions that listing the nodes takes.
const mayList = "Check that your credentials allow ec2:DescribeInstances, ssm:DescribeInstanceInformation, ssm:ListTagsForResource and ssm:DescribeInstancePatchStates."

// checkInstances asks whether every instance in patchbot's care has somebody to ask, can
// be reached, and is scanned.
func checkInstances(ctx context.Context, x *examination) []finding {
	nodes, err := taggedNodes(ctx, x.Account, x.Machine.PolicyTagValue)
	if err != nil {
		return failed(mayList, "The instances cannot be listed: %v", err)
	}
	x.nodes = nodes
	if len(nodes) == 0 {
		return []finding{warn("Tag the instances that patchbot is to ask about: "+workflow.PolicyTag+" = "+x.Machine.PolicyTagValue+".", "No instance is tagged for patchbot.")}
	}
	findings := append(ok("%d instances are tagged for patchbot.", len(nodes)), outputFinding(x.Machine.OutputLogGroup))
	if x.owners == nil {
		findings = append(findings, skip("the owners of the instances (the directory cannot be read)")...)
	}
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		n := nodes[id]
		if x.owners != nil {
			findings = append(findings, ownerFindings(id, n, x.owners)...)
		}
		if !n.online {
			findings = append(findings, warn("Start it, or its SSM Agent; an approval would not be begun.", "%s is not online in Systems Manager.", id))
		}
		if !n.scanned {
			findings = append(findings, warn("Scan it every day, e.g. with infra/modules/patch-policies; see “Scans” in infra/README.md.",
				"%s has never been scanned with AWS-RunPatchBaseline, so nothing is ever asked.", id))
		}
	}
	return findings
}

// outputFinding tells what cannot be known from here: whether the instances may write what commands print.
func outputFinding(group string) finding {
	return finding{Verdict: fine, Found: "What installs print goes to the log group " + group + ", where the instances' own roles allow it. That cannot be checked from here.",
		Do: "Let them, as “Permissions” in infra/README.md says; else only the first 2,500 characters are kept."}
}

// ownerFindings says whether somebody in particular is asked about an instance.
func ownerFindings(id string, n *node, owners map[string]bot.Owner) []finding {
	_, known := owners[n.owner]
	switch {
	case n.owner == "" && n.channel == "":
		return []finding{warn("Tag it with "+bot.TagOwner+", or with "+bot.TagChannel+".", "%s has neither an owner nor a channel; its requests go to the default channel, and the default approvers decide.", id)}
	case n.owner != "" && !known:
		return []finding{warn("Add the owner to the Terraform variable owners, or correct the tag.", "%s has the owner %q, who is not in the directory: the default approvers decide.", id, n.owner)}
	}
	return nil
}
