package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachChangeIsMeasuredOnce(t *testing.T) {
	saved := func(r Request) Request { r.Version++; return r }
	first := askedRequest()
	require.Equal(t, []Metric{countMetric(MetricRequests)}, metricsOf(Request{}, saved(first)))

	first = saved(first)
	yes := approvedRequest()
	require.Equal(t, []Metric{
		{Name: MetricDecisions, Value: 1, Unit: "Count", Verdict: "approved"},
		{Name: MetricSecondsToDecision, Value: 120, Unit: "Seconds"},
	}, metricsOf(first, saved(yes)))

	scanning := saved(tell(yes, 3, patchStarted, patchFinished, scanStarted))
	end := saved(tell(scanning, 12, compliant))
	require.Equal(t, []Metric{{Name: MetricSecondsToPatched, Value: 600, Unit: "Seconds"}}, metricsOf(scanning, end))
	require.Empty(t, metricsOf(end, saved(end)))
}
