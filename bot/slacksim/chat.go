package slacksim

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// content is what a message says, checked and in the form in which it is kept.
type content struct {
	text   string
	blocks json.RawMessage // nil when there are none
}

// readContent checks the text and blocks of a message. Errors: no_text,
// invalid_blocks_format, invalid_blocks, msg_blocks_too_long.
func (w *Workspace) readContent(text, blocks string) (content, error) {
	stored, err := w.readBlocks(blocks)
	switch {
	case err != nil:
		return content{}, err
	case stored == nil && strings.TrimSpace(text) == "":
		return content{}, apiError{code: "no_text"}
	case text == "":
		text = unshowable
	}
	return content{text, stored}, nil
}

// readBlocks parses, checks and completes a JSON array of blocks.
func (w *Workspace) readBlocks(text string) (json.RawMessage, error) {
	if text == "" || text == "null" {
		return nil, nil
	}
	blocks, err := parseBlocks([]byte(text))
	if err != nil {
		return nil, apiError{code: "invalid_blocks_format"}
	}
	if len(blocks) == 0 {
		return nil, nil
	}
	if problems := checkMessageBlocks(blocks); len(problems) > 0 {
		return nil, apiError{code: "invalid_blocks", problems: problems}
	}
	if len(encode(blocks)) > limit.BlocksBytes {
		return nil, apiError{code: "msg_blocks_too_long"}
	}
	w.nameBlocks(blocks)
	return encode(blocks), nil
}

// chatPostMessage answers chat.postMessage. A user's id as the channel opens
// the direct messages with that person. Text is cut at 40,000 characters. A reply with
// reply_broadcast is shown in the channel, too.
func (c *call) chatPostMessage() (answer, error) {
	ch, err := c.postableChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	says, err := c.w.readContent(c.args["text"], c.args["blocks"])
	if err != nil {
		return nil, err
	}
	m := c.w.post(Message{
		Channel: ch.ID, ThreadTS: c.args["thread_ts"], User: c.w.BotUserID(),
		Text: cut(says.text, limit.PostText), Blocks: says.blocks, Broadcast: c.args["reply_broadcast"] == "true",
	})
	c.changes = append(c.changes, Change{Kind: Posted, Message: m})
	return answer{"channel": m.Channel, "ts": m.TS, "message": c.w.messageJSON(m)}, nil
}

// chatUpdate answers chat.update. Text without blocks deletes the blocks.
// Errors besides those of the content: channel_not_found, is_inactive,
// message_not_found, cant_update_message, msg_too_long.
func (c *call) chatUpdate() (answer, error) {
	ch, err := c.visibleChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	m := c.w.find(ch.ID, c.args["ts"])
	switch {
	case ch.Archived:
		return nil, apiError{code: "is_inactive"}
	case m == nil:
		return nil, apiError{code: "message_not_found"}
	case m.User != c.w.BotUserID():
		return nil, apiError{code: "cant_update_message"}
	case utf8.RuneCountInString(c.args["text"]) > limit.UpdateText:
		return nil, apiError{code: "msg_too_long"}
	}
	says, err := c.w.readContent(c.args["text"], c.args["blocks"])
	if err != nil {
		return nil, err
	}
	now := c.w.rewrite(m, says.text, says.blocks)
	c.changes = append(c.changes, Change{Kind: Updated, Message: now})
	return answer{
		"channel": m.Channel, "ts": m.TS, "text": now.Text, "message": c.w.messageJSON(now),
	}, nil
}

// chatDelete answers chat.delete. Errors: channel_not_found, message_not_found,
// cant_delete_message.
func (c *call) chatDelete() (answer, error) {
	ch, err := c.visibleChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	m := c.w.find(ch.ID, c.args["ts"])
	switch {
	case m == nil:
		return nil, apiError{code: "message_not_found"}
	case m.User != c.w.BotUserID():
		return nil, apiError{code: "cant_delete_message"}
	}
	c.w.remove(m)
	c.changes = append(c.changes, Change{Kind: Deleted, Message: m.snapshot()})
	return answer{"channel": m.Channel, "ts": m.TS}, nil
}

// chatPostEphemeral answers chat.postEphemeral. The person must be in the
// channel, else user_not_in_channel.
func (c *call) chatPostEphemeral() (answer, error) {
	ch, err := c.postableChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	user := c.args["user"]
	if _, ok := c.w.users[user]; !ok || !ch.has(user) {
		return nil, apiError{code: "user_not_in_channel"}
	}
	if utf8.RuneCountInString(c.args["text"]) > limit.PostText {
		return nil, apiError{code: "msg_too_long"}
	}
	says, err := c.w.readContent(c.args["text"], c.args["blocks"])
	if err != nil {
		return nil, err
	}
	m := c.w.post(Message{
		Channel: ch.ID, ThreadTS: c.args["thread_ts"], User: c.w.BotUserID(),
		Text: says.text, Blocks: says.blocks, Ephemeral: user,
	})
	c.changes = append(c.changes, Change{Kind: Posted, Message: m})
	return answer{"message_ts": m.TS}, nil
}

// chatGetPermalink answers chat.getPermalink.
func (c *call) chatGetPermalink() (answer, error) {
	ch, err := c.visibleChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	m := c.w.find(ch.ID, c.args["message_ts"])
	if m == nil {
		return nil, apiError{code: "message_not_found"}
	}
	return answer{"channel": ch.ID, "permalink": c.w.Permalink(*m)}, nil
}

// cut shortens text to at most limit characters.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit])
}
