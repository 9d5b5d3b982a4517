package awssim

import "time"

// stamp writes a time as Step Functions shows one from an SDK integration: RFC
// 3339 in UTC, with milliseconds where there are any. The zero time is the epoch,
// as in the InstalledTime of a missing patch.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.Format(time.RFC3339)
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

// optionalStamp is stamp for a member that is absent while there is no time.
func optionalStamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}
