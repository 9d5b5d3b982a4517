package local_test

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/patchbot/patchbot/bot/slacksim"
)

// Sizes in pixels of the drawing.
const (
	width      = 560 // of one panel
	indent     = 64  // where text begins, right of the avatar
	lineHeight = 21
	columns    = 68 // characters that fit a line
)

// panel is a part of a Slack window, drawn from top to bottom.
type panel struct {
	read slacksim.Reader
	svg  strings.Builder
	y    int
}

func newPanel(read slacksim.Reader) *panel { return &panel{read: read, y: 20} }

// message draws the bot's message from its blocks.
func (p *panel) message(blocks json.RawMessage, caption string) error {
	var parsed []struct {
		Type     string
		Text     struct{ Text string }
		Elements []struct {
			Text  json.RawMessage
			Style string
		}
	}
	if err := json.Unmarshal(blocks, &parsed); err != nil {
		return fmt.Errorf("read blocks: %w", err)
	}
	p.author(caption)
	for _, b := range parsed {
		switch b.Type {
		case "header":
			p.y += 6
			p.line(b.Text.Text, "header")
		case "section":
			p.paragraph(p.read.Mrkdwn(b.Text.Text), "text")
		case "context":
			var text string
			if err := json.Unmarshal(b.Elements[0].Text, &text); err != nil {
				return fmt.Errorf("read context: %w", err)
			}
			p.paragraph(p.read.Mrkdwn(text), "context")
		case "actions":
			x := indent
			for _, e := range b.Elements {
				var label struct{ Text string }
				if err := json.Unmarshal(e.Text, &label); err != nil {
					return fmt.Errorf("read button: %w", err)
				}
				x += p.button(x, label.Text, e.Style)
			}
			p.y += 44
		}
	}
	return nil
}

func (p *panel) author(caption string) {
	fmt.Fprintf(&p.svg, `<rect x="16" y="%d" width="36" height="36" rx="8" fill="#1f3a5f"/><text x="34" y="%d" text-anchor="middle" font-size="20">🩹</text>`, p.y, p.y+25)
	fmt.Fprintf(&p.svg, `<text x="%d" y="%d"><tspan class="header">patchbot</tspan><tspan class="context" dx="8">APP · %s</tspan></text>`, indent, p.y+15, html.EscapeString(caption))
	p.y += 18
}

// thread draws replies under a line that counts them.
func (p *panel) thread(replies []slacksim.Message) {
	p.y += 16
	fmt.Fprintf(&p.svg, `<text x="%d" y="%d" class="link">%d replies</text>`, indent, p.y+8, len(replies))
	p.y += 16
	top := p.y
	for _, r := range replies {
		p.paragraph(slacksim.PlainText(r, p.read), "text")
	}
	fmt.Fprintf(&p.svg, `<rect x="%d" y="%d" width="3" height="%d" fill="#ddd"/>`, indent-14, top+6, p.y-top)
}

func (p *panel) button(x int, label, style string) int {
	fill, ink := map[string]string{"primary": "#007a5a", "danger": "#e01e5a"}[style], "#fff"
	w := 26 + 9*utf8.RuneCountInString(label)
	fmt.Fprintf(&p.svg, `<rect x="%d" y="%d" width="%d" height="32" rx="5" fill="%s"/><text x="%d" y="%d" text-anchor="middle" class="button" fill="%s">%s</text>`,
		x, p.y+8, w, fill, x+w/2, p.y+29, ink, html.EscapeString(label))
	return w + 10
}

func (p *panel) paragraph(text, class string) {
	for _, line := range strings.Split(text, "\n") {
		for _, part := range wrap(line) {
			p.line(part, class)
		}
	}
	p.y += 5
}

func (p *panel) line(text, class string) {
	p.y += lineHeight
	fmt.Fprintf(&p.svg, `<text x="%d" y="%d" class="%s">%s</text>`, indent, p.y, class, marks(text))
}

var (
	bold = regexp.MustCompile(`\*([^*]+)\*`)
	code = regexp.MustCompile("`([^`]+)`")
)

// marks turns Slack's *bold* and `code` into spans.
func marks(text string) string {
	text = html.EscapeString(text)
	text = bold.ReplaceAllString(text, `<tspan class="bold">$1</tspan>`)
	return code.ReplaceAllString(text, `<tspan class="code">$1</tspan>`)
}

func wrap(line string) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(line) {
		if current != "" && utf8.RuneCountInString(current+" "+word) > columns {
			lines = append(lines, current)
			current = ""
		}
		current = strings.TrimSpace(current + " " + word)
	}
	return append(lines, current)
}

// sideBySide puts two panels on one white card.
func sideBySide(left, right *panel) string {
	height := max(left.y, right.y) + 24
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="patchbot asks in Slack, and the same message after the approval">
<style>text{font-family:Lato,"Helvetica Neue",Arial,sans-serif;font-size:14px;fill:#1d1c1d}.header{font-weight:700;font-size:16px}.context{font-size:12px;fill:#616061}.bold{font-weight:700}.code{font-family:Menlo,Consolas,monospace;font-size:12px;fill:#c0134e}.link{fill:#1264a3;font-weight:700;font-size:13px}text.button{fill:#fff;font-weight:700}</style>
<rect width="%d" height="%d" rx="10" fill="#fff" stroke="#ddd"/>
<g>%s</g>
<g transform="translate(%d 0)"><rect y="16" width="1" height="%d" fill="#ddd"/>%s</g>
</svg>
`, 2*width, height, 2*width, height, 2*width, height, left.svg.String(), width, height-32, right.svg.String())
}
