package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// pieces of Block Kit, of n characters where they take n.

func plain(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, chars(n)) }
func mrkdwn(n int) string {
	return fmt.Sprintf(`{"type":"mrkdwn","text":%q}`, chars(n))
}
func chars(n int) string { return strings.Repeat("ü", n) }
func times(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

// distinct repeats an item with %d in it, which becomes 0, 1, 2…
func distinct(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(item, i)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func section(body string) string { return `[{"type":"section",` + body + `}]` }
func actions(element string) string {
	return `[{"type":"actions","elements":[` + element + `]}]`
}
func button(more string) string {
	return actions(`{"type":"button","text":` + plain(1) + more + `}`)
}
func input(element string) string {
	return `[{"type":"input","label":` + plain(1) + `,"element":` + element + `}]`
}
func confirmed(title, text, yes, no string) string {
	return button(fmt.Sprintf(`,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}`, title, text, yes, no))
}
func choice(text, value int) string {
	return fmt.Sprintf(`{"text":%s,"value":%q}`, plain(text), chars(value))
}

// choices are n options that differ in their value.
func choices(n int) string { return distinct(n, `{"text":`+plain(1)+`,"value":"v%d"}`) }
func menu(kind, options string) string {
	return actions(fmt.Sprintf(`{"type":%q,"options":%s}`, kind, options))
}

func TestBlocksAtTheLimitAreAccepted(t *testing.T) {
	o := newOffice(t)
	for name, blocks := range map[string]string{
		"50 blocks":                   times(50, `{"type":"divider"}`),
		"a section of 3,000":          section(`"text":` + mrkdwn(3000)),
		"10 fields of 500":            section(`"fields":` + times(10, plain(500))),
		"a field of 2,000":            section(`"fields":` + times(1, mrkdwn(2000))),
		"a header of 150":             `[{"type":"header","text":` + plain(150) + `}]`,
		"a context of 10":             `[{"type":"context","elements":` + times(10, mrkdwn(1)) + `}]`,
		"25 actions":                  `[{"type":"actions","elements":` + distinct(25, `{"type":"button","action_id":"a%d","text":`+plain(1)+`}`) + `}]`,
		"a button of 75":              actions(`{"type":"button","text":` + plain(75) + `}`),
		"a value of 2,000":            button(`,"value":"` + chars(2000) + `"`),
		"a url of 3,000":              button(`,"url":"` + chars(3000) + `"`),
		"an action_id of 255":         button(`,"action_id":"` + chars(255) + `"`),
		"a block_id of 255":           `[{"type":"divider","block_id":"` + chars(255) + `"}]`,
		"a primary button":            button(`,"style":"primary"`),
		"a confirmation":              confirmed(plain(100), plain(300), plain(30), plain(30)),
		"100 options of a select":     menu("static_select", choices(100)),
		"an option of 75 and 150":     menu("static_select", times(1, choice(75, 150))),
		"grouped options":             actions(`{"type":"static_select","option_groups":[{"label":` + plain(75) + `,"options":` + choices(2) + `}]}`),
		"10 radio buttons":            menu("radio_buttons", choices(10)),
		"10 checkboxes with mrkdwn":   menu("checkboxes", distinct(10, `{"text":`+mrkdwn(75)+`,"value":"v%d"}`)),
		"an overflow with a link":     menu("overflow", distinct(5, `{"text":`+plain(1)+`,"value":"v%d","url":"https://x"}`)),
		"a preselected option":        actions(`{"type":"static_select","options":` + times(1, choice(1, 1)) + `,"initial_option":` + choice(1, 1) + `}`),
		"people":                      actions(`{"type":"users_select","initial_user":"U1"}`),
		"several people":              section(`"text":` + plain(1) + `,"accessory":{"type":"multi_users_select","initial_users":["U1"],"max_selected_items":2}`),
		"conversations with a filter": actions(`{"type":"conversations_select","filter":{"include":["public"]}}`),
		"an external select":          actions(`{"type":"external_select","min_query_length":3}`),
		"a date":                      actions(`{"type":"datepicker","initial_date":"2026-11-25"}`),
		"a time":                      actions(`{"type":"timepicker","initial_time":"17:00","timezone":"Europe/Berlin"}`),
		"a date and time":             actions(`{"type":"datetimepicker","initial_date_time":1795626000}`),
		"a text input":                input(`{"type":"plain_text_input","multiline":true,"max_length":3000,"min_length":1,"initial_value":"x"}`),
		"a number input":              input(`{"type":"number_input","is_decimal_allowed":false,"min_value":"1"}`),
		"an image":                    `[{"type":"image","image_url":"https://x/y.png","alt_text":"y","title":` + plain(2000) + `}]`,
		"an image beside a section":   section(`"text":` + plain(1) + `,"accessory":{"type":"image","image_url":"https://x","alt_text":"y"}`),
		"an image in a context":       `[{"type":"context","elements":[{"type":"image","slack_file":{"id":"F1"},"alt_text":"y"}]}]`,
		"rich text":                   `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`,
		"markdown":                    `[{"type":"markdown","text":"**x**"}]`,
		"a video":                     `[{"type":"video","alt_text":"x","title":` + plain(1) + `,"thumbnail_url":"https://x","video_url":"https://y"}]`,
		"one action_id in two blocks": `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":` + plain(1) + `}]},{"type":"actions","elements":[{"type":"button","action_id":"a","text":` + plain(1) + `}]}]`,
	} {
		t.Run(name+" is accepted", func(t *testing.T) {
			got := o.raw(t, blocks)
			require.True(t, got.OK, "%s %v", got.Error, got.Errors)
		})
	}
}

var blocksBeyondTheLimit = []struct{ name, blocks, want string }{
	{"51 blocks", times(51, `{"type":"divider"}`), "no more than 50 items allowed [json-pointer:/blocks]"},
	{"a section of 3,001", section(`"text":` + mrkdwn(3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
	{"an empty text", section(`"text":` + mrkdwn(0)), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
	{"a section of nothing", `[{"type":"section"}]`, "must define either `text` or `fields` [json-pointer:/blocks/0]"},
	{"11 fields", section(`"fields":` + times(11, plain(1))), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
	{"a field of 2,001", section(`"fields":` + times(1, plain(2001))), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
	{"a header of 151", `[{"type":"header","text":` + plain(151) + `}]`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
	{"a header in mrkdwn", `[{"type":"header","text":` + mrkdwn(1) + `}]`, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"},
	{"a context of 11", `[{"type":"context","elements":` + times(11, mrkdwn(1)) + `}]`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
	{"an empty context", `[{"type":"context","elements":[]}]`, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"},
	{"a button in a context", `[{"type":"context","elements":[{"type":"button"}]}]`, "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"},
	{"26 actions", `[{"type":"actions","elements":` + distinct(26, `{"type":"button","action_id":"a%d","text":`+plain(1)+`}`) + `}]`, "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
	{"a button of 76", actions(`{"type":"button","text":` + plain(76) + `}`), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
	{"a button in mrkdwn", actions(`{"type":"button","text":` + mrkdwn(1) + `}`), "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]"},
	{"a button without text", actions(`{"type":"button","text":null}`), "missing required field: text [json-pointer:/blocks/0/elements/0]"},
	{"a value of 2,001", button(`,"value":"` + chars(2001) + `"`), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
	{"a url of 3,001", button(`,"url":"` + chars(3001) + `"`), "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"},
	{"an action_id of 256", button(`,"action_id":"` + chars(256) + `"`), "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
	{"a block_id of 256", `[{"type":"divider","block_id":"` + chars(256) + `"}]`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
	{"a default button", button(`,"style":"default"`), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
	{"a question of 101", confirmed(plain(101), plain(1), plain(1), plain(1)), "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"},
	{"an explanation of 301", confirmed(plain(1), plain(301), plain(1), plain(1)), "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"},
	{"a yes of 31", confirmed(plain(1), plain(1), plain(31), plain(1)), "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]"},
	{"a no of 31", confirmed(plain(1), plain(1), plain(1), plain(31)), "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"},
	{"101 options", menu("static_select", choices(101)), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"an option of 76", menu("static_select", times(1, choice(76, 1))), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"},
	{"an option's value of 151", menu("static_select", times(1, choice(1, 151))), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"},
	{"a select of nothing", actions(`{"type":"static_select"}`), "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"},
	{"11 radio buttons", menu("radio_buttons", choices(11)), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"6 in an overflow", menu("overflow", choices(6)), "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"a preselection not offered", actions(`{"type":"radio_buttons","options":` + times(1, choice(1, 1)) + `,"initial_option":` + choice(2, 2) + `}`), "initial option must be one of the options: üü [json-pointer:/blocks/0/elements/0]"},
	{"two options of one value", menu("static_select", times(2, choice(1, 1))), "duplicate option value: ü [json-pointer:/blocks/0/elements/0]"},
	{"a menu for several among actions", menu("multi_static_select", choices(2)), "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]"},
	{"preselections of two groups", input(`{"type":"multi_static_select","option_groups":[{"label":` + plain(1) + `,"options":` + times(1, choice(1, 1)) + `},{"label":` + plain(1) + `,"options":` + times(1, choice(2, 2)) + `}],"initial_options":[` + choice(1, 1) + `,` + choice(2, 2) + `]}`), "initial options must be of one group [json-pointer:/blocks/0/element]"},
	{"a date in words", actions(`{"type":"datepicker","initial_date":"tomorrow"}`), "must be a date of the form YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"},
	{"a time of 25 hours", actions(`{"type":"timepicker","initial_time":"25:00"}`), "must be a time of the form HH:mm [json-pointer:/blocks/0/elements/0/initial_time]"},
	{"milliseconds", actions(`{"type":"datetimepicker","initial_date_time":1795626000000}`), "must be a whole number from 1000000000 to 9999999999 [json-pointer:/blocks/0/elements/0/initial_date_time]"},
	{"a text input beyond 3,000", input(`{"type":"plain_text_input","max_length":3001}`), "must be a whole number from 1 to 3000 [json-pointer:/blocks/0/element/max_length]"},
	{"a button as input", input(`{"type":"button"}`), "unsupported type: button [json-pointer:/blocks/0/element/type]"},
	{"an input among actions", actions(`{"type":"plain_text_input"}`), "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"},
	{"an input without a label", `[{"type":"input","element":{"type":"plain_text_input"}}]`, "missing required field: label [json-pointer:/blocks/0]"},
	{"an image without alt_text", `[{"type":"image","image_url":"https://x"}]`, "missing required field: alt_text [json-pointer:/blocks/0]"},
	{"an image without source", `[{"type":"image","alt_text":"x"}]`, "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]"},
	{"an unknown block", `[{"type":"banner"}]`, "unsupported type: banner [json-pointer:/blocks/0/type]"},
	{"an unknown element", actions(`{"type":"slider"}`), "unsupported type: slider [json-pointer:/blocks/0/elements/0/type]"},
	{"unknown rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_song","elements":[]}]}]`, "unsupported type: rich_text_song [json-pointer:/blocks/0/elements/0/type]"},
	{"a datetimepicker beside a text", section(`"text":` + plain(1) + `,"accessory":{"type":"datetimepicker"}`), "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]"},
	{"a datetimepicker with a placeholder", input(`{"type":"datetimepicker","placeholder":` + plain(1) + `}`), "invalid additional property: placeholder [json-pointer:/blocks/0/element]"},
	{"a misspelt property", `[{"type":"divider","blockid":"x"}]`, "invalid additional property: blockid [json-pointer:/blocks/0]"},
	{"emoji in mrkdwn", section(`"text":{"type":"mrkdwn","text":"x","emoji":true}`), "invalid additional property: emoji [json-pointer:/blocks/0/text]"},
	{"a block without type", `[{}]`, "missing required field: type [json-pointer:/blocks/0]"},
	{"a block that is text", `["divider"]`, "must provide an object [json-pointer:/blocks/0]"},
	{"a text that is a string", section(`"text":"x"`), "must provide an object [json-pointer:/blocks/0/text]"},
	{"a confirmation that is a string", button(`,"confirm":"sure?"`), "must provide an object [json-pointer:/blocks/0/elements/0/confirm]"},
	{"a number as text", section(`"text":{"type":"mrkdwn","text":1}`), "must be a string [json-pointer:/blocks/0/text/text]"},
	{"elements that are no list", `[{"type":"actions","elements":{}}]`, "must be an array [json-pointer:/blocks/0/elements]"},
	{"a flag that is a word", input(`{"type":"plain_text_input","multiline":"yes"}`), "must be a boolean [json-pointer:/blocks/0/element/multiline]"},
	{"one block_id twice", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "duplicate block_id: a [json-pointer:/blocks/1/block_id]"},
	{"one action_id twice in a block", actions(strings.Join([]string{`{"type":"button","action_id":"a","text":` + plain(1) + `}`, `{"type":"button","action_id":"a","text":` + plain(1) + `}`}, ",")), "duplicate action_id: a [json-pointer:/blocks/0]"},
}

func TestBlocksBeyondTheLimitAreRefused(t *testing.T) {
	o := newOffice(t)
	for _, c := range blocksBeyondTheLimit {
		t.Run(c.name+" is refused", func(t *testing.T) {
			got := o.raw(t, c.blocks)
			require.Equal(t, "invalid_blocks", got.Error)
			require.Equal(t, []string{c.want}, got.Errors)
			require.Equal(t, []string{"[ERROR] " + c.want}, got.Metadata.Messages)
		})
	}
	require.Empty(t, o.Messages(o.ops.ID))
}

func TestTheBlocksOfAMessageHaveALimitTogether(t *testing.T) {
	o := newOffice(t)
	of := func(bytes int) string {
		part := section(`"block_id":"b%d","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", bytes/6) + `"}`)
		return distinct(6, strings.Trim(part, "[]"))
	}
	require.True(t, o.raw(t, of(5_700)).OK)
	require.True(t, o.raw(t, of(10_000)).OK)
	require.Equal(t, "msg_blocks_too_long", o.raw(t, of(15_200)).Error)
}

func TestProblemsReachSlackGo(t *testing.T) {
	o := newOffice(t)
	_, _, err := o.client.PostMessage(o.ops.ID, slack.MsgOptionBlocks(
		slack.NewDividerBlock(),
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, chars(151), false, false)),
	))
	var refused slack.SlackErrorResponse
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "invalid_blocks", refused.Err)
	require.Equal(t, []string{"[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"},
		refused.ResponseMetadata.Messages)
}

func TestNumbersSurviveBeingStored(t *testing.T) {
	o := newOffice(t)
	require.True(t, o.raw(t, actions(`{"type":"datetimepicker","initial_date_time":1795626000}`)).OK)
	require.Contains(t, string(o.Messages(o.ops.ID)[0].Blocks), `"initial_date_time":1795626000`)
	require.True(t, json.Valid(o.Messages(o.ops.ID)[0].Blocks))
}
