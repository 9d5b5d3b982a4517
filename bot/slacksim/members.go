package slacksim

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// How many members conversations.members gives at once.
const (
	membersDefault = 100
	membersAtMost  = 1000
)

// conversationsMembers answers conversations.members, a page at a time. A private channel does
// not exist for an app that is not in it. Errors: channel_not_found, invalid_limit,
// invalid_cursor.
func (c *call) conversationsMembers() (answer, error) {
	ch, err := c.visibleChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	if err := c.w.needScope(ch.readScope()); err != nil {
		return nil, err
	}
	limit, from := membersDefault, 0
	if text := c.args["limit"]; text != "" && text != "0" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > membersAtMost {
			return nil, apiError{code: "invalid_limit"}
		}
	}
	all := c.w.membersOf(ch)
	if cursor := c.args["cursor"]; cursor != "" {
		if from, err = readCursor(cursor); err != nil || from > len(all) {
			return nil, apiError{code: "invalid_cursor"}
		}
	}
	page, next := all[from:min(from+limit, len(all))], ""
	if from+limit < len(all) {
		next = writeCursor(from + limit)
	}
	return answer{"members": append([]string{}, page...), "response_metadata": answer{"next_cursor": next}}, nil
}

// membersOf lists who is in a channel, in a fixed order.
func (w *Workspace) membersOf(ch *Channel) []string {
	bot := w.BotUserID()
	members := slices.DeleteFunc(slices.Sorted(maps.Keys(w.users)), func(id string) bool {
		if id == bot {
			return !ch.BotIsMember
		}
		return !ch.has(id) || w.users[id].Deleted
	})
	return members
}

func writeCursor(from int) string {
	return base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(from)))
}

func readCursor(cursor string) (int, error) {
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimPrefix(string(text), "next:"))
}
