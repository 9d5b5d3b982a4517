package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
)

// Button is a button as a message or view shows it.
type Button struct {
	Label    string // e.g. "Approve"
	ActionID string
	BlockID  string
	Value    string
	URL      string // for a button that opens a page
	Style    string // "primary", "danger" or empty
}

// Buttons lists the buttons of a message from top to bottom.
func (m Message) Buttons() []Button { return buttonsIn(m.Blocks) }

// Buttons lists the buttons of a view from top to bottom.
func (v View) Buttons() []Button { return buttonsIn(v.Blocks) }

func buttonsIn(raw json.RawMessage) []Button {
	blocks, _ := parseBlocks(raw)
	var found []Button
	for _, v := range blocks {
		block, _ := v.(object)
		for _, e := range elementsOf(block) {
			if e["type"] == "button" {
				text, _ := e["text"].(object)
				found = append(found, Button{
					Label: stringOf(text["text"]), ActionID: stringOf(e["action_id"]),
					BlockID: stringOf(block["block_id"]), Value: stringOf(e["value"]),
					URL: stringOf(e["url"]), Style: stringOf(e["style"]),
				})
			}
		}
	}
	return found
}

func stringOf(v any) string {
	s, _ := v.(string)
	return s
}

// Element is what a person acts on, and how.
type Element struct {
	ActionID string
	BlockID  string // empty: the first block that has such an element
	Value    string // of a menu: an option's value, a user's id, a date or a time, as in Inputs
}

// Act lets a person use an element of a message as the message stood when it was seen, and
// confirm if the element asks: also one that an update has taken away meanwhile. It returns
// what the app answered. Errors: ErrNotShown when the person does not see such an element,
// *DeliveryError when the app does not answer as it should.
func (w *Workspace) Act(ctx context.Context, user string, seen Message, on Element) (Delivery, error) {
	return w.deliverInteraction(ctx, on, func() ([]byte, error) { return w.messageClick(user, seen, on) })
}

// ActInView lets a person use an element of a modal or of their App Home. Errors as for Act.
func (w *Workspace) ActInView(ctx context.Context, user, viewID string, on Element) (Delivery, error) {
	return w.deliverInteraction(ctx, on, func() ([]byte, error) { return w.viewClick(user, viewID, on) })
}

func (w *Workspace) deliverInteraction(ctx context.Context, on Element, payload func() ([]byte, error)) (Delivery, error) {
	w.mu.Lock()
	app := w.app.Interactions
	body, err := payload()
	w.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("click %s: %w", on.ActionID, err)
	}
	return w.deliver(ctx, app, body, nil)
}

// Click lets a person press a button of a message as the message stands now,
// and confirm if the button asks. It returns what the app answered. Errors:
// ErrNotShown when the person does not see such a button, *DeliveryError when
// the app does not answer as it should.
func (w *Workspace) Click(ctx context.Context, user, channel, ts, actionID string) (Delivery, error) {
	return w.Choose(ctx, user, channel, ts, actionID, "")
}

// ClickOn lets a person press a button of a message as it stood earlier: the
// race in which somebody clicks what an update is about to take away. Errors as
// for Click.
func (w *Workspace) ClickOn(ctx context.Context, user string, seen Message, actionID string) (Delivery, error) {
	return w.Act(ctx, user, seen, Element{ActionID: actionID})
}

// Choose lets a person pick from a menu of a message: an option's value, a
// user's id, a date or a time, as in Inputs. Errors as for Click.
func (w *Workspace) Choose(ctx context.Context, user, channel, ts, actionID, value string) (Delivery, error) {
	w.mu.Lock()
	m := w.findFor(user, channel, ts)
	if m == nil {
		w.mu.Unlock()
		return Delivery{}, fmt.Errorf("message %s in %s: %w", ts, channel, ErrNotShown)
	}
	seen := m.snapshot()
	w.mu.Unlock()
	return w.Act(ctx, user, seen, Element{ActionID: actionID, Value: value})
}

// ClickView lets a person press a button of a modal or of their App Home.
// Errors as for Click.
func (w *Workspace) ClickView(ctx context.Context, user, viewID, actionID string) (Delivery, error) {
	return w.ActInView(ctx, user, viewID, Element{ActionID: actionID})
}

// messageClick makes the block_actions payload for an element of a message.
// Slack keeps no ephemeral messages, so their payload has no message.
func (w *Workspace) messageClick(user string, m Message, on Element) ([]byte, error) {
	ch, ok := w.channels[m.Channel]
	if !ok || !ch.has(user) || w.users[user] == nil || (m.Ephemeral != "" && m.Ephemeral != user) {
		return nil, fmt.Errorf("user %s in channel %s: %w", user, m.Channel, ErrNotShown)
	}
	action, state, err := w.action(m.Blocks, on, nil)
	if err != nil {
		return nil, err
	}
	container := answer{
		"type": "message", "message_ts": m.TS, "channel_id": m.Channel,
		"is_ephemeral": m.Ephemeral != "",
	}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	p := w.payload("block_actions", user)
	p["container"] = container
	p["channel"] = answer{"id": ch.ID, "name": ch.deliveredName()}
	p["state"] = answer{"values": state}
	p["actions"] = []answer{action}
	p["response_url"] = w.newResponseURL("actions", &responseURL{
		user: user, channel: m.Channel, original: m.TS,
	})
	if m.Ephemeral == "" {
		p["message"] = w.messageJSON(m)
	}
	return formBody(p), nil
}

// viewClick makes the block_actions payload for an element of a view.
func (w *Workspace) viewClick(user, viewID string, on Element) ([]byte, error) {
	v := w.findView(viewID, "")
	if v == nil || v.User != user {
		return nil, fmt.Errorf("view %s: %w", viewID, ErrNotShown)
	}
	action, state, err := w.action(v.Blocks, on, v.entered)
	if err != nil {
		return nil, err
	}
	if action["type"] != "button" && action["type"] != "overflow" {
		if err := v.enter(Inputs{on.ActionID: {on.Value}}); err != nil {
			return nil, err
		}
	}
	p := w.payload("block_actions", user)
	p["container"] = answer{"type": "view", "view_id": v.ID}
	p["view"] = w.viewJSON(*v, state)
	p["actions"] = []answer{action}
	return formBody(p), nil
}

// action finds an element among blocks and describes what was done to it, along
// with the state of all inputs around it. An input block tells the app of nothing
// before it is submitted, unless its dispatch_action says so.
func (w *Workspace) action(raw json.RawMessage, on Element, before entries) (answer, object, error) {
	blocks, _ := parseBlocks(raw)
	inputs := Inputs{}
	for _, v := range blocks {
		block, _ := v.(object)
		if block["type"] == "input" && block["dispatch_action"] != true {
			continue
		}
		for _, e := range elementsOf(block) {
			if e["action_id"] != on.ActionID || (on.BlockID != "" && block["block_id"] != on.BlockID) {
				continue
			}
			choice, err := choose(e, on.Value)
			if err != nil {
				return nil, nil, err
			}
			if key, _ := stateKey(stringOf(e["type"])); key != "" {
				inputs[on.ActionID] = []string{on.Value}
			}
			state, err := stateValues(blocks, inputs, before)
			return actionJSON(stringOf(block["block_id"]), e, choice, w.cfg.Now()), state, err
		}
	}
	return nil, nil, ErrNotShown
}

// choose is what an action says beyond its element: nothing for a button.
func choose(element object, value string) (object, error) {
	switch kind := stringOf(element["type"]); kind {
	case "button":
		return nil, nil
	case "overflow":
		option, err := chosenOption(element, value)
		return object{"selected_option": option}, err
	}
	return elementState(element, []string{value})
}
