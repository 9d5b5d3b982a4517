package slacksim

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Mrkdwn renders Slack's markup as plain text: references become names, links
// their label and address, dates the reader's own time, and escapes &, < and >.
func (r Reader) Mrkdwn(text string) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(text, '<')
		if start < 0 {
			break
		}
		length := strings.IndexByte(text[start:], '>')
		if length < 0 {
			break
		}
		out.WriteString(unescape(text[:start]))
		out.WriteString(r.reference(text[start+1 : start+length]))
		text = text[start+length+1:]
	}
	out.WriteString(unescape(text))
	return out.String()
}

// reference renders what stands between < and >.
func (r Reader) reference(inside string) string {
	target, label, _ := strings.Cut(inside, "|")
	label = unescape(label)
	switch {
	case strings.HasPrefix(target, "!date^"):
		return r.date(strings.TrimPrefix(target, "!date^"), label)
	case strings.HasPrefix(target, "!subteam^"):
		return r.named(strings.TrimPrefix(target, "!subteam^"), label)
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		return r.named(target[1:], label)
	case target == "!here", target == "!channel", target == "!everyone":
		return "@" + target[1:]
	case label == "" || label == target:
		return unescape(target)
	}
	return label + " (" + unescape(target) + ")"
}

// named prefers the workspace's name to the label that the sender gave.
func (r Reader) named(id, label string) string {
	if name := r.name(id); name != id || label == "" {
		return name
	}
	return label
}

func (r Reader) name(id string) string {
	if r.Name != nil {
		if name := r.Name(id); name != "" {
			return name
		}
	}
	return id
}

// date renders "unix^format", optionally followed by "^link". What cannot be
// read is shown as the fallback.
func (r Reader) date(spec, fallback string) string {
	parts := strings.Split(spec, "^")
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 2 || !hasToken(parts[1]) {
		return fallback
	}
	text := r.Date(time.Unix(seconds, 0), parts[1])
	if len(parts) > 2 {
		text += " (" + unescape(parts[2]) + ")"
	}
	return unescape(text)
}

// hasToken reports whether a date's format has a token in braces.
func hasToken(format string) bool {
	return regexp.MustCompile(`\{[a-z_]+\}`).MatchString(format)
}

func unescape(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}
