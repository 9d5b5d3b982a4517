package awssim

import (
	"strings"
	"time"
)

// bucket is a token bucket: it refills by rate a second and holds one second's worth.
type bucket struct {
	tokens float64
	last   time.Time
}

// take reports whether a token was left at this moment, and uses it.
func (b *bucket) take(rate float64, now time.Time) bool {
	if b.last.IsZero() {
		b.tokens, b.last = rate, now
	}
	b.tokens = min(rate, b.tokens+now.Sub(b.last).Seconds()*rate)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// throttled reports whether the call comes too soon after others. All of Systems
// Manager's calls that describe or list share one bucket: AWS publishes neither the
// rates nor whether they are shared.
func (f *Fleet) throttled(name string) bool {
	rate := float64(f.config.DescribesPerSecond)
	counts := strings.HasPrefix(name, "ssm:describe") || strings.HasPrefix(name, "ssm:list")
	return rate > 0 && counts && !f.describes.take(rate, f.now())
}

// throttling is a service's refusal of too many calls. ErrorEquals sees errorName, or
// the service's usual one if that is empty.
func throttling(service, errorName string) *APIError {
	refusal := ssmError("ThrottlingException", "Rate exceeded")
	if service == "ec2" {
		refusal = &APIError{Service: "ec2", Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: 503}
	}
	refusal.name = errorName
	return refusal
}
