package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// BenchmarkPatchDay shows a page on which 200 questions wait: how long until something is
// painted, and from a click on Approve to the decision in the message.
func BenchmarkPatchDay(b *testing.B) {
	chromium := startChromium(b)
	p := open(b, 30)
	p.question()
	require.NoError(b, p.PatchDay())
	asked := func() (n int) {
		for _, ch := range p.Slack.Channels() {
			n += len(p.Slack.Messages(ch.ID))
		}
		return n
	}
	require.Eventually(b, func() bool { return asked() > 200 }, time.Minute, 10*time.Millisecond)
	var paint, click float64
	for b.Loop() {
		tab := visit(b, chromium, p.url, desktop)
		tab.shows("body", "206 instances")
		tab.find("button", "Approve")
		paint += evaluate[float64](tab, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
		tab.click("button", "Approve")
		tab.find("dialog", "…")
		before := strings.Count(evaluate[string](tab, textOf("[role=log]")), "Approved by @ada")
		start := time.Now()
		tab.click("button", "Approve")
		tab.until("one more that is approved", func(ctx context.Context) (bool, error) {
			shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](textOf("[role=log]")))
			return strings.Count(shown, "Approved by @ada") > before, err
		})
		click += float64(time.Since(start).Milliseconds())
		tab.close()
	}
	b.ReportMetric(paint/float64(b.N), "first-paint-ms")
	b.ReportMetric(click/float64(b.N), "click-ms")
}
