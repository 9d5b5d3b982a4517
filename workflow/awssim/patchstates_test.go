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

func TestCountsOverlapAsTheAgentCountsThem(t *testing.T) {
	const id = "i-0ccccccccccccccc1"
	linux, windows := awssim.Catalogue(awssim.AmazonLinux2023), awssim.Catalogue(awssim.WindowsServer2022)
	security := awssim.Patch{Title: "glibc", Classification: "Security"}
	bugfix := awssim.Patch{Title: "grep", Classification: "Bugfix", ComplianceLevel: "CRITICAL"}
	cases := map[string]struct {
		instance                  awssim.Instance
		windowsCounts             bool
		critical, security, other int
	}{
		"without levels nothing is critical":          {awssim.Instance{Missing: linux}, false, 0, 5, 1},
		"a critical security patch is in both":        {awssim.Instance{Missing: awssim.WithLevels(linux)}, false, 2, 5, 1},
		"a critical bug fix is critical only":         {awssim.Instance{Missing: []awssim.Patch{bugfix}}, false, 1, 0, 0},
		"another level is not critical":               {awssim.Instance{Missing: []awssim.Patch{{ComplianceLevel: "HIGH"}}}, false, 0, 0, 1},
		"a rejected patch counts where it belongs":    {awssim.Instance{Rejected: []awssim.Patch{security, bugfix}}, false, 1, 1, 0},
		"an installed patch does not count":           {awssim.Instance{Installed: []awssim.Patch{security, bugfix}}, false, 0, 0, 0},
		"Windows' updates are not about security":     {awssim.Instance{Missing: awssim.WithLevels(windows)}, false, 1, 0, 3},
		"Windows' updates may count as security ones": {awssim.Instance{Missing: windows}, true, 0, 2, 2},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			a := open(t, func(c *awssim.Config) { c.WindowsSecurityCounts = test.windowsCounts })
			test.instance.ID = id
			require.NoError(t, a.Add(test.instance))
			counts := a.counts(id)
			require.EqualValues(t, test.critical, counts["CriticalNonCompliantCount"])
			require.EqualValues(t, test.security, counts["SecurityNonCompliantCount"])
			require.EqualValues(t, test.other, counts["OtherNonCompliantCount"])
		})
	}
}

func TestARejectedPatchStaysWhateverIsInstalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const id = "i-0ccccccccccccccc1"
		a := open(t)
		require.NoError(t, a.Add(awssim.Instance{
			ID: id, Rejected: []awssim.Patch{{Title: "telnet"}}, Missing: []awssim.Patch{{Title: "glibc"}},
		}))
		a.send(id, "Install")
		later(time.Hour)
		require.EqualValues(t, 1, a.counts(id)["InstalledRejectedCount"])
		require.EqualValues(t, 1, a.counts(id)["InstalledCount"])
		require.NoError(t, a.Scan(id))
		require.Equal(t, []string{"non_compliant"}, a.statuses()[len(a.statuses())-1:])
	})
}

func TestLevelsAreAddedToACopy(t *testing.T) {
	plain := []awssim.Patch{{Severity: "Critical"}, {Severity: "Critical", ComplianceLevel: "HIGH"}, {Severity: "Low"}}
	leveled := awssim.WithLevels(plain)
	require.Equal(t, []string{"CRITICAL", "HIGH", ""}, []string{leveled[0].ComplianceLevel, leveled[1].ComplianceLevel, leveled[2].ComplianceLevel})
	require.Empty(t, plain[0].ComplianceLevel)
	for _, platform := range []awssim.Platform{awssim.AmazonLinux2023, awssim.Ubuntu2204, awssim.WindowsServer2022} {
		for _, p := range awssim.Catalogue(platform) {
			require.Empty(t, p.ComplianceLevel)
		}
	}
}
