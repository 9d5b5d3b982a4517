package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Event sends an event of the Events API, e.g. a map with "type": "app_mention"
// and the fields of that type. Errors: *DeliveryError when the app does not
// answer as it should. Slack would retry; see Redeliver.
func (w *Workspace) Event(ctx context.Context, event any) (Delivery, error) {
	inner, err := json.Marshal(event)
	if err != nil {
		return Delivery{}, fmt.Errorf("encode event: %w", err)
	}
	w.mu.Lock()
	app := w.app.Events
	var enterprise any // null outside Enterprise Grid
	if w.cfg.Enterprise != "" {
		enterprise = w.cfg.Enterprise
	}
	body := encode(answer{
		"token":         stableID("", "verification token"),
		"team_id":       w.TeamID(),
		"enterprise_id": enterprise,
		"api_app_id":    w.cfg.AppID,
		"event":         json.RawMessage(inner),
		"type":          "event_callback",
		"event_id":      w.nextID("Ev"),
		"event_time":    w.cfg.Now().Unix(),
		"authorizations": []answer{{
			"enterprise_id": enterprise, "team_id": w.TeamID(), "user_id": w.BotUserID(),
			"is_bot": true, "is_enterprise_install": w.cfg.Enterprise != "",
		}},
		"is_ext_shared_channel": false,
	})
	w.mu.Unlock()
	return w.deliver(ctx, app, body, nil)
}

// OpenHome lets a person open the app's Home tab: the event app_home_opened.
// Errors as for Event.
func (w *Workspace) OpenHome(ctx context.Context, user string) (Delivery, error) {
	w.mu.Lock()
	event := answer{
		"type": "app_home_opened", "user": user, "tab": "home",
		"channel": stableID("D", user), "event_ts": formatTS(w.cfg.Now()),
	}
	if v, ok := w.homes[user]; ok {
		event["view"] = w.viewJSON(*v, object{})
	}
	w.mu.Unlock()
	return w.Event(ctx, event)
}

// VerifyURL sends the challenge by which Slack checks the URL for events, and
// fails unless the app answers with it.
func (w *Workspace) VerifyURL(ctx context.Context) (Delivery, error) {
	w.mu.Lock()
	app, challenge := w.app.Events, w.nextToken("challenge")
	w.mu.Unlock()
	d, err := w.deliver(ctx, app, encode(answer{
		"type": "url_verification", "token": stableID("", "verification token"),
		"challenge": challenge,
	}), nil)
	if err != nil {
		return d, err
	}
	var echo struct{ Challenge string }
	if json.Unmarshal(d.Answer, &echo) != nil {
		echo.Challenge = strings.TrimSpace(string(d.Answer))
	}
	if echo.Challenge != challenge {
		return d, fmt.Errorf("verify %s: the answer %q is not the challenge", app, d.Answer)
	}
	return d, nil
}
