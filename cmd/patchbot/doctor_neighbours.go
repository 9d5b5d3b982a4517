package main

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// neighbour is the name of a parameter that an installation of patchbot may be in.
var neighbour = regexp.MustCompile(`^/([a-z][a-z0-9-]+)/installation$`)

// maxParameters is how many names GetParameters takes.
const maxParameters = 10

// checkNeighbours asks whether another installation of the account and Region asks about the
// same instances.
func checkNeighbours(ctx context.Context, x *examination) []finding {
	others, err := x.neighbours(ctx, x.name)
	if err != nil {
		return []finding{warn("Let your credentials allow ssm:DescribeParameters and ssm:GetParameters.", "Other installations cannot be looked for: %v", err)}
	}
	var findings []finding
	for _, o := range others {
		if strings.EqualFold(o.tagValue, x.Machine.PolicyTagValue) {
			findings = append(findings, failed("Give one of them a policy_tag_value of its own in Terraform and tag its instances so, or remove it with terraform destroy.",
				"The installation %s asks about instances tagged %s = %s, too: their owners are asked twice.", o.name, tagPolicy, o.tagValue)...)
		}
	}
	if len(findings) == 0 {
		return ok("No other installation asks about instances tagged %s = %s.", tagPolicy, x.Machine.PolicyTagValue)
	}
	return findings
}

// other is another installation.
type other struct{ name, tagValue string }

// neighbours finds the other installations of the account and Region by their parameters.
func (c cloud) neighbours(ctx context.Context, own string) ([]other, error) {
	var names []string
	pages := ssm.NewDescribeParametersPaginator(c.ssm, &ssm.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{
		{Key: aws.String("Name"), Option: aws.String("Contains"), Values: []string{"/installation"}}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parameters {
			if name := neighbour.FindStringSubmatch(aws.ToString(p.Name)); name != nil && name[1] != own {
				names = append(names, name[0])
			}
		}
	}
	slices.Sort(names)
	var others []other
	for some := range slices.Chunk(names, maxParameters) {
		out, err := c.ssm.GetParameters(ctx, &ssm.GetParametersInput{Names: some})
		if err != nil {
			return nil, err
		}
		for _, p := range out.Parameters {
			i := installation{Machine: machineSettings{PolicyTagValue: defaultTagValue}}
			if json.Unmarshal([]byte(aws.ToString(p.Value)), &i) == nil && i.StateMachineARN != "" { // else it is of other software
				others = append(others, other{neighbour.FindStringSubmatch(aws.ToString(p.Name))[1], i.Machine.PolicyTagValue})
			}
		}
	}
	return others, nil
}
