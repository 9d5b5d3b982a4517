package slacksim

import (
	"fmt"
	"time"
)

// TriggerLife is how long a trigger_id can open a modal; Slack allows 3 s.
const TriggerLife = 3 * time.Second

// trigger is the permission to show a modal once, which an interaction gives.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// Trigger is the trigger_id of something that a person does just now, for tests
// of views that need no delivery.
func (w *Workspace) Trigger(user string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.newTrigger(user)
}

// newTrigger makes a trigger_id of Slack's form "132456.7890123.abcdef".
func (w *Workspace) newTrigger(user string) string {
	now := w.cfg.Wall()
	token := w.nextToken("trigger")
	id := fmt.Sprintf("%d.%d.%s", now.UnixMilli(), w.lastID, token)
	w.triggers[id] = &trigger{user: user, at: now}
	return id
}

// exchange uses a trigger up and says whose it was. Errors: invalid_trigger_id,
// exchanged_trigger_id, expired_trigger_id.
func (w *Workspace) exchange(id string) (user string, err error) {
	t, ok := w.triggers[id]
	switch {
	case !ok:
		return "", apiError{code: "invalid_trigger_id"}
	case t.used:
		return "", apiError{code: "exchanged_trigger_id"}
	case w.cfg.Wall().Sub(t.at) > TriggerLife:
		return "", apiError{code: "expired_trigger_id"}
	}
	t.used = true
	return t.user, nil
}
