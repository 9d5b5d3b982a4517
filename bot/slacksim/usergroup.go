package slacksim

import (
	"cmp"
	"slices"
)

// UserGroup is a set of people who can be mentioned together.
type UserGroup struct {
	ID      string   // e.g. "S0K3J5QZ7AB"; made from Handle when empty
	Handle  string   // without the @, e.g. "oncall-payments"
	Members []string // user ids
}

// AddUserGroup creates a user group and returns it with its id filled in. A
// group with the same id is replaced.
func (w *Workspace) AddUserGroup(g UserGroup) UserGroup {
	g.ID = cmp.Or(g.ID, stableID("S", g.Handle))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.groups[g.ID] = &g
	return g
}

// usergroupsUsersList answers usergroups.users.list. Deactivated people are
// left out, as in Slack.
func (c *call) usergroupsUsersList() (answer, error) {
	g, ok := c.w.groups[c.args["usergroup"]]
	if !ok {
		return nil, apiError{code: "no_such_subteam"}
	}
	active := slices.DeleteFunc(slices.Clone(g.Members), func(id string) bool {
		u, ok := c.w.users[id]
		return ok && u.Deleted
	})
	return answer{"users": append([]string{}, active...)}, nil
}
