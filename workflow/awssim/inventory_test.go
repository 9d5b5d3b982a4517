package awssim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestDescribeInstanceInformationFilters(t *testing.T) {
	cases := map[string]struct {
		key    string
		values []string
		want   []any
	}{
		"a tag of a hybrid node":        {"tag:owner", []string{"ops"}, []any{hybrid}},
		"a tag of an EC2 instance":      {"tag:patch-policy", []string{"patch-on-approval"}, []any{web}},
		"one of two values":             {"tag:Name", []string{"web-1", "rack-7"}, []any{web, hybrid}},
		"a value in another case":       {"tag:owner", []string{"OPS"}, []any{}},
		"a key in another case":         {"tag:Owner", []string{"ops"}, []any{}},
		"a star, which means a star":    {"tag:owner", []string{"*"}, []any{}},
		"the key of a tag":              {"tag-key", []string{"owner"}, []any{hybrid}},
		"the type of the resource":      {"ResourceType", []string{"ManagedInstance"}, []any{hybrid}},
		"the id, whatever it stands on": {"InstanceIds", []string{web}, []any{web}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			input := object{"Filters": []object{{"Key": test.key, "Values": test.values}}}
			list := open(t).call("ssm", "describeInstanceInformation", input)["InstanceInformationList"]
			require.Equal(t, test.want, pick(list, "InstanceId"))
		})
	}
}

func TestOnlyNodesThatMayAnswerAreListed(t *testing.T) {
	for state, listed := range map[string]bool{
		"running": true, "stopping": true, "stopped": false, "shutting-down": false, "terminated": false,
	} {
		t.Run(state, func(t *testing.T) {
			a := open(t)
			require.NoError(t, a.SetState(web, state))
			list := a.call("ssm", "describeInstanceInformation", object{})["InstanceInformationList"]
			require.Equal(t, listed, len(pick(list, "InstanceId")) == 2)
			require.Contains(t, pick(list, "InstanceId"), hybrid)
		})
	}
}

func TestNodesComeInPages(t *testing.T) {
	a := open(t)
	for i := range 9 {
		require.NoError(t, a.Add(awssim.Instance{ID: fmt.Sprintf("i-0000000%d", i), Tags: map[string]string{"team": "a"}}))
	}
	input := object{"MaxResults": 5, "Filters": []object{{"Key": "tag:team", "Values": []string{"a"}}}}
	first := a.call("ssm", "describeInstanceInformation", input)
	require.Len(t, first["InstanceInformationList"], 5)
	input["NextToken"] = first["NextToken"]
	second := a.call("ssm", "describeInstanceInformation", input)
	require.Len(t, second["InstanceInformationList"], 4)
	require.NotContains(t, second, "NextToken")
	require.Len(t, a.call("ssm", "describeInstanceInformation", object{})["InstanceInformationList"], 10, "without MaxResults")
}
