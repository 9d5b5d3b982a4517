package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// Tidy makes one line of text that comes from outside: without control characters, without
// what is invisible or turns the direction of reading around, and of at most max characters,
// the last of which is "…" where it had to be cut.
func Tidy(text string, max int) string {
	text = strings.Join(strings.Fields(strings.Map(visible, text)), " ")
	if runes := []rune(text); len(runes) > max {
		return string(runes[:max-1]) + "…"
	}
	return text
}

// visible is a character of tidy text: a space for white space of any kind, and -1 for none.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.In(r, unicode.Zl, unicode.Zp):
		return ' '
	case r == unicode.ReplacementChar, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return -1
	}
	return r
}

// signatures are what opens an address that AWS signed: command output can have some.
var signatures = regexp.MustCompile(`(?i)(x-amz-(?:signature|credential|security-token)|awsaccesskeyid|signature)=[^&\s"']+`)

// TidyLines keeps the lines of what a command printed: each as Tidy would have it but for its spaces, without what
// opens a signed address, and of the whole at most max characters, its end.
func TidyLines(text string, max int) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if line = strings.TrimRight(strings.Map(visible, signatures.ReplaceAllString(line, "$1=…")), " "); line != "" {
			lines = append(lines, line)
		}
	}
	text = strings.Join(lines, "\n")
	if runes := []rune(text); len(runes) > max {
		return "…" + string(runes[len(runes)-max+1:])
	}
	return text
}
