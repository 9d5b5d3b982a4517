package wiring

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestAMetricIsOneLineInTheEmbeddedMetricFormat(t *testing.T) {
	for name, c := range map[string]struct {
		metric bot.Metric
		want   string
	}{
		"a decision has its verdict as dimension": {
			bot.Metric{Name: bot.MetricDecisions, Value: 1, Unit: "Count", Verdict: "approved"},
			`{"_aws": {"Timestamp": 1795428000123, "CloudWatchMetrics": [{"Namespace": "patchbot",
				"Dimensions": [["Verdict"]], "Metrics": [{"Name": "Decisions", "Unit": "Count"}]}]},
				"Verdict": "approved", "Decisions": 1}`,
		},
		"every other metric has none": {
			bot.Metric{Name: bot.MetricSecondsToDecision, Value: 12.5, Unit: "Seconds"},
			`{"_aws": {"Timestamp": 1795428000123, "CloudWatchMetrics": [{"Namespace": "patchbot",
				"Dimensions": [[]], "Metrics": [{"Name": "SecondsToDecision", "Unit": "Seconds"}]}]},
				"SecondsToDecision": 12.5}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			now := func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.UTC) }
			measureTo(&out, now)(c.metric)
			require.JSONEq(t, c.want, out.String())
			require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("\n")))
			require.True(t, bytes.HasSuffix(out.Bytes(), []byte("\n")))
		})
	}
}

func TestAValueThatIsNoNumberIsNotMeasured(t *testing.T) {
	var out bytes.Buffer
	measureTo(&out, time.Now)(bot.Metric{Name: "Requests", Value: math.NaN(), Unit: "Count"})
	require.Empty(t, out.String())
}
