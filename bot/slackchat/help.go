package slackchat

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// help answers /patch help, or says all about one subcommand.
func help(_ context.Context, _ *App, c invocation) (string, error) {
	if len(c.Args) == 0 {
		return commandList(), nil
	}
	word := pasted(strings.TrimPrefix(c.Args[0], SlashCommand))
	if command, ok := commandOf(word); ok {
		return command.manual(), nil
	}
	return unknownCommand(word), nil
}

// commandOf finds a subcommand by its name, without case.
func commandOf(word string) (Command, bool) {
	for _, command := range Commands() {
		if strings.EqualFold(command.Name, word) {
			return command, true
		}
	}
	return Command{}, false
}

// typed is how a subcommand is typed, with what may follow.
func (c Command) typed() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", SlashCommand, c.Name, c.Usage))
}

// manual is all about a subcommand.
func (c Command) manual() string {
	lines := []string{codeOf(c.typed(), 200), c.Help, "Who may: " + c.Who + ".", "For example:"}
	for _, example := range c.Examples {
		lines = append(lines, "• "+codeOf(example, 200))
	}
	return strings.Join(lines, "\n")
}

func commandList() string {
	var lines []string
	for _, c := range Commands() {
		lines = append(lines, fmt.Sprintf("`%s`  %s", c.typed(), c.Help))
	}
	return strings.Join(append(lines, codeOf(SlashCommand+" help approve", 80)+"  says all about one of these."), "\n")
}

// unknownCommand answers what is no subcommand, with the nearest one, which is not run: it may
// decide something.
func unknownCommand(word string) string {
	said := fmt.Sprintf("I do not know `%s %s`.", SlashCommand, escaped(word, 40))
	if id, ok := pastedID(word); ok {
		return said + fmt.Sprintf(" Did you mean %s? Nothing was done.", codeOf(SlashCommand+" status "+id, 120))
	}
	if near := nearest(word); near != "" {
		return said + fmt.Sprintf(" Did you mean %s? Nothing was done.", codeOf(SlashCommand+" "+near, 80))
	}
	return said + " These I know:\n" + commandList()
}

// nearEnough is at how many wrong, missing or doubled letters a subcommand is still suggested.
const nearEnough = 2

// nearest is the subcommand that a word was probably meant to be; empty where none is near.
func nearest(word string) string {
	best, near := nearEnough+1, ""
	for _, c := range Commands() {
		if d := editDistance(strings.ToLower(word), c.Name); d < best && d < len(c.Name)/2+1 {
			best, near = d, c.Name
		}
	}
	return near
}

// editDistance is Levenshtein's: how many letters have to be put in, left out or replaced.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal, row[j+1] = row[j+1], min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

// commandNames is what Slack takes for the name of a command, as far as it may stand in an answer.
var commandNames = regexp.MustCompile("^/[^\\s`<>&]{1,31}$")

// under puts the name of the command, as the workspace has it, in place of the manifest's: an
// administrator may have given it another one. Only who typed it reads the answer.
func (r reply) under(command string) reply {
	if command == SlashCommand || !commandNames.MatchString(command) {
		return r
	}
	rename := func(text string) string { return strings.ReplaceAll(text, "`"+SlashCommand+" ", "`"+command+" ") }
	r.Text = rename(r.Text)
	for _, block := range r.Blocks {
		if s, ok := block.(*slack.SectionBlock); ok {
			s.Text.Text = rename(s.Text.Text)
		}
	}
	return r
}
