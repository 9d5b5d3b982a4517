package slacksim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// ErrIncomplete means that Slack did not let a person submit a modal, because a
// required input is empty.
var ErrIncomplete = errors.New("please complete this required field")

// viewResponse is the app's answer to a submission.
type viewResponse struct {
	Action string            `json:"response_action"` // "errors", "update", "push", "clear" or empty
	Errors map[string]string `json:"errors"`          // by block_id
	View   json.RawMessage   `json:"view"`
}

// SubmitView lets a person fill in the visible modal and submit it. What the
// app answers is carried out: the modal closes, all close, another takes its
// place or comes on top, or it stays with Delivery.FieldErrors shown beside its
// inputs. Errors: ErrNotShown for a modal or input that is not there,
// ErrIncomplete, *DeliveryError when the app does not answer as it should.
func (w *Workspace) SubmitView(ctx context.Context, user, viewID string, inputs Inputs) (Delivery, error) {
	w.mu.Lock()
	app := w.app.Interactions
	body, err := w.submission(user, viewID, inputs)
	w.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("submit %s: %w", viewID, err)
	}
	d, err := w.deliver(ctx, app, body, nil)
	if err != nil {
		return d, err
	}
	w.mu.Lock()
	changes, fieldErrors, err := w.obey(user, viewID, d.Answer)
	w.mu.Unlock()
	if err != nil {
		return d, &DeliveryError{Code: "dispatch_failed", Status: d.Status, Err: err}
	}
	d.FieldErrors = fieldErrors
	w.notify(changes)
	return d, nil
}

// CloseView lets a person dismiss the visible modal. The app hears of it if the
// modal has notify_on_close; otherwise the Delivery is empty. Errors as for
// SubmitView; the modal is closed whatever the app answers.
func (w *Workspace) CloseView(ctx context.Context, user, viewID string) (Delivery, error) {
	w.mu.Lock()
	v, err := w.visibleModal(user, viewID)
	if err != nil {
		w.mu.Unlock()
		return Delivery{}, fmt.Errorf("close %s: %w", viewID, err)
	}
	app, closed := w.app.Interactions, *v
	state, _ := closed.state()
	p := w.payload("view_closed", user)
	delete(p, "trigger_id")
	p["view"], p["is_cleared"] = w.viewJSON(closed, state), closed.ClearOnClose
	changes := w.pop(user, closed.ClearOnClose)
	w.mu.Unlock()
	w.notify(changes)
	if !closed.NotifyOnClose {
		return Delivery{}, nil
	}
	return w.deliver(ctx, app, formBody(p), nil)
}

// visibleModal finds the topmost modal of a person by its id.
func (w *Workspace) visibleModal(user, viewID string) (*View, error) {
	open := w.modals[user]
	if len(open) == 0 || open[len(open)-1].ID != viewID {
		return nil, ErrNotShown
	}
	return open[len(open)-1], nil
}

// submission makes the view_submission payload.
func (w *Workspace) submission(user, viewID string, inputs Inputs) ([]byte, error) {
	v, err := w.visibleModal(user, viewID)
	if err != nil {
		return nil, err
	}
	if v.Submit.Text == "" {
		return nil, fmt.Errorf("submit button: %w", ErrNotShown)
	}
	if err := v.enter(inputs); err != nil {
		return nil, err
	}
	state, err := v.state()
	if err != nil {
		return nil, err
	}
	if err := v.complete(state); err != nil {
		return nil, err
	}
	p := w.payload("view_submission", user)
	p["view"], p["response_urls"] = w.viewJSON(*v, state), []any{}
	return formBody(p), nil
}

// complete reports the first required input without a value.
func (v View) complete(state object) error {
	blocks, _ := parseBlocks(v.Blocks)
	for _, b := range blocks {
		block, _ := b.(object)
		if block["type"] != "input" || block["optional"] == true {
			continue
		}
		element, _ := block["element"].(object)
		key, _ := stateKey(stringOf(element["type"]))
		values, _ := state[stringOf(block["block_id"])].(object)
		value, _ := values[stringOf(element["action_id"])].(object)
		several, isList := value[key].([]any)
		if v := value[key]; v == nil || v == "" || (isList && len(several) == 0) {
			return fmt.Errorf("%s: %w", element["action_id"], ErrIncomplete)
		}
	}
	return nil
}

// obey carries out the app's answer to a submission.
func (w *Workspace) obey(user, viewID string, body []byte) ([]Change, map[string]string, error) {
	v, err := w.visibleModal(user, viewID)
	if err != nil {
		return nil, nil, nil // closed or replaced while the app was thinking
	}
	var r viewResponse
	if len(bytes.TrimSpace(body)) > 0 {
		if err := json.Unmarshal(body, &r); err != nil {
			return nil, nil, fmt.Errorf("read the answer: %w", err)
		}
	}
	switch r.Action {
	case "":
		return w.pop(user, false), nil, nil
	case "clear":
		return w.pop(user, true), nil, nil
	case "errors":
		return nil, r.Errors, v.hasInputs(r.Errors)
	case "update", "push":
		changes, err := w.follow(v, r)
		return changes, nil, err
	}
	return nil, nil, fmt.Errorf("unknown response_action %q", r.Action)
}

// follow shows the view of an answer in place of a modal, or on top of it.
func (w *Workspace) follow(v *View, r viewResponse) ([]Change, error) {
	next, err := w.readView(string(r.View), "modal")
	if err != nil {
		return nil, fmt.Errorf("show the next view: %w: %v", err, asAPIError(err).problems)
	}
	if r.Action == "update" {
		return []Change{{Kind: ViewShown, View: w.replaceView(v, next)}}, nil
	}
	if len(w.modals[v.User]) >= limit.Modals {
		return nil, fmt.Errorf("show the next view: no more than %d may be open", limit.Modals)
	}
	return []Change{{Kind: ViewShown, View: w.push(v.User, next)}}, nil
}

// hasInputs reports errors for blocks that are not inputs of the view: Slack
// would show none of them.
func (v View) hasInputs(fieldErrors map[string]string) error {
	blocks, _ := parseBlocks(v.Blocks)
	inputs := map[string]bool{}
	for _, b := range blocks {
		block, _ := b.(object)
		inputs[stringOf(block["block_id"])] = block["type"] == "input"
	}
	for id := range fieldErrors {
		if !inputs[id] {
			return fmt.Errorf("errors for %q, which is not an input block", id)
		}
	}
	if len(fieldErrors) == 0 {
		return errors.New("response_action errors without errors")
	}
	return nil
}

// pop closes the visible modal, or all of them.
func (w *Workspace) pop(user string, all bool) []Change {
	open := w.modals[user]
	keep := len(open) - 1
	if all {
		keep = 0
	}
	var changes []Change
	for i := len(open) - 1; i >= keep; i-- {
		changes = append(changes, Change{Kind: ViewClosed, View: *open[i]})
	}
	w.modals[user] = open[:keep]
	return changes
}
