package demo

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot/slacksim"
)

// screen prints the conversation to a terminal as it happens.
type screen struct {
	mu        sync.Mutex
	out       io.Writer
	workspace *slacksim.Workspace
}

func newScreen(out io.Writer, w *slacksim.Workspace) *screen {
	return &screen{out: out, workspace: w}
}

// note prints a line about what happens outside of Slack.
func (s *screen) note(format string, args ...any) {
	s.print("· " + fmt.Sprintf(format, args...))
}

// show prints a change in Slack: a message in a frame, a reply behind an arrow.
func (s *screen) show(c slacksim.Change) {
	m := c.Message
	text := s.read(m)
	switch {
	case c.Kind != slacksim.Posted && c.Kind != slacksim.Updated:
		return
	case m.Ephemeral != "":
		s.print(frame("only visible to "+s.workspace.Name(m.Ephemeral), text))
	case m.ThreadTS != "":
		s.print("  ↳ " + strings.ReplaceAll(text, "\n", "\n    "))
	case c.Kind == slacksim.Updated:
		s.print(frame(s.workspace.Name(m.Channel)+" · the message changes to", s.news(m, text)))
	default:
		s.print(frame(s.workspace.Name(m.Channel)+" · @patchbot", text))
	}
}

// read renders a message for the person at the terminal.
func (s *screen) read(m slacksim.Message) string {
	return slacksim.PlainText(m, slacksim.Reader{Name: s.workspace.Name, Location: time.Local, Now: time.Now(), Clock24: true})
}

// news is the headline of an updated message and the lines that it did not have before.
func (s *screen) news(m slacksim.Message, text string) string {
	before := m
	if n := len(m.History); n > 0 {
		before.Text, before.Blocks = m.History[n-1].Text, m.History[n-1].Blocks
	}
	old := strings.Split(s.read(before), "\n")
	var lines []string
	for i, line := range strings.Split(text, "\n") {
		if i == 0 || !slices.Contains(old, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintln(s.out, text)
}

// frame puts a title above a text and a bar before each of its lines.
func frame(title, text string) string {
	return "┌ " + title + "\n│ " + strings.ReplaceAll(text, "\n", "\n│ ") + "\n└"
}
