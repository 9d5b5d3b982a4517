package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Report counts how the requests of one owner, or of all, went. Rehearsals are in none of its
// counts, and what failed before anybody was asked only in Failed.
type Report struct {
	Owner       string // as the newest request spells it; empty where no owner is known, and for all
	Asked       int
	Answered    int           // by a person, in time
	Median      time.Duration // from the question to the decision, of those that were answered
	Overdue     int           // nobody has decided, and the time to is over
	UpToDate    int           // nothing is missing any more
	Failed      int           // the machine could not go on, or could not roll back
	Missing     int           // patches are still missing after the install
	Expired     int           // nobody decided in time
	Rejected    int
	Stopped     int // somebody stopped the execution
	NotStarted  int // approved, but not begun
	Emergencies int // approved to go through a freeze
	// RolledBack are those whose instance was taken back to before the install.
	RolledBack int
	Open       int // more is to come, the overdue ones included

	waits []time.Duration
}

// Reports counts requests by owner, those who were asked most first, and all of them together.
// Owners' names are compared without case, as everywhere.
func Reports(requests []Summary, now time.Time) (owners []Report, all Report) {
	byOwner := map[string]*Report{}
	for _, s := range requests {
		key := strings.ToLower(s.Owner)
		if byOwner[key] == nil {
			byOwner[key] = &Report{}
		}
		byOwner[key].Owner = s.Owner
		byOwner[key].count(s, now)
		all.count(s, now)
	}
	for _, r := range byOwner {
		if r.total() > 0 {
			owners = append(owners, r.finished())
		}
	}
	slices.SortFunc(owners, func(a, b Report) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), strings.Compare(a.Owner, b.Owner))
	})
	return owners, all.finished()
}

// total is how many requests a report speaks of.
func (r Report) total() int {
	return r.Open + r.UpToDate + r.Failed + r.Missing + r.Expired + r.Rejected + r.NotStarted + r.Stopped + r.RolledBack
}

func (r *Report) count(s Summary, now time.Time) {
	if s.Rehearsal {
		return
	}
	if !s.AnswerBy.IsZero() {
		r.Asked++
	}
	if !s.DecidedAt.IsZero() && s.Status != StatusExpired {
		r.Answered++
		r.waits = append(r.waits, max(0, s.DecidedAt.Sub(s.CreatedAt)))
	}
	if s.Emergency {
		r.Emergencies++
	}
	if s.Overdue(now) {
		r.Overdue++
	}
	switch s.Status {
	case StatusAsked, StatusScheduled, StatusApproved, StatusFrozen, StatusQueued, StatusBackingUp, StatusPatching, StatusScanning, StatusRollingBack:
		r.Open++
	case StatusCompliant:
		r.UpToDate++
	case StatusFailed, StatusRollBackFailed:
		r.Failed++
	case StatusNonCompliant:
		r.Missing++
	case StatusExpired:
		r.Expired++
	case StatusRejected:
		r.Rejected++
	case StatusNotStarted:
		r.NotStarted++
	case StatusStopped:
		r.Stopped++
	case StatusRolledBack:
		r.RolledBack++
	case StatusRehearsed:
	}
}

// finished is the report with its median: of an even number the mean of the two in the middle.
func (r Report) finished() Report {
	slices.Sort(r.waits)
	if n := len(r.waits); n > 0 {
		r.Median = (r.waits[(n-1)/2] + r.waits[n/2]) / 2
	}
	r.waits = nil
	return r
}
