package slackchat

import (
	"regexp"
	"strings"

	"github.com/patchbot/patchbot/bot"
)

// around is what comes along when an id is copied out of a sentence, a table or a message:
// backticks, quotes of any kind, brackets, a comma or a full stop.
const around = "`'\"‘’‚“”„«»()[]<>{}*_,.;:!"

var instanceIDs = regexp.MustCompile(`^(i|mi)-[0-9a-z]+$`)

// pastedID reads an instance's id as people paste it, e.g. "`I-0933335a5598d1c2e`,", and
// reports whether it is one. How long it may be is EC2's to say.
func pastedID(word string) (id string, ok bool) {
	id = strings.ToLower(strings.Trim(bot.Tidy(word, 100), around))
	return id, instanceIDs.MatchString(id)
}
