package slacksim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// User is a person in the workspace, or the app's bot.
type User struct {
	ID          string // e.g. "U0K3J5QZ7AB"; made from Name when empty
	Name        string // the handle, e.g. "ada"
	RealName    string // e.g. "Ada Lovelace"; default Name
	DisplayName string // what others see; default Name
	Email       string // e.g. "ada@example.com"; may be empty
	TZ          string // e.g. "Europe/Berlin"; default "UTC"
	Deleted     bool   // deactivated: found by id, not by email
	Bot         bool
	// TeamID is the person's own team, e.g. "T0OTHERTEAM" of somebody who comes through Slack
	// Connect; default the workspace, or its organisation in an organisation-wide install.
	TeamID     string
	Enterprise string // the organisation that the person belongs to; default that of the install
	Guest      Guest
}

// Guest says whether somebody is a guest of the workspace.
type Guest string

// The kinds of guests.
const (
	NoGuest            Guest = ""
	MultiChannelGuest  Guest = "multi"  // is_restricted
	SingleChannelGuest Guest = "single" // is_restricted and is_ultra_restricted
)

// AddUser lets a person join the workspace and returns them with the defaults
// filled in. A person with the same id is replaced.
func (w *Workspace) AddUser(u User) User {
	u.ID = cmp.Or(u.ID, stableID("U", u.Name))
	u.RealName = cmp.Or(u.RealName, u.Name)
	u.DisplayName = cmp.Or(u.DisplayName, u.Name)
	u.TZ = cmp.Or(u.TZ, "UTC")
	if u.TeamID == "" {
		u.TeamID, u.Enterprise = cmp.Or(w.cfg.Enterprise, w.TeamID()), cmp.Or(u.Enterprise, w.cfg.Enterprise)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.users[u.ID] = &u
	return u
}

// EditUser changes a person in place, e.g. to deactivate them. It reports
// whether the id is known.
func (w *Workspace) EditUser(id string, edit func(*User)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, ok := w.users[id]
	if ok {
		edit(u)
	}
	return ok
}

// usersInfo answers users.info. The email is left out without users:read.email,
// as in Slack.
func (c *call) usersInfo() (answer, error) {
	u, ok := c.w.users[c.args["user"]]
	if !ok {
		return nil, apiError{code: "user_not_found"}
	}
	return answer{"user": c.w.userJSON(u)}, nil
}

// usersLookupByEmail answers users.lookupByEmail. Deactivated people are not
// found.
func (c *call) usersLookupByEmail() (answer, error) {
	email := c.args["email"]
	for _, u := range c.w.users {
		if email != "" && strings.EqualFold(u.Email, email) && !u.Deleted {
			return answer{"user": c.w.userJSON(u)}, nil
		}
	}
	return nil, apiError{code: "users_not_found"}
}

func (w *Workspace) userJSON(u *User) answer {
	profile := answer{
		"real_name": u.RealName, "real_name_normalized": u.RealName,
		"display_name": u.DisplayName, "display_name_normalized": u.DisplayName,
		"team": u.TeamID,
	}
	if u.Email != "" && slices.Contains(w.cfg.Scopes, "users:read.email") {
		profile["email"] = u.Email
	}
	zone, offset := "UTC", 0
	if loc, err := time.LoadLocation(u.TZ); err == nil {
		zone, offset = w.cfg.Now().In(loc).Zone()
	}
	out := answer{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName,
		"deleted": u.Deleted, "is_bot": u.Bot, "is_app_user": false,
		"is_restricted": u.Guest != NoGuest, "is_ultra_restricted": u.Guest == SingleChannelGuest,
		"is_stranger": w.isStranger(u),
		"tz":          u.TZ, "tz_label": zone, "tz_offset": offset, "profile": profile,
	}
	if u.Enterprise != "" {
		out["enterprise_user"] = answer{"id": u.ID, "enterprise_id": u.Enterprise, "is_admin": false, "is_owner": false, "teams": []string{u.TeamID}}
	}
	return out
}

// isStranger is Slack's is_stranger: of people of other organisations, it is only true of those
// who are in no channel that the app is in.
func (w *Workspace) isStranger(u *User) bool {
	if u.TeamID == w.TeamID() || u.TeamID == w.cfg.Enterprise || u.Enterprise != "" && u.Enterprise == w.cfg.Enterprise {
		return false
	}
	for _, ch := range w.channels {
		if ch.BotIsMember && ch.has(u.ID) {
			return false
		}
	}
	return true
}
