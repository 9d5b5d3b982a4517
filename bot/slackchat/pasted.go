package slackchat

import (
	"regexp"
	"strings"

	"github.com/patchbot/patchbot/bot"
)

// around is what comes along when an id or a name is copied out of a sentence, a table or a
// message: backticks, quotes of any kind, brackets, a comma or a full stop.
const around = "`'\"‘’‚“”„«»()[]<>{}*_,.;:!"

var instanceIDs = regexp.MustCompile(`^(i|mi)-[0-9a-z]+$`)

// autoLinks are links as Slack makes them of what only looks like an address, e.g.
// "<http://web-1.example|web-1.example>"; what was typed stands behind the bar.
var autoLinks = regexp.MustCompile(`<[^<>|]*\|([^<>|]*)>`)

// pasted is an id or a name without what came along when it was copied.
func pasted(text string) string { return strings.Trim(bot.Tidy(text, 200), around) }

// pastedID reads an instance's id as people paste it, e.g. "`I-0933335a5598d1c2e`,", and
// reports whether it is one. How long it may be is EC2's to say.
func pastedID(word string) (id string, ok bool) {
	id = strings.ToLower(pasted(autoLinks.ReplaceAllString(word, "$1")))
	return id, len(id) <= 100 && instanceIDs.MatchString(id)
}

// spoken is what the words of a command name, before it was looked up.
type spoken struct {
	IDs   []string // of instances, each once
	Names []string // an owner's, or instances'; each may have several words
	// Named are ids with the name that was pasted before them, as in "web-1 (i-…)".
	Named map[string]string
}

// betweenPhrases is what parts the names that somebody lists: commas, and quotes that end and begin.
var betweenPhrases = regexp.MustCompile("[,;]|[\"“”„«»][ \t]+[\"“”„«»]")

// parseSpoken reads the words of a command that name instances or an owner.
func parseSpoken(words []string) spoken {
	s := spoken{Named: map[string]string{}}
	text := autoLinks.ReplaceAllString(strings.Join(words, " "), " $1 ")
	for _, phrase := range betweenPhrases.Split(text, -1) {
		var before []string
		for _, word := range strings.Fields(phrase) {
			id, ok := pastedID(word)
			if !ok {
				before = append(before, word)
				continue
			}
			if name := pasted(strings.Join(before, " ")); name != "" {
				if strings.ContainsAny(word[:1], "(`") {
					s.Named[id] = name
				} else {
					s.addName(name)
				}
			}
			s.addID(id)
			before = nil
		}
		s.addName(pasted(strings.Join(before, " ")))
	}
	return s
}

func (s *spoken) addID(id string) {
	for _, known := range s.IDs {
		if known == id {
			return
		}
	}
	s.IDs = append(s.IDs, id)
}

func (s *spoken) addName(name string) {
	if name != "" {
		s.Names = append(s.Names, name)
	}
}

// nothing reports whether nothing was named.
func (s spoken) nothing() bool { return len(s.IDs)+len(s.Names) == 0 }

// String is what was said, so that it can be typed again.
func (s spoken) String() string {
	return strings.Join(append(append([]string{}, s.IDs...), s.Names...), ", ")
}
