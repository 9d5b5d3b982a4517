package slacksim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Command lets a person type a slash command, e.g. "/patch" with the text
// "status i-0933335a5598d1c2e". The app's immediate answer, text or JSON, is
// posted: to the person alone, or to everyone with response_type in_channel.
// Delivery.Shown is that message, nil for an empty answer. Errors: ErrNotShown
// for a person outside the channel, *DeliveryError when the app does not answer
// as it should.
func (w *Workspace) Command(ctx context.Context, user, channel, command, text string) (Delivery, error) {
	w.mu.Lock()
	app := w.app.Commands
	form, reply, err := w.commandForm(user, channel, command, text)
	w.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("type %s: %w", command, err)
	}
	d, err := w.deliver(ctx, app, []byte(form.Encode()), nil)
	if err != nil {
		return d, err
	}
	d.Shown, err = w.showAnswer(reply, d.Answer)
	if err != nil {
		return d, &DeliveryError{Code: "dispatch_failed", Status: d.Status, Err: err}
	}
	return d, nil
}

// CheckSSL sends the request by which Slack probes a command's URL: not signed, and to be answered
// 200 without running anything.
func (w *Workspace) CheckSSL(ctx context.Context) (Delivery, error) {
	w.mu.Lock()
	app := w.app.Commands
	w.mu.Unlock()
	form := url.Values{"ssl_check": {"1"}, "token": {stableID("", "verification token")}}
	return w.deliver(ctx, app, []byte(form.Encode()), http.Header{"X-Slack-Signature": nil, "X-Slack-Request-Timestamp": nil})
}

// commandForm makes the body of a command, and the response URL inside it.
func (w *Workspace) commandForm(user, channel, command, text string) (url.Values, *responseURL, error) {
	u, ok := w.users[user]
	if !ok {
		return nil, nil, fmt.Errorf("user %s: %w", user, ErrNotShown)
	}
	ch, ok := w.channels[channel]
	if !ok || !ch.has(user) {
		return nil, nil, fmt.Errorf("channel %s: %w", channel, ErrNotShown)
	}
	reply := &responseURL{user: user, channel: channel}
	return url.Values{
		"token":                 {stableID("", "verification token")},
		"team_id":               {w.TeamID()},
		"team_domain":           {w.cfg.Domain},
		"channel_id":            {channel},
		"channel_name":          {ch.deliveredName()},
		"user_id":               {user},
		"user_name":             {u.Name},
		"command":               {command},
		"text":                  {text},
		"api_app_id":            {w.cfg.AppID},
		"is_enterprise_install": {strconv.FormatBool(w.cfg.Enterprise != "")},
		"enterprise_id":         {w.cfg.Enterprise},
		"response_url":          {w.newResponseURL("commands", reply)},
		"trigger_id":            {w.newTrigger(user)},
	}, reply, nil
}

// showAnswer posts what the app answered to a command. A body that is a JSON
// object is a message; any other is its text.
func (w *Workspace) showAnswer(to *responseURL, body []byte) (*Message, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, nil
	}
	var r response
	if body[0] != '{' {
		r.Text = string(body)
	} else if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	w.mu.Lock()
	change, err := w.respond(to, r)
	w.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("show the answer: %w", err)
	}
	w.notify([]Change{change})
	return &change.Message, nil
}
