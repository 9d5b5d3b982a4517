package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachChangeIsMeasuredOnce(t *testing.T) {
	saved := func(r Request) Request { r.Version++; return r }
	first := askedRequest()
	require.Equal(t, []Metric{countMetric(MetricRequests)}, measure(Request{}, saved(first)))

	first = saved(first)
	yes := approvedRequest()
	require.Equal(t, []Metric{
		{Name: MetricDecisions, Value: 1, Unit: "Count", Verdict: "approved"},
		{Name: MetricSecondsToDecision, Value: 120, Unit: "Seconds"},
	}, measure(first, saved(yes)))

	scanning := saved(tell(yes, 3, patchStarted, patchFinished, scanStarted))
	end := saved(tell(scanning, 12, compliant))
	require.Equal(t, []Metric{{Name: MetricSecondsToPatched, Value: 600, Unit: "Seconds"}}, measure(scanning, end))
	require.Empty(t, measure(end, saved(end)))
}
