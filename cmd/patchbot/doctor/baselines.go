package doctor

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const setOverride = "Set the Terraform variable baseline_override to the parameter BaselineOverride of the association that scans them: " +
	"`aws ssm list-associations --query \"Associations[?contains(AssociationName || '', 'PatchPolicy')].[AssociationId, AssociationName]\"` and " +
	"`aws ssm describe-association --query AssociationDescription.Parameters --association-id <id>`"

// difference is a patch baseline that scans use where an install would use another.
type difference struct{ scan, install string }

// checkBaselines asks whether an install would install what the scans found missing. Quick
// Setup's patch policies scan with baselines of their own; an install does so only with
// their override.
func checkBaselines(ctx context.Context, x *examination) []finding {
	if x.nodes == nil {
		return skip("the instances cannot be listed")
	}
	if override := x.Machine.BaselineOverride; override != "" {
		return ok("Installs use the baseline override %s.", override)
	}
	baselines, err := listPatchBaselines(ctx, x.SSM)
	if err != nil {
		return []finding{warn("Let your credentials allow ssm:DescribePatchBaselines and ssm:DescribePatchGroups.", "Whether installs use the patch baselines of the scans cannot be checked: %v", err)}
	}
	differences := map[difference][]string{}
	for _, id := range slices.Sorted(maps.Keys(x.nodes)) {
		n := x.nodes[id]
		if install := baselines.forInstall(n); n.baseline != "" && install != n.baseline {
			d := difference{n.baseline, install}
			differences[d] = append(differences[d], id)
		}
	}
	if len(differences) == 0 {
		return ok("Installs use the patch baselines of the scans.")
	}
	var findings []finding
	for _, d := range slices.SortedFunc(maps.Keys(differences), func(a, b difference) int { return strings.Compare(a.scan+a.install, b.scan+b.install) }) {
		ids := differences[d]
		install := d.install
		if install == "" {
			install = "another one, since that is none of this account's"
		}
		findings = append(findings, failed(setOverride, "%s: %d instances are scanned with the patch baseline %s, but an install would use %s: other patches than those that were asked about.",
			ids[0], len(ids), d.scan, install)...)
	}
	return findings
}

// patchBaselines are those that the account has, by their ids.
type patchBaselines struct {
	systems  map[string]types.OperatingSystem // of each
	defaults map[types.OperatingSystem]string
	groups   map[patchGroup]string
}

type patchGroup struct {
	name   string
	system types.OperatingSystem
}

// forInstall is the baseline that AWS-RunPatchBaseline uses on a node without an override;
// empty when that is unknown, since the node was scanned with a baseline of elsewhere.
func (b patchBaselines) forInstall(n *node) string {
	system := b.systems[n.baseline]
	if id := b.groups[patchGroup{n.patchGroup, system}]; id != "" && n.patchGroup != "" {
		return id
	}
	return b.defaults[system]
}

func listPatchBaselines(ctx context.Context, client *ssm.Client) (patchBaselines, error) {
	b := patchBaselines{map[string]types.OperatingSystem{}, map[types.OperatingSystem]string{}, map[patchGroup]string{}}
	baselines := ssm.NewDescribePatchBaselinesPaginator(client, &ssm.DescribePatchBaselinesInput{})
	for baselines.HasMorePages() {
		page, err := baselines.NextPage(ctx)
		if err != nil {
			return b, err
		}
		for _, i := range page.BaselineIdentities {
			id := baselineID(i.BaselineId)
			b.systems[id] = i.OperatingSystem
			if i.DefaultBaseline {
				b.defaults[i.OperatingSystem] = id
			}
		}
	}
	groups := ssm.NewDescribePatchGroupsPaginator(client, &ssm.DescribePatchGroupsInput{})
	for groups.HasMorePages() {
		page, err := groups.NextPage(ctx)
		if err != nil {
			return b, err
		}
		for _, m := range page.Mappings {
			if i := m.BaselineIdentity; i != nil {
				b.groups[patchGroup{aws.ToString(m.PatchGroup), i.OperatingSystem}] = baselineID(i.BaselineId)
			}
		}
	}
	return b, nil
}

// baselineID is the id alone: of its own baselines AWS gives the ARN in some answers.
func baselineID(id *string) string {
	if aws.ToString(id) == "" {
		return ""
	}
	return path.Base(*id)
}
