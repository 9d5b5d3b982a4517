package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestTheCountsOfARunComeLate(t *testing.T) {
	cases := map[string]struct {
		visibleAfter, late time.Duration // after the run's end
		fault              awssim.Fault
	}{
		"by default":      {late: 2 * time.Second},
		"by the settings": {visibleAfter: 7 * time.Second, late: 7 * time.Second},
		"by a fault": {
			late:  32 * time.Second,
			fault: awssim.Fault{Kind: awssim.StatesStale, Instance: web, For: 30 * time.Second},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := open(t, func(c *awssim.Config) { c.StatesVisibleAfter = test.visibleAfter })
				a.Break(test.fault)
				command := a.send(web, "Install")
				later(2*time.Second + 3*time.Minute + 45*time.Second)
				require.Equal(t, "Success", a.listed(command, web)["Status"])
				later(test.late - time.Millisecond)
				before := a.counts(web)
				require.Equal(t, "Scan", before["Operation"])
				require.EqualValues(t, 6, before["MissingCount"])
				later(time.Millisecond)
				after := a.counts(web)
				require.Equal(t, "Install", after["Operation"])
				require.Equal(t, "2000-01-01T00:00:02Z", after["OperationStartTime"])
				require.Equal(t, "2000-01-01T00:03:47Z", after["OperationEndTime"])
				require.EqualValues(t, 6, after["InstalledCount"])
				require.NotEqual(t, before["SnapshotId"], after["SnapshotId"])
			})
		})
	}
}

func TestAFirstScanByCommandIsNotThereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const fresh = "i-0ffffffffffffffff"
		a := open(t, func(c *awssim.Config) { c.StatesVisibleAfter = 0 })
		require.NoError(t, a.Add(awssim.Instance{ID: fresh, NeverScanned: true}))
		a.send(fresh, "Scan")
		later(23 * time.Second)
		states := object{"InstanceIds": []string{fresh}}
		require.Empty(t, a.call("ssm", "describeInstancePatchStates", states)["InstancePatchStates"])
		later(time.Second)
		require.Equal(t, "Scan", a.counts(fresh)["Operation"])
	})
}

func TestAPolicysOwnScanIsThereAtOnceUnlessStatesAreStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, func(c *awssim.Config) { c.StatesVisibleAfter = 0 })
		require.NoError(t, a.Publish(web, awssim.Patch{Title: "one more"}))
		require.NoError(t, a.Scan(web))
		require.EqualValues(t, 7, a.counts(web)["MissingCount"])

		a.Break(awssim.Fault{Kind: awssim.StatesStale})
		require.NoError(t, a.Publish(web, awssim.Patch{Title: "yet one more"}))
		require.NoError(t, a.Scan(web))
		later(time.Hour)
		require.EqualValues(t, 7, a.counts(web)["MissingCount"])
		a.Heal("")
		require.EqualValues(t, 8, a.counts(web)["MissingCount"])
	})
}
