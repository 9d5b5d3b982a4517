package slacksim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// mention is a user, a user group or everybody, written out in mrkdwn.
var mention = regexp.MustCompile(`<(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+)|!(here|channel|everyone))[|>]`)

// Notified lists whom a new message notifies, by id: those whom it mentions, in a
// section or, if it has no blocks, in its text, if they are in the channel; the other person of direct messages; and of a reply
// those who follow the thread, since they wrote or were mentioned in it. Its author is not
// among them. An update notifies nobody, a message to one person alone neither, and and
// what is doubtful does not here: a mention in a context block, or in the text beside blocks.
func (w *Workspace) Notified(m Message) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch, ok := w.channels[m.Channel]
	if !ok || m.Ephemeral != "" {
		return nil
	}
	heard := map[string]bool{}
	w.addMentioned(heard, ch, m)
	if ch.DirectWith != "" {
		heard[ch.DirectWith] = true
	}
	if m.ThreadTS != "" {
		w.addFollowers(heard, ch, m)
	}
	delete(heard, m.User)
	delete(heard, w.BotUserID())
	return slices.Sorted(maps.Keys(heard))
}

// addFollowers adds those who wrote or were mentioned in a thread before a reply.
func (w *Workspace) addFollowers(heard map[string]bool, ch *Channel, reply Message) {
	for _, m := range w.messages[reply.Channel] {
		if (m.TS == reply.ThreadTS || m.ThreadTS == reply.ThreadTS) && m.TS < reply.TS {
			heard[m.User] = true
			w.addMentioned(heard, ch, *m)
		}
	}
}

func (w *Workspace) addMentioned(heard map[string]bool, ch *Channel, m Message) {
	for _, found := range mention.FindAllStringSubmatch(noticed(m), -1) {
		ids := []string{found[1]}
		switch {
		case found[2] != "" && w.groups[found[2]] != nil:
			ids = w.groups[found[2]].Members
		case found[3] != "":
			ids = w.membersOf(ch)
		}
		for _, id := range ids {
			if u := w.users[id]; u != nil && !u.Deleted && ch.has(id) {
				heard[id] = true
			}
		}
	}
}

// noticed is the mrkdwn in which a mention counts.
func noticed(m Message) string {
	blocks, _ := parseBlocks(m.Blocks)
	if len(blocks) == 0 {
		return m.Text
	}
	var texts []string
	for _, v := range blocks {
		block, _ := v.(object)
		if block["type"] != "section" {
			continue
		}
		fields, _ := block["fields"].([]any)
		for _, t := range append([]any{block["text"]}, fields...) {
			if text, _ := t.(object); text["type"] == "mrkdwn" {
				texts = append(texts, stringOf(text["text"]))
			}
		}
	}
	return strings.Join(texts, " ")
}
