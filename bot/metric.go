package bot

import (
	"slices"
	"time"
)

// Metric is one measurement for the platform team.
type Metric struct {
	Name    string  // e.g. "Decisions"
	Value   float64 // in Unit
	Unit    string  // "Count" or "Seconds"
	Verdict string  // the dimension of Decisions, else empty
}

// Names of the metrics.
const (
	MetricRequests          = "Requests"          // requests opened
	MetricDecisions         = "Decisions"         // by verdict
	MetricSecondsToDecision = "SecondsToDecision" // from the question to the decision
	MetricSecondsToPatched  = "SecondsToPatched"  // from the decision, or the time that it was scheduled for, to a compliant scan
	MetricChatErrors        = "SlackErrors"       // what the chat refused
	MetricEffectRetries     = "EffectRetries"     // effects that will be tried again
	MetricEffectsStuck      = "EffectsStuck"      // tries of effects that have failed stuckTries times, for about an hour
	MetricSignalErrors      = "SignalErrors"      // channels whose writer could not be woken
	MetricDecidedElsewhere  = "DecidedElsewhere"  // decisions that an execution took and nobody made here
)

// stuckTries is after how many tries an effect that still fails needs somebody to look at it.
const stuckTries = 10

// metricsOfRetry count an effect that has failed once more.
func metricsOfRetry(e Effect) []Metric {
	metrics := []Metric{countMetric(MetricEffectRetries)}
	if e.Tries >= stuckTries {
		metrics = append(metrics, countMetric(MetricEffectsStuck))
	}
	return metrics
}

func countMetric(name string) Metric { return Metric{Name: name, Value: 1, Unit: "Count"} }

func secondsMetric(name string, d time.Duration) Metric {
	return Metric{Name: name, Value: d.Seconds(), Unit: "Seconds"}
}

// metricsOf says what a saved change is worth counting.
func metricsOf(before, after Request, audit []AuditEntry) []Metric {
	var metrics []Metric
	if slices.ContainsFunc(audit, func(e AuditEntry) bool { return e.Actor == ActorExecution }) {
		metrics = append(metrics, countMetric(MetricDecidedElsewhere))
	}
	if before.Version == 0 {
		metrics = append(metrics, countMetric(MetricRequests))
	}
	if d := after.Decision; before.Decision == nil && d != nil {
		decisions := countMetric(MetricDecisions)
		decisions.Verdict = string(d.Verdict)
		metrics = append(metrics, decisions, secondsMetric(MetricSecondsToDecision, d.At.Sub(after.CreatedAt)))
	}
	if before.Status != StatusCompliant && after.Status == StatusCompliant && after.Decision != nil {
		metrics = append(metrics, secondsMetric(MetricSecondsToPatched, after.EndedAt.Sub(after.Decision.Begins())))
	}
	return metrics
}

func (b *Bot) report(metrics ...Metric) {
	if b.Measure == nil {
		return
	}
	for _, m := range metrics {
		b.Measure(m)
	}
}
