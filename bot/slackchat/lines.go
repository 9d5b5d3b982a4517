package slackchat

import "strings"

// answerBytes bounds an answer: Slack advises at most 4,000 characters for a text, and bytes
// are never fewer.
const answerBytes = 4000

// lines are those of an answer, as many as fit.
type lines struct {
	text []string
	room int // bytes
}

// linesWithin has lines fit into an answer in which some bytes are kept free for its end.
func linesWithin(kept int) *lines { return &lines{room: answerBytes - kept} }

// fit adds all of these lines, or none.
func (l *lines) fit(more ...string) bool {
	bytes := 0
	for _, line := range more {
		bytes += len(line) + 1
	}
	if bytes > l.room {
		return false
	}
	l.text, l.room = append(l.text, more...), l.room-bytes
	return true
}

func (l *lines) String() string { return strings.Join(l.text, "\n") }
