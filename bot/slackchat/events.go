package slackchat

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// event holds what is read of a request of the Events API.
type event struct {
	Type         string `json:"type"`
	Challenge    string `json:"challenge"` // of a url_verification
	AppID        string `json:"api_app_id"`
	TeamID       string `json:"team_id"`
	EnterpriseID string `json:"enterprise_id"`
	Event        struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
	Authorizations []struct {
		OrgWide bool `json:"is_enterprise_install"`
	} `json:"authorizations"`
}

func (e event) origin() origin {
	return origin{AppID: e.AppID, TeamID: e.TeamID, EnterpriseID: e.EnterpriseID, OrgWide: len(e.Authorizations) > 0 && e.Authorizations[0].OrgWide}
}

// serveEvents answers the Events API: the challenge that Slack sends when the URL is entered, and
// the opening of an App Home. Anything else is acknowledged and ignored.
func (a *App) serveEvents(w http.ResponseWriter, req *http.Request) {
	var e event
	if err := json.NewDecoder(req.Body).Decode(&e); err != nil || e.Type == "" {
		http.Error(w, "the body is not an event: expected a JSON object with a type", http.StatusBadRequest)
		return
	}
	switch {
	case e.Type == "url_verification":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, e.Challenge)
	case e.Type == "event_callback" && e.Event.Type == "app_home_opened" && e.Event.Tab == "home":
		if err := a.openHome(req, e); err != nil {
			a.Log.Error("could not show an App Home", "user", e.Event.User, "error", err)
		}
	}
}

func (a *App) openHome(req *http.Request, e event) error {
	who, err := a.Chat.installed.get(req.Context(), a.Chat.api, a.Chat.now())
	if err == nil {
		err = who.check(e.origin())
	}
	if err == nil && e.Event.User == "" {
		err = errors.New("the event names nobody")
	}
	if err != nil {
		return err
	}
	return a.publishHome(req.Context(), invocation{User: e.Event.User}, "")
}
