package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestAComplianceEventComesWhenComplianceChanges(t *testing.T) {
	const id = "i-0eeeeeeeeeeeeeee1"
	missing := []awssim.Patch{{Title: "glibc"}}
	scan := func(a *account) { require.NoError(a.t, a.Scan(id)) }
	command := func(operation string) func(*account) {
		return func(a *account) {
			a.Break(awssim.Fault{Kind: awssim.EventsLost, DetailType: awssim.CommandEvent})
			a.send(id, operation)
			later(time.Hour)
		}
	}
	publish := func(a *account) { require.NoError(a.t, a.Publish(id, awssim.Patch{Title: "bash"})) }
	add := func(a *account, i awssim.Instance) error { return a.Add(i) }
	addScanned := func(a *account, i awssim.Instance) error { return a.AddScanned(i) }
	cases := map[string]struct {
		add        func(*account, awssim.Instance) error
		missing    []awssim.Patch
		everyScan  bool
		steps      []func(*account)
		wantEvents []string
	}{
		"a first scan that finds something tells it":         {add, missing, false, []func(*account){scan}, []string{"non_compliant"}},
		"a first scan that finds nothing tells it, too":      {add, nil, false, []func(*account){scan}, []string{"compliant"}},
		"a scan that finds the same again tells nothing":     {add, missing, false, []func(*account){scan, scan, command("Scan")}, []string{"non_compliant"}},
		"one more missing patch is no change of compliance":  {add, missing, false, []func(*account){scan, publish, scan}, []string{"non_compliant"}},
		"an install that mends all is a change":              {add, missing, false, []func(*account){scan, command("Install"), scan}, []string{"non_compliant", "compliant"}},
		"a new patch after that is one again":                {add, missing, false, []func(*account){scan, command("Install"), publish, scan}, []string{"non_compliant", "compliant", "non_compliant"}},
		"every scan may tell what it found":                  {add, missing, true, []func(*account){scan, scan, command("Scan")}, []string{"non_compliant", "non_compliant", "non_compliant"}},
		"what was scanned before anybody listened is silent": {addScanned, missing, false, []func(*account){scan, command("Scan")}, []string{}},
		"and tells of its next change":                       {addScanned, nil, false, []func(*account){scan, publish, scan}, []string{"non_compliant"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t, func(c *awssim.Config) { c.EventEveryScan = test.everyScan })
				require.NoError(t, test.add(a, awssim.Instance{ID: id, Missing: test.missing}))
				require.EqualValues(t, len(test.missing), a.counts(id)["MissingCount"])
				for _, step := range test.steps {
					step(a)
				}
				require.Equal(t, test.wantEvents, a.statuses())
			})
		})
	}
}

func TestAMistakenEventComesWhateverWasTold(t *testing.T) {
	a := open(t)
	require.NoError(t, a.Scan(web))
	require.NoError(t, a.ReportNonCompliance(web))
	require.NoError(t, a.ReportNonCompliance(web))
	require.Equal(t, []string{"non_compliant", "non_compliant", "non_compliant"}, a.statuses())
}

func TestAnInstanceThatWasNeverScannedCannotBeAddedAsScanned(t *testing.T) {
	require.ErrorContains(t, open(t).AddScanned(awssim.Instance{ID: "i-0eeeeeeeeeeeeeee1", NeverScanned: true}), "never scanned")
}
