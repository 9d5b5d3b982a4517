package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// everyInput is a modal with each input that a person can fill in, the first of them required.
const everyInput = `{"type": "modal", "callback_id": "every", "title": {"type": "plain_text", "text": "Schedule web-1"},
 "submit": {"type": "plain_text", "text": "Schedule"}, "close": {"type": "plain_text", "text": "Cancel"}, "blocks": [
 {"type": "section", "text": {"type": "mrkdwn", "text": "When may *web-1* reboot?", "verbatim": true}},
 {"type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Reason"}, "element": {"type": "plain_text_input", "action_id": "text", "max_length": 40}},
 {"type": "input", "block_id": "when", "optional": true, "label": {"type": "plain_text", "text": "Day"}, "element": {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-27"}},
 {"type": "input", "block_id": "at", "optional": true, "label": {"type": "plain_text", "text": "Time"}, "element": {"type": "timepicker", "action_id": "time", "initial_time": "17:00"}},
 {"type": "input", "block_id": "way", "optional": true, "label": {"type": "plain_text", "text": "How"}, "element": {"type": "radio_buttons", "action_id": "how", "options": [
   {"text": {"type": "plain_text", "text": "With a reboot"}, "value": "reboot"}, {"text": {"type": "plain_text", "text": "Without"}, "value": "none"}]}},
 {"type": "input", "block_id": "list", "optional": true, "label": {"type": "plain_text", "text": "Window"}, "element": {"type": "static_select", "action_id": "window", "options": [
   {"text": {"type": "plain_text", "text": "Tonight"}, "value": "tonight"}, {"text": {"type": "plain_text", "text": "Weekend"}, "value": "weekend"}]}},
 {"type": "input", "block_id": "tell", "optional": true, "label": {"type": "plain_text", "text": "Tell"}, "element": {"type": "checkboxes", "action_id": "whom", "options": [
   {"text": {"type": "plain_text", "text": "On call"}, "value": "oncall"}]}},
 {"type": "input", "block_id": "who", "optional": true, "label": {"type": "plain_text", "text": "Person"}, "element": {"type": "users_select", "action_id": "person"}},
 {"type": "input", "block_id": "until", "optional": true, "label": {"type": "plain_text", "text": "Until"}, "element": {"type": "datetimepicker", "action_id": "end"}},
 {"type": "input", "block_id": "count", "optional": true, "label": {"type": "plain_text", "text": "At once"}, "element": {"type": "number_input", "action_id": "number", "is_decimal_allowed": false}},
 {"type": "input", "block_id": "mail", "optional": true, "label": {"type": "plain_text", "text": "Mail"}, "element": {"type": "email_text_input", "action_id": "address"}}]}`

// call calls Slack's Web API as the bot does.
func (p page) call(method string, args url.Values) {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(args.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer xoxb-slacksim")
	answer := httptest.NewRecorder()
	p.Slack.ServeHTTP(answer, r)
	require.Contains(p.t, answer.Body.String(), `"ok":true`)
}

// delivered is the last thing of which Slack told the bot.
func (p page) delivered() url.Values {
	p.t.Helper()
	all := p.Slack.Deliveries()
	form, err := url.ParseQuery(string(all[len(all)-1].Body))
	require.NoError(p.t, err)
	return form
}

func modals(t *testing.T, chromium context.Context) {
	p := open(t, brisk)
	p.question()
	b := visit(t, chromium, p.url, desktop)
	b.shows("body", "6 patches to install on web-1")
	b.click("button", "patchbot App Home")
	b.shows("main", "1 question waits for you")
	b.click("button", "Reject…")
	b.find("dialog", "Leave it unpatched?")
	b.click("button", "Reject")
	b.shows("main", "Nothing waits for you")
	b.shows("main", "rejected, ")
	b.isAccessible(axe(t), "the App Home")

	b.click("button", "payments…")
	_, err := p.Slack.Command(t.Context(), "U0ADA", p.Home.ID, "/patch", "status web-1")
	require.NoError(t, err)
	p.call("views.open", url.Values{"trigger_id": p.delivered()["trigger_id"], "view": {everyInput}})
	b.find("dialog", "Schedule web-1")
	b.isAccessible(axe(t), "a modal with every input")
	b.click("button", "Schedule")
	b.shows("dialog[open]", "required")
	b.fill("textbox", "Reason", "release day")
	b.click("radio", "Without")
	b.click("checkbox", "On call")
	b.click("button", "Schedule")
	b.until("that the bot hears of it", func(context.Context) (bool, error) {
		return strings.Contains(p.delivered().Get("payload"), `"view_submission"`), nil
	})
	var submitted struct {
		View struct {
			State struct {
				Values map[string]map[string]map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(p.delivered().Get("payload")), &submitted))
	values := submitted.View.State.Values
	require.Equal(t, "release day", values["reason"]["text"]["value"])
	require.Equal(t, "2026-11-27", values["when"]["day"]["selected_date"])
	require.Equal(t, "none", values["way"]["how"]["selected_option"].(map[string]any)["value"])
	require.Len(t, values["tell"]["whom"]["selected_options"], 1)
	require.Nil(t, values["list"]["window"]["selected_option"])
	b.shows("dialog[open]", "I do not know this window.")
	b.click("button", "Close")
	b.until("that the modal has closed", func(context.Context) (bool, error) { return len(p.Slack.Views("U0ADA")) == 0, nil })
	b.sound()
}
