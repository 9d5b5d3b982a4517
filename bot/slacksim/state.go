package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// Inputs is what a person entered before submitting: the action_id of an
// element, and one string for each thing typed or chosen. A choice is an
// option's value, a user's id, a date "2026-11-25", a time "17:00", or, for a
// datetimepicker, Unix seconds.
type Inputs map[string][]string

// stateKey is where the state keeps an element's value, and whether it keeps
// several; the key is empty for elements without state.
func stateKey(kind string) (key string, many bool) {
	one, many := strings.CutPrefix(kind, "multi_")
	switch one {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		key = "value"
	case "static_select", "external_select", "radio_buttons":
		key = "selected_option"
	case "users_select":
		key = "selected_user"
	case "channels_select":
		key = "selected_channel"
	case "conversations_select":
		key = "selected_conversation"
	case "datepicker":
		key = "selected_date"
	case "timepicker":
		key = "selected_time"
	case "datetimepicker":
		key = "selected_date_time"
	case "checkboxes":
		return "selected_options", true
	}
	if many {
		key += "s"
	}
	return key, many
}

// stateValues makes the object that Slack sends as state.values: block_id to
// action_id to value. What a person did not enter now is as they did before, and what they did
// not touch has its initial value.
func stateValues(blocks []any, inputs Inputs, before entries) (object, error) {
	values, known := object{}, map[string]bool{}
	for _, v := range blocks {
		block, _ := v.(object)
		for _, element := range elementsOf(block) {
			kind, _ := element["type"].(string)
			action, _ := element["action_id"].(string)
			if key, _ := stateKey(kind); key == "" {
				continue
			}
			known[action] = true
			entered, now := inputs[action]
			if !now {
				entered = before[placeOf(block, element)]
			}
			value, err := elementState(element, entered)
			if err != nil {
				return nil, fmt.Errorf("enter %s: %w", action, err)
			}
			id := block["block_id"].(string)
			if values[id] == nil {
				values[id] = object{}
			}
			values[id].(object)[action] = value
		}
	}
	for action := range inputs {
		if !known[action] {
			return nil, fmt.Errorf("enter %s: %w", action, ErrNotShown)
		}
	}
	return values, nil
}

// elementState is the state of one element, after a person entered something or,
// with nil, nothing.
func elementState(element object, entered []string) (object, error) {
	kind := element["type"].(string)
	key, many := stateKey(kind)
	if entered == nil {
		initial := element["initial_"+strings.TrimPrefix(key, "selected_")]
		if initial == nil && many {
			initial = []any{}
		}
		return object{"type": kind, key: initial}, nil
	}
	if !many && len(entered) != 1 {
		return nil, fmt.Errorf("%s takes one value, not %d", kind, len(entered))
	}
	values := []any{}
	for _, text := range entered {
		v, err := enteredValue(element, kind, text)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	if many {
		return object{"type": kind, key: values}, nil
	}
	return object{"type": kind, key: values[0]}, nil
}

// enteredValue turns what a person entered into what Slack sends, and refuses
// what Slack's own screen would not let them enter.
func enteredValue(element object, kind, text string) (any, error) {
	switch key, _ := stateKey(kind); key {
	case "selected_option", "selected_options":
		return chosenOption(element, text)
	case "selected_date":
		_, err := time.Parse(time.DateOnly, text)
		return text, err
	case "selected_time":
		_, err := time.Parse("15:04", text)
		return text, err
	case "selected_date_time":
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err == nil && seconds%60 != 0 {
			err = fmt.Errorf("%s is no whole minute: a person chooses hours and minutes", text)
		}
		return json.Number(text), err
	case "value":
		return text, checkTyped(element, text)
	}
	return text, nil
}

func chosenOption(element object, value string) (object, error) {
	options := optionsOf(element)
	i := slices.IndexFunc(options, func(o object) bool { return o["value"] == value })
	if i < 0 {
		return nil, fmt.Errorf("option %s: %w", value, ErrNotShown)
	}
	return options[i], nil
}

func checkTyped(element object, text string) error {
	length := int64(utf8.RuneCountInString(text))
	most, least := int64(limit.InputText), int64(0)
	if n, ok := element["max_length"].(json.Number); ok {
		most, _ = n.Int64()
	}
	if n, ok := element["min_length"].(json.Number); ok {
		least, _ = n.Int64()
	}
	if length < least || length > most {
		return fmt.Errorf("%d characters, allowed are %d to %d", length, least, most)
	}
	return nil
}
