package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// BenchmarkPatchDay shows a page on which 201 questions wait, in eight messages: how long until
// something is painted, and from a click on "Approve all" to the decision in the message. Ada may
// decide six of the messages, so there are six rounds at most.
func BenchmarkPatchDay(b *testing.B) {
	chromium := startChromium(b)
	p := open(b, 30)
	p.question()
	p.patchDay()
	var paint, click float64
	for b.Loop() {
		tab := visit(b, chromium, p.url, desktop)
		tab.shows("body", "206 instances")
		tab.find("button", "Approve all")
		paint += evaluate[float64](tab, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
		tab.click("button", "Approve all")
		tab.find("dialog", "…")
		before := strings.Count(evaluate[string](tab, textOf("[role=log]")), "Approved by @ada")
		start := time.Now()
		tab.click("button", "Approve all")
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
