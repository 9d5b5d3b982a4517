package slacksim

import "github.com/patchbot/patchbot/bot/slackchat/limit"

// plainText is a plain_text object of 1 to most characters; mrkdwn is refused.
func plainText(most int) check { return typed(textSchema(most), "plain_text") }

// anyText is a plain_text or mrkdwn object of 1 to most characters.
func anyText(most int) check { return typed(textSchema(most), "plain_text", "mrkdwn") }

// textSchema describes text objects: emoji is for plain text, verbatim for
// mrkdwn.
func textSchema(most int) func(kind string) (schema, bool) {
	return func(kind string) (schema, bool) {
		text := required("text", str(1, most))
		switch kind {
		case "plain_text":
			return fields(text, optional("emoji", boolean)), true
		case "mrkdwn":
			return fields(text, optional("verbatim", boolean)), true
		}
		return schema{}, false
	}
}

// confirm is a confirmation dialog.
func confirm() check {
	return fields(
		required("title", plainText(limit.ConfirmTitle)),
		required("text", plainText(limit.ConfirmText)),
		required("confirm", plainText(limit.ConfirmButton)),
		required("deny", plainText(limit.ConfirmButton)),
		optional("style", oneOf("primary", "danger")),
	).check
}

// option is one choice of a menu whose labels pass the check label.
func option(label check, more ...field) check {
	s := fields(
		required("text", label),
		required("value", str(1, limit.OptionValue)),
		optional("description", label),
	)
	for _, f := range more {
		s = s.with(f)
	}
	return s.check
}

// optionGroup is a headed list of choices.
func optionGroup(item check) check {
	return fields(
		required("label", plainText(limit.OptionText)),
		required("options", list(1, limit.Options, item)),
	).check
}
