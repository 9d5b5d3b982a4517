package slacksim

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// ErrNotShown means that a person tried to act on something that is not on
// their screen: a deleted message, a button that an update took away, a closed
// modal, a channel they are not in.
var ErrNotShown = errors.New("not shown")

// unshowable is the text that Slack gives a message of blocks without text. It
// is what a phone's notification would read.
const unshowable = "This content can't be displayed."

// Message is a message as it stood when it was read. Slack identifies it by
// channel and timestamp.
type Message struct {
	Channel   string          // e.g. "C0K3J5QZ7AB"
	TS        string          // e.g. "1764086400.000000"
	ThreadTS  string          // the parent's TS; empty for a top-level message
	User      string          // the author's id
	Text      string          // in mrkdwn, with Slack's escapes
	Blocks    json.RawMessage // a JSON array; nil when there are none
	Broadcast bool            // whether a reply is shown in the channel, too
	Ephemeral string          // the only person who sees it; empty for everyone
	Edited    int             // how often it was updated
	History   []Revision      // what it said before each update, oldest first
}

// Revision is what a message said until an update replaced it.
type Revision struct {
	Text   string
	Blocks json.RawMessage
	Until  time.Time
}

// Messages lists the top-level messages of a channel, oldest first.
func (w *Workspace) Messages(channel string) []Message {
	return w.collect(channel, func(m *Message) bool { return m.ThreadTS == "" })
}

// Broadcasts lists the replies that a channel shows beside its top-level messages, oldest first.
func (w *Workspace) Broadcasts(channel string) []Message {
	return w.collect(channel, func(m *Message) bool { return m.Broadcast })
}

// Thread lists the replies to a message, oldest first, without the message.
func (w *Workspace) Thread(channel, ts string) []Message {
	return w.collect(channel, func(m *Message) bool { return m.ThreadTS == ts })
}

// Message finds one message, top-level or reply.
func (w *Workspace) Message(channel, ts string) (Message, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.find(channel, ts)
	if m == nil {
		return Message{}, false
	}
	return m.snapshot(), true
}

// Ephemerals lists what only this person was shown, in all channels, oldest
// first.
func (w *Workspace) Ephemerals(user string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []Message
	for _, m := range w.ephemerals {
		if m.Ephemeral == user {
			found = append(found, m.snapshot())
		}
	}
	return found
}

// Say posts a message as a person, into a thread when threadTS is not empty.
func (w *Workspace) Say(user, channel, threadTS, text string) Message {
	w.mu.Lock()
	m := w.post(Message{Channel: channel, ThreadTS: threadTS, User: user, Text: text})
	w.mu.Unlock()
	w.notify([]Change{{Kind: Posted, Message: m}})
	return m
}

// Delete removes a message as its author or an admin would, and reports whether
// it was there. Updating it afterwards is message_not_found.
func (w *Workspace) Delete(channel, ts string) bool {
	w.mu.Lock()
	m := w.find(channel, ts)
	if m != nil {
		w.remove(m)
	}
	w.mu.Unlock()
	if m == nil {
		return false
	}
	w.notify([]Change{{Kind: Deleted, Message: *m}})
	return true
}

func (w *Workspace) collect(channel string, keep func(*Message) bool) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []Message
	for _, m := range w.messages[channel] {
		if keep(m) {
			found = append(found, m.snapshot())
		}
	}
	return found
}

// find returns a message that everyone in the channel sees, or nil.
func (w *Workspace) find(channel, ts string) *Message {
	for _, m := range w.messages[channel] {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

// findFor returns a message that this person sees, or nil.
func (w *Workspace) findFor(user, channel, ts string) *Message {
	if m := w.find(channel, ts); m != nil {
		return m
	}
	for _, m := range w.ephemerals {
		if m.Channel == channel && m.TS == ts && m.Ephemeral == user {
			return m
		}
	}
	return nil
}

// post stores a message under a new timestamp and returns it as stored.
func (w *Workspace) post(m Message) Message {
	m.TS = w.nextTS()
	if m.ThreadTS != "" {
		m.ThreadTS = w.threadRoot(m.Channel, m.ThreadTS)
	}
	m.Broadcast = m.Broadcast && m.ThreadTS != ""
	if m.Ephemeral != "" {
		w.ephemerals = append(w.ephemerals, &m)
	} else {
		w.messages[m.Channel] = append(w.messages[m.Channel], &m)
	}
	return m.snapshot()
}

// threadRoot is the thread that a reply to ts lands in: none when the parent is
// gone, since Slack then posts to the channel.
func (w *Workspace) threadRoot(channel, ts string) string {
	parent := w.find(channel, ts)
	switch {
	case parent == nil:
		return ""
	case parent.ThreadTS != "":
		return parent.ThreadTS
	}
	return ts
}

// rewrite replaces what a message says and keeps the former text and blocks.
func (w *Workspace) rewrite(m *Message, text string, blocks json.RawMessage) Message {
	m.History = append(m.History, Revision{Text: m.Text, Blocks: m.Blocks, Until: w.cfg.Now()})
	m.Edited++
	m.Text, m.Blocks = text, blocks
	return m.snapshot()
}

func (w *Workspace) remove(m *Message) {
	same := func(other *Message) bool { return other == m }
	w.messages[m.Channel] = slices.DeleteFunc(w.messages[m.Channel], same)
	w.ephemerals = slices.DeleteFunc(w.ephemerals, same)
}

func (m *Message) snapshot() Message {
	copied := *m
	copied.History = slices.Clone(m.History)
	return copied
}

// messageJSON is a message as the Web API and interactions show it.
func (w *Workspace) messageJSON(m Message) answer {
	out := answer{
		"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": w.TeamID(),
	}
	if m.User == w.BotUserID() {
		out["bot_id"], out["app_id"] = w.BotID(), w.cfg.AppID
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if m.Broadcast {
		out["subtype"] = "thread_broadcast"
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if m.Edited > 0 {
		at := m.History[len(m.History)-1].Until
		out["edited"] = answer{"user": m.User, "ts": formatTS(at)}
	}
	return out
}
