package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// View is a modal, or somebody's App Home, as it stood when it was read.
type View struct {
	ID       string // e.g. "V0K3J5QZ7AB"
	User     string // who sees it
	Hash     string // changes with every update
	Root     string // id of the lowest modal of the stack
	Previous string // id of the modal below; empty for the lowest

	Type            string          `json:"type"` // "modal" or "home"
	CallbackID      string          `json:"callback_id"`
	ExternalID      string          `json:"external_id"`
	PrivateMetadata string          `json:"private_metadata"`
	Title           TextObject      `json:"title"`
	Submit          TextObject      `json:"submit"`
	Close           TextObject      `json:"close"`
	ClearOnClose    bool            `json:"clear_on_close"`
	NotifyOnClose   bool            `json:"notify_on_close"`
	Blocks          json.RawMessage `json:"blocks"` // a JSON array

	entered entries // by the person who sees it
}

// TextObject is a text object of Block Kit.
type TextObject struct {
	Type string `json:"type"` // "plain_text" or "mrkdwn"
	Text string `json:"text"`
}

// Views lists the modals that a person has open, the visible one last.
func (w *Workspace) Views(user string) []View {
	w.mu.Lock()
	defer w.mu.Unlock()
	var open []View
	for _, v := range w.modals[user] {
		open = append(open, *v)
	}
	return open
}

// Home is the App Home that the app published for a person, if it did.
func (w *Workspace) Home(user string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.homes[user]
	if !ok {
		return View{}, false
	}
	return *v, true
}

// readView checks a view of the given type. The error is invalid_arguments,
// with every problem named, or view_too_large.
func (w *Workspace) readView(raw, kind string) (View, error) {
	var o object
	if err := decode([]byte(raw), &o); err != nil {
		return View{}, apiError{code: "invalid_arguments", problems: []string{
			"must provide an object [json-pointer:/view]",
		}}
	}
	if len(raw) > limit.ViewBytes {
		return View{}, apiError{code: "view_too_large"}
	}
	if problems := checkView(o, kind); len(problems) > 0 {
		return View{}, apiError{code: "invalid_arguments", problems: problems}
	}
	w.nameBlocks(o["blocks"].([]any))
	var v View
	if err := json.Unmarshal(encode(o), &v); err != nil {
		return View{}, fmt.Errorf("read view: %w", err)
	}
	return v, nil
}

// checkView lists what Slack would refuse in a view.
func checkView(o object, kind string) []string {
	var r report
	typed(viewSchema, kind)(&r, "/view", o)
	if blocks, ok := o["blocks"].([]any); ok {
		checkUnique(&r, "/view/blocks", blocks)
	}
	return r.problems
}

func viewSchema(kind string) (schema, bool) {
	s := fields(
		required("blocks", list(0, limit.ViewBlocks, typed(blockSchema, viewBlocks()...))),
		optional("private_metadata", str(0, limit.Metadata)),
		optional("callback_id", str(0, limit.ID)),
		optional("external_id", str(0, limit.ID)),
	)
	if kind == "home" {
		return s, true
	}
	return s.
		with(required("title", plainText(limit.ModalCaption))).
		with(optional("submit", plainText(limit.ModalCaption))).
		with(optional("close", plainText(limit.ModalCaption))).
		with(optional("clear_on_close", boolean)).
		with(optional("notify_on_close", boolean)).
		with(optional("submit_disabled", boolean)).
		and(inputsNeedSubmit), kind == "modal"
}

// inputsNeedSubmit reports an input block in a modal that has no way to submit.
func inputsNeedSubmit(r *report, at string, o object) {
	blocks, _ := o["blocks"].([]any)
	for i, v := range blocks {
		if b, ok := v.(object); ok && b["type"] == "input" && o["submit"] == nil {
			r.add(fmt.Sprintf("%s/blocks/%d/input", at, i),
				"must define `submit` to use `input` block")
		}
	}
}

// push puts a modal on top of those that a person has open.
func (w *Workspace) push(user string, v View) View {
	v.ID, v.User, v.Hash = w.nextID("V"), user, w.newHash()
	v.Root = v.ID
	if open := w.modals[user]; len(open) > 0 {
		v.Root, v.Previous = open[0].ID, open[len(open)-1].ID
	}
	w.modals[user] = append(w.modals[user], &v)
	return v
}

// replaceView changes what a view shows. Its place in the stack stays, and what was entered in
// inputs that it still has.
func (w *Workspace) replaceView(old *View, v View) View {
	blocks, _ := parseBlocks(v.Blocks)
	v.entered = old.entered.keptIn(blocks)
	v.ID, v.User, v.Hash = old.ID, old.User, w.newHash()
	v.Root, v.Previous = old.Root, old.Previous
	*old = v
	return v
}

func (w *Workspace) newHash() string {
	return formatTS(w.cfg.Now()) + "." + w.nextToken("hash")[:8]
}

// findView finds an open modal or a published home by id or external id, or nil.
func (w *Workspace) findView(id, externalID string) *View {
	all := slices.Collect(maps.Values(w.homes))
	for _, open := range w.modals {
		all = append(all, open...)
	}
	for _, v := range all {
		if (id != "" && v.ID == id) || (externalID != "" && v.ExternalID == externalID) {
			return v
		}
	}
	return nil
}

// viewJSON is a view as the Web API and interactions show it, with the values
// of its inputs.
func (w *Workspace) viewJSON(v View, state object) answer {
	text := func(t TextObject) any {
		if t.Type == "" {
			return nil
		}
		return answer{"type": t.Type, "text": t.Text, "emoji": true}
	}
	previous := any(nil)
	if v.Previous != "" {
		previous = v.Previous
	}
	return answer{
		"id": v.ID, "team_id": w.TeamID(), "app_id": w.cfg.AppID, "bot_id": w.BotID(),
		"app_installed_team_id": w.TeamID(), "type": v.Type, "hash": v.Hash,
		"callback_id": v.CallbackID, "external_id": v.ExternalID,
		"private_metadata": v.PrivateMetadata, "blocks": v.Blocks,
		"title": text(v.Title), "submit": text(v.Submit), "close": text(v.Close),
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"root_view_id": v.Root, "previous_view_id": previous,
		"state": answer{"values": state},
	}
}
