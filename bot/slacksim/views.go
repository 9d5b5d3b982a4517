package slacksim

// viewsOpen answers views.open: it shows a modal to the person whose trigger is
// given. The view is checked before the trigger is used up. Errors:
// invalid_arguments, view_too_large, duplicate_external_id, and the trigger's.
func (c *call) viewsOpen() (answer, error) {
	v, err := c.w.readView(c.args["view"], "modal")
	if err != nil {
		return nil, err
	}
	if c.w.findView("", v.ExternalID) != nil {
		return nil, apiError{code: "duplicate_external_id"}
	}
	user, err := c.w.exchange(c.args["trigger_id"])
	if err != nil {
		return nil, err
	}
	c.changes = append(c.changes, c.w.pop(user, true)...)
	return c.shown(c.w.push(user, v))
}

// viewsUpdate answers views.update for a modal or home that is still there.
// Errors: not_found, hash_conflict, invalid_arguments, view_too_large.
func (c *call) viewsUpdate() (answer, error) {
	old := c.w.findView(c.args["view_id"], c.args["external_id"])
	if old == nil {
		return nil, apiError{code: "not_found"}
	}
	if hash := c.args["hash"]; hash != "" && hash != old.Hash {
		return nil, apiError{code: "hash_conflict"}
	}
	v, err := c.w.readView(c.args["view"], old.Type)
	if err != nil {
		return nil, err
	}
	return c.shown(c.w.replaceView(old, v))
}

// viewsPublish answers views.publish: it sets a person's App Home. Errors:
// user_not_found, hash_conflict, invalid_arguments, view_too_large.
func (c *call) viewsPublish() (answer, error) {
	user := c.args["user_id"]
	if _, ok := c.w.users[user]; !ok {
		return nil, apiError{code: "user_not_found"}
	}
	v, err := c.w.readView(c.args["view"], "home")
	if err != nil {
		return nil, err
	}
	old, ok := c.w.homes[user]
	switch hash := c.args["hash"]; {
	case !ok:
		id := c.w.nextID("V")
		old = &View{ID: id, Root: id, User: user}
		c.w.homes[user] = old
	case hash != "" && hash != old.Hash:
		return nil, apiError{code: "hash_conflict"}
	}
	return c.shown(c.w.replaceView(old, v))
}

func (c *call) shown(v View) (answer, error) {
	c.changes = append(c.changes, Change{Kind: ViewShown, View: v})
	state, err := v.state()
	if err != nil {
		return nil, err
	}
	return answer{"view": c.w.viewJSON(v, state)}, nil
}

// state is the values of a view's inputs as they are now.
func (v View) state() (object, error) {
	blocks, err := parseBlocks(v.Blocks)
	if err != nil {
		return nil, err
	}
	return stateValues(blocks, nil, v.entered)
}
