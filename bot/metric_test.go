package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestEachChangeIsMeasuredOnce(t *testing.T) {
	first := askedRequest()
	require.Equal(t, []Metric{countMetric(MetricRequests)}, metricsOf(Request{}, saved(first), nil))

	first = saved(first)
	yes := approvedRequest()
	require.Equal(t, []Metric{
		{Name: MetricDecisions, Value: 1, Unit: "Count", Verdict: "approved"},
		{Name: MetricSecondsToDecision, Value: 120, Unit: "Seconds"},
	}, metricsOf(first, saved(yes), nil))

	scanning := saved(tell(yes, 3, patchStarted, patchFinished, scanStarted))
	end := saved(tell(scanning, 12, compliant))
	require.Equal(t, []Metric{{Name: MetricSecondsToPatched, Value: 600, Unit: "Seconds"}}, metricsOf(scanning, end, nil))
	require.Empty(t, metricsOf(end, saved(end), nil))
}

func TestADecisionThatNobodyMadeHereIsMeasured(t *testing.T) {
	asked, operator := saved(askedRequest()), &workflow.Decision{Verdict: workflow.Approved}
	running := workflow.ExecutionStatus{ExecutionARN: testExecution, Status: "RUNNING", Past: &workflow.Past{Known: true, Decision: operator}}
	c := Observe(asked, running, at(3))
	require.Contains(t, metricsOf(asked, saved(c.Request), c.Audit), countMetric(MetricDecidedElsewhere))
	require.NotContains(t, metricsOf(asked, saved(approvedRequest()), Decide(asked, ada, approve, at(2)).Audit), countMetric(MetricDecidedElsewhere))
}

func TestWhatFailsForLongIsMeasuredAsStuck(t *testing.T) {
	require.NotContains(t, metricsOfRetry(Effect{Tries: stuckTries - 1}), countMetric(MetricEffectsStuck))
	require.Equal(t, []Metric{countMetric(MetricEffectRetries), countMetric(MetricEffectsStuck)}, metricsOfRetry(Effect{Tries: stuckTries}))

	failing, now := OutboxOf(look), at(0)
	for range stuckTries { // as a sweep does, a minute later each time at the latest
		failing.postpone(failing.Effects[0], now)
		now = failing.Effects[0].NotBefore.Add(time.Minute)
	}
	require.InDelta(t, time.Hour, now.Sub(at(0)), float64(20*time.Minute))
}

func saved(r Request) Request {
	r.Version++
	return r
}
