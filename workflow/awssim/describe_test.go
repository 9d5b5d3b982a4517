package awssim_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

// pick collects a member of each element, e.g. the ids of a list of snapshots.
func pick(list any, member string) []any {
	values := []any{}
	for _, element := range list.([]any) {
		values = append(values, element.(object)[member])
	}
	return values
}

func TestDescribeInstancesFilters(t *testing.T) {
	const db = "i-0ddddddddddddddd1"
	filter := func(name string, values ...string) object {
		return object{"Filters": []object{{"Name": name, "Values": values}}}
	}
	cases := map[string]struct {
		input object
		want  []any
	}{
		"nothing shows all but hybrid nodes":     {object{}, []any{web, db}},
		"ids":                                    {object{"InstanceIds": []string{db}}, []any{db}},
		"an id as a filter":                      {filter("instance-id", web), []any{web}},
		"a tag's value":                          {filter("tag:patch-policy", "patch-on-approval"), []any{web}},
		"a tag's value with wildcards":           {filter("tag:Name", "d?-*"), []any{db}},
		"a star that is meant literally":         {filter("tag:Name", `web-\*`), []any{}},
		"a tag's value in another case":          {filter("tag:Name", "WEB-1"), []any{}},
		"a tag's name":                           {filter("tag-key", "patch-*"), []any{web}},
		"one state or another":                   {filter("instance-state-name", "pending", "stopped"), []any{db}},
		"an unknown id as a filter is no error":  {filter("instance-id", "i-00000000"), []any{}},
		"a filter and an id have to hold, both":  {object{"InstanceIds": []string{db}, "Filters": filter("tag:Name", "web*")["Filters"]}, []any{}},
		"a tag the instance has not is no match": {filter("tag:owner", "*"), []any{}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			require.NoError(t, a.Add(awssim.Instance{ID: db, Name: "db-1"}))
			require.NoError(t, a.SetState(db, "stopped"))
			got := []any{}
			for _, r := range a.call("ec2", "describeInstances", test.input)["Reservations"].([]any) {
				got = append(got, pick(r.(object)["Instances"], "InstanceId")...)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestCallsRefuse(t *testing.T) {
	cases := map[string]struct {
		service, action string
		input           any
		name, message   string
	}{
		"an instance EC2 does not know":        {"ec2", "describeInstances", object{"InstanceIds": []string{"i-00000000"}}, "Ec2.Ec2Exception", "The instance ID 'i-00000000' does not exist"},
		"a hybrid node at EC2":                 {"ec2", "describeInstances", object{"InstanceIds": []string{hybrid}}, "Ec2.Ec2Exception", "Invalid id"},
		"an unknown filter of instances":       {"ec2", "describeInstances", object{"Filters": []object{{"Name": "colour"}}}, "Ec2.Ec2Exception", "The filter 'colour' is invalid"},
		"a member unknown to EC2":              {"ec2", "describeInstances", object{"Filters": []object{{"Key": "x"}}}, "Ec2.Ec2Exception", "Filters[0].Key"},
		"ids together with a page size":        {"ec2", "describeInstances", object{"InstanceIds": []string{web}, "MaxResults": 5}, "Ec2.Ec2Exception", "cannot be used"},
		"too small a page of EC2":              {"ec2", "describeInstances", object{"MaxResults": 4}, "Ec2.Ec2Exception", "maxResults"},
		"a foreign token of EC2":               {"ec2", "describeInstances", object{"NextToken": "x"}, "Ec2.Ec2Exception", "token"},
		"patch states of no instance":          {"ssm", "describeInstancePatchStates", object{}, "Ssm.ValidationException", "InstanceIds"},
		"patches of null":                      {"ssm", "describeInstancePatches", object{"InstanceId": nil}, "Ssm.ValidationException", "InstanceId"},
		"six filters of patches":               {"ssm", "describeInstancePatches", object{"InstanceId": web, "Filters": make([]object, 6)}, "Ssm.ValidationException", "filters"},
		"an unknown filter of patches":         {"ssm", "describeInstancePatches", object{"InstanceId": web, "Filters": []object{{"Key": "Colour"}}}, "Ssm.InvalidFilterException", "Colour"},
		"a page of nine patches":               {"ssm", "describeInstancePatches", object{"InstanceId": web, "MaxResults": 9}, "Ssm.ValidationException", "maxResults"},
		"a page of 101 patches":                {"ssm", "describeInstancePatches", object{"InstanceId": web, "MaxResults": 101}, "Ssm.ValidationException", "maxResults"},
		"a foreign token of Systems Manager":   {"ssm", "describeInstancePatches", object{"InstanceId": web, "NextToken": "x"}, "Ssm.InvalidNextTokenException", "token"},
		"an unknown filter of nodes":           {"ssm", "describeInstanceInformation", object{"Filters": []object{{"Key": "Colour", "Values": []string{"red"}}}}, "Ssm.InvalidFilterKeyException", "Colour"},
		"a filter of nodes without values":     {"ssm", "describeInstanceInformation", object{"Filters": []object{{"Key": "PingStatus"}}}, "Ssm.ValidationException", "Filters[0].Values"},
		"a tag filter of nodes beside another": {"ssm", "describeInstanceInformation", object{"Filters": []object{{"Key": "PingStatus", "Values": []string{"Online"}}, {"Key": "tag:a", "Values": []string{"b"}}}}, "Ssm.InvalidInstanceInformationFilterValueException", "Tag filters"},
		"a page of four nodes":                 {"ssm", "describeInstanceInformation", object{"MaxResults": 4}, "Ssm.ValidationException", "maxResults"},
		"a page of 51 nodes":                   {"ssm", "describeInstanceInformation", object{"MaxResults": 51}, "Ssm.ValidationException", "maxResults"},
		"tags of an EC2 instance":              {"ssm", "listTagsForResource", object{"ResourceType": "ManagedInstance", "ResourceId": web}, "Ssm.InvalidResourceIdException", "resource ID"},
		"tags of an unknown type":              {"ssm", "listTagsForResource", object{"ResourceType": "Instance", "ResourceId": web}, "Ssm.InvalidResourceTypeException", "Instance"},
		"an input that is no object":           {"ssm", "listTagsForResource", []string{}, "Ssm.SsmException", "cannot unmarshal"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			name, refusal := open(t).refused(test.service, test.action, test.input)
			require.Equal(t, test.name, name)
			require.Contains(t, refusal.Message, test.message)
		})
	}
}

func TestACallThatIsNotSimulatedSaysSo(t *testing.T) {
	_, err := open(t).try("ssm", "startAutomationExecution", object{})
	require.ErrorIs(t, err, awssim.ErrNotSimulated)
}

func TestAHybridNodeHasItsTagsFromSystemsManager(t *testing.T) {
	tags := open(t).call("ssm", "listTagsForResource", object{"ResourceType": "ManagedInstance", "ResourceId": hybrid})
	require.Equal(t, object{"TagList": []any{
		object{"Key": "Name", "Value": "rack-7"}, object{"Key": "owner", "Value": "ops"},
	}}, tags)
}

func TestPatchStatesLeaveOutWhatIsUnknown(t *testing.T) {
	const fresh = "i-0ffffffffffffffff"
	a := open(t)
	require.NoError(t, a.Add(awssim.Instance{ID: fresh, NeverScanned: true}))
	require.NoError(t, a.SetState(web, "terminated"))
	for _, id := range []string{fresh, "i-00000000", web} {
		require.Equal(t, object{"InstancePatchStates": []any{}},
			a.call("ssm", "describeInstancePatchStates", object{"InstanceIds": []string{id}}))
		require.Equal(t, object{"Patches": []any{}},
			a.call("ssm", "describeInstancePatches", object{"InstanceId": id}))
	}
	require.NoError(t, a.Scan(fresh))
	require.EqualValues(t, 0, a.counts(fresh)["MissingCount"])
}

func TestDescribeInstancePatchesFilters(t *testing.T) {
	cases := map[string]struct {
		filters []object
		want    []any
	}{
		"a state in capitals":        {[]object{{"Key": "State", "Values": []string{"MISSING"}}, {"Key": "Severity", "Values": []string{"medium", "IMPORTANT"}}}, []any{"openssh-server.x86_64", "curl-minimal.x86_64"}},
		"a classification":           {[]object{{"Key": "Classification", "Values": []string{"Bugfix"}}}, []any{"amazon-ssm-agent.x86_64"}},
		"a package":                  {[]object{{"Key": "KBId", "Values": []string{"kernel.x86_64"}}}, []any{"kernel.x86_64"}},
		"a state that nothing is in": {[]object{{"Key": "State", "Values": []string{"Installed"}}}, []any{}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			answer := open(t).call("ssm", "describeInstancePatches", object{"InstanceId": web, "Filters": test.filters})
			require.Equal(t, test.want, pick(answer["Patches"], "KBId"))
		})
	}
}

func TestOnlyPatchesThatAreNotInstalledNameTheirCVEs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		kernel := func() object {
			input := object{"InstanceId": web, "Filters": []object{{"Key": "KBId", "Values": []string{"kernel.x86_64"}}}}
			return a.call("ssm", "describeInstancePatches", input)["Patches"].([]any)[0].(object)
		}
		require.Equal(t, object{
			"Title": "kernel.x86_64:0:6.1.112-122.189.amzn2023", "KBId": "kernel.x86_64",
			"Classification": "Security", "Severity": "Critical", "State": "Missing",
			"InstalledTime": "1970-01-01T00:00:00Z", "CVEIds": "CVE-2024-46858,CVE-2024-47674,CVE-2024-49995",
		}, kernel())
		a.send(web, "Install")
		later(5 * 60e9)
		require.NotContains(t, kernel(), "CVEIds")
		require.Equal(t, "Installed", kernel()["State"])
		require.Equal(t, "2000-01-01T00:03:02Z", kernel()["InstalledTime"])
	})
}

func TestPatchesComeInPages(t *testing.T) {
	const big = "i-0bbbbbbbbbbbbbbbb"
	a := open(t)
	var missing []awssim.Patch
	for i := range 25 {
		missing = append(missing, awssim.Patch{Title: fmt.Sprint("patch ", i)})
	}
	require.NoError(t, a.Add(awssim.Instance{ID: big, Missing: missing}))
	input, sizes, titles := object{"InstanceId": big, "MaxResults": 10}, []int{}, map[any]bool{}
	for len(sizes) <= len(missing) {
		answer := a.call("ssm", "describeInstancePatches", input)
		sizes = append(sizes, len(answer["Patches"].([]any)))
		for _, title := range pick(answer["Patches"], "Title") {
			titles[title] = true
		}
		if answer["NextToken"] == nil {
			break
		}
		input["NextToken"] = answer["NextToken"]
	}
	require.Equal(t, []int{10, 10, 5}, sizes)
	require.Len(t, titles, 25)
}
