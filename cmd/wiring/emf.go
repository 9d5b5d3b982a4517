package wiring

import (
	"encoding/json"
	"io"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// namespace is where CloudWatch lists patchbot's metrics.
const namespace = "patchbot"

// emf is the metadata of CloudWatch's embedded metric format: it says which members of
// the line are metrics and dimensions.
type emf struct {
	Timestamp         int64          // milliseconds since 1970
	CloudWatchMetrics []emfDirective // always one here
}

type emfDirective struct {
	Namespace  string
	Dimensions [][]string // sets of names; one empty set: no dimension
	Metrics    []emfMetric
}

type emfMetric struct{ Name, Unit string }

// measureTo returns a bot.Bot's Measure that writes each metric as one line in the
// embedded metric format. CloudWatch makes a metric of every such line that a function
// prints.
func measureTo(w io.Writer, now func() time.Time) func(bot.Metric) {
	return func(m bot.Metric) {
		dimensions := []string{}
		line := map[string]any{m.Name: m.Value}
		if m.Verdict != "" {
			dimensions = append(dimensions, "Verdict")
			line["Verdict"] = m.Verdict
		}
		line["_aws"] = emf{Timestamp: now().UnixMilli(), CloudWatchMetrics: []emfDirective{{
			Namespace: namespace, Dimensions: [][]string{dimensions}, Metrics: []emfMetric{{m.Name, m.Unit}},
		}}}
		data, err := json.Marshal(line)
		if err != nil {
			return // only a value that is no number has no JSON
		}
		_, _ = w.Write(append(data, '\n')) // a lost metric must not stop a decision
	}
}
