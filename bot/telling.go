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
	case LineBackedUp, LineInstalling, LineInstallEnded:
		return untold
	case LineDecided, LineOverruled, LineExpired, LineScanned, LineStopped, LineEndUnheard:
		return toldTogether
	case LineFailed, LineResumed, LineAskedAnew:
	}
	return toldAlone
}

// merges reports whether an effect is a line that a digest's thread gathers with others' before
// it tells them: a good end.
func (r Request) merges(e Effect) bool {
	return r.Digest != "" && e.Kind == EffectReply && e.Line == LineScanned && r.Status.well()
}

// untold reports whether an effect is a line that nobody is told, for it is of a digest's thread.
func (r Request) untold(e Effect) bool {
	return r.Digest != "" && e.Kind == EffectReply && e.telling() == untold
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
// other requests to which the same happened. No replies: there is none.
func nextLine(m Message) (Line, pendingLines) {
	var first Request
	var oldest Effect
	for _, r := range m.Requests {
		for _, e := range r.replies() {
			if oldest.Seq == 0 || e.Since.Before(oldest.Since) {
				first, oldest = r, e
			}
			break // a request's lines keep their order
		}
	}
	if oldest.Seq == 0 {
		return Line{}, nil
	}
	line, told := oldest.line(), pendingLines{}
	for _, r := range m.Requests {
		if next := r.replies(); len(next) > 0 && (r.ID == first.ID || sameNews(first, oldest, r, next[0])) {
			line.Requests, told[r.ID] = append(line.Requests, r), next[0]
		}
	}
	return line, told
}

// replies are a request's lines that are to be told, in order.
func (r Request) replies() []Effect {
	return slices.DeleteFunc(r.lines(), r.untold)
}

// sameNews reports whether two requests' lines are told as one.
func sameNews(a Request, lineA Effect, b Request, lineB Effect) bool {
	alone := lineA.telling() == toldAlone || lineA.Line == LineScanned && !a.Status.well()
	return !alone && lineA.Line == lineB.Line && lineA.Text == "" && lineB.Text == "" && a.Status.well() == b.Status.well() &&
		sameDecision(a.Decision, b.Decision) && sameDecision(a.Overruled, b.Overruled)
}

func sameDecision(a, b *workflow.Decision) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Verdict == b.Verdict && a.By == b.By && a.Reason == b.Reason
}
