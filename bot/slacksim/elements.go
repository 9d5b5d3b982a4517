package slacksim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// interactive is an element of an actions block, which takes no menus in which
// several things are chosen.
func interactive() check {
	single := slices.DeleteFunc(menus(), func(kind string) bool { return strings.HasPrefix(kind, "multi_") })
	return typed(elementSchema, append(single, "button", "overflow")...)
}

// accessory is the element beside a section's text, where Slack takes no datetimepicker.
func accessory() check {
	beside := slices.DeleteFunc(menus(), func(kind string) bool { return kind == "datetimepicker" })
	return typed(elementSchema, append(beside, "button", "overflow", "image")...)
}

// inputElement is the element of an input block.
func inputElement() check {
	return typed(elementSchema, append(menus(), textInputs()...)...)
}

func menus() []string {
	return []string{
		"static_select", "multi_static_select", "external_select", "multi_external_select",
		"users_select", "multi_users_select", "conversations_select", "multi_conversations_select",
		"channels_select", "multi_channels_select", "radio_buttons", "checkboxes",
		"datepicker", "timepicker", "datetimepicker",
	}
}

func textInputs() []string {
	return []string{"plain_text_input", "email_text_input", "url_text_input", "number_input"}
}

func isInteractive(kind string) bool {
	return slices.Contains(menus(), kind) || slices.Contains(textInputs(), kind) ||
		kind == "button" || kind == "overflow"
}

// elementSchema describes each element that the simulator knows.
func elementSchema(kind string) (schema, bool) {
	switch {
	case kind == "image":
		return imageSchema(), true
	case kind == "button":
		return buttonSchema(), true
	case slices.Contains(textInputs(), kind):
		return inputSchema(kind), true
	case slices.Contains(menus(), kind), kind == "overflow":
		return menuSchema(kind), true
	}
	return schema{}, false
}

func imageSchema() schema {
	return fields(
		required("alt_text", str(1, limit.AltText)),
		optional("image_url", str(1, limit.URL)),
		optional("slack_file", anything),
	).and(func(r *report, at string, o object) {
		if (o["image_url"] == nil) == (o["slack_file"] == nil) {
			r.add(at, "must define either `image_url` or `slack_file`")
		}
	})
}

func buttonSchema() schema {
	return fields(
		required("text", plainText(limit.ButtonText)),
		optional("action_id", str(1, limit.ID)),
		optional("value", str(0, limit.ButtonValue)),
		optional("url", str(1, limit.URL)),
		optional("style", oneOf("primary", "danger")),
		optional("confirm", confirm()),
		optional("accessibility_label", str(1, limit.ButtonText)),
	)
}

func inputSchema(kind string) schema {
	s := fields(
		optional("action_id", str(1, limit.ID)),
		optional("placeholder", plainText(limit.Placeholder)),
		optional("initial_value", str(0, limit.InputText)),
		optional("focus_on_load", boolean),
		optional("dispatch_action_config", anything),
	)
	switch kind {
	case "plain_text_input":
		s = s.with(optional("multiline", boolean)).
			with(optional("min_length", integer(0, limit.InputText))).
			with(optional("max_length", integer(1, limit.InputText)))
	case "number_input":
		s = s.with(required("is_decimal_allowed", boolean)).
			with(optional("min_value", str(1, limit.InputText))).
			with(optional("max_value", str(1, limit.InputText)))
	}
	return s
}

// menuSchema describes the elements in which people choose.
func menuSchema(kind string) schema {
	s := fields(optional("action_id", str(1, limit.ID)), optional("confirm", confirm()))
	if kind == "overflow" {
		item := option(plainText(limit.OptionText), optional("url", str(1, limit.URL)))
		return s.with(required("options", list(1, limit.Overflow, item))).and(valuesDiffer)
	}
	s = s.with(optional("focus_on_load", boolean))
	if kind == "radio_buttons" || kind == "checkboxes" {
		item := option(anyText(limit.OptionText))
		return s.with(required("options", list(1, limit.FewOptions, item))).
			with(initialChoice(kind, item)).and(initialIsOffered).and(valuesDiffer)
	}
	if kind != "datetimepicker" {
		s = s.with(optional("placeholder", plainText(limit.Placeholder)))
	}
	if strings.HasPrefix(kind, "multi_") {
		s = s.with(optional("max_selected_items", integer(1, limit.Options)))
	}
	switch strings.TrimPrefix(kind, "multi_") {
	case "static_select":
		item := option(plainText(limit.OptionText))
		return s.with(optional("options", list(1, limit.Options, item))).
			with(optional("option_groups", list(1, limit.Options, optionGroup(item)))).
			with(initialChoice(kind, item)).and(offersOptions).and(initialIsOffered).and(initialOfOneGroup).and(valuesDiffer)
	case "external_select":
		return s.with(optional("min_query_length", integer(0, 1000))).
			with(initialChoice(kind, option(plainText(limit.OptionText))))
	case "conversations_select", "channels_select":
		s = s.with(optional("filter", anything)).with(optional("response_url_enabled", boolean)).
			with(optional("default_to_current_conversation", boolean))
	case "timepicker":
		s = s.with(optional("timezone", str(1, limit.ID)))
	}
	return s.with(initialChoice(kind, initialForm(kind)))
}

// initialChoice is the property that preselects something in a menu, e.g.
// initial_option, initial_users, initial_date.
func initialChoice(kind string, item check) field {
	key, many := stateKey(kind)
	if many {
		item = list(1, limit.Options, item)
	}
	return optional(strings.Replace(key, "selected_", "initial_", 1), item)
}

func initialForm(kind string) check {
	switch kind {
	case "datepicker":
		return matching(regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), "a date of the form YYYY-MM-DD")
	case "timepicker":
		return matching(regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`), "a time of the form HH:mm")
	case "datetimepicker":
		return integer(1_000_000_000, 9_999_999_999) // Slack asks for ten digits
	}
	return str(1, limit.ID)
}

func offersOptions(r *report, at string, o object) {
	if (o["options"] == nil) == (o["option_groups"] == nil) {
		r.add(at, "must define either `options` or `option_groups`")
	}
}

// initialIsOffered reports a preselected option that the menu does not have.
func initialIsOffered(r *report, at string, o object) {
	chosen, _ := o["initial_options"].([]any)
	if one := o["initial_option"]; one != nil {
		chosen = append(chosen, one)
	}
	for _, v := range chosen {
		same := func(offered object) bool { return string(encode(offered)) == string(encode(v)) }
		if !slices.ContainsFunc(optionsOf(o), same) {
			r.add(at, "initial option must be one of the options: %s", optionValue(v))
		}
	}
}

// initialOfOneGroup reports preselected options of several groups, which Slack
// refuses although it offers them.
func initialOfOneGroup(r *report, at string, o object) {
	chosen, _ := o["initial_options"].([]any)
	groups, _ := o["option_groups"].([]any)
	touched := 0
	for _, group := range groups {
		g, _ := group.(object)
		offered := optionsOf(g)
		if slices.ContainsFunc(chosen, func(v any) bool {
			return slices.ContainsFunc(offered, func(o object) bool { return o["value"] == optionValue(v) })
		}) {
			touched++
		}
	}
	if touched > 1 {
		r.add(at, "initial options must be of one group")
	}
}

// valuesDiffer reports options with the same value. Whether Slack refuses them is
// not known; nobody could tell which of them a person chose.
func valuesDiffer(r *report, at string, o object) {
	seen := map[string]bool{}
	for _, option := range optionsOf(o) {
		value := optionValue(option)
		if seen[value] {
			r.add(at, "duplicate option value: %s", value)
		}
		seen[value] = true
	}
}

// optionsOf lists the options of a menu, those of its groups included.
func optionsOf(element object) []object {
	var found []object
	collect := func(v any) {
		items, _ := v.([]any)
		for _, item := range items {
			if o, ok := item.(object); ok {
				found = append(found, o)
			}
		}
	}
	collect(element["options"])
	groups, _ := element["option_groups"].([]any)
	for _, group := range groups {
		if o, ok := group.(object); ok {
			collect(o["options"])
		}
	}
	return found
}

func optionValue(v any) string {
	o, _ := v.(object)
	return fmt.Sprint(o["value"])
}
