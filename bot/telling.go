package bot

import (
	"slices"

	"github.com/patchbot/patchbot/workflow"
)

// telling is how the thread of a digest tells a line. That of a request alone tells every line
// by itself.
type telling int

const (
	toldAlone    telling = iota // a line for each request
	toldTogether                // one line for all requests to which the same happened
	untold                      // not at all: the digest shows it while it lasts, /patch status always
)

func (e Effect) telling() telling {
	switch e.Line {
	case LineBackedUp, LineOutOfService, LineBefore, LineAfter, LineInService, LineInstalling, LineInstallEnded, LineNodeBack:
		return untold
	case LineDecided, LineApproved, LineChanged, LineOverruled, LineReminded, LineEscalated, LineFrozen, LineEmergency, LineNotStarted, LineExpired, LineHeld, LineWentOn, LineRestStopped, LineScanned, LineStopped, LineEndUnheard:
		return toldTogether
	case LineFailed, LineTriedAgain, LineResumed, LineAskedAnew, LineRollBackAsked, LineReplacing, LineReplaced, LineRolledBack, LineRollBackFailed:
	}
	return toldAlone
}

// merges reports whether an effect is a line that a digest's thread gathers with others' before
// it tells them: a good end, or a reminder.
func (r Request) merges(e Effect) bool {
	return r.Digest != "" && e.Kind == EffectReply && (e.Line == LineScanned && r.Status.well() || e.reminds())
}

// untold reports whether an effect is a line that nobody is told, for it is of a digest's thread,
// or reminds of what waits for nobody any more.
func (r Request) untold(e Effect) bool {
	return e.Kind == EffectReply && (r.Digest != "" && e.telling() == untold || e.reminds() && r.Status != StatusAsked)
}

// withoutUntold takes the lines out that nobody is told.
func (r Request) withoutUntold() Change {
	r.Effects = slices.DeleteFunc(slices.Clone(r.Effects), r.untold)
	return r.with()
}

// pendingLines are replies, by the id of their request.
type pendingLines map[string]Effect

// nextLine is the line that a message's thread is to get next, and the replies that it
// performs: of a request alone its first one, of a digest the oldest one, with those of the
// other requests to which the same happened. What is gathered comes after what is not. No
// replies: there is none.
func nextLine(m Message) (Line, pendingLines) {
	of, first := -1, Effect{}
	for i, r := range m.Requests {
		if next, ok := r.nextReply(); ok && (of < 0 || before(r, next, m.Requests[of], first)) {
			of, first = i, next
		}
	}
	if of < 0 {
		return Line{}, nil
	}
	line, told := first.line(), pendingLines{}
	for i, r := range m.Requests {
		if next, ok := r.nextReply(); ok && (i == of || sameNews(m.Requests[of], first, r, next)) {
			line.Requests, told[r.ID] = append(line.Requests, r), next
		} else if first.reminds() && m.Requests[of].remindedWith(r) {
			line.Requests = append(line.Requests, r)
		}
	}
	return line, told
}

// before reports whether a request's line is to be told before another's.
func before(a Request, lineA Effect, b Request, lineB Effect) bool {
	if merges := a.merges(lineA); merges != b.merges(lineB) {
		return !merges
	}
	return lineA.Since.Before(lineB.Since)
}

// nextReply is the first of a request's lines that is to be told: they keep their order.
func (r Request) nextReply() (Effect, bool) {
	i := slices.IndexFunc(r.Effects, func(e Effect) bool { return e.Kind == EffectReply && !r.untold(e) })
	if i < 0 {
		return Effect{}, false
	}
	return r.Effects[i], true
}

// sameNews reports whether two requests' lines are told as one.
func sameNews(a Request, lineA Effect, b Request, lineB Effect) bool {
	alone := lineA.telling() == toldAlone || lineA.Line == LineScanned && !a.Status.well()
	return !alone && lineA.Line == lineB.Line && lineA.Text == "" && lineB.Text == "" && a.Status.well() == b.Status.well() && (lineA.Line != LineApproved || sameApprovals(a, b)) &&
		sameDecision(a.Decision, b.Decision) && sameDecision(a.Overruled, b.Overruled)
}

func sameDecision(a, b *workflow.Decision) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Verdict == b.Verdict && a.By == b.By && a.Reason == b.Reason && a.Until.Equal(b.Until) && sameGiven(a.Approvals, b.Approvals) && a.Emergency == b.Emergency
}
