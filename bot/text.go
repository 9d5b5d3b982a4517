package bot

import (
	"strings"
	"unicode"
)

// Tidy makes one line of text that comes from outside: without control characters, without
// what is invisible or turns the direction of reading around, and of at most max characters,
// the last of which is "…" where it had to be cut.
func Tidy(text string, max int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > max {
		return string(runes[:max-1]) + "…"
	}
	return text
}
