// Package since reads a flag that says from when on something is told.
package since

import (
	"fmt"
	"time"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// Since is a span before now, or a time. Its zero value is now.
type Since struct {
	ago time.Duration
	at  time.Time
}

// UnmarshalText reads e.g. "720h", "2026-11-01", which begins in UTC, or "2026-11-01T08:00:00Z".
func (s *Since) UnmarshalText(text []byte) error {
	if ago, err := time.ParseDuration(string(text)); err == nil && ago > 0 {
		*s = Since{ago: ago}
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			*s = Since{at: at}
			return nil
		}
	}
	return fmt.Errorf("expected hours such as 720h, a day such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z, but got %q", text)
}

// Before is the time that is meant. One in the future is a terminal.UsageError.
func (s Since) Before(now time.Time) (time.Time, error) {
	if s.at.IsZero() {
		return now.Add(-s.ago), nil
	}
	if s.at.After(now) {
		return time.Time{}, terminal.UsageError(fmt.Sprintf("--since is %s, expected a time that is over", s.at.UTC().Format(time.RFC3339)))
	}
	return s.at, nil
}
