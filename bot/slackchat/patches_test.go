package slackchat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// manyPatches has as many patches named as a request keeps, of which some failed the last time.
func manyPatches(c click) click {
	c.Request.Patches, c.Request.Before.Missing = nil, 61
	for i := range 50 {
		p := workflow.Patch{Title: fmt.Sprintf("kernel-6.1.%d", i), KBID: "kernel.x86_64", Classification: "Security", Severity: "Important", State: "Missing"}
		if i%7 == 0 {
			p.State = "Failed"
		}
		for n := range i % 4 {
			p.CVEs = append(p.CVEs, fmt.Sprintf("CVE-2024-%d", 50000+i*10+n))
		}
		c.Request.Patches = append(c.Request.Patches, p)
	}
	return c
}

func TestEveryPageOfAnyPatchesStaysUnderSlacksLimits(t *testing.T) {
	all := states(t)
	rapid.Check(t, func(t *rapid.T) {
		c := click{User: "U0ADA", Request: hugeRequest(all).Draw(t, "request")}
		view := patchesView(aboutAlone(c), rapid.IntRange(-1, 7).Draw(t, "page"))
		openAndUpdate(t, view)
		data, err := json.Marshal(view)
		require.NoError(t, err)
		require.Less(t, len(data), limit.ViewBytes)
		require.NotContains(t, string(data), "<script")
		require.False(t, hasInvisible(string(data)))
	})
}

func TestPatchesOfTwentyCVEsEachAreAllLinked(t *testing.T) {
	c := click{User: "U0ADA", Request: states(t)["asked"]}
	c.Request.Patches = nil
	for i := range 50 {
		p := workflow.Patch{Title: strings.Repeat("&", 1000), KBID: fmt.Sprint("KB", i), Severity: "Critical"}
		for n := range 20 {
			p.CVEs = append(p.CVEs, fmt.Sprintf("CVE-2024-%05d", i*20+n))
		}
		c.Request.Patches = append(c.Request.Patches, p)
	}
	links := 0
	for page := range 5 {
		view := patchesView(aboutAlone(c), page)
		openAndUpdate(t, view)
		data, err := json.Marshal(view)
		require.NoError(t, err)
		links += strings.Count(string(data), "https://nvd.nist.gov/vuln/detail/CVE-2024-")
	}
	require.Equal(t, 1000, links)
}

func TestOnlyACVEIDBecomesALink(t *testing.T) {
	require.Equal(t, "<https://nvd.nist.gov/vuln/detail/CVE-2024-50264|CVE-2024-50264>", cveLink("CVE-2024-50264"))
	for _, id := range []string{"CVE-24-1", "CVE-2024-123", "cve-2024-50264", "CVE-2024-50264|evil>", "CVE-2024-50264/../..", "https://evil.example/CVE-2024-50264", "CVE-2024-50264\n"} {
		require.NotContains(t, cveLink(id), "nvd.nist.gov", id)
		require.NotContains(t, cveLink(id), "<", id)
	}
}
