package slacksim

import (
	"cmp"
	"maps"
	"slices"
)

// Channel is a conversation: public, private, or the direct messages between
// the app and one person.
type Channel struct {
	ID          string   // e.g. "C0K3J5QZ7AB", private ones "G…", direct ones "D…"; made from Name when empty
	Name        string   // without the #, e.g. "ops"
	Private     bool     // hidden from the app unless it is a member
	Archived    bool     // nobody can post or edit
	BotIsMember bool     // whether the app was invited
	Members     []string // user ids; nil means everyone
	DirectWith  string   // user id, for direct messages only
	Shared      bool     // with another organisation, through Slack Connect
}

// AddChannel creates a channel and returns it with its id filled in. A channel
// with the same id is replaced; its messages stay.
func (w *Workspace) AddChannel(ch Channel) Channel {
	kind := "C"
	if ch.Private {
		kind = "G"
	}
	ch.ID = cmp.Or(ch.ID, stableID(kind, ch.Name))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[ch.ID] = &ch
	return ch
}

// EditChannel changes a channel in place, e.g. to archive it. It reports
// whether the id is known.
func (w *Workspace) EditChannel(id string, edit func(*Channel)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch, ok := w.channels[id]
	if ok {
		edit(ch)
	}
	return ok
}

// Channels lists all channels, direct messages among them, by id.
func (w *Workspace) Channels() []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Channel
	for _, id := range slices.Sorted(maps.Keys(w.channels)) {
		all = append(all, *w.channels[id])
	}
	return all
}

func (ch *Channel) has(user string) bool {
	return ch.Members == nil || slices.Contains(ch.Members, user)
}

// deliveredName is how Slack names a channel in interactions and commands: it
// tells the name of public channels only.
func (ch *Channel) deliveredName() string {
	switch {
	case ch.DirectWith != "":
		return "directmessage"
	case ch.Private:
		return "privategroup"
	}
	return ch.Name
}

// readScope is the scope that conversations.info needs for this kind of channel.
func (ch *Channel) readScope() string {
	switch {
	case ch.DirectWith != "":
		return "im:read"
	case ch.Private:
		return "groups:read"
	}
	return "channels:read"
}

// conversationsInfo answers conversations.info. A private channel does not
// exist for an app that is not in it.
func (c *call) conversationsInfo() (answer, error) {
	ch, err := c.visibleChannel(c.args["channel"])
	if err != nil {
		return nil, err
	}
	if err := c.w.needScope(ch.readScope()); err != nil {
		return nil, err
	}
	return answer{"channel": answer{
		"id": ch.ID, "name": ch.Name, "name_normalized": ch.Name,
		"is_channel": !ch.Private && ch.DirectWith == "", "is_group": ch.Private,
		"is_im": ch.DirectWith != "", "is_private": ch.Private || ch.DirectWith != "",
		"is_archived": ch.Archived, "is_member": ch.BotIsMember,
		"is_general": false, "is_mpim": false, "is_shared": ch.Shared, "is_ext_shared": ch.Shared,
		"context_team_id": c.w.TeamID(), "user": ch.DirectWith,
	}}, nil
}

// visibleChannel finds a channel that the app can see. The error is
// channel_not_found.
func (c *call) visibleChannel(id string) (*Channel, error) {
	ch, ok := c.w.channels[id]
	if !ok || (ch.Private && !ch.BotIsMember) {
		return nil, apiError{code: "channel_not_found"}
	}
	return ch, nil
}

// postableChannel finds the channel to post to; a user's id opens the direct
// messages with that person. Errors: channel_not_found, is_archived,
// not_in_channel.
func (c *call) postableChannel(id string) (*Channel, error) {
	if u, ok := c.w.users[id]; ok && !u.Deleted {
		return c.directChannel(id), nil
	}
	ch, err := c.visibleChannel(id)
	switch {
	case err != nil:
		return nil, err
	case ch.Archived:
		return nil, apiError{code: "is_archived"}
	case !ch.BotIsMember && !slices.Contains(c.w.cfg.Scopes, "chat:write.public"):
		return nil, apiError{code: "not_in_channel"}
	}
	return ch, nil
}

// conversationsOpen answers conversations.open with the direct messages with one person. Errors:
// users_list_not_supplied, user_not_found, user_disabled, cannot_dm_bot.
func (c *call) conversationsOpen() (answer, error) {
	u, ok := c.w.users[c.args["users"]]
	switch {
	case c.args["users"] == "":
		return nil, apiError{code: "users_list_not_supplied"}
	case !ok:
		return nil, apiError{code: "user_not_found"}
	case u.Deleted:
		return nil, apiError{code: "user_disabled"}
	case u.Bot:
		return nil, apiError{code: "cannot_dm_bot"}
	}
	return answer{"channel": answer{"id": c.directChannel(u.ID).ID}}, nil
}

func (c *call) directChannel(user string) *Channel {
	id := stableID("D", user)
	if _, ok := c.w.channels[id]; !ok {
		c.w.channels[id] = &Channel{
			ID: id, BotIsMember: true, DirectWith: user, Members: []string{user},
		}
	}
	return c.w.channels[id]
}
