package slacksim

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Reader is the person before a terminal that messages are rendered for.
type Reader struct {
	// Name resolves the id of a user, channel or user group, e.g. to "@ada" or
	// "#ops"; an empty answer shows the id. Workspace.Name is one.
	Name     func(id string) string
	Location *time.Location // of dates; nil means UTC
	Now      time.Time      // what "today" and "3 minutes ago" refer to
	Clock24  bool           // 14:02 instead of 2:02 PM
}

// Name shows the id of a user as "@ada", of a channel as "#ops", of a user
// group as "@oncall"; it is empty for an id that is not known.
func (w *Workspace) Name(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u, ok := w.users[id]; ok {
		return "@" + u.DisplayName
	}
	if ch, ok := w.channels[id]; ok && ch.DirectWith == "" {
		return "#" + ch.Name
	}
	if g, ok := w.groups[id]; ok {
		return "@" + g.Handle
	}
	return ""
}

// PlainText renders a message for a terminal, as lines without a final newline:
// its blocks, or its text when it has none. Buttons look like [Approve].
// References, links and dates are resolved for the reader; the marks of *bold*,
// _italic_ and `code` stay, since they read well enough.
func PlainText(m Message, r Reader) string {
	blocks, _ := parseBlocks(m.Blocks)
	if len(blocks) == 0 {
		return r.Mrkdwn(m.Text)
	}
	return r.blocks(blocks)
}

// PlainView renders a modal or App Home for a terminal: its title, its blocks,
// and below them the buttons of a modal.
func PlainView(v View, r Reader) string {
	blocks, _ := parseBlocks(v.Blocks)
	lines := []string{}
	if v.Title.Text != "" {
		lines = append(lines, v.Title.Text)
	}
	if body := r.blocks(blocks); body != "" {
		lines = append(lines, body)
	}
	if v.Type == "modal" {
		end := "[" + cmp.Or(v.Close.Text, "Cancel") + "]"
		if v.Submit.Text != "" {
			end += "  [" + v.Submit.Text + "]"
		}
		lines = append(lines, end)
	}
	return strings.Join(lines, "\n")
}

func (r Reader) blocks(blocks []any) string {
	var lines []string
	for _, v := range blocks {
		block, _ := v.(object)
		if text := r.block(block); text != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// block renders one block; it is empty for a block that has nothing to read.
func (r Reader) block(b object) string {
	switch stringOf(b["type"]) {
	case "divider":
		return "────────"
	case "header":
		return r.text(b["text"])
	case "markdown":
		return stringOf(b["text"])
	case "section":
		return r.section(b)
	case "image", "video":
		return "[image: " + stringOf(b["alt_text"]) + "]"
	case "input":
		return r.text(b["label"]) + ": " + r.join(elementsOf(b), "  ")
	case "context", "actions":
		return r.join(elementsOf(b), "  ")
	case "rich_text":
		return strings.TrimRight(r.richText(b), "\n")
	}
	return ""
}

// section is its text, its fields a line each, and its accessory at the end.
func (r Reader) section(b object) string {
	lines := []string{}
	if b["text"] != nil {
		lines = append(lines, r.text(b["text"]))
	}
	several, _ := b["fields"].([]any)
	for _, f := range several {
		lines = append(lines, r.text(f))
	}
	text := strings.Join(lines, "\n")
	if side := r.join(elementsOf(b), "  "); side != "" {
		text += "  " + side
	}
	return text
}

func (r Reader) join(elements []object, between string) string {
	var shown []string
	for _, e := range elements {
		if text := r.element(e); text != "" {
			shown = append(shown, text)
		}
	}
	return strings.Join(shown, between)
}

// element renders what stands inside a block: text, a button, an input.
func (r Reader) element(e object) string {
	switch kind := stringOf(e["type"]); kind {
	case "plain_text", "mrkdwn":
		return r.text(e)
	case "image":
		return "[image: " + stringOf(e["alt_text"]) + "]"
	case "button":
		return "[" + r.text(e["text"]) + "]"
	case "overflow":
		return "[…]"
	case "radio_buttons", "checkboxes":
		var labels []string
		for _, o := range optionsOf(e) {
			labels = append(labels, "( ) "+r.text(o["text"]))
		}
		return strings.Join(labels, "  ")
	default:
		return "[" + cmp.Or(r.initial(e), r.text(e["placeholder"]), "…") + "]"
	}
}

// initial is what an input shows before anybody touches it.
func (r Reader) initial(e object) string {
	if option, ok := e["initial_option"].(object); ok {
		return r.text(option["text"])
	}
	for _, name := range []string{"initial_value", "initial_date", "initial_time", "initial_date_time"} {
		if v := e[name]; v != nil {
			return fmt.Sprint(v)
		}
	}
	if id := stringOf(e["initial_user"]); id != "" {
		return r.name(id)
	}
	return ""
}

// text renders a text object. Plain text has Slack's escapes but no references.
func (r Reader) text(v any) string {
	o, _ := v.(object)
	if o["type"] == "mrkdwn" {
		return r.Mrkdwn(stringOf(o["text"]))
	}
	return unescape(stringOf(o["text"]))
}

// richText flattens a rich_text block or a part of one.
func (r Reader) richText(part object) string {
	switch stringOf(part["type"]) {
	case "text":
		return stringOf(part["text"])
	case "link":
		return cmp.Or(stringOf(part["text"]), stringOf(part["url"]))
	case "user", "usergroup", "channel":
		kind := stringOf(part["type"])
		return r.name(stringOf(part[kind+"_id"]))
	case "emoji":
		return ":" + stringOf(part["name"]) + ":"
	}
	var out strings.Builder
	for _, e := range elementsOf(part) {
		if part["type"] == "rich_text_list" {
			out.WriteString("• " + r.richText(e) + "\n")
			continue
		}
		out.WriteString(r.richText(e))
		if part["type"] == "rich_text" && !strings.HasSuffix(out.String(), "\n") {
			out.WriteString("\n")
		}
	}
	return out.String()
}
