package slacksim

import (
	"fmt"
	"maps"
)

// inputPlace is where an input stands in a view. As long as an input has the same place, and is
// of the same kind, Slack keeps what a person entered in it, whatever the app updates the view
// to; an input with another block_id or action_id begins with its initial value.
type inputPlace struct{ block, action, kind string }

// entries are what a person entered in a view so far. They are never changed, but replaced.
type entries map[inputPlace][]string

// with are the entries after a person entered something in some of a view's inputs. Errors:
// ErrNotShown for an input that is not there, others for what its screen does not take.
func (e entries) with(blocks []any, inputs Inputs) (entries, error) {
	if _, err := stateValues(blocks, inputs, e); err != nil {
		return nil, err
	}
	next := entries{}
	maps.Copy(next, e)
	for place := range placesIn(blocks) {
		if entered, ok := inputs[place.action]; ok {
			next[place] = entered
		}
	}
	return next, nil
}

// keptIn are the entries whose inputs a view still has. An option that it does not offer any
// more is forgotten: what Slack does then is not known, and this shows it to whoever relies on
// more.
func (e entries) keptIn(blocks []any) entries {
	kept := entries{}
	for place, element := range placesIn(blocks) {
		if entered, ok := e[place]; ok {
			if _, err := elementState(element, entered); err == nil {
				kept[place] = entered
			}
		}
	}
	return kept
}

// placesIn finds the inputs of a view.
func placesIn(blocks []any) map[inputPlace]object {
	places := map[inputPlace]object{}
	for _, v := range blocks {
		block, _ := v.(object)
		for _, element := range elementsOf(block) {
			places[placeOf(block, element)] = element
		}
	}
	return places
}

func placeOf(block, element object) inputPlace {
	return inputPlace{stringOf(block["block_id"]), stringOf(element["action_id"]), stringOf(element["type"])}
}

// FillView lets a person enter something in the visible modal without submitting it, so that
// what they use next in it carries that. Errors: ErrNotShown for a modal or input that is not
// there.
func (w *Workspace) FillView(user, viewID string, inputs Inputs) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, err := w.visibleModal(user, viewID)
	if err == nil {
		err = v.enter(inputs)
	}
	if err != nil {
		return fmt.Errorf("fill in %s: %w", viewID, err)
	}
	return nil
}

// enter remembers what a person entered.
func (v *View) enter(inputs Inputs) error {
	blocks, err := parseBlocks(v.Blocks)
	if err != nil {
		return err
	}
	next, err := v.entered.with(blocks, inputs)
	if err == nil {
		v.entered = next
	}
	return err
}
