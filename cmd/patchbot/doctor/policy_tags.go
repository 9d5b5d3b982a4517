package doctor

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/workflow"
)

// installationParameter is the name of a parameter that an installation of patchbot may be in.
var installationParameter = regexp.MustCompile(`^/([a-z][a-z0-9-]+)/installation$`)

// maxParameters is how many names GetParameters takes.
const maxParameters = 10

// checkPolicyTags asks whether another installation of the account and Region asks about the
// same instances.
func checkPolicyTags(ctx context.Context, x *examination) []finding {
	others, err := otherInstallations(ctx, x.SSM, x.name)
	if err != nil {
		return []finding{warn("Let your credentials allow ssm:DescribeParameters and ssm:GetParameters.", "Other installations cannot be looked for: %v", err)}
	}
	var findings []finding
	for _, o := range others {
		if strings.EqualFold(o.tagValue, x.Machine.PolicyTagValue) {
			findings = append(findings, failed("Give one of them a policy_tag_value of its own in Terraform and tag its instances so, or remove it with terraform destroy.",
				"The installation %s asks about instances tagged %s = %s, too: their owners are asked twice.", o.name, workflow.PolicyTag, o.tagValue)...)
		}
	}
	if len(findings) == 0 {
		return ok("No other installation asks about instances tagged %s = %s.", workflow.PolicyTag, x.Machine.PolicyTagValue)
	}
	return findings
}

// other is another installation.
type other struct{ name, tagValue string }

// otherInstallations finds the other installations of the account and Region by their parameters.
func otherInstallations(ctx context.Context, client *ssm.Client, own string) ([]other, error) {
	var names []string
	pages := ssm.NewDescribeParametersPaginator(client, &ssm.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{
		{Key: aws.String("Name"), Option: aws.String("Contains"), Values: []string{"/installation"}}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parameters {
			if name := installationParameter.FindStringSubmatch(aws.ToString(p.Name)); name != nil && name[1] != own {
				names = append(names, name[0])
			}
		}
	}
	slices.Sort(names)
	var others []other
	for some := range slices.Chunk(names, maxParameters) {
		out, err := client.GetParameters(ctx, &ssm.GetParametersInput{Names: some})
		if err != nil {
			return nil, err
		}
		for _, p := range out.Parameters {
			if i, err := installation.Parse(aws.ToString(p.Value)); err == nil && i.StateMachineARN != "" { // else it is of other software
				others = append(others, other{installationParameter.FindStringSubmatch(aws.ToString(p.Name))[1], i.Machine.PolicyTagValue})
			}
		}
	}
	return others, nil
}
