package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkPatchDay shows a page on which 200 questions wait: how long until something is
// painted, and from a click on Approve to the decision in the message.
func BenchmarkPatchDay(b *testing.B) {
	chromium := startChromium(b)
	p := open(b, 30)
	p.question()
	require.NoError(b, p.PatchDay())
	for deadline := time.Now().Add(time.Minute); ; {
		asked := 0
		for _, ch := range p.Slack.Channels() {
			asked += len(p.Slack.Messages(ch.ID))
		}
		if asked > 200 {
			break
		}
		require.True(b, time.Now().Before(deadline), "only %d were asked", asked)
	}
	var paint, click float64
	for b.Loop() {
		tab := visit(b, chromium, p.url, desktop)
		tab.shows("body", "206 instances")
		tab.find("button", "Approve")
		paint += evaluate[float64](tab, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
		tab.click("button", "Approve")
		tab.find("dialog", "…")
		before := time.Now()
		tab.click("button", "Approve")
		tab.shows("[role=log]", "Approved by @ada")
		click += float64(time.Since(before).Milliseconds())
		tab.close()
	}
	b.ReportMetric(paint/float64(b.N), "first-paint-ms")
	b.ReportMetric(click/float64(b.N), "click-ms")
}
