package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/patchbot/patchbot/bot"
)

// verdict is what a check came to.
type verdict string

const (
	fine    verdict = "ok"
	warning verdict = "warning" // works, but somebody should know
	failure verdict = "failure"
	skipped verdict = "skipped" // another failure is in the way
)

// finding is one thing that the doctor found.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Found   string  `json:"found"`
	Do      string  `json:"do,omitempty"` // what to do about it
}

func ok(format string, args ...any) []finding {
	return []finding{{Verdict: fine, Found: fmt.Sprintf(format, args...)}}
}

func failed(do, format string, args ...any) []finding {
	return []finding{{Verdict: failure, Found: fmt.Sprintf(format, args...), Do: do}}
}

func warn(do, format string, args ...any) finding {
	return finding{Verdict: warning, Found: fmt.Sprintf(format, args...), Do: do}
}

func skip(why string) []finding {
	return []finding{{Verdict: skipped, Found: "not checked: " + why}}
}

// printJSON prints findings for machines.
func printJSON(out io.Writer, findings []finding) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(findings)
}

// Where the columns of the findings are in a terminal: a mark (two columns wide), the
// check, what was found.
const (
	foundColumn   = 18
	doColumn      = foundColumn + 2 // behind an arrow
	terminalWidth = 80
)

// longestFinding bounds what one finding prints, in characters. What comes from tags or from AWS
// is tidied, so that it controls no terminal.
const longestFinding = 4000

var marks = map[verdict]string{fine: "✅", warning: "⚠️ ", failure: "❌", skipped: "… "}

// printFindings prints findings for people.
func printFindings(out io.Writer, findings []finding) error {
	for _, f := range findings {
		text := fmt.Sprintf("%s %-14s %s\n", marks[f.Verdict], f.Check, wrap(bot.Tidy(f.Found, longestFinding), foundColumn))
		if f.Do != "" {
			text += fmt.Sprintf("%*s→ %s\n", foundColumn, "", wrap(bot.Tidy(f.Do, longestFinding), doColumn))
		}
		if _, err := io.WriteString(out, text); err != nil {
			return err
		}
	}
	return nil
}

// words are what a line is not broken within; what stands in backticks is to be copied.
var words = regexp.MustCompile("(`[^`]*`|[^\\s`])+|`")

// wrap breaks a text that begins in a column so that it ends before the terminal does. A
// longer word has a line of its own.
func wrap(text string, column int) string {
	var b strings.Builder
	at := column
	for i, word := range words.FindAllString(text, -1) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > terminalWidth:
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
