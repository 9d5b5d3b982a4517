package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

const (
	governed        = "i-0dddddddddddddddd"
	policyOverride  = "s3://aws-quicksetup-patchpolicy-123456789012-q4k2x/baseline_overrides.json"
	policyBaseline  = "pb-0123456789abcdef0"
	defaultBaseline = "pb-0be1ccde3be43f5aa"
)

// govern adds an instance whose policy and default baseline differ in what they miss:
// glibc by both, three others by the policy only, bash by the default baseline only.
func (a *account) govern(override string) {
	glibc := awssim.Patch{Title: "glibc"}
	require.NoError(a.t, a.Add(awssim.Instance{
		ID: governed, Missing: []awssim.Patch{glibc, {Title: "bash"}},
		Policy: &awssim.Policy{
			Override: override, BaselineID: policyBaseline,
			Missing: []awssim.Patch{glibc, {Title: "kernel"}, {Title: "openssl"}, {Title: "curl"}},
		},
	}))
}

// run sends a command with an override, if that is not nil, and waits for its end.
func (a *account) run(operation string, override ...string) string {
	input := patch(governed, operation)
	if override != nil {
		input["Parameters"].(object)["BaselineOverride"] = override
	}
	id := a.call("ssm", "sendCommand", input)["Command"].(object)["CommandId"].(string)
	later(time.Hour)
	require.Equal(a.t, "Success", a.listed(id, governed)["Status"])
	return id
}

func TestARunGoesByTheBaselineOfItsOverride(t *testing.T) {
	const elsewhere = "https://s3.us-east-1.amazonaws.com/aws-quicksetup-patchpolicy-1-other/baseline_overrides.json"
	cases := map[string]struct {
		scan     func(*account)
		baseline string
		missing  int
	}{
		"the policy's own scan":             {func(a *account) { require.NoError(a.t, a.Scan(governed)) }, policyBaseline, 4},
		"a command with its override":       {func(a *account) { a.run("Scan", policyOverride) }, policyBaseline, 4},
		"a command without an override":     {func(a *account) { a.run("Scan") }, defaultBaseline, 2},
		"a command with an empty override":  {func(a *account) { a.run("Scan", "") }, defaultBaseline, 2},
		"a command with another's override": {func(a *account) { a.run("Scan", elsewhere) }, defaultBaseline, 2},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.govern(policyOverride)
				require.Equal(t, policyBaseline, a.counts(governed)["BaselineId"], "the policy has scanned before")
				test.scan(a)
				require.Equal(t, test.baseline, a.counts(governed)["BaselineId"])
				require.EqualValues(t, test.missing, a.counts(governed)["MissingCount"])
				require.Equal(t, test.baseline, a.events[len(a.events)-1].Detail["patch-baseline-id"])
			})
		})
	}
}

func TestAnInstallWithoutTheOverrideInstallsAnotherSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.govern(policyOverride)
		a.run("Install")
		require.EqualValues(t, 2, a.counts(governed)["InstalledCount"])
		require.Equal(t, defaultBaseline, a.counts(governed)["BaselineId"])
		require.NoError(t, a.Scan(governed))
		require.EqualValues(t, 3, a.counts(governed)["MissingCount"], "what only the policy approves should still be missing")

		a.run("Install", policyOverride)
		require.NoError(t, a.Scan(governed))
		require.EqualValues(t, 0, a.counts(governed)["MissingCount"])
		require.EqualValues(t, 5, a.counts(governed)["InstalledCount"])
	})
}

func TestARunWithAnOverrideOfOnesOwnDoesNotReport(t *testing.T) {
	for name, test := range map[string]struct {
		override string
		reports  bool
	}{
		"a bucket of one's own":                         {"s3://my-overrides/a.json", false},
		"a bucket of one's own, by its host":            {"https://my-overrides.s3.eu-west-1.amazonaws.com/aws-quicksetup-patchpolicy-/a.json", false},
		"a bucket of one's own, by its path":            {"https://s3.eu-west-1.amazonaws.com/my-overrides/a.json", false},
		"a bucket that has Quick Setup's name later on": {"s3://my-aws-quicksetup-patchpolicy-1/a.json", false},
		"a bucket of Quick Setup":                       {policyOverride, true},
		"a bucket of Quick Setup, by its host":          {"https://aws-quicksetup-patchpolicy-1-a.s3.eu-west-1.amazonaws.com/a.json", true},
		"a bucket of Quick Setup, by its path":          {"https://s3.eu-west-1.amazonaws.com/aws-quicksetup-patchpolicy-1-a/a.json", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t)
				a.govern(test.override)
				before := a.counts(governed)
				id := a.run("Install", test.override)
				require.Contains(t, a.invocation(id, governed)["StandardOutputContent"], "Operation: Install\nInstalled: 4\n")
				require.Equal(t, test.reports, a.counts(governed)["SnapshotId"] != before["SnapshotId"])
				require.Equal(t, test.reports, a.statuses()[len(a.statuses())-1] == "compliant")
				require.NoError(t, a.Scan(governed))
				require.EqualValues(t, 4, a.counts(governed)["InstalledCount"], "the machine is patched all the same")
			})
		})
	}
}
